-- Every row of the loads, with a key of its own where it counts and the body of its day (docs/marts.md).
-- Of rows that say the same thing the newest file's counts: its last one, or all of them where a key names no single thing;
-- there, corrected rows stand beside the good rows of the file they belong to.
WITH
keyed AS (
    SELECT
        loaded.*,
        stg_load.file_name AS source_file,
        CASE WHEN {is_several} THEN coalesce(corrected.load_rank, stg_load.load_rank) ELSE stg_load.load_rank END AS load_rank,
        {key} AS row_key,
    FROM loaded_{dataset} AS loaded
    INNER JOIN stg_load ON stg_load.load_no = loaded.load_no
    LEFT JOIN stg_load_correction ON stg_load_correction.load_no = loaded.load_no
    LEFT JOIN stg_load AS corrected ON corrected.load_no = stg_load_correction.corrects_load_no
),
ordered AS (
    SELECT
        keyed.*,
        max(load_rank) OVER (PARTITION BY row_key) AS newest_rank,
        row_number() OVER (
            PARTITION BY row_key, load_rank
            ORDER BY source_row DESC, source_sheet DESC, load_no DESC
        ) AS nth_from_end,
    FROM keyed
),
dated AS (
    SELECT
        ordered.* EXCLUDE (unit_id),
        ordered.unit_id AS sent_unit_id,
        body.began_on AS body_began_on,
        body.ended_on AS body_ended_on,
        body.successor_unit_id AS heir_unit_id,
        coalesce(body.only_predecessor_id, body.unallocated_unit_id, ordered.unit_id) AS former_unit_id,
        -- The file names a body that did not exist yet on the row's day.
        coalesce(body.began_is_exact AND {placed_on} < body.began_on, FALSE) AS is_named_by_successor,
    FROM ordered
    INNER JOIN stg_unit_answer AS body ON body.unit_id = ordered.unit_id
)
SELECT
    * EXCLUDE (
        row_key, newest_rank, nth_from_end, load_rank, is_named_by_successor,
        body_began_on, body_ended_on, heir_unit_id, former_unit_id
    ),
    row_key || '|' || nth_from_end AS row_id,
    load_rank = newest_rank AND ({is_several} OR nth_from_end = 1) AS is_newest,
    CASE WHEN is_named_by_successor THEN former_unit_id ELSE sent_unit_id END AS unit_id,
    CASE WHEN is_named_by_successor THEN body_began_on ELSE body_ended_on END AS unit_ends_on,
    CASE WHEN is_named_by_successor THEN sent_unit_id ELSE heir_unit_id END AS successor_unit_id,
FROM dated
