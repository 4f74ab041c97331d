WITH span (no, starts_on, ends_on, rolls_on) AS (VALUES (1, DATE '2025-06-01', DATE '2025-06-30', DATE '2025-06-30'), (0, DATE '2026-10-01', DATE '2026-10-31', DATE '2026-10-31')),
by_unit AS (
    SELECT
        span.no AS span_no,
        span.rolls_on AS rolls_on,
        CASE WHEN unit_ends_on IS NOT NULL AND held_on >= unit_ends_on THEN successor_unit_id ELSE unit_id END AS unit_id,
        '' AS split_value,
        NULL AS days,
        coalesce(sum(CASE WHEN (kind = 'dialogue' AND n_questions > 0 AND n_answered >= 0 AND n_answered <= n_questions) AND (n_answered > 0) THEN n_answered END), 0) AS n_0,
        coalesce(sum(CASE WHEN kind = 'dialogue' AND n_questions > 0 AND n_answered >= 0 AND n_answered <= n_questions THEN n_questions END), 0) AS n_1
    FROM fct_engagement
    INNER JOIN span ON held_on BETWEEN span.starts_on AND span.ends_on
    WHERE
        held_on >= DATE '2025-06-01'
        AND held_on <= DATE '2026-10-31'
    GROUP BY 1, 2, 3, 4, 5
)
SELECT
    by_unit.span_no,
    unit_rollup.ancestor_id,
    by_unit.split_value,
    by_unit.days,
    CAST(sum(by_unit.n_0) AS BIGINT) AS n_0,
    CAST(sum(by_unit.n_1) AS BIGINT) AS n_1
FROM by_unit
INNER JOIN unit_rollup
    ON unit_rollup.unit_id = by_unit.unit_id
    AND unit_rollup.level = 'commune'
    AND unit_rollup.valid_from <= by_unit.rolls_on
    AND (unit_rollup.valid_to IS NULL OR unit_rollup.valid_to > by_unit.rolls_on)
GROUP BY by_unit.span_no, unit_rollup.ancestor_id, by_unit.split_value, by_unit.days
