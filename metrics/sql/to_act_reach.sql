-- How far the data of each unit reach, by dataset.
SELECT
    dataset,
    unit_id,
    max(last_on) AS last_on
FROM coverage
WHERE unit_id IN ({units})
GROUP BY dataset, unit_id
