-- #TEMP
-- One row per state of a case that has several: its place among them, newest first. Narrow, because all of them are sorted.
WITH
ordered AS (
    SELECT
        state.case_id,
        state.load_no,
        state.load_rank,
        state.source_sheet,
        state.source_row,
        state.sent_unit_id,
        state.due_on,
        row_number() OVER newest_first AS recency,
        lag(state.load_no) OVER newest_first AS next_load_no,
        body.unit_id IS NOT NULL
        AND (state.received_on >= body.began_on OR NOT body.began_is_exact)
        AND (body.ended_on IS NULL OR state.received_on < body.ended_on) AS is_dated_right
    FROM stg_case_all AS state
    SEMI JOIN stg_case_repeated_key ON stg_case_repeated_key.case_key = hash(state.case_id)
    LEFT JOIN stg_unit_answer AS body ON body.unit_id = state.sent_unit_id
    WINDOW newest_first AS (
        PARTITION BY state.case_id
        ORDER BY state.state_at DESC, state.load_rank DESC, state.source_row DESC, state.source_sheet DESC
    )
)
SELECT
    load_no,
    source_sheet,
    source_row,
    recency > 1 AS is_replaced,
    CASE WHEN recency > 1 THEN next_load_no END AS replaced_by_load_no,
    arg_min(sent_unit_id, recency) FILTER (WHERE is_dated_right) OVER (PARTITION BY case_id) AS known_unit_id,
    arg_max(due_on, recency) FILTER (WHERE due_on IS NOT NULL) OVER (PARTITION BY case_id) AS first_due_on,
    CASE WHEN recency = 1 THEN max(load_rank) OVER (PARTITION BY case_id) ELSE load_rank END AS seen_load_rank,
FROM ordered
