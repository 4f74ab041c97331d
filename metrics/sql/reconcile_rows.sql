-- Every state of a case that has to do with a unit: answered by it, received by it, or of a split body before it.
-- A row that a newer one replaced was sent twice for the period where its file speaks of it (up to some days late) and the
-- other is no regular later one; a stock is read from a file near the period's end.
WITH
part_predecessor AS (
    SELECT unit_succession.unit_id
    FROM unit_succession
    WHERE unit_succession.successor_id = $unit AND unit_succession.relation = 'part'
),
standing AS (
    SELECT
        'standing' AS origin,
        fct_case.*,
        CAST(NULL AS BIGINT) AS replaced_by_load_no,
        CAST(NULL AS VARCHAR) AS other_unit_id,
        CAST(NULL AS DATE) AS other_ends_on,
        CAST(NULL AS VARCHAR) AS other_successor_id,
        FALSE AS is_received_there,
        TRUE AS is_newest_own,
        fct_case.unit_id IN (SELECT part_predecessor.unit_id FROM part_predecessor) AS is_of_split_body,
        FALSE AS is_of_period,
        FALSE AS is_sent_again,
        FALSE AS is_near_end,
        FALSE AS is_then,
        coalesce(load.data_on > CAST($reported_by AS DATE), FALSE) AS is_from_later
    FROM fct_case
    LEFT JOIN load ON load.load_no = fct_case.load_no
    WHERE fct_case.received_on <= $end
        AND (
            fct_case.unit_id = $unit
            OR fct_case.successor_unit_id = $unit
            OR fct_case.receiving_unit_id = $unit
            OR fct_case.unit_id IN (SELECT part_predecessor.unit_id FROM part_predecessor)
        )
),
history AS (
    SELECT
        'history' AS origin,
        case_history.*,
        now_standing.unit_id AS other_unit_id,
        now_standing.unit_ends_on AS other_ends_on,
        now_standing.successor_unit_id AS other_successor_id,
        coalesce(now_standing.receiving_unit_id = $unit, FALSE) AS is_received_there,
        row_number() OVER (
            PARTITION BY case_history.case_id
            ORDER BY case_history.state_at DESC, case_history.load_no DESC, case_history.source_row DESC
        ) = 1 AS is_newest_own,
        FALSE AS is_of_split_body,
        coalesce(own_load.data_on BETWEEN $start AND CAST($end AS DATE) + CAST($late_days AS INTEGER), FALSE) AS is_of_period,
        -- A correction sends nothing again: it mends rows that were rejected.
        coalesce(
            next_load.data_on BETWEEN $start AND CAST($end AS DATE) + CAST($late_days AS INTEGER)
            AND abs(date_diff('day', own_load.data_on, next_load.data_on)) < $gap_days
            AND NOT list_contains(CAST($corrections AS INTEGER[]), next_load.load_no),
            FALSE
        ) AS is_sent_again,
        coalesce(2 * date_diff('day', own_load.data_on, CAST($end AS DATE)) < $gap_days, FALSE) AS is_near_end,
        -- The state that was known when the period was reported, where a later file changed it.
        coalesce(
            own_load.data_on <= CAST($reported_by AS DATE) AND next_load.data_on > CAST($reported_by AS DATE),
            FALSE
        ) AS is_then,
        FALSE AS is_from_later
    FROM case_history
    LEFT JOIN fct_case AS now_standing ON now_standing.case_id = case_history.case_id
    LEFT JOIN load AS own_load ON own_load.load_no = case_history.load_no
    LEFT JOIN load AS next_load ON next_load.load_no = case_history.replaced_by_load_no
    WHERE case_history.received_on <= $end
        AND (case_history.unit_id = $unit OR case_history.successor_unit_id = $unit)
),
both_kinds AS (
    SELECT * FROM standing
    UNION ALL BY NAME
    SELECT * FROM history
)
SELECT
    origin,
    case_id,
    case_code,
    unit_id,
    unit_ends_on,
    successor_unit_id,
    receiving_unit_id,
    channel,
    received_on,
    due_on,
    completed_on,
    status,
    supplement_requested_on,
    supplement_received_on,
    is_counted AS was_counted,
    settled_class AS mart_class,
    coalesce(is_last_seen, TRUE) AS is_last_seen,
    load_no,
    replaced_by_load_no,
    other_unit_id,
    other_ends_on,
    other_successor_id,
    is_received_there,
    is_newest_own,
    is_of_split_body,
    is_of_period,
    is_sent_again,
    is_near_end,
    is_then,
    is_from_later,
    source_file,
    source_sheet,
    source_row
FROM both_kinds
-- What had ended before the period is in none of its counts; what was known then is needed to tell what changed since.
WHERE completed_on IS NULL OR completed_on >= $start OR received_on >= $start OR is_then
