-- Communes in force in the period, below the chosen unit, that no row of the dataset covers.
SELECT
    dim_unit.unit_id,
    dim_unit.full_name,
    max(before.last_on) AS last_on
FROM dim_unit
LEFT JOIN coverage AS before ON dim_unit.unit_id = before.unit_id AND before.dataset = $dataset
WHERE dim_unit.level = 'commune'
    AND dim_unit.kind = 'place'
    AND dim_unit.valid_from <= $end
    AND (dim_unit.valid_to IS NULL OR dim_unit.valid_to > $end)
    AND dim_unit.unit_id IN (SELECT unit_rollup.unit_id FROM unit_rollup WHERE unit_rollup.ancestor_id = $unit_id)
    AND NOT EXISTS (
        SELECT 1
        FROM coverage
        WHERE coverage.unit_id = dim_unit.unit_id
            AND coverage.dataset = $dataset
            AND coverage.first_on <= $end
            AND coverage.last_on >= $start
    )
GROUP BY dim_unit.unit_id, dim_unit.full_name, dim_unit.name
ORDER BY dim_unit.name COLLATE vi
