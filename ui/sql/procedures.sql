-- The procedures that cases of a field name, by the name that most of them carry.
SELECT
    fct_case.procedure_code,
    mode(fct_case.procedure_name) AS procedure_name
FROM fct_case
WHERE fct_case.field_name IS NOT DISTINCT FROM nullif($field_name, '')
    AND fct_case.procedure_code IS NOT NULL
GROUP BY fct_case.procedure_code
ORDER BY procedure_name COLLATE vi
