SELECT
    reject.reason,
    reject.field,
    count(*) AS n,
    count(DISTINCT reject.load_no) AS n_files
FROM reject
GROUP BY reject.reason, reject.field
ORDER BY n DESC, reject.reason
