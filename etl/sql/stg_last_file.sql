-- #TEMP
-- One row per sender, body and receipt date: the newest file that should hold such a case.
-- The first day of a list may be a part of a day.
SELECT
    stg_file_list.sender_key,
    stg_file_list.sent_unit_id,
    dim_date.date AS received_on,
    max(stg_file_list.load_rank) AS load_rank,
FROM stg_file_list
INNER JOIN dim_date
    ON dim_date.date > stg_file_list.listed_from_on AND dim_date.date <= stg_file_list.listed_to_on
GROUP BY stg_file_list.sender_key, stg_file_list.sent_unit_id, dim_date.date
