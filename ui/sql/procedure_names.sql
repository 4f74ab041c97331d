-- The procedures of the catalogue, each by its newest name.
SELECT
    dim_procedure.procedure_code,
    max_by(dim_procedure.procedure_name, coalesce(dim_procedure.valid_from, DATE '1900-01-01')) AS procedure_name
FROM dim_procedure
GROUP BY dim_procedure.procedure_code
ORDER BY dim_procedure.procedure_code
