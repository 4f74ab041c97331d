-- #TEMP
-- One row per answer, the newest where a load repeats it, as a number within the item's bounds.
WITH
numbered AS (
    SELECT
        loaded_survey_answer.* EXCLUDE (unit_id, answer),
        loaded_survey_answer.unit_id AS sent_unit_id,
        TRY_CAST(loaded_survey_answer.answer AS DOUBLE) AS given_value,
        row_number() OVER (
            PARTITION BY survey_id, respondent_id, item_id
            ORDER BY stg_load.load_rank DESC, source_row DESC, source_sheet DESC
        ) AS recency,
    FROM loaded_survey_answer
    INNER JOIN stg_load ON stg_load.load_no = loaded_survey_answer.load_no
),
placed AS (
    SELECT
        numbered.* EXCLUDE (recency, given_value),
        -- Codes such as 88 or 99 (don't know, refused) lie outside the bounds and are no answer.
        CASE
            WHEN item.scale_min IS NOT NULL AND numbered.given_value < item.scale_min THEN NULL
            WHEN item.scale_max IS NOT NULL AND numbered.given_value > item.scale_max THEN NULL
            ELSE numbered.given_value
        END AS answer_value,
        item.scale_min,
        item.scale_max,
        item.direction,
        item.factor,
        CASE
            WHEN body.began_is_exact AND numbered.answered_on < body.began_on
                THEN coalesce(body.only_predecessor_id, body.unallocated_unit_id, numbered.sent_unit_id)
            ELSE numbered.sent_unit_id
        END AS unit_id,
        CASE
            WHEN body.began_is_exact AND numbered.answered_on < body.began_on THEN body.began_on ELSE body.ended_on
        END AS unit_ends_on,
        CASE
            WHEN body.began_is_exact AND numbered.answered_on < body.began_on THEN numbered.sent_unit_id
            ELSE body.successor_unit_id
        END AS successor_unit_id,
    FROM numbered
    INNER JOIN stg_unit_answer AS body ON body.unit_id = numbered.sent_unit_id
    LEFT JOIN dim_survey_item AS item ON item.item_id = numbered.item_id
    WHERE numbered.recency = 1
)
SELECT
    placed.*,
    CASE
        WHEN scale_max > scale_min AND direction = '-1' THEN (scale_max - answer_value) / (scale_max - scale_min)
        WHEN scale_max > scale_min THEN (answer_value - scale_min) / (scale_max - scale_min)
    END AS scale_score,
FROM placed
