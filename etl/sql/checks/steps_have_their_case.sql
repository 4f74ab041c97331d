-- #warn
-- vi: bước xử lý của hồ sơ không có trong số liệu: không được đưa vào kho; kiểm tra mã hồ sơ hoặc nạp sổ hồ sơ còn thiếu
-- en: steps of cases that nobody has sent: left out of the marts; check the case codes, or load the log that is missing
SELECT loaded.load_no, count(*) AS n_steps
FROM loaded_case_step AS loaded
ANTI JOIN fct_case ON fct_case.case_id = upper(replace(trim(loaded.case_code), ' ', ''))
GROUP BY loaded.load_no
