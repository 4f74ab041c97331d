SELECT
    reject.file_name,
    reject.reason,
    count(*) AS n
FROM reject
WHERE $unit IS NULL OR reject.load_no IN (SELECT load.load_no FROM load WHERE load.sender_unit_id = $unit)
GROUP BY reject.file_name, reject.reason
ORDER BY n DESC, reject.file_name, reject.reason
