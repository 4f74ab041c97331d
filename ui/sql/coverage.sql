-- What each commune of the chosen unit has sent, per dataset.
SELECT
    dim_unit.full_name,
    coverage.dataset,
    min(coverage.first_on) AS first_on,
    max(coverage.last_on) AS last_on,
    count(DISTINCT coverage.load_no) AS n_loads
FROM dim_unit
INNER JOIN coverage ON dim_unit.unit_id = coverage.unit_id
WHERE dim_unit.unit_id IN (SELECT unit_rollup.unit_id FROM unit_rollup WHERE unit_rollup.ancestor_id = $unit_id)
    AND dim_unit.valid_from <= $end
    AND (dim_unit.valid_to IS NULL OR dim_unit.valid_to > $end)
GROUP BY dim_unit.full_name, dim_unit.name, coverage.dataset
ORDER BY dim_unit.name COLLATE vi, coverage.dataset
