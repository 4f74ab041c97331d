-- The former district (or district) of each commune.
SELECT
    unit_rollup.unit_id,
    unit_rollup.ancestor_id,
    unit_rollup.valid_from,
    unit_rollup.valid_to
FROM unit_rollup
WHERE unit_rollup.level = 'district' AND unit_rollup.unit_id <> unit_rollup.ancestor_id
