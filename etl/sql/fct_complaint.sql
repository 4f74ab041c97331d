-- #PORTABLE
-- One row per letter, its newest state.
SELECT
    -- #UNIQUE #NO_NULLS
    stg_letter.letter_id,
    stg_letter.letter_code,
    -- #NO_NULLS
    stg_letter.kind,
    stg_letter.matter_code,
    -- #NO_NULLS
    stg_letter.unit_id,
    stg_letter.unit_ends_on,
    stg_letter.answering_unit_id AS successor_unit_id,
    stg_letter.field_name,
    -- #NO_NULLS
    stg_letter.received_on,
    stg_letter.accepted_on,
    stg_letter.transferred_on,
    stg_letter.settled_on,
    stg_letter.round,
    stg_letter.n_people,
    stg_letter.is_complex,
    stg_letter.is_eligible,
    stg_letter.is_in_competence,
    stg_letter.outcome,
    stg_letter.reopened_on,
    stg_letter.is_satisfied,
    due.is_remote,
    due.accept_due_on,
    CASE
        WHEN stg_letter.accepted_on IS NULL OR due.accept_due_on IS NULL THEN NULL
        WHEN stg_letter.accepted_on <= due.accept_due_on THEN TRUE
        ELSE FALSE
    END AS is_accepted_on_time,
    due.settle_due_on,
    CASE
        WHEN stg_letter.settled_on IS NULL OR due.settle_due_on IS NULL THEN NULL
        WHEN stg_letter.settled_on <= due.settle_due_on THEN TRUE
        ELSE FALSE
    END AS is_settled_on_time,
    -- Also what is still open: by the day to which the file that speaks of it knows.
    CASE
        WHEN due.settle_due_on IS NULL THEN NULL
        WHEN stg_letter.settled_on IS NOT NULL AND stg_letter.settled_on > due.settle_due_on THEN TRUE
        WHEN stg_letter.settled_on IS NULL AND stg_letter.known_on > due.settle_due_on THEN TRUE
        ELSE FALSE
    END AS is_past_due,
    due.handle_due_on,
    stg_letter.known_on,
    stg_letter.load_no,
    stg_letter.source_file,
    stg_letter.source_sheet,
    stg_letter.source_row
FROM stg_letter
LEFT JOIN stg_letter_due AS due ON due.letter_id = stg_letter.letter_id
