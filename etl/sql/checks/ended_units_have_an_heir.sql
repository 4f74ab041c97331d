-- #fail #EACH
-- vi: đơn vị đã kết thúc mà không có đơn vị kế tiếp trả lời thay
-- en: a unit that has ended, and nobody answers for it
SELECT DISTINCT unit_id, unit_ends_on
FROM fct_case
WHERE (unit_ends_on IS NULL) <> (successor_unit_id IS NULL)
