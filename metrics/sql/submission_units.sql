-- Every body that could send, of the provinces in which somebody sent what is owed, with the area that it lies in.
-- A stray row of another province (a mistyped code) does not bring its communes in.
WITH
sender AS (
    SELECT unit_rollup.ancestor_id AS province_id, count(DISTINCT coverage.unit_id) AS n_units
    FROM coverage
    INNER JOIN unit_rollup ON unit_rollup.unit_id = coverage.unit_id AND unit_rollup.level = 'province'
    WHERE coverage.dataset IN (SELECT unnest(CAST($datasets AS VARCHAR[])))
    GROUP BY unit_rollup.ancestor_id
),
home AS (
    SELECT sender.province_id
    FROM sender
    WHERE 10 * sender.n_units >= (SELECT max(most.n_units) FROM sender AS most)
),
area AS (
    SELECT unit_rollup.unit_id, max(unit_rollup.ancestor_id) AS area_id
    FROM unit_rollup
    WHERE unit_rollup.level = 'district' AND unit_rollup.unit_id <> unit_rollup.ancestor_id
    GROUP BY unit_rollup.unit_id
)
SELECT
    dim_unit.unit_id,
    dim_unit.code,
    dim_unit.level,
    dim_unit.name,
    dim_unit.full_name,
    dim_unit.province_id,
    dim_unit.valid_from,
    dim_unit.valid_to,
    coalesce(area.area_id, '') AS area_id,
    coalesce(district.full_name, '') AS area_name
FROM dim_unit
LEFT JOIN area ON area.unit_id = dim_unit.unit_id
LEFT JOIN dim_unit AS district ON district.unit_id = area.area_id
WHERE dim_unit.kind IN ('place', 'agency')
    AND dim_unit.level IN ('commune', 'agency', 'district')
    AND dim_unit.province_id IN (SELECT home.province_id FROM home)
ORDER BY dim_unit.level <> 'commune', district.name COLLATE vi, dim_unit.name COLLATE vi, dim_unit.valid_from
