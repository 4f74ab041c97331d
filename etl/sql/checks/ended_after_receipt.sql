-- #fail
-- vi: ngày kết thúc trước ngày tiếp nhận
-- en: an end before the receipt
SELECT case_id, received_on, completed_on, load_no, source_row
FROM fct_case
WHERE completed_on < received_on
