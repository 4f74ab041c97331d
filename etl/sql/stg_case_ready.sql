-- Every state, with its place among the states of its case.
SELECT
    state.*,
    FALSE AS is_replaced,
    CAST(NULL AS INTEGER) AS replaced_by_load_no,
    CAST(NULL AS VARCHAR) AS known_unit_id,
    state.load_rank AS seen_load_rank,
FROM stg_case_all AS state
ANTI JOIN stg_case_repeated_key ON stg_case_repeated_key.case_key = hash(state.case_id)
UNION ALL BY NAME
SELECT * FROM stg_case_repeated
