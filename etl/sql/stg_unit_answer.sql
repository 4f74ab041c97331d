-- #TEMP
-- One row per body: its lifetime, who answers after it, and whom it took over.
WITH
body AS (
    SELECT
        unit_id,
        min(valid_from) AS began_on,
        arg_min(valid_from_is_exact, valid_from) AS began_is_exact,
        CASE WHEN count(*) FILTER (WHERE valid_to IS NULL) > 0 THEN NULL ELSE max(valid_to) END AS ended_on,
        arg_max(province_id, valid_from) AS province_id
    FROM dim_unit
    GROUP BY unit_id
),
unallocated AS (
    SELECT province_id, min(unit_id) AS unit_id
    FROM dim_unit
    WHERE kind = 'unallocated'
    GROUP BY province_id
),
whole AS (
    SELECT unit_id, min(successor_id) AS successor_id
    FROM unit_succession
    WHERE relation = 'whole'
    GROUP BY unit_id
),
-- A split body: nobody inherits its open cases; the main part only tells the province.
main_part AS (
    SELECT unit_id, arg_max(successor_id, CASE WHEN is_main THEN 1 ELSE 0 END) AS successor_id
    FROM unit_succession
    WHERE relation = 'part'
    GROUP BY unit_id
),
-- Where a body's predecessors all lay in one province, a case of theirs that names no body is that province's;
-- else the province of today tells, when it was made of one.
former_province AS (
    SELECT succession.successor_id AS unit_id, min(before.province_id) AS province_id
    FROM unit_succession AS succession
    INNER JOIN body AS before ON before.unit_id = succession.unit_id
    GROUP BY succession.successor_id
    HAVING count(DISTINCT before.province_id) = 1
),
only_predecessor AS (
    SELECT successor_id AS unit_id, min(unit_id) AS predecessor_id
    FROM unit_succession
    GROUP BY successor_id
    HAVING count(*) = 1 AND min(relation) = 'whole'
)
SELECT
    -- #UNIQUE #NO_NULLS
    body.unit_id,
    body.began_on,
    coalesce(body.began_is_exact, FALSE) AS began_is_exact,
    body.ended_on,
    CASE
        WHEN body.ended_on IS NULL THEN NULL
        ELSE coalesce(whole.successor_id, line_of_part.unit_id, line_of_next.unit_id, line_of_own.unit_id)
    END AS successor_unit_id,
    -- The body of today under which files of both regimes list its cases; a split body or a district has none but itself.
    coalesce(whole.successor_id, body.unit_id) AS listing_unit_id,
    only_predecessor.predecessor_id AS only_predecessor_id,
    coalesce(line_of_former.unit_id, line_of_former_province.unit_id, line_of_own.unit_id) AS unallocated_unit_id,
FROM body
LEFT JOIN whole ON whole.unit_id = body.unit_id
LEFT JOIN main_part ON main_part.unit_id = body.unit_id
LEFT JOIN body AS part_body ON part_body.unit_id = main_part.successor_id
LEFT JOIN unallocated AS line_of_part ON line_of_part.province_id = part_body.province_id
LEFT JOIN whole AS next_province ON next_province.unit_id = body.province_id
LEFT JOIN unallocated AS line_of_next ON line_of_next.province_id = next_province.successor_id
LEFT JOIN unallocated AS line_of_own ON line_of_own.province_id = body.province_id
LEFT JOIN former_province ON former_province.unit_id = body.unit_id
LEFT JOIN unallocated AS line_of_former ON line_of_former.province_id = former_province.province_id
LEFT JOIN former_province AS own_former ON own_former.unit_id = body.province_id
LEFT JOIN unallocated AS line_of_former_province ON line_of_former_province.province_id = own_former.province_id
LEFT JOIN only_predecessor ON only_predecessor.unit_id = body.unit_id
