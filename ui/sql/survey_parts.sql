-- The ends of the scale of each sub-dimension.
SELECT
    dim_survey_part.part_id,
    dim_survey_part."floor" AS low,
    dim_survey_part."floor" + dim_survey_part.span AS high
FROM dim_survey_part
WHERE dim_survey_part."floor" IS NOT NULL
ORDER BY dim_survey_part.part_id
