-- The targets of the reference file that hold from a day on; an empty unit means every unit of the level.
SELECT
    dim_target.metric,
    dim_target.level,
    coalesce(dim_target.unit_id, '') AS unit_id,
    dim_target.target,
    dim_target.valid_from,
    dim_target.valid_to,
    coalesce(dim_target.source, '') AS source,
    coalesce(dim_target.is_confirmed, FALSE) AS is_confirmed
FROM dim_target
WHERE dim_target.valid_from IS NOT NULL
    AND dim_target.level IS NOT NULL
ORDER BY dim_target.metric, dim_target.level, dim_target.unit_id, dim_target.valid_from, dim_target.target
