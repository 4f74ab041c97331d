-- Every number taken that was sent, with its waits and services in whole minutes.
-- A moment that lies before the one it should follow gives no minutes (the intake warned of it).
SELECT
    *,
    CAST(taken_at AS DATE) AS taken_on,
    CAST(CASE WHEN called_at >= taken_at THEN date_sub('minute', taken_at, called_at) END AS INTEGER) AS waiting_minutes,
    CAST(CASE WHEN finished_at >= called_at THEN date_sub('minute', called_at, finished_at) END AS INTEGER)
        AS service_minutes,
FROM placed_queue_ticket
