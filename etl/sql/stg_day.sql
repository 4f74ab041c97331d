-- #TEMP
-- One row per day: the working day after it, and the office hours in force on it (data/reference/office_hours.csv).
SELECT
    dim_date.date,
    dim_date.is_working_day,
    dim_date.working_day_number,
    next_day.date AS next_working_on,
    office_hours.opens_at,
    office_hours.break_from,
    office_hours.break_to,
    office_hours.closes_at,
FROM dim_date
LEFT JOIN dim_date AS next_day
    ON next_day.working_day_number = dim_date.working_day_number + 1
    AND next_day.is_working_day
LEFT JOIN office_hours
    ON dim_date.date >= office_hours.valid_from
    AND (office_hours.valid_to IS NULL OR dim_date.date < office_hours.valid_to)
