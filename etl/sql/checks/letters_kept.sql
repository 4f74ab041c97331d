-- #fail
-- vi: có đơn trong tệp đã nạp mà không có trong kho
-- en: a letter of a load is missing from the marts
SELECT DISTINCT loaded.load_no, loaded.source_row
FROM loaded_complaint AS loaded
ANTI JOIN fct_complaint ON fct_complaint.letter_id = upper(replace(trim(loaded.letter_code), ' ', ''))
