-- #fail
-- vi: đơn vị giải quyết không có trong danh mục đơn vị
-- en: a settling unit is not in the list of units
SELECT DISTINCT fact.unit_id
FROM (
    SELECT unit_id FROM fct_case
    UNION
    SELECT successor_unit_id FROM fct_case WHERE successor_unit_id IS NOT NULL
    UNION
    SELECT unit_id FROM fct_complaint
    UNION
    SELECT unit_id FROM fct_survey_answer
    UNION
    SELECT unit_id FROM fct_reception
    UNION
    SELECT unit_id FROM fct_engagement
    UNION
    SELECT unit_id FROM fct_queue_ticket
    UNION
    SELECT unit_id FROM fct_official_score
    UNION
    SELECT unit_id FROM fct_settlement_summary
) AS fact
ANTI JOIN dim_unit ON dim_unit.unit_id = fact.unit_id
