-- #VIEW #PORTABLE
-- One row per state of a case, with the body that answers (docs/marts.md, "Which unit answers on which day").
WITH
placed AS (
    SELECT
        ready.*,
        body.ended_on,
        body.successor_unit_id AS heir_unit_id,
        body.began_on,
        coalesce(ready.known_unit_id, body.only_predecessor_id, body.unallocated_unit_id) AS former_unit_id,
        -- The file names a body that did not exist yet: a two-tier list of a case received before 01/07/2025.
        CASE
            WHEN body.began_is_exact AND ready.received_on < body.began_on THEN TRUE
            ELSE FALSE
        END AS is_named_by_successor
    FROM stg_case_ready AS ready
    INNER JOIN stg_unit_answer AS body ON body.unit_id = ready.sent_unit_id
),
answered AS (
    SELECT
        placed.*,
        CASE
            WHEN placed.is_named_by_successor THEN coalesce(placed.former_unit_id, placed.sent_unit_id)
            ELSE placed.sent_unit_id
        END AS unit_id,
        CASE WHEN placed.is_named_by_successor THEN placed.began_on ELSE placed.ended_on END AS unit_ends_on,
        CASE
            WHEN placed.is_named_by_successor THEN placed.sent_unit_id ELSE placed.heir_unit_id
        END AS successor_unit_id
    FROM placed
)
SELECT
    answered.*,
    seen_load.load_no AS seen_load_no,
    -- A promised day that went later, in the file itself or between two files, without a slip, a letter or a supplement.
    CASE
        WHEN answered.n_reappointments > 0 OR answered.reappointed_on IS NOT NULL OR answered.apology_on IS NOT NULL
            OR answered.n_supplements > 0 OR answered.supplement_requested_on IS NOT NULL
            OR answered.supplement_received_on IS NOT NULL
            THEN FALSE
        WHEN answered.due_on > answered.due_original_on OR answered.due_on > answered.first_due_on THEN TRUE
        ELSE FALSE
    END AS is_due_moved,
    CASE
        WHEN answered.is_replaced THEN FALSE  -- a replaced state is not the last one seen
        WHEN last_file.load_rank > answered.seen_load_rank THEN FALSE
        ELSE TRUE
    END AS is_last_seen
FROM answered
INNER JOIN stg_load AS seen_load ON seen_load.load_rank = answered.seen_load_rank
LEFT JOIN stg_last_file AS last_file
    ON last_file.sender_key = seen_load.sender_key
    AND last_file.sent_unit_id = answered.sent_unit_id
    AND last_file.received_on = answered.received_on
