-- One row per dataset, load and unit in it: the days for which the unit's figures are known.
-- A file that begins with an old open case covers its other units only from its first settlement.
WITH
event AS (
    SELECT 'case' AS dataset, load_no, unit_id, received_on, completed_on FROM fct_case
    UNION ALL
    SELECT 'case', load_no, unit_id, received_on, completed_on FROM case_history
    UNION ALL
    SELECT 'case', load_no, successor_unit_id, received_on, completed_on FROM fct_case WHERE successor_unit_id IS NOT NULL
    UNION ALL
    SELECT 'case', load_no, successor_unit_id, received_on, completed_on FROM case_history
    WHERE successor_unit_id IS NOT NULL
    UNION ALL
    SELECT 'complaint', load_no, unit_id, received_on, settled_on FROM fct_complaint
    UNION ALL
    SELECT 'complaint', load_no, successor_unit_id, received_on, settled_on FROM fct_complaint
    WHERE successor_unit_id IS NOT NULL
    UNION ALL
    SELECT 'survey_answer', load_no, unit_id, answered_on, answered_on FROM fct_survey_answer
    UNION ALL
    SELECT 'survey_answer', load_no, successor_unit_id, answered_on, answered_on FROM fct_survey_answer
    WHERE successor_unit_id IS NOT NULL
),
per_unit AS (
    SELECT
        dataset,
        load_no,
        unit_id,
        min(received_on) AS first_received_on,
        min(completed_on) AS first_completed_on,
        max(greatest(received_on, coalesce(completed_on, received_on))) AS last_event_on
    FROM event
    GROUP BY dataset, load_no, unit_id
),
per_load AS (
    SELECT
        dataset,
        load_no,
        min(first_received_on) AS first_received_on,
        min(first_completed_on) AS first_completed_on,
        max(last_event_on) AS last_event_on
    FROM per_unit
    GROUP BY dataset, load_no
)
SELECT
    -- #NO_NULLS
    per_unit.dataset,
    -- #NO_NULLS
    per_unit.unit_id,
    least(
        per_unit.first_received_on,
        CASE
            WHEN per_load.first_completed_on IS NULL THEN per_load.first_received_on
            ELSE greatest(per_load.first_received_on, per_load.first_completed_on)
        END
    ) AS first_on,
    coalesce(stg_load.data_on, per_load.last_event_on) AS last_on,
    per_unit.load_no,
FROM per_unit
INNER JOIN per_load ON per_load.dataset = per_unit.dataset AND per_load.load_no = per_unit.load_no
INNER JOIN stg_load ON stg_load.load_no = per_unit.load_no
