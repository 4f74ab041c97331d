-- The survey's questions in words.
SELECT
    dim_survey_item.item_id,
    dim_survey_item.name_vi,
    dim_survey_item.name_en
FROM dim_survey_item
ORDER BY dim_survey_item.item_id
