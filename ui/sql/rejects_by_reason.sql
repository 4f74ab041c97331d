SELECT
    reject.reason,
    count(*) AS n,
    count(DISTINCT reject.load_no) AS n_files
FROM reject
GROUP BY reject.reason
ORDER BY n DESC, reject.reason
