-- Bodies below the chosen unit with cases that a later file of the same sender should list and does not.
SELECT
    place.full_name,
    place.code,
    count(*) AS n
FROM fct_case
INNER JOIN (
    SELECT
        dim_unit.unit_id,
        arg_max(coalesce(dim_unit.full_name, dim_unit.name), dim_unit.valid_from) AS full_name,
        arg_max(dim_unit.code, dim_unit.valid_from) AS code
    FROM dim_unit
    GROUP BY dim_unit.unit_id
) AS place ON place.unit_id = fct_case.unit_id
WHERE NOT fct_case.is_last_seen
    AND fct_case.unit_id IN (SELECT unit_rollup.unit_id FROM unit_rollup WHERE unit_rollup.ancestor_id = $unit_id)
GROUP BY place.full_name, place.code
ORDER BY n DESC, place.full_name COLLATE vi
