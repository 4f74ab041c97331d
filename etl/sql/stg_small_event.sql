-- One row per row of a small dataset, whether it counts or a newer file says it again: the days it speaks of.
-- What has been in being for years (a team, a model) does not say that its file knows of all meetings since then.
WITH
gathering AS (
    SELECT
        load_no,
        unit_id,
        successor_unit_id,
        held_on,
        kind IN ('model', 'team', 'friendly_office') AS is_standing,
    FROM placed_engagement
),
engagement_start AS (
    SELECT
        *,
        bool_and(is_standing) OVER (PARTITION BY load_no) AS is_all_standing,
    FROM gathering
)
SELECT 'reception' AS dataset, load_no, unit_id, successor_unit_id, received_on AS first_on, received_on AS last_on
FROM placed_reception
UNION ALL
SELECT
    'engagement',
    load_no,
    unit_id,
    successor_unit_id,
    CASE WHEN is_standing AND NOT is_all_standing THEN NULL ELSE held_on END,
    held_on,
FROM engagement_start
UNION ALL
SELECT 'queue_ticket', load_no, unit_id, successor_unit_id, CAST(taken_at AS DATE), CAST(taken_at AS DATE)
FROM placed_queue_ticket
UNION ALL
SELECT 'settlement_summary', load_no, unit_id, successor_unit_id, period_start, period_end FROM placed_settlement_summary
UNION ALL
SELECT 'official_score', load_no, unit_id, successor_unit_id, period_start, period_end FROM stg_official_score
UNION ALL
SELECT 'case_step', load_no, unit_id, successor_unit_id, started_on, coalesce(ended_on, started_on) FROM fct_case_step
