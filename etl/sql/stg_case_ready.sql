-- Every state, with its place among the states of its case; `is_replaced` is NULL where there is only one.
SELECT
    state.*,
    case_rank.is_replaced,
    case_rank.replaced_by_load_no,
    case_rank.known_unit_id,
    case_rank.first_due_on,
    coalesce(case_rank.seen_load_rank, state.load_rank) AS seen_load_rank,
FROM stg_case_all AS state
LEFT JOIN stg_case_rank AS case_rank
    ON case_rank.load_no = state.load_no
    AND case_rank.source_row = state.source_row
    AND case_rank.source_sheet = state.source_sheet
