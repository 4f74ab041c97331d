-- #PORTABLE
-- One row per answer.
SELECT
    -- #NO_NULLS
    stg_answer.survey_id,
    -- #NO_NULLS
    stg_answer.respondent_id,
    -- #NO_NULLS
    stg_answer.unit_id,
    stg_answer.unit_ends_on,
    stg_answer.successor_unit_id,
    stg_answer.answered_on,
    -- #NO_NULLS
    stg_answer.item_id,
    stg_answer.answer_value,
    coalesce(stg_answer.weight, 1) AS weight,
    stg_answer.stratum,
    stg_answer.psu,
    stg_answer.population,
    stg_answer.scale_score,
    CASE
        WHEN stg_answer.factor IS NULL OR stg_answer.scale_min <> 1 OR stg_answer.scale_max <> 5 THEN NULL
        WHEN stg_answer.answer_value IS NULL THEN NULL
        WHEN stg_answer.answer_value >= 4 THEN TRUE
        ELSE FALSE
    END AS is_top_two,
    stg_answer.load_no,
    stg_answer.source_row
FROM stg_answer
