-- The bodies that some loads speak of.
SELECT DISTINCT
    load_no,
    unit_id
FROM coverage
WHERE load_no IN ({loads})
