-- #warn #PREVIOUS
-- vi: số hồ sơ nhận trong tháng thay đổi hơn một phần ba so với bản trước
-- en: cases received in a month changed by more than a third against the previous snapshot
WITH
now AS (
    SELECT CAST(date_trunc('month', received_on) AS DATE) AS month, count(*) AS n FROM fct_case GROUP BY 1
),
before AS (
    SELECT CAST(date_trunc('month', received_on) AS DATE) AS month, count(*) AS n FROM previous.fct_case GROUP BY 1
)
SELECT before.month, before.n AS n_before, coalesce(now.n, 0) AS n_now
FROM before
LEFT JOIN now ON now.month = before.month
-- The last two months of a snapshot are still filling.
WHERE before.n >= 100
    AND before.month < (SELECT max(month) FROM before) - INTERVAL 1 MONTH
    AND (coalesce(now.n, 0) * 3 < before.n * 2 OR coalesce(now.n, 0) * 3 > before.n * 4)
