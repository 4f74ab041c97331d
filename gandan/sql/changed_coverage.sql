-- One row per dataset, load and unit whose months are newly known, or no longer.
SELECT
    dataset,
    load_no,
    unit_id,
    CAST(date_trunc('month', first_on) AS DATE) AS first_month,
    CAST(date_trunc('month', last_on) AS DATE) AS last_month
FROM (
    (SELECT dataset, load_no, unit_id, first_on, last_on FROM coverage
    EXCEPT
    SELECT dataset, load_no, unit_id, first_on, last_on FROM previous.coverage)
    UNION ALL
    (SELECT dataset, load_no, unit_id, first_on, last_on FROM previous.coverage
    EXCEPT
    SELECT dataset, load_no, unit_id, first_on, last_on FROM coverage)
) AS differing
WHERE first_on IS NOT NULL AND last_on IS NOT NULL
