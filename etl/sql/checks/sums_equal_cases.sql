-- #fail
-- vi: tổng của bảng cộng sẵn khác số hồ sơ trong kho
-- en: the prepared sums differ in total from the cases in the marts
WITH
expected AS (
    SELECT
        count(*) FILTER (WHERE is_counted) AS received,
        count(*) FILTER (WHERE settled_class IS NOT NULL) AS settled,
        count(*) FILTER (WHERE settled_class = 'late') AS late,
        count(*) FILTER (WHERE settled_class IS NOT NULL AND processing_days IS NOT NULL) AS timed
    FROM fct_case
),
flow AS (
    SELECT 'sum_case_flow' AS prepared, received_in_period, settled, settled_late FROM sum_case_flow
    UNION ALL
    SELECT 'sum_case_flow_unit', received_in_period, settled, settled_late FROM sum_case_flow_unit
    UNION ALL
    SELECT 'sum_case_flow_field', received_in_period, settled, settled_late FROM sum_case_flow_field
    UNION ALL
    SELECT 'sum_case_flow_channel', received_in_period, settled, settled_late FROM sum_case_flow_channel
),
stock AS (
    SELECT 'sum_case_stock' AS prepared, carried_in, pending, pending_overdue FROM sum_case_stock
    UNION ALL
    SELECT 'sum_case_stock_unit', carried_in, pending, pending_overdue FROM sum_case_stock_unit
    UNION ALL
    SELECT 'sum_case_stock_field', carried_in, pending, pending_overdue FROM sum_case_stock_field
    UNION ALL
    SELECT 'sum_case_stock_channel', carried_in, pending, pending_overdue FROM sum_case_stock_channel
),
found AS (
    SELECT prepared, sum(received_in_period) AS a, sum(settled) AS b, sum(settled_late) AS c FROM flow GROUP BY prepared
),
found_stock AS (
    SELECT prepared, sum(carried_in) AS a, sum(pending) AS b, sum(pending_overdue) AS c FROM stock GROUP BY prepared
)
SELECT found.prepared, found.a, found.b, found.c
FROM found
CROSS JOIN expected
WHERE (found.a, found.b, found.c) IS DISTINCT FROM (expected.received, expected.settled, expected.late)
UNION ALL
SELECT 'sum_case_flow', NULL, NULL, NULL
FROM expected
WHERE expected.received > 0 AND NOT EXISTS (FROM sum_case_flow)
UNION ALL
SELECT found_stock.prepared, found_stock.a, found_stock.b, found_stock.c
FROM found_stock
CROSS JOIN (SELECT a, b, c FROM found_stock WHERE prepared = 'sum_case_stock') AS base
WHERE (found_stock.a, found_stock.b, found_stock.c) IS DISTINCT FROM (base.a, base.b, base.c)
UNION ALL
SELECT 'sum_case_days', days.n, NULL, NULL
FROM (SELECT coalesce(sum(n), 0) AS n FROM sum_case_days WHERE measure = 'processing_days_median') AS days
CROSS JOIN expected
WHERE days.n <> expected.timed
