-- The target of a metric in force on a day: the unit's own, else the level's.
SELECT
    dim_target.target,
    dim_target.source,
    dim_target.is_confirmed
FROM dim_target
WHERE dim_target.metric = $metric
    AND dim_target.level = $level
    AND (dim_target.unit_id IS NULL OR dim_target.unit_id = $unit_id)
    AND dim_target.valid_from <= $day
    AND (dim_target.valid_to IS NULL OR dim_target.valid_to > $day)
ORDER BY dim_target.unit_id NULLS LAST, dim_target.valid_from DESC
LIMIT 1
