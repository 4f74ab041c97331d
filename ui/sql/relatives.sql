-- Whom a unit came from and who follows it.
SELECT
    unit_succession.unit_id,
    unit_succession.successor_id,
    unit_succession.relation
FROM unit_succession
WHERE unit_succession.unit_id = $unit_id OR unit_succession.successor_id = $unit_id
