-- Per span, unit and factor ("" for all): sums over respondents of the weights of answers (b) and of those that say yes (a).
-- {spans} {who} {level} {units} {numerator} {denominator} {factors} and {split} are filled by metrics/survey.py.
WITH {spans},
placed AS (
    SELECT
        span.no AS span_no,
        span.rolls_on AS rolls_on,
        {who} AS unit_id,
        fact.survey_id || '/' || fact.respondent_id AS respondent,
        {split} AS split_value,
        sum(CASE WHEN {numerator} THEN fact.weight ELSE 0 END) AS a,
        sum(fact.weight) AS b
    FROM fct_survey_answer AS fact
    INNER JOIN span ON fact.answered_on BETWEEN span.starts_on AND span.ends_on
    INNER JOIN dim_survey_item AS item ON item.item_id = fact.item_id
    WHERE {denominator} AND fact.weight > 0 AND item.factor IN ({factors})
    GROUP BY 1, 2, 3, 4, 5
)
SELECT
    placed.span_no,
    unit_rollup.ancestor_id,
    placed.split_value,
    count(*) AS n,
    sum(a) AS a,
    sum(b) AS b,
    sum(a * a) AS aa,
    sum(a * b) AS ab,
    sum(b * b) AS bb
FROM placed
INNER JOIN unit_rollup
    ON unit_rollup.unit_id = placed.unit_id
    AND unit_rollup.level = {level}
    AND unit_rollup.valid_from <= placed.rolls_on
    AND (unit_rollup.valid_to IS NULL OR unit_rollup.valid_to > placed.rolls_on)
WHERE unit_rollup.ancestor_id IN ({units})
GROUP BY 1, 2, 3
