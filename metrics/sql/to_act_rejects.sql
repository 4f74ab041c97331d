-- The rejected rows of some loads, without their values.
SELECT
    load_no,
    file_name,
    sheet,
    row,
    "column",
    reason
FROM reject
WHERE load_no IN ({loads})
ORDER BY load_no DESC, sheet, row
