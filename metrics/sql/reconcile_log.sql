-- Whether the unit sent any cases for the period.
SELECT coverage.load_no
FROM coverage
WHERE coverage.dataset = 'case'
    AND coverage.unit_id = $unit
    AND coverage.first_on <= $end
    AND coverage.last_on >= $start
LIMIT 1
