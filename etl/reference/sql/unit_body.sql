-- One row per body: until when it answers, and who answers from that day (docs/marts.md, "Which unit answers on which day").
WITH body AS (
    SELECT
        unit_id,
        any_value(level) AS level,
        any_value(province_id) AS province_id,
        min(valid_from) AS starts_on,
        CASE WHEN bool_or(valid_to IS NULL) THEN NULL ELSE max(valid_to) END AS ends_on
    FROM dim_unit
    GROUP BY unit_id
),

whole AS (
    SELECT unit_id, min(successor_id) AS successor_id
    FROM unit_succession
    WHERE relation = 'whole'
    GROUP BY unit_id
),

line AS (
    SELECT province_id, min(unit_id) AS unit_id
    FROM dim_unit
    WHERE kind = 'unallocated'
    GROUP BY province_id
)

SELECT
    body.unit_id,
    body.level,
    body.starts_on,
    body.ends_on,
    CASE WHEN body.ends_on IS NOT NULL THEN coalesce(whole.successor_id, line.unit_id) END AS successor_unit_id,
    body.ends_on IS NOT NULL AND whole.successor_id IS NULL AS is_unallocated
FROM body
LEFT JOIN whole ON whole.unit_id = body.unit_id
LEFT JOIN whole AS province ON province.unit_id = body.province_id
LEFT JOIN line ON line.province_id = province.successor_id
ORDER BY body.unit_id
