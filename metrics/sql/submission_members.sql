-- Who adds up to a unit or group.
SELECT DISTINCT unit_rollup.unit_id
FROM unit_rollup
WHERE unit_rollup.ancestor_id = $within
