-- Every published value that was sent, with the calendar days of its period (etl/periods.py says which tokens there are).
WITH
cut AS (
    SELECT
        *,
        CAST(substr(period, 1, 4) AS INTEGER) AS year,
        substr(period, 6) AS part,
    FROM placed_official_score
),
named AS (
    SELECT
        * EXCLUDE (part),
        CASE
            WHEN part IN ('', 'H1', '9M') OR ends_with(part, '-YTD') THEN 1
            WHEN part = 'H2' THEN 7
            WHEN part[1] = 'Q' THEN 3 * CAST(part[2] AS INTEGER) - 2
            ELSE CAST(substr(part, 1, 2) AS INTEGER)
        END AS first_month,
        CASE
            WHEN part = '' OR part = 'H2' THEN 12
            WHEN part = 'H1' THEN 6
            WHEN part = '9M' THEN 9
            WHEN part[1] = 'Q' THEN 3 * CAST(part[2] AS INTEGER)
            ELSE CAST(substr(part, 1, 2) AS INTEGER)
        END AS last_month,
    FROM cut
)
SELECT
    * EXCLUDE (year, first_month, last_month, index_id),
    upper(replace(replace(trim(index_id), ' ', '_'), '-', '_')) AS index_id,
    make_date(year, first_month, 1) AS period_start,
    last_day(make_date(year, last_month, 1)) AS period_end,
FROM named
