-- The days that each load covers for each body, in the published snapshot.
-- A later list of cases also carries older ones that are still open: it speaks of no month before the one in which
-- it begins, which is that of its first settlement.
WITH
state AS (
    SELECT load_no, received_on, completed_on FROM fct_case
    UNION ALL
    SELECT load_no, received_on, completed_on FROM case_history
),
list_start AS (
    SELECT load_no, greatest(min(received_on), min(completed_on)) AS begins_on
    FROM state
    GROUP BY load_no
)
SELECT
    coverage.dataset,
    coverage.unit_id,
    coverage.load_no,
    CASE
        WHEN coverage.dataset = 'case' AND list_start.begins_on IS NOT NULL
            THEN greatest(
                coverage.first_on,
                least(CAST(date_trunc('month', list_start.begins_on) AS DATE), coverage.last_on)
            )
        ELSE coverage.first_on
    END AS first_on,
    coverage.last_on,
    load.file_name,
    load.loaded_at
FROM coverage
LEFT JOIN list_start ON list_start.load_no = coverage.load_no
LEFT JOIN load ON load.load_no = coverage.load_no
