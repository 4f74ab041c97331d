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
ORDER BY reject.load_no DESC, reject.sheet, reject.row
LIMIT 5000
