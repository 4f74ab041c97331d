-- Provinces that have data, and every district, commune and agency they ever had.
WITH with_data AS (
    SELECT DISTINCT unit_rollup.ancestor_id AS province_id
    FROM coverage
    INNER JOIN unit_rollup ON coverage.unit_id = unit_rollup.unit_id AND unit_rollup.level = 'province'
)
SELECT
    dim_unit.unit_id,
    dim_unit.code,
    dim_unit.level,
    dim_unit.name,
    dim_unit.full_name,
    dim_unit.type_name,
    dim_unit.province_id,
    dim_unit.lat,
    dim_unit.lon,
    dim_unit.valid_from,
    dim_unit.valid_to
FROM dim_unit
WHERE dim_unit.level IN ('province', 'district', 'commune', 'agency')
    AND dim_unit.province_id IN (SELECT with_data.province_id FROM with_data)
ORDER BY dim_unit.name COLLATE vi, dim_unit.valid_from
