-- #fail #EACH
-- vi: hồ sơ đã kết thúc phải thuộc đúng một loại trước hạn, đúng hạn, quá hạn (mẫu II.06a: 7 = 8 + 9 + 10)
-- en: an ended case is early, on time or late, and no other case is (form II.06a: 7 = 8 + 9 + 10)
SELECT load_no, source_row, status, due_on, completed_on, settled_class
FROM fct_case
WHERE (settled_class IS NULL) <> (completed_on IS NULL OR NOT is_counted)
    OR settled_class NOT IN ('early', 'on_time', 'late')
