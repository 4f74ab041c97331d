-- Former districts as areas, and any other dated grouping, of the provinces that have data.
WITH with_data AS (
    SELECT DISTINCT unit_rollup.ancestor_id AS province_id
    FROM coverage
    INNER JOIN unit_rollup ON coverage.unit_id = unit_rollup.unit_id AND unit_rollup.level = 'province'
)
SELECT
    unit_group.group_id,
    unit_group.grouping,
    unit_group.group_code,
    unit_group.group_name,
    unit_group.province_id,
    min(unit_group.valid_from) AS valid_from,
    max(unit_group.valid_to) AS valid_to
FROM unit_group
WHERE unit_group.province_id IN (SELECT with_data.province_id FROM with_data)
GROUP BY
    unit_group.group_id, unit_group.grouping, unit_group.group_code, unit_group.group_name, unit_group.province_id
ORDER BY unit_group.group_name COLLATE vi
