SELECT
    dropped_column.header,
    dropped_column.reason,
    count(*) AS n_sheets
FROM dropped_column
GROUP BY dropped_column.header, dropped_column.reason
ORDER BY dropped_column.reason, dropped_column.header
