WITH span (no, starts_on, ends_on, rolls_on) AS (VALUES (1, DATE '2025-06-01', DATE '2025-06-30', DATE '2025-06-30'), (0, DATE '2026-10-01', DATE '2026-10-31', DATE '2026-10-31')),
by_unit AS (
    SELECT
        span.no AS span_no,
        span.rolls_on AS rolls_on,
        CASE WHEN unit_ends_on IS NOT NULL AND completed_on >= unit_ends_on THEN successor_unit_id ELSE unit_id END AS unit_id,
        '' AS split_value,
        NULL AS days,
        count(*) FILTER (WHERE settled_class IN ('early', 'on_time') AND coalesce(n_supplements, 0) <= 1) AS n_0,
        count(*) FILTER (WHERE settled_class IS NOT NULL) AS n_1
    FROM fct_case
    INNER JOIN span ON completed_on BETWEEN span.starts_on AND span.ends_on
    WHERE
        completed_on >= DATE '2025-06-01'
        AND completed_on <= DATE '2026-10-31'
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
GROUP BY by_unit.span_no, unit_rollup.ancestor_id, by_unit.split_value, by_unit.days;

WITH span (no, starts_on, ends_on, rolls_on) AS (VALUES (1, DATE '2025-06-01', DATE '2025-06-30', DATE '2025-06-30'), (0, DATE '2026-10-01', DATE '2026-10-31', DATE '2026-10-31')),
by_unit AS (
    SELECT
        span.no AS span_no,
        span.rolls_on AS rolls_on,
        CASE WHEN unit_ends_on IS NOT NULL AND span.ends_on >= unit_ends_on THEN successor_unit_id ELSE unit_id END AS unit_id,
        '' AS split_value,
        NULL AS days,
        count(*) FILTER (WHERE is_counted AND received_on <= span.ends_on AND (completed_on IS NULL OR completed_on > span.ends_on) AND (due_on IS NULL OR due_on >= span.ends_on OR (coalesce(is_waiting_today, FALSE) OR (supplement_requested_on IS NOT NULL AND supplement_requested_on <= span.ends_on AND (supplement_received_on IS NULL OR supplement_received_on > span.ends_on)))) AND coalesce(n_supplements, 0) <= 1) AS n_0,
        count(*) FILTER (WHERE is_counted AND received_on <= span.ends_on AND (completed_on IS NULL OR completed_on > span.ends_on)) AS n_1
    FROM fct_case
    INNER JOIN span ON received_on <= span.ends_on
    WHERE
        received_on <= DATE '2026-10-31'
        AND ((is_counted AND received_on <= span.ends_on AND (completed_on IS NULL OR completed_on > span.ends_on) AND (due_on IS NULL OR due_on >= span.ends_on OR (coalesce(is_waiting_today, FALSE) OR (supplement_requested_on IS NOT NULL AND supplement_requested_on <= span.ends_on AND (supplement_received_on IS NULL OR supplement_received_on > span.ends_on)))) AND coalesce(n_supplements, 0) <= 1) OR (is_counted AND received_on <= span.ends_on AND (completed_on IS NULL OR completed_on > span.ends_on)))
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
