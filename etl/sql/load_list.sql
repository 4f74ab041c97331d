-- One row per load of cases and body: the receipt dates of which the file should hold every case (see `is_last_seen`).
SELECT
    -- #NO_NULLS
    stg_file_list.load_no,
    -- #NO_NULLS
    stg_file_list.sent_unit_id,
    stg_file_list.listed_from_on,
    stg_file_list.listed_to_on,
FROM stg_file_list
