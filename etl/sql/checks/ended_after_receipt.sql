-- #fail #EACH
-- vi: ngày kết thúc trước ngày tiếp nhận
-- en: an end before the receipt
SELECT load_no, source_row, received_on, completed_on
FROM fct_case
WHERE completed_on < received_on
