-- Every row of the loads, with a key of its own where it counts.
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
)
SELECT
    * EXCLUDE (row_key, newest_rank, nth_from_end, load_rank),
    row_key || '|' || nth_from_end AS row_id,
    load_rank = newest_rank AND ({is_several} OR nth_from_end = 1) AS is_newest,
FROM ordered
