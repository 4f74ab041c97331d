-- Every step that was sent, with the case it belongs to and its days.
SELECT
    *,
    upper(replace(trim(case_code), ' ', '')) AS case_id,
    CAST(started_at AS DATE) AS started_on,
    CAST(ended_at AS DATE) AS ended_on,
FROM placed_case_step
