-- Whether the unit sent any cases for the period, and the day of the first file that holds its last day.
SELECT
    count(*) AS n_loads,
    min(coverage.last_on) FILTER (WHERE coverage.last_on >= CAST($end AS DATE) - CAST($late_days AS INTEGER)) AS known_on
FROM coverage
WHERE coverage.dataset = 'case'
    AND coverage.unit_id = $unit
    AND coverage.first_on <= $end
    AND coverage.last_on >= $start
