-- #fail
-- vi: bảng cộng sẵn không giữ các đẳng thức của biểu II.06a ở một đơn vị và nửa tháng
-- en: the prepared sums break an identity of form II.06a for a unit and half-month
-- By who answers today: such a unit keeps its cases when bodies change within the half-month.
WITH
flow AS (
    SELECT
        today_unit_id AS unit_id,
        half_month_start AS starts_on,
        CASE
            WHEN day(half_month_start) = 1 THEN half_month_start + 13 ELSE last_day(half_month_start)
        END AS ends_on,
        sum(received_in_period) AS received,
        sum(received_online + received_counter_post) AS by_channel,
        sum(settled) AS settled,
        sum(settled_early + settled_on_time + settled_late) AS by_class
    FROM sum_case_flow_unit
    GROUP BY today_unit_id, half_month_start
),
stock AS (
    SELECT
        today_unit_id AS unit_id,
        as_of,
        reads,
        sum(carried_in) AS carried_in,
        sum(pending) AS pending,
        sum(pending_in_time + pending_overdue) AS by_due
    FROM sum_case_stock_unit
    GROUP BY today_unit_id, as_of, reads
)
SELECT flow.unit_id, flow.starts_on, flow.received, carried.carried_in, flow.settled, left_open.pending
FROM flow
CROSS JOIN (SELECT max(data_on) AS data_on FROM sum_scope) AS scope
LEFT JOIN stock AS carried
    ON carried.unit_id = flow.unit_id AND carried.as_of = flow.starts_on AND carried.reads = 'start'
LEFT JOIN stock AS left_open
    ON left_open.unit_id = flow.unit_id AND left_open.as_of = flow.ends_on AND left_open.reads = 'at'
WHERE flow.received <> flow.by_channel
    OR flow.settled <> flow.by_class
    OR (
        flow.ends_on <= scope.data_on
        AND flow.received + coalesce(carried.carried_in, 0) <> flow.settled + coalesce(left_open.pending, 0)
    )
UNION ALL
SELECT stock.unit_id, stock.as_of, NULL, NULL, NULL, stock.pending
FROM stock
WHERE stock.reads = 'at' AND stock.pending <> stock.by_due
