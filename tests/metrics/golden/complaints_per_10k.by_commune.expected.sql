WITH span (no, starts_on, ends_on, rolls_on) AS (VALUES (1, DATE '2025-06-01', DATE '2025-06-30', DATE '2025-06-30'), (0, DATE '2026-10-01', DATE '2026-10-31', DATE '2026-10-31')),
by_unit AS (
    SELECT
        span.no AS span_no,
        span.rolls_on AS rolls_on,
        CASE WHEN unit_ends_on IS NOT NULL AND received_on >= unit_ends_on THEN successor_unit_id ELSE unit_id END AS unit_id,
        '' AS split_value,
        NULL AS days,
        count(*) FILTER (WHERE kind = 'complaint') AS n_0
    FROM fct_complaint
    INNER JOIN span ON received_on BETWEEN span.starts_on AND span.ends_on
    WHERE
        received_on >= DATE '2025-06-01'
        AND received_on <= DATE '2026-10-31'
        AND ((kind = 'complaint'))
    GROUP BY 1, 2, 3, 4, 5
)
SELECT
    by_unit.span_no,
    unit_rollup.ancestor_id,
    by_unit.split_value,
    by_unit.days,
    CAST(sum(by_unit.n_0) AS BIGINT) AS n_0
FROM by_unit
INNER JOIN unit_rollup
    ON unit_rollup.unit_id = by_unit.unit_id
    AND unit_rollup.level = 'commune'
    AND unit_rollup.valid_from <= by_unit.rolls_on
    AND (unit_rollup.valid_to IS NULL OR unit_rollup.valid_to > by_unit.rolls_on)
GROUP BY by_unit.span_no, unit_rollup.ancestor_id, by_unit.split_value, by_unit.days
