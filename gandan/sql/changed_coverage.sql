-- One row per dataset, unit and month that is newly known, or no longer, with a load that speaks of it.
WITH
month AS (
    SELECT DISTINCT month FROM dim_date
),
now AS (
    SELECT coverage.dataset, coverage.unit_id, month.month, max(coverage.load_no) AS load_no
    FROM coverage
    INNER JOIN month
        ON month.month >= CAST(date_trunc('month', coverage.first_on) AS DATE) AND month.month <= coverage.last_on
    GROUP BY coverage.dataset, coverage.unit_id, month.month
),
before AS (
    SELECT coverage.dataset, coverage.unit_id, month.month, max(coverage.load_no) AS load_no
    FROM previous.coverage AS coverage
    INNER JOIN month
        ON month.month >= CAST(date_trunc('month', coverage.first_on) AS DATE) AND month.month <= coverage.last_on
    GROUP BY coverage.dataset, coverage.unit_id, month.month
)
SELECT
    coalesce(now.dataset, before.dataset) AS dataset,
    coalesce(now.unit_id, before.unit_id) AS unit_id,
    coalesce(now.month, before.month) AS month,
    coalesce(now.load_no, before.load_no) AS load_no
FROM now
FULL JOIN before
    ON before.dataset = now.dataset AND before.unit_id = now.unit_id AND before.month = now.month
WHERE now.unit_id IS NULL OR before.unit_id IS NULL
