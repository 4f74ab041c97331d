-- The one road from a settling unit to what it adds up to, with the days on which it does.
WITH body AS (
    -- a changed name or type is another version of the same body and leads to the same places
    SELECT
        unit_id,
        level,
        kind,
        province_id,
        district_id,
        area_id,
        min(valid_from) AS valid_from,
        CASE WHEN bool_or(valid_to IS NULL) THEN NULL ELSE max(valid_to) END AS valid_to
    FROM dim_unit
    GROUP BY unit_id, level, kind, province_id, district_id, area_id
),

district_of_place AS (
    SELECT unit_id, district_id AS ancestor_id, valid_from, valid_to
    FROM body
    WHERE level = 'commune' AND district_id IS NOT NULL
    UNION ALL
    SELECT unit_id, group_id AS ancestor_id, valid_from, valid_to
    FROM unit_group
    WHERE "grouping" = 'district'
    UNION ALL
    -- an agency may serve a former district itself: its area goes on after the district ended
    SELECT unit_id, unit_id AS ancestor_id, valid_from, CAST(NULL AS DATE) AS valid_to
    FROM body
    WHERE level = 'district'
),

road AS (
    SELECT unit_id, level, unit_id AS ancestor_id, valid_from, valid_to
    FROM body
    UNION ALL
    SELECT unit_id, 'province' AS level, province_id AS ancestor_id, valid_from, valid_to
    FROM body
    WHERE level <> 'province'
    UNION ALL
    SELECT place.unit_id, 'district' AS level, place.ancestor_id, place.valid_from, place.valid_to
    FROM district_of_place AS place
    JOIN body ON body.unit_id = place.unit_id
    WHERE body.level = 'commune'
    UNION ALL
    SELECT
        body.unit_id,
        'district' AS level,
        place.ancestor_id,
        greatest(body.valid_from, place.valid_from) AS valid_from,
        least(body.valid_to, place.valid_to) AS valid_to
    FROM body
    JOIN district_of_place AS place ON place.unit_id = body.area_id
    WHERE body.kind = 'agency'
    UNION ALL
    SELECT unit_id, "grouping" AS level, group_id AS ancestor_id, valid_from, valid_to
    FROM unit_group
    WHERE "grouping" <> 'district'
)

SELECT unit_id, level, ancestor_id, valid_from, valid_to
FROM road
WHERE ancestor_id IS NOT NULL AND (valid_to IS NULL OR valid_from < valid_to)
ORDER BY unit_id, level, valid_from
