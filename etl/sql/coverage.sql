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
    UNION ALL
    SELECT dataset, load_no, unit_id, first_on, last_on FROM stg_small_event
    UNION ALL
    SELECT dataset, load_no, successor_unit_id, first_on, last_on FROM stg_small_event WHERE successor_unit_id IS NOT NULL
),
per_unit AS (
    SELECT
        dataset,
        load_no,
        unit_id,
        min(received_on) AS first_received_on,
        -- Only of cases and letters does a file also carry old ones that are still open.
        min(completed_on) FILTER (WHERE dataset IN ('case', 'complaint', 'survey_answer')) AS first_completed_on,
        max(greatest(received_on, coalesce(completed_on, received_on))) AS last_event_on
    FROM event
    GROUP BY dataset, load_no, unit_id
),
-- All that a letter load holds, also letters that a later register lists again.
per_letter_load AS (
    SELECT
        'complaint' AS dataset,
        load_no,
        min(received_on) AS first_received_on,
        min(settled_on) AS first_completed_on,
        max(greatest(received_on, coalesce(settled_on, received_on))) AS last_event_on
    FROM loaded_complaint
    GROUP BY load_no
),
per_load AS (
    SELECT
        dataset,
        load_no,
        min(first_received_on) AS first_received_on,
        min(first_completed_on) AS first_completed_on,
        max(last_event_on) AS last_event_on
    FROM per_unit
    WHERE dataset <> 'complaint'
    GROUP BY dataset, load_no
    UNION ALL
    SELECT * FROM per_letter_load
),
-- The register of a whole body: a commune without a row in it had nothing.
declared AS (
    SELECT DISTINCT per_load.dataset, per_load.load_no, place.unit_id
    FROM stg_load_cover AS cover
    INNER JOIN per_load ON per_load.load_no = cover.load_no
    INNER JOIN dim_unit AS place
        ON place.unit_id = cover.unit_id
        OR (place.level = 'commune' AND cover.unit_id IN (place.province_id, place.district_id))
),
spoken AS (
    SELECT dataset, load_no, unit_id, first_received_on FROM per_unit
    UNION ALL
    SELECT declared.dataset, declared.load_no, declared.unit_id, NULL
    FROM declared
    ANTI JOIN per_unit
        ON per_unit.dataset = declared.dataset
        AND per_unit.load_no = declared.load_no
        AND per_unit.unit_id = declared.unit_id
)
SELECT
    -- #NO_NULLS
    spoken.dataset,
    -- #NO_NULLS
    spoken.unit_id,
    -- least() passes over the NULL of a commune without a row.
    least(
        spoken.first_received_on,
        CASE
            WHEN per_load.first_completed_on IS NULL THEN per_load.first_received_on
            ELSE greatest(per_load.first_received_on, per_load.first_completed_on)
        END
    ) AS first_on,
    coalesce(stg_load.data_on, per_load.last_event_on) AS last_on,
    spoken.load_no,
FROM spoken
INNER JOIN per_load ON per_load.dataset = spoken.dataset AND per_load.load_no = spoken.load_no
INNER JOIN stg_load ON stg_load.load_no = spoken.load_no
