SELECT
    reject.file_name,
    reject.reason,
    count(*) AS n
FROM reject
GROUP BY reject.file_name, reject.reason
ORDER BY n DESC, reject.file_name, reject.reason
