-- The rows that one check counts for one unit, the oldest first.
SELECT {columns}
FROM {source}
WHERE
    CASE WHEN unit_ends_on IS NOT NULL AND unit_ends_on <= :at THEN successor_unit_id ELSE unit_id END IN ({units})
    AND {condition}
ORDER BY {oldest}, {key}
