-- The working days of a stretch of time.
SELECT count(*) FILTER (WHERE is_working_day) AS n_working, count(*) AS n_days
FROM dim_date
WHERE date BETWEEN $first AND $last
