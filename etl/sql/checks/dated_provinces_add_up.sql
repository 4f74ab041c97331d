-- #warn #EACH
-- vi: hồ sơ tiếp nhận trước khi đơn vị trong tệp thành lập mà không rõ thuộc tỉnh nào khi đó: không nằm trong số liệu của kỳ ấy
-- en: cases received before the body in the file began, whose province of that day is not known: in no figure of that period
WITH
answering AS (
    SELECT
        CASE WHEN unit_ends_on IS NOT NULL AND received_on >= unit_ends_on THEN successor_unit_id ELSE unit_id END
            AS unit_id,
        -- The old bodies' first day is not exact: what is older is theirs.
        greatest(received_on, (SELECT min(date) FROM dim_date)) AS received_on,
        sent_unit_id
    FROM fct_case
    WHERE is_counted
),
per_day AS (
    SELECT unit_id, sent_unit_id, received_on, count(*) AS n_cases FROM answering GROUP BY ALL
)
SELECT
    per_day.sent_unit_id,
    sum(per_day.n_cases) AS n_cases,
    min(per_day.received_on) AS first_on,
    max(per_day.received_on) AS last_on
FROM per_day
ANTI JOIN unit_rollup
    ON unit_rollup.unit_id = per_day.unit_id
    AND unit_rollup.level = 'province'
    AND unit_rollup.valid_from <= per_day.received_on
    AND (unit_rollup.valid_to IS NULL OR per_day.received_on < unit_rollup.valid_to)
GROUP BY per_day.sent_unit_id
