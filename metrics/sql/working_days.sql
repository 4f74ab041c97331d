-- Each day of a stretch of time, and whether it is a working day.
SELECT date, is_working_day
FROM dim_date
WHERE date BETWEEN $first AND $last
