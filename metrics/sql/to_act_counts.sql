-- One row per answering unit: of each check how many rows, and the day of the oldest. The words in braces are filled in
-- from to_act.toml; days are literals.
SELECT
    CASE WHEN unit_ends_on IS NOT NULL AND unit_ends_on <= :at THEN successor_unit_id ELSE unit_id END AS asked_unit_id,
    {columns}
FROM {source}
WHERE
    (unit_id IN ({units}) OR successor_unit_id IN ({units}))
    AND CASE WHEN unit_ends_on IS NOT NULL AND unit_ends_on <= :at THEN successor_unit_id ELSE unit_id END IN ({units})
    AND ({any_check})
GROUP BY CASE WHEN unit_ends_on IS NOT NULL AND unit_ends_on <= :at THEN successor_unit_id ELSE unit_id END
