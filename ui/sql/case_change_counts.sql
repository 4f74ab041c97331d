-- One row per load: how many cases it brought, changed, or should have listed and did not. The same parameters.
SELECT
    load_after AS load_no,
    any_value(file_after) AS file_name,
    any_value(data_on_after) AS data_on,
    count(*) FILTER (WHERE kind = 'new') AS n_new,
    count(*) FILTER (WHERE field = 'status') AS n_changed_status,
    count(*) FILTER (WHERE field = 'due_on') AS n_changed_due,
    count(*) FILTER (WHERE is_moved_without_slip) AS n_moved_without_slip,
    count(*) FILTER (WHERE field = 'completed_on') AS n_changed_end,
    count(*) FILTER (WHERE kind = 'reappeared') AS n_reappeared,
    count(*) FILTER (WHERE kind = 'not_seen') AS n_not_seen
FROM (
{case_changes}
) AS change
GROUP BY load_after
ORDER BY load_after DESC
