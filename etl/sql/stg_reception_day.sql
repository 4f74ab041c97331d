-- #TEMP
-- One row per commune and working day that its reception files speak of, with the Monday of its week.
-- A month is sent when a file speaks of it (metrics/coverage.py): it counts from its first day; to its last, when the
-- next month was sent too. A week whose days are not all here is not known. A file that never says who received knows
-- of no chair.
WITH
commune AS (
    SELECT body.unit_id, body.began_on, body.ended_on
    FROM stg_unit_answer AS body
    SEMI JOIN dim_unit ON dim_unit.unit_id = body.unit_id AND dim_unit.level = 'commune'
),
file AS (
    SELECT DISTINCT coverage.unit_id, coverage.first_on, coverage.last_on, commune.began_on, commune.ended_on
    FROM coverage
    INNER JOIN commune ON commune.unit_id = coverage.unit_id
    SEMI JOIN placed_reception AS row_of ON row_of.load_no = coverage.load_no AND row_of.host IS NOT NULL
    WHERE coverage.dataset = 'reception'
),
sent_month AS (
    SELECT DISTINCT file.unit_id, dim_date.month
    FROM file
    INNER JOIN dim_date ON dim_date.date >= file.first_on AND dim_date.date <= file.last_on
),
span AS (
    SELECT
        file.unit_id,
        greatest(CAST(date_trunc('month', file.first_on) AS DATE), file.began_on) AS first_on,
        least(
            CASE WHEN next_month.unit_id IS NULL THEN file.last_on ELSE last_day(file.last_on) END,
            coalesce(file.ended_on - 1, DATE '9999-12-31')
        ) AS last_on,
    FROM file
    LEFT JOIN sent_month AS next_month
        ON next_month.unit_id = file.unit_id AND next_month.month = last_day(file.last_on) + 1
)
SELECT DISTINCT
    span.unit_id,
    dim_date.date,
    dim_date.date - (dim_date.iso_weekday - 1) AS week_starts_on,
FROM span
INNER JOIN dim_date
    ON dim_date.date >= span.first_on AND dim_date.date <= span.last_on AND dim_date.is_working_day
