-- One row per case and what changed in it from one file to the next: status, due date, end date; new; gone and back;
-- not seen any more. $load_no: only what that load brought; $unit: a body or province by id or code; $case_id; $most rows.
WITH
{loads_and_places}
asked AS (
    SELECT DISTINCT unit_id
    FROM dim_unit
    WHERE $unit IS NULL
        OR $unit IN (unit_id, code)
        OR province_id IN (SELECT unit_id FROM dim_unit WHERE level = 'province' AND $unit IN (unit_id, code))
),
touched AS (
    SELECT case_id
    FROM fct_case
    WHERE ($load_no IS NULL OR load_no = $load_no)
        AND ($case_id IS NULL OR case_id = $case_id)
        AND ($unit IS NULL OR sent_unit_id IN (SELECT unit_id FROM asked))
    UNION
    SELECT case_id
    FROM case_history
    WHERE ($load_no IS NULL OR $load_no IN (load_no, replaced_by_load_no))
        AND ($case_id IS NULL OR case_id = $case_id)
        AND ($unit IS NULL OR sent_unit_id IN (SELECT unit_id FROM asked))
),
state AS (
    SELECT
        case_id, case_code, sent_unit_id, received_on, status, due_on, completed_on, n_reappointments, reappointed_on,
        apology_on, n_supplements, supplement_requested_on, supplement_received_on, state_at, load_no, source_sheet,
        source_row, corrected_by
    FROM fct_case
    SEMI JOIN touched ON touched.case_id = fct_case.case_id
    UNION ALL
    SELECT
        case_id, case_code, sent_unit_id, received_on, status, due_on, completed_on, n_reappointments, reappointed_on,
        apology_on, n_supplements, supplement_requested_on, supplement_received_on, state_at, load_no, source_sheet,
        source_row, corrected_by
    FROM case_history
    SEMI JOIN touched ON touched.case_id = case_history.case_id
),
pair AS (
    SELECT
        state.*,
        loaded.load_rank,
        loaded.sender_key,
        lag(state.load_no) OVER oldest_first AS load_before,
        lag(loaded.load_rank) OVER oldest_first AS rank_before,
        lag(loaded.sender_key) OVER oldest_first AS sender_before,
        lag(state.status) OVER oldest_first AS status_before,
        lag(state.due_on) OVER oldest_first AS due_before,
        lag(state.completed_on) OVER oldest_first AS end_before,
        -- A due date that went later without a slip, a letter of apology or a supplement on record.
        state.due_on > lag(state.due_on) OVER oldest_first
        AND coalesce(state.n_reappointments, 0) = 0
        AND state.reappointed_on IS NULL
        AND state.apology_on IS NULL
        AND coalesce(state.n_supplements, 0) = 0
        AND state.supplement_requested_on IS NULL
        AND state.supplement_received_on IS NULL AS is_moved_without_slip
    FROM state
    INNER JOIN loaded ON loaded.load_no = state.load_no
    WINDOW oldest_first AS (
        PARTITION BY state.case_id
        ORDER BY state.state_at, loaded.load_rank, state.source_row, state.source_sheet
    )
),
unseen AS (
    -- The first later file of the same sender that should list the case and does not.
    SELECT
        fct_case.case_id,
        arg_min(listing.load_no, missing_load.load_rank) AS load_no
    FROM fct_case
    INNER JOIN loaded AS seen_load ON seen_load.load_no = fct_case.seen_load_no
    INNER JOIN load_list AS listing
        ON listing.sent_unit_id = fct_case.sent_unit_id
        AND fct_case.received_on > listing.listed_from_on
        AND fct_case.received_on <= listing.listed_to_on
    INNER JOIN loaded AS missing_load
        ON missing_load.load_no = listing.load_no
        AND missing_load.sender_key = seen_load.sender_key
        AND missing_load.load_rank > seen_load.load_rank
    WHERE NOT fct_case.is_last_seen
        AND ($case_id IS NULL OR fct_case.case_id = $case_id)
        AND ($unit IS NULL OR fct_case.sent_unit_id IN (SELECT unit_id FROM asked))
    GROUP BY fct_case.case_id
),
change AS (
    SELECT
        case_id, case_code, sent_unit_id, 'changed' AS kind, 'status' AS field, status_before AS before, status AS after,
        FALSE AS is_moved_without_slip, load_before, load_no AS load_after, source_sheet, source_row, corrected_by
    FROM pair
    WHERE load_before IS NOT NULL AND status IS DISTINCT FROM status_before
    UNION ALL
    SELECT
        case_id, case_code, sent_unit_id, 'changed', 'due_on', CAST(due_before AS VARCHAR), CAST(due_on AS VARCHAR),
        coalesce(is_moved_without_slip, FALSE), load_before, load_no, source_sheet, source_row, corrected_by
    FROM pair
    WHERE load_before IS NOT NULL AND due_on IS DISTINCT FROM due_before
    UNION ALL
    SELECT
        case_id, case_code, sent_unit_id, 'changed', 'completed_on', CAST(end_before AS VARCHAR),
        CAST(completed_on AS VARCHAR), FALSE, load_before, load_no, source_sheet, source_row, corrected_by
    FROM pair
    WHERE load_before IS NOT NULL AND completed_on IS DISTINCT FROM end_before
    UNION ALL
    SELECT
        case_id, case_code, sent_unit_id, 'new', 'case', NULL, status, FALSE, NULL, load_no, source_sheet, source_row,
        corrected_by
    FROM pair
    WHERE load_before IS NULL
    UNION ALL
    SELECT
        pair.case_id, pair.case_code, pair.sent_unit_id, 'reappeared', 'case', pair.status_before, pair.status, FALSE,
        pair.load_before, pair.load_no, pair.source_sheet, pair.source_row, pair.corrected_by
    FROM pair
    WHERE EXISTS (
        SELECT 1
        FROM load_list AS listing
        INNER JOIN loaded AS between_load ON between_load.load_no = listing.load_no
        WHERE listing.sent_unit_id = pair.sent_unit_id
            AND pair.received_on > listing.listed_from_on
            AND pair.received_on <= listing.listed_to_on
            AND between_load.sender_key = pair.sender_before
            AND between_load.load_rank > pair.rank_before
            AND between_load.load_rank < pair.load_rank
    )
    UNION ALL
    SELECT
        fct_case.case_id, fct_case.case_code, fct_case.sent_unit_id, 'not_seen', 'case', fct_case.status, NULL, FALSE,
        fct_case.seen_load_no, unseen.load_no, fct_case.source_sheet, fct_case.source_row, fct_case.corrected_by
    FROM unseen
    INNER JOIN fct_case ON fct_case.case_id = unseen.case_id
)
SELECT
    change.case_code,
    change.sent_unit_id AS unit_id,
    place.code AS unit_code,
    coalesce(place.full_name, place.name) AS unit_name,
    change.kind,
    change.field,
    change.before,
    change.after,
    change.is_moved_without_slip,
    change.load_before,
    change.load_after,
    load_of_before.file_name AS file_before,
    load_of_after.file_name AS file_after,
    load_of_before.data_on AS data_on_before,
    load_of_after.data_on AS data_on_after,
    change.source_sheet,
    change.source_row,
    change.corrected_by
FROM change
INNER JOIN loaded AS load_of_after ON load_of_after.load_no = change.load_after
LEFT JOIN loaded AS load_of_before ON load_of_before.load_no = change.load_before
LEFT JOIN place ON place.unit_id = change.sent_unit_id
WHERE $load_no IS NULL OR change.load_after = $load_no
-- What a reader should look at first: dates moved without a slip, then other changes, then what came and went.
ORDER BY
    change.is_moved_without_slip DESC,
    CASE change.kind WHEN 'changed' THEN 1 WHEN 'reappeared' THEN 2 WHEN 'not_seen' THEN 3 ELSE 4 END,
    load_of_after.load_rank DESC,
    change.case_code,
    change.field
LIMIT $most
