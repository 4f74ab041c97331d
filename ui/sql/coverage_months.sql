-- Each commune below the chosen unit, and the stretches of days that it sent a dataset for; no stretch: it never sent.
SELECT
    dim_unit.unit_id,
    dim_unit.full_name,
    dim_unit.valid_from,
    dim_unit.valid_to,
    coverage.first_on,
    coverage.last_on
FROM dim_unit
LEFT JOIN coverage ON dim_unit.unit_id = coverage.unit_id AND coverage.dataset = $dataset
WHERE dim_unit.level = 'commune'
    AND dim_unit.kind = 'place'
    AND dim_unit.unit_id IN (SELECT unit_rollup.unit_id FROM unit_rollup WHERE unit_rollup.ancestor_id = $unit_id)
    AND dim_unit.valid_from <= $end
    AND (dim_unit.valid_to IS NULL OR dim_unit.valid_to > $end)
ORDER BY dim_unit.name COLLATE vi, coverage.first_on
