-- One row per load and way in which the rows of a small dataset change between two snapshots (see changed_cases.sql).
-- Both sides are filled in from rows_of.sql: row_key, load_no, unit_id, successor_unit_id, starts_on, ends_on, content.
WITH
before AS ({before}),
after AS ({after}),
pair AS (
    SELECT
        before.row_key IS NULL AS is_new,
        after.row_key IS NULL AS is_gone,
        before.load_no AS load_before,
        after.load_no AS load_after,
        now_load.load_no IS NULL AS is_load_gone,
        old_load.load_no IS NULL AS is_load_new,
        before.content IS DISTINCT FROM after.content AS is_changed,
        before.ends_on IS DISTINCT FROM after.ends_on AS is_end,
        before.unit_id AS unit_before,
        before.successor_unit_id AS successor_before,
        CAST(date_trunc('month', before.starts_on) AS DATE) AS start_before,
        CAST(date_trunc('month', before.ends_on) AS DATE) AS end_before,
        after.unit_id AS unit_after,
        after.successor_unit_id AS successor_after,
        CAST(date_trunc('month', after.starts_on) AS DATE) AS start_after,
        CAST(date_trunc('month', after.ends_on) AS DATE) AS end_after
    FROM before
    FULL JOIN after ON after.row_key = before.row_key
    LEFT JOIN (SELECT load_no FROM load WHERE NOT is_withheld) AS now_load ON now_load.load_no = before.load_no
    LEFT JOIN (SELECT load_no FROM previous.load WHERE NOT is_withheld) AS old_load ON old_load.load_no = after.load_no
    WHERE before.load_no IS DISTINCT FROM after.load_no OR before.content IS DISTINCT FROM after.content
)
SELECT
    '{dataset}' AS dataset,
    CASE WHEN is_load_new AND NOT is_gone THEN load_after WHEN is_gone OR is_load_gone THEN load_before ELSE load_after END
        AS load_no,
    unit_before, successor_before, start_before, end_before,
    unit_after, successor_after, start_after, end_after,
    is_changed,
    FALSE AS is_only_end,
    count(*) FILTER (WHERE is_new) AS n_new,
    0 AS n_changed_status,
    0 AS n_changed_due,
    count(*) FILTER (WHERE NOT is_new AND NOT is_gone AND is_end) AS n_changed_end,
    count(*) FILTER (WHERE NOT is_new AND is_load_new AND NOT is_gone) AS n_replaced,
    count(*) FILTER (WHERE NOT is_new AND is_load_gone AND NOT (is_load_new AND NOT is_gone)) AS n_withdrawn,
    count(*) FILTER (WHERE NOT is_new AND NOT is_gone AND load_before = load_after AND is_changed) AS n_corrected
FROM pair
GROUP BY ALL
