-- How far the published data of some bodies (ids with a space between) reach, by dataset.
SELECT
    coverage.dataset,
    max(coverage.last_on) AS last_on
FROM coverage
WHERE coverage.unit_id IN (SELECT unnest(string_split($bodies, ' ')))
GROUP BY coverage.dataset
