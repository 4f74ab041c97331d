-- #TEMP
-- One row per commune and week with a working day, all of whose working days its reception files speak of.
-- Law on Citizen Reception 2013, art. 15(2)d: a commune's chair receives in person at least one day a week (duties.csv).
WITH
week AS (
    SELECT date - (iso_weekday - 1) AS week_starts_on, count(*) AS n_working_days
    FROM dim_date
    WHERE is_working_day
    GROUP BY ALL
),
known AS (
    SELECT unit_id, week_starts_on, count(*) AS n_days FROM stg_reception_day GROUP BY ALL
),
-- The chair may also have received on a day off.
kept AS (
    SELECT DISTINCT
        fct_reception.unit_id,
        fct_reception.received_on - (dim_date.iso_weekday - 1) AS week_starts_on,
    FROM fct_reception
    INNER JOIN dim_date ON dim_date.date = fct_reception.received_on
    WHERE fct_reception.host = 'chair'
)
SELECT
    known.unit_id,
    body.ended_on AS unit_ends_on,
    body.successor_unit_id,
    known.week_starts_on,
    known.week_starts_on + 6 AS week_ends_on,
    CAST(week.n_working_days AS INTEGER) AS n_working_days,
    kept.unit_id IS NOT NULL AS has_chair_reception,
FROM known
INNER JOIN week ON week.week_starts_on = known.week_starts_on AND week.n_working_days = known.n_days
INNER JOIN stg_unit_answer AS body ON body.unit_id = known.unit_id
LEFT JOIN kept ON kept.unit_id = known.unit_id AND kept.week_starts_on = known.week_starts_on
