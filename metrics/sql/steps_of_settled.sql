-- Working days that each step took in the cases settled in the period, by the body that answers for the case: of those
-- settled late, and of the others.
SELECT
    CASE
        WHEN settled.unit_ends_on IS NOT NULL AND settled.completed_on >= settled.unit_ends_on THEN settled.successor_unit_id
        ELSE settled.unit_id
    END AS answering_unit_id,
    step.step_name,
    count(DISTINCT step.case_id) FILTER (WHERE settled.settled_class = 'late') AS n_late,
    count(DISTINCT step.case_id) FILTER (WHERE settled.settled_class <> 'late') AS n_in_time,
    coalesce(sum(step.step_days) FILTER (WHERE settled.settled_class = 'late'), 0) AS days_late,
    coalesce(sum(step.step_days) FILTER (WHERE settled.settled_class <> 'late'), 0) AS days_in_time
FROM fct_case AS settled
INNER JOIN fct_case_step AS step ON settled.case_id = step.case_id
WHERE
    settled.completed_on BETWEEN $start AND $end
    AND settled.settled_class IS NOT NULL
    AND step.step_days IS NOT NULL
    AND (settled.unit_id IN (SELECT unnest($units)) OR settled.successor_unit_id IN (SELECT unnest($units)))
    AND CASE
        WHEN settled.unit_ends_on IS NOT NULL AND settled.completed_on >= settled.unit_ends_on THEN settled.successor_unit_id
        ELSE settled.unit_id
    END IN (SELECT unnest($units))
GROUP BY
    CASE
        WHEN settled.unit_ends_on IS NOT NULL AND settled.completed_on >= settled.unit_ends_on THEN settled.successor_unit_id
        ELSE settled.unit_id
    END,
    step.step_name
