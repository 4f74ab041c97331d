-- #PORTABLE
-- One row per number taken at the counters.
SELECT
    -- #UNIQUE #NO_NULLS
    row_id AS ticket_id,
    -- #NO_NULLS
    unit_id,
    unit_ends_on,
    successor_unit_id,
    -- #NO_NULLS
    taken_on,
    taken_at,
    called_at,
    finished_at,
    counter_code,
    waiting_minutes,
    service_minutes,
    load_no,
    source_file,
    source_sheet,
    source_row
FROM stg_queue_ticket
WHERE is_newest
