-- The days that a dataset's rows cover, over all units.
SELECT
    coverage.dataset,
    min(coverage.first_on) AS first_on,
    max(coverage.last_on) AS last_on
FROM coverage
GROUP BY coverage.dataset
