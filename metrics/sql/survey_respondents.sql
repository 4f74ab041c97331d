-- One row per respondent: who, where, when, how drawn, and the answers as lists (item number, score 0–1, top two of five).
-- Answers without a value (don't know, refused, not applicable) are left out of the lists; the respondent stays.
SELECT
    fact.survey_id,
    fact.unit_id,
    min(fact.unit_ends_on) AS unit_ends_on,
    min(fact.successor_unit_id) AS successor_unit_id,
    min(fact.answered_on) AS answered_on,
    max(fact.weight) AS weight,
    min(fact.stratum) AS stratum,
    min(fact.psu) AS psu,
    min(fact.population) AS population,
    coalesce(list(item.item_no ORDER BY item.item_no) FILTER (WHERE is_answered), []) AS items,
    coalesce(list(fact.scale_score ORDER BY item.item_no) FILTER (WHERE is_answered), []) AS scores,
    coalesce(list(fact.is_top_two ORDER BY item.item_no) FILTER (WHERE is_answered), []) AS tops
FROM (
    SELECT fct_survey_answer.*, scale_score IS NOT NULL OR is_top_two IS NOT NULL AS is_answered
    FROM fct_survey_answer
    WHERE weight > 0 AND answered_on IS NOT NULL
) AS fact
INNER JOIN (
    SELECT item_id, row_number() OVER (ORDER BY item_id) - 1 AS item_no FROM dim_survey_item
) AS item ON item.item_id = fact.item_id
GROUP BY fact.survey_id, fact.respondent_id, fact.unit_id
ORDER BY fact.survey_id, stratum, psu, fact.unit_id, fact.respondent_id
