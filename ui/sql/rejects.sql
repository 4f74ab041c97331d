SELECT
    reject.load_no,
    reject.file_name,
    reject.sheet,
    reject.row,
    reject.column,
    reject.value_shape,
    reject.reason
FROM reject
WHERE ($reason IS NULL OR reject.reason = $reason)
    AND ($file_name IS NULL OR reject.file_name = $file_name)
    AND ($unit IS NULL OR reject.load_no IN (SELECT load.load_no FROM load WHERE load.sender_unit_id = $unit))
ORDER BY reject.load_no DESC, reject.sheet, reject.row
LIMIT 5000
