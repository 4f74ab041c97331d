-- #TEMP
-- One row per unit and period of a table of form II.06a: whether the unit's case log covers all of it.
-- Each month of the period must be spoken of, and its last day be known.
WITH
table_period AS (
    SELECT DISTINCT unit_id, period_start, period_end FROM placed_settlement_summary WHERE is_newest
),
piece AS (
    SELECT
        table_period.unit_id,
        table_period.period_start,
        table_period.period_end,
        min(dim_date.date) AS first_on,
        max(dim_date.date) AS last_on,
    FROM table_period
    INNER JOIN dim_date
        ON dim_date.date >= table_period.period_start AND dim_date.date <= table_period.period_end
    GROUP BY table_period.unit_id, table_period.period_start, table_period.period_end, dim_date.month
),
told AS (
    SELECT
        piece.unit_id,
        piece.period_start,
        piece.period_end,
        piece.first_on,
        count(log.unit_id) > 0 AS is_spoken_of,
        coalesce(max(log.last_on) >= piece.period_end, FALSE) AS is_known_to_the_end,
    FROM piece
    LEFT JOIN coverage AS log
        ON log.dataset = 'case'
        AND log.unit_id = piece.unit_id
        AND log.first_on <= piece.last_on
        AND log.last_on >= piece.first_on
    GROUP BY piece.unit_id, piece.period_start, piece.period_end, piece.first_on
)
SELECT unit_id, period_start, period_end, bool_and(is_spoken_of) AND bool_or(is_known_to_the_end) AS is_superseded,
FROM told
GROUP BY unit_id, period_start, period_end
