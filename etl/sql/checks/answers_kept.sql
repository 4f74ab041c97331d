-- #fail
-- vi: có câu trả lời trong tệp đã nạp mà không có trong kho
-- en: an answer of a load is missing from the marts
SELECT DISTINCT loaded.load_no, loaded.source_row
FROM loaded_survey_answer AS loaded
ANTI JOIN fct_survey_answer AS fct
    ON fct.survey_id = loaded.survey_id AND fct.respondent_id = loaded.respondent_id AND fct.item_id = loaded.item_id
