-- #VIEW #PORTABLE
-- One row per state of a case: what follows from the row itself (form II.06a, product.md §4).
WITH
dated AS (
    SELECT
        stg_case.*,
        CAST(stg_case.received_at AS DATE) AS received_on,
        CAST(stg_case.due_at AS DATE) AS due_on,
        CAST(stg_case.completed_at AS DATE) AS completed_on,
        CASE WHEN stg_case.status = 'not_accepted' THEN FALSE ELSE TRUE END AS is_counted,
        coalesce(stg_case.status, '') AS known_status
    FROM stg_case
),
classed AS (
    SELECT
        dated.*,
        CASE
            WHEN NOT dated.is_counted OR dated.completed_on IS NULL THEN NULL
            WHEN dated.known_status IN ('returned', 'withdrawn', 'refused') THEN 'on_time'
            WHEN dated.due_on IS NULL THEN 'on_time'
            WHEN dated.due_precision = 'instant' AND dated.completed_at > dated.due_at THEN 'late'
            WHEN dated.completed_on > dated.due_on THEN 'late'
            WHEN dated.completed_on < dated.due_on THEN 'early'
            ELSE 'on_time'
        END AS settled_class
    FROM dated
)
SELECT
    classed.case_id,
    classed.case_code,
    classed.sent_unit_id,
    classed.receiving_unit_id,
    classed.procedure_code,
    classed.procedure_name,
    classed.field_name,
    classed.channel,
    classed.received_on,
    CAST(classed.accepted_at AS DATE) AS accepted_on,
    classed.due_on,
    CAST(classed.due_original_at AS DATE) AS due_original_on,
    classed.completed_on,
    CAST(classed.handed_over_at AS DATE) AS handed_over_on,
    classed.status,
    classed.n_supplements,
    CAST(classed.supplement_requested_at AS DATE) AS supplement_requested_on,
    CAST(classed.supplement_received_at AS DATE) AS supplement_received_on,
    classed.n_reappointments,
    CAST(classed.reappointed_at AS DATE) AS reappointed_on,
    CAST(classed.apology_at AS DATE) AS apology_on,
    classed.is_apology_exempt,
    classed.is_fee_bearing,
    classed.is_paid_online,
    classed.has_e_result,
    classed.is_digitised,
    classed.is_reused,
    classed.is_counted,
    classed.settled_class,
    CASE
        WHEN classed.known_status IN ('suspended', 'awaiting_payment') THEN TRUE
        WHEN classed.known_status = 'awaiting_supplement' AND classed.supplement_requested_at IS NULL THEN TRUE
        ELSE FALSE
    END AS is_waiting_today,
    CAST(end_day.working_day_number - receipt_day.working_day_number AS INTEGER) AS processing_days,
    CASE
        WHEN classed.settled_class = 'late'
            THEN CAST(end_day.working_day_number - due_day.working_day_number AS INTEGER)
    END AS late_days,
    classed.state_at,
    classed.synced_at,
    classed.load_no,
    classed.load_rank,
    classed.source_file,
    classed.source_sheet,
    classed.source_row
FROM classed
LEFT JOIN dim_date AS receipt_day ON receipt_day.date = classed.received_on
LEFT JOIN dim_date AS end_day ON end_day.date = classed.completed_on
LEFT JOIN dim_date AS due_day ON due_day.date = classed.due_on
