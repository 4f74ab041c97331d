-- One row per load of either snapshot: came, went, or takes part in both.
SELECT
    coalesce(now.load_no, before.load_no) AS load_no,
    coalesce(now.file_name, before.file_name) AS file_name,
    coalesce(now.dataset, before.dataset) AS dataset,
    CAST(coalesce(now.data_on, before.data_on) AS VARCHAR) AS data_on,
    CASE WHEN before.load_no IS NULL THEN 'added' WHEN now.load_no IS NULL THEN 'removed' ELSE 'kept' END AS act
FROM (SELECT * FROM load WHERE NOT is_withheld) AS now
FULL JOIN (SELECT * FROM previous.load WHERE NOT is_withheld) AS before ON before.load_no = now.load_no
ORDER BY load_no
