-- One row per state of one case, newest first: what each file said of it, and where. $case_id: the normalised code.
WITH
state AS (
    SELECT *, TRUE AS is_current, CAST(NULL AS INTEGER) AS replaced_by_load_no FROM fct_case WHERE case_id = $case_id
    UNION ALL BY NAME
    SELECT *, FALSE AS is_current FROM case_history WHERE case_id = $case_id
)
SELECT
    state.case_code,
    state.is_current,
    state.sent_unit_id AS unit_id,
    state.status,
    state.received_on,
    state.due_on,
    state.due_original_on,
    state.completed_on,
    state.handed_over_on,
    state.n_reappointments,
    state.reappointed_on,
    state.apology_on,
    state.n_supplements,
    state.settled_class,
    state.is_due_moved,
    state.is_last_seen,
    state.state_at,
    state.load_no,
    load.file_name,
    load.data_on,
    state.source_sheet,
    state.source_row,
    state.replaced_by_load_no,
    state.corrected_by
FROM state
INNER JOIN load ON load.load_no = state.load_no
ORDER BY state.is_current DESC, state.state_at DESC, load.data_on DESC, state.load_no DESC, state.source_row DESC
