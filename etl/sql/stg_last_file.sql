-- #TEMP
-- One row per sender, unit of today and receipt date: the newest file that should hold such a case.
SELECT
    stg_file_list.sender_key,
    stg_file_list.unit_today_id,
    dim_date.date AS received_on,
    max(stg_file_list.load_rank) AS load_rank,
FROM stg_file_list
INNER JOIN dim_date
    ON dim_date.date >= stg_file_list.listed_from_on AND dim_date.date <= stg_file_list.listed_to_on
GROUP BY stg_file_list.sender_key, stg_file_list.unit_today_id, dim_date.date
