-- One row per load and way in which cases change between two snapshots: where and in which months, and how many.
-- `change_before` and `change_after` hold the rows of fct_case that differ at all; a case is counted once.
WITH
pair AS (
    SELECT
        coalesce(after.case_id, before.case_id) AS case_id,
        before.case_id IS NULL AS is_new,
        after.case_id IS NULL AS is_gone,
        before.load_no AS load_before,
        after.load_no AS load_after,
        now_load.load_no IS NULL AS is_load_gone,
        old_load.load_no IS NULL AS is_load_new,
        before.status IS DISTINCT FROM after.status AS is_status,
        before.due_on IS DISTINCT FROM after.due_on AS is_due,
        before.completed_on IS DISTINCT FROM after.completed_on AS is_end,
        before.corrected_by IS DISTINCT FROM after.corrected_by AS is_corrected,
        before.status IS DISTINCT FROM after.status
        OR before.due_on IS DISTINCT FROM after.due_on
        OR before.completed_on IS DISTINCT FROM after.completed_on
        OR before.received_on IS DISTINCT FROM after.received_on
        OR before.unit_id IS DISTINCT FROM after.unit_id
        OR before.successor_unit_id IS DISTINCT FROM after.successor_unit_id
        OR before.settled_class IS DISTINCT FROM after.settled_class
        OR before.promised_on IS DISTINCT FROM after.promised_on
        OR before.n_reappointments IS DISTINCT FROM after.n_reappointments
        OR before.is_waiting_today IS DISTINCT FROM after.is_waiting_today
        OR before.supplement_requested_on IS DISTINCT FROM after.supplement_requested_on
        OR before.supplement_received_on IS DISTINCT FROM after.supplement_received_on AS is_changed,
        -- Only its end differs: what stood open before the earlier of the two ends stays as it was.
        before.unit_id IS NOT DISTINCT FROM after.unit_id
        AND before.successor_unit_id IS NOT DISTINCT FROM after.successor_unit_id
        AND before.received_on IS NOT DISTINCT FROM after.received_on
        AND before.due_on IS NOT DISTINCT FROM after.due_on
        AND before.is_counted IS NOT DISTINCT FROM after.is_counted
        AND before.is_waiting_today IS NOT DISTINCT FROM after.is_waiting_today
        AND before.supplement_requested_on IS NOT DISTINCT FROM after.supplement_requested_on
        AND before.supplement_received_on IS NOT DISTINCT FROM after.supplement_received_on AS is_only_end,
        before.unit_id AS unit_before,
        before.successor_unit_id AS successor_before,
        CAST(date_trunc('month', before.received_on) AS DATE) AS start_before,
        CAST(date_trunc('month', before.completed_on) AS DATE) AS end_before,
        after.unit_id AS unit_after,
        after.successor_unit_id AS successor_after,
        CAST(date_trunc('month', after.received_on) AS DATE) AS start_after,
        CAST(date_trunc('month', after.completed_on) AS DATE) AS end_after
    FROM change_before AS before
    FULL JOIN change_after AS after ON after.case_id = before.case_id
    LEFT JOIN (SELECT load_no FROM load WHERE NOT is_withheld) AS now_load ON now_load.load_no = before.load_no
    LEFT JOIN (SELECT load_no FROM previous.load WHERE NOT is_withheld) AS old_load ON old_load.load_no = after.load_no
)
SELECT
    'case' AS dataset,
    -- The load to name: the one that came, else the one that went, else the one whose rows are read in another way.
    CASE WHEN is_load_new AND NOT is_gone THEN load_after WHEN is_gone OR is_load_gone THEN load_before ELSE load_after END
        AS load_no,
    unit_before, successor_before, start_before, end_before,
    unit_after, successor_after, start_after, end_after,
    is_changed,
    is_only_end,
    count(*) FILTER (WHERE is_new) AS n_new,
    count(*) FILTER (WHERE NOT is_new AND NOT is_gone AND is_status) AS n_changed_status,
    count(*) FILTER (WHERE NOT is_new AND NOT is_gone AND is_due) AS n_changed_due,
    count(*) FILTER (WHERE NOT is_new AND NOT is_gone AND is_end) AS n_changed_end,
    count(*) FILTER (WHERE NOT is_new AND is_load_new AND NOT is_gone) AS n_replaced,
    count(*) FILTER (WHERE NOT is_new AND is_load_gone AND NOT (is_load_new AND NOT is_gone)) AS n_withdrawn,
    count(*) FILTER (WHERE NOT is_new AND NOT is_gone AND load_before = load_after AND is_corrected) AS n_corrected
FROM pair
WHERE is_changed OR load_before IS DISTINCT FROM load_after
GROUP BY ALL
