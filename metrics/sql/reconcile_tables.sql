-- Tables of form II.06a as sent, by the body that answered for the period.
SELECT
    CASE
        WHEN unit_ends_on IS NOT NULL AND period_start >= unit_ends_on THEN successor_unit_id
        ELSE unit_id
    END AS unit_id,
    period_start,
    period_end,
    field_name,
    received,
    received_online,
    received_counter_post,
    carried_in,
    settled,
    settled_early,
    settled_on_time,
    settled_late,
    pending,
    pending_in_time,
    pending_overdue,
    load_no,
    source_file,
    source_sheet,
    source_row
FROM fct_settlement_summary
ORDER BY period_end DESC, unit_id, field_name
