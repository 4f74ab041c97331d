-- #VIEW #PORTABLE
-- One row per state of a case: what follows from the row itself (form II.06a, product.md §4).
WITH
dated AS (
    SELECT
        stg_case.*,
        CAST(stg_case.due_original_at AS DATE) AS due_original_on,
        CAST(stg_case.accepted_at AS DATE) AS accepted_on,
        CAST(stg_case.supplement_requested_at AS DATE) AS supplement_requested_on,
        CAST(stg_case.supplement_received_at AS DATE) AS supplement_received_on,
        CAST(stg_case.received_at AS TIME) AS received_time,
        CAST(stg_case.accepted_at AS TIME) AS accepted_time,
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
        END AS settled_class,
        -- The clock stands from the request to the supplement, as far as that lies between receipt and end.
        CASE
            WHEN dated.supplement_requested_on >= dated.completed_on THEN NULL
            WHEN dated.supplement_requested_on < dated.received_on THEN dated.received_on
            ELSE dated.supplement_requested_on
        END AS waits_from_on,
        CASE
            WHEN dated.supplement_received_on <= dated.completed_on THEN dated.supplement_received_on
            ELSE dated.completed_on
        END AS waits_to_on
    FROM dated
),
-- An online filing is to be accepted within eight working hours, which are one working day: the same clock time on
-- the next one, or the end of the first day when it comes out of hours (regulations §2.5; UNCONFIRMED).
timed AS (
    SELECT
        classed.*,
        receipt_day.working_day_number AS receipt_day_number,
        CASE
            WHEN receipt_day.is_working_day AND classed.received_time < receipt_day.opens_at THEN classed.received_on
            ELSE receipt_day.next_working_on
        END AS accept_by_on,
        CASE
            WHEN NOT receipt_day.is_working_day OR classed.received_time < receipt_day.opens_at THEN receipt_day.closes_at
            WHEN classed.received_time > receipt_day.closes_at THEN receipt_day.closes_at
            WHEN classed.received_time >= receipt_day.break_from AND classed.received_time < receipt_day.break_to
                THEN receipt_day.break_to
            ELSE classed.received_time
        END AS accept_by_time,
        -- Midnight is how a date without a time arrives: then days are compared.
        CASE
            WHEN classed.received_time = CAST('00:00:00' AS TIME) OR classed.accepted_time = CAST('00:00:00' AS TIME)
                THEN FALSE
            ELSE TRUE
        END AS is_timed,
        receipt_day.next_working_on AS next_working_on
    FROM classed
    LEFT JOIN stg_day AS receipt_day ON receipt_day.date = classed.received_on
)
SELECT
    timed.case_id,
    timed.case_code,
    timed.sent_unit_id,
    timed.receiving_unit_id,
    timed.procedure_code,
    timed.procedure_name,
    timed.field_name,
    timed.channel,
    timed.received_on,
    timed.accepted_on,
    timed.due_on,
    timed.due_original_on,
    coalesce(timed.due_original_on, timed.due_on) AS promised_on,
    timed.completed_on,
    CAST(timed.handed_over_at AS DATE) AS handed_over_on,
    timed.status,
    timed.n_supplements,
    timed.supplement_requested_on,
    timed.supplement_received_on,
    timed.n_reappointments,
    CAST(timed.reappointed_at AS DATE) AS reappointed_on,
    CAST(timed.apology_at AS DATE) AS apology_on,
    timed.is_apology_exempt,
    timed.is_fee_bearing,
    timed.is_paid_online,
    timed.has_e_result,
    timed.is_digitised,
    timed.is_reused,
    timed.corrected_by,
    timed.is_counted,
    timed.settled_class,
    CASE
        WHEN timed.known_status IN ('suspended', 'awaiting_payment') THEN TRUE
        WHEN timed.known_status = 'awaiting_supplement' AND timed.supplement_requested_at IS NULL THEN TRUE
        ELSE FALSE
    END AS is_waiting_today,
    CASE
        WHEN timed.accepted_on IS NULL OR timed.channel NOT IN ('online_full', 'online_partial') THEN NULL
        WHEN NOT timed.is_timed THEN timed.accepted_on > timed.next_working_on
        ELSE timed.accepted_on > timed.accept_by_on
            OR (timed.accepted_on = timed.accept_by_on AND timed.accepted_time > timed.accept_by_time)
    END AS is_intake_late,
    timed.is_apology_recorded,
    timed.is_supplement_recorded,
    timed.is_supplement_counted,
    CAST(
        end_day.working_day_number - timed.receipt_day_number
        - CASE
            WHEN timed.waits_from_on IS NULL OR timed.waits_to_on <= timed.waits_from_on THEN 0
            ELSE wait_to.working_day_number - wait_from.working_day_number
        END AS INTEGER
    ) AS processing_days,
    CASE
        WHEN timed.settled_class = 'late'
            THEN CAST(end_day.working_day_number - due_day.working_day_number AS INTEGER)
    END AS late_days,
    timed.state_at,
    timed.synced_at,
    timed.load_no,
    timed.load_rank,
    timed.source_file,
    timed.source_sheet,
    timed.source_row
FROM timed
LEFT JOIN dim_date AS end_day ON end_day.date = timed.completed_on
LEFT JOIN dim_date AS due_day ON due_day.date = timed.due_on
LEFT JOIN dim_date AS wait_from ON wait_from.date = timed.waits_from_on
LEFT JOIN dim_date AS wait_to ON wait_to.date = timed.waits_to_on
