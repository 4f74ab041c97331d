-- #TEMP
-- One row per load: which columns its files have; where one is missing, "not recorded" is not "not done".
SELECT
    load_no,
    max(field = 'apology_at') AS is_apology_recorded,
    max(field IN ('n_supplements', 'supplement_requested_at')) AS is_supplement_recorded,
    max(field = 'n_supplements') AS is_supplement_counted,
FROM stg_load_field
GROUP BY load_no
