-- Per span, unit and part (a sub-dimension, a dimension, the total): respondents, score without its floor, and variance.
-- A respondent's linearized contribution to a part is the sum over its items of span / items × weight × (x - mean) / sum of weights.
-- {spans} {who} {level} {units} and {items} are filled by metrics/survey.py.
WITH {spans},
placed AS (
    SELECT
        span.no AS span_no,
        span.rolls_on AS rolls_on,
        {who} AS unit_id,
        fact.survey_id || '/' || fact.respondent_id AS respondent,
        fact.item_id AS item_id,
        item.sub_dimension_id AS sub_id,
        item.dimension_id AS dimension_id,
        fact.weight AS weight,
        fact.scale_score AS score
    FROM fct_survey_answer AS fact
    INNER JOIN span ON fact.answered_on BETWEEN span.starts_on AND span.ends_on
    INNER JOIN dim_survey_item AS item ON item.item_id = fact.item_id
    WHERE fact.scale_score IS NOT NULL AND fact.weight > 0 AND item.sub_dimension_id IN ({items})
),
answered AS (
    SELECT placed.* EXCLUDE (unit_id, rolls_on), unit_rollup.ancestor_id AS ancestor_id
    FROM placed
    INNER JOIN unit_rollup
        ON unit_rollup.unit_id = placed.unit_id
        AND unit_rollup.level = {level}
        AND unit_rollup.valid_from <= placed.rolls_on
        AND (unit_rollup.valid_to IS NULL OR unit_rollup.valid_to > placed.rolls_on)
    WHERE unit_rollup.ancestor_id IN ({units})
),
item_mean AS (
    SELECT span_no, ancestor_id, sub_id, item_id, sum(weight) AS weights, sum(weight * score) / sum(weight) AS mean
    FROM answered
    GROUP BY span_no, ancestor_id, sub_id, item_id
),
sub_score AS (
    SELECT
        item_mean.span_no,
        item_mean.ancestor_id,
        item_mean.sub_id,
        any_value(part.parent_id) AS dimension_id,
        any_value(part."floor") + any_value(part.span) * avg(item_mean.mean) AS score,
        any_value(part.span) / count(*) AS step
    FROM item_mean
    INNER JOIN dim_survey_part AS part ON part.part_id = item_mean.sub_id
    GROUP BY item_mean.span_no, item_mean.ancestor_id, item_mean.sub_id
),
contribution AS (
    SELECT
        answered.span_no,
        answered.ancestor_id,
        answered.respondent,
        answered.dimension_id,
        answered.sub_id,
        sum(sub_score.step * answered.weight * (answered.score - item_mean.mean) / item_mean.weights) AS z
    FROM answered
    INNER JOIN item_mean USING (span_no, ancestor_id, sub_id, item_id)
    INNER JOIN sub_score USING (span_no, ancestor_id, sub_id)
    GROUP BY GROUPING SETS (
        (answered.span_no, answered.ancestor_id, answered.respondent, answered.dimension_id, answered.sub_id),
        (answered.span_no, answered.ancestor_id, answered.respondent, answered.dimension_id),
        (answered.span_no, answered.ancestor_id, answered.respondent)
    )
),
spread AS (
    SELECT
        span_no,
        ancestor_id,
        coalesce(sub_id, dimension_id, 'total') AS part_id,
        count(*) AS n,
        sum(z * z) AS squares
    FROM contribution
    GROUP BY span_no, ancestor_id, sub_id, dimension_id
),
scored AS (
    SELECT span_no, ancestor_id, sub_id AS part_id, score, sub_id AS parts FROM sub_score
    UNION ALL
    SELECT span_no, ancestor_id, dimension_id, sum(score), string_agg(sub_id, ',') FROM sub_score GROUP BY ALL
    UNION ALL
    SELECT span_no, ancestor_id, 'total', sum(score), string_agg(sub_id, ',') FROM sub_score GROUP BY ALL
)
SELECT scored.span_no, scored.ancestor_id, scored.part_id, scored.score, scored.parts, spread.n, spread.squares
FROM scored
INNER JOIN spread USING (span_no, ancestor_id, part_id)
