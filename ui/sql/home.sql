-- The province in force that most bodies have sent for: where a reader starts.
SELECT
    province.unit_id,
    count(DISTINCT coverage.unit_id) AS n_units
FROM coverage
INNER JOIN unit_rollup ON coverage.unit_id = unit_rollup.unit_id AND unit_rollup.level = 'province'
INNER JOIN dim_unit AS province ON unit_rollup.ancestor_id = province.unit_id AND province.level = 'province'
GROUP BY province.unit_id
ORDER BY n_units DESC, province.unit_id
