-- #TEMP
-- One row per letter, its newest state, with the body that answers.
WITH
typed AS (
    SELECT
        upper(replace(trim(loaded_complaint.letter_code), ' ', '')) AS letter_id,
        loaded_complaint.* EXCLUDE (unit_id),
        loaded_complaint.unit_id AS sent_unit_id,
        stg_load.file_name AS source_file,
        stg_load.load_rank,
        stg_load.data_on AS known_on,
        body.began_is_exact AND loaded_complaint.received_on < body.began_on AS is_named_by_successor,
        (body.began_on <= loaded_complaint.received_on OR NOT body.began_is_exact)
        AND (body.ended_on IS NULL OR loaded_complaint.received_on < body.ended_on) AS is_dated_right,
        body.* EXCLUDE (unit_id),
    FROM loaded_complaint
    INNER JOIN stg_load ON stg_load.load_no = loaded_complaint.load_no
    INNER JOIN stg_unit_answer AS body ON body.unit_id = loaded_complaint.unit_id
),
ordered AS (
    SELECT
        typed.*,
        row_number() OVER newest_first AS recency,
        -- The newest state that named a body of its day.
        first_value(CASE WHEN is_dated_right THEN sent_unit_id END IGNORE NULLS) OVER newest_first_whole AS known_unit_id,
    FROM typed
    WINDOW
        newest_first AS (PARTITION BY letter_id ORDER BY load_rank DESC, source_row DESC, source_sheet DESC),
        newest_first_whole AS (
            PARTITION BY letter_id
            ORDER BY load_rank DESC, source_row DESC, source_sheet DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        )
)
SELECT
    * EXCLUDE (recency),
    CASE
        WHEN is_named_by_successor
            THEN coalesce(known_unit_id, only_predecessor_id, unallocated_unit_id, sent_unit_id)
        ELSE sent_unit_id
    END AS unit_id,
    CASE WHEN is_named_by_successor THEN began_on ELSE ended_on END AS unit_ends_on,
    CASE WHEN is_named_by_successor THEN sent_unit_id ELSE successor_unit_id END AS answering_unit_id,
FROM ordered
WHERE recency = 1
