-- #fail
-- vi: tổng của bảng cộng sẵn khác số hồ sơ trong kho
-- en: the prepared sums differ in total from the cases in the marts
-- Stocks have no total of their own in the marts: all their tables must say the same.
WITH
expected AS (
    SELECT
        count(*) FILTER (WHERE is_counted) AS a,
        count(*) FILTER (WHERE settled_class IS NOT NULL) AS b,
        count(*) FILTER (WHERE settled_class = 'late') AS c,
        count(*) FILTER (WHERE settled_class IS NOT NULL AND processing_days IS NOT NULL) AS timed
    FROM fct_case
),
flow AS (
    SELECT 'sum_case_flow_unit' AS prepared, sum(received_in_period) AS a, sum(settled) AS b, sum(settled_late) AS c FROM sum_case_flow_unit
    UNION ALL
    SELECT 'sum_case_flow_field' AS prepared, sum(received_in_period) AS a, sum(settled) AS b, sum(settled_late) AS c FROM sum_case_flow_field
    UNION ALL
    SELECT 'sum_case_flow_channel' AS prepared, sum(received_in_period) AS a, sum(settled) AS b, sum(settled_late) AS c FROM sum_case_flow_channel
),
stock AS (
    SELECT 'sum_case_stock_field' AS prepared, sum(carried_in) AS a, sum(pending) AS b, sum(pending_overdue) AS c FROM sum_case_stock_field
    UNION ALL
    SELECT 'sum_case_stock_channel' AS prepared, sum(carried_in) AS a, sum(pending) AS b, sum(pending_overdue) AS c FROM sum_case_stock_channel
),
whole_stock AS (
    SELECT sum(carried_in) AS a, sum(pending) AS b, sum(pending_overdue) AS c FROM sum_case_stock_unit
),
days AS (
    SELECT sum(n) AS n FROM sum_case_days WHERE measure = 'processing_days_median'
)
SELECT flow.prepared, flow.a, flow.b, flow.c
FROM flow
CROSS JOIN expected
WHERE coalesce(flow.a, 0) <> expected.a OR coalesce(flow.b, 0) <> expected.b OR coalesce(flow.c, 0) <> expected.c
UNION ALL
SELECT stock.prepared, stock.a, stock.b, stock.c
FROM stock
CROSS JOIN whole_stock AS whole
WHERE coalesce(stock.a, 0) <> coalesce(whole.a, 0)
    OR coalesce(stock.b, 0) <> coalesce(whole.b, 0)
    OR coalesce(stock.c, 0) <> coalesce(whole.c, 0)
UNION ALL
SELECT 'sum_case_days', days.n, NULL, NULL
FROM days
CROSS JOIN expected
WHERE coalesce(days.n, 0) <> expected.timed
