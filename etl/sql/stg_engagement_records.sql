-- #TEMP
-- One row per load: which columns its files have; where one is missing, "not recorded" is not "not done".
SELECT
    load_no,
    max(field = 'published_on') AS is_publication_recorded,
    max(field = 'replied_on') AS is_reply_recorded,
FROM stg_load_field
GROUP BY load_no
