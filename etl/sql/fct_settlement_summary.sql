-- #PORTABLE
-- One row per unit, period and field of form II.06a sent as a table; without a field: the unit as a whole.
SELECT
    -- #UNIQUE #NO_NULLS
    placed.row_id AS summary_id,
    -- #NO_NULLS
    placed.unit_id,
    placed.unit_ends_on,
    placed.successor_unit_id,
    -- #NO_NULLS
    placed.period_start,
    -- #NO_NULLS
    placed.period_end,
    placed.field_name,
    placed.received,
    placed.received_online,
    placed.received_counter_post,
    placed.carried_in,
    placed.settled,
    placed.settled_early,
    placed.settled_on_time,
    placed.settled_late,
    placed.pending,
    placed.pending_in_time,
    placed.pending_overdue,
    -- Where the log of the cases is there, it goes first.
    coalesce(case_log.is_superseded, FALSE) AS is_superseded,
    placed.load_no,
    placed.source_file,
    placed.source_sheet,
    placed.source_row
FROM placed_settlement_summary AS placed
LEFT JOIN stg_summary_log AS case_log
    ON case_log.unit_id = placed.unit_id
    AND case_log.period_start = placed.period_start
    AND case_log.period_end = placed.period_end
WHERE placed.is_newest
