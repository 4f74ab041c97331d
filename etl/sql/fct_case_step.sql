-- #PORTABLE
-- One row per step of a case; steps of cases that nobody has sent are left out (check steps_have_their_case).
SELECT
    -- #UNIQUE #NO_NULLS
    step.row_id AS step_id,
    -- #NO_NULLS
    fct_case.case_id,
    step.step_name,
    step.role_name,
    -- #NO_NULLS
    step.started_on,
    step.ended_on,
    -- A step that ends before it starts is kept with a warning, without a length.
    CASE WHEN step.ended_on >= step.started_on THEN ended.working_day_number - started.working_day_number END AS step_days,
    -- #NO_NULLS
    fct_case.unit_id,
    fct_case.unit_ends_on,
    fct_case.successor_unit_id,
    step.load_no,
    step.source_file,
    step.source_sheet,
    step.source_row
FROM stg_case_step AS step
INNER JOIN fct_case ON fct_case.case_id = step.case_id
LEFT JOIN dim_date AS started ON started.date = step.started_on
LEFT JOIN dim_date AS ended ON ended.date = step.ended_on
WHERE step.is_newest
