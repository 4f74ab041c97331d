-- One row per accepted row of a case log, with what its load says about it.
SELECT
    upper(replace(trim(loaded_case.case_code), ' ', '')) AS case_id,
    loaded_case.* EXCLUDE (unit_id, channel, n_supplements, n_reappointments, source_sheet),
    coalesce(loaded_case.source_sheet, '') AS source_sheet,
    loaded_case.unit_id AS sent_unit_id,
    coalesce(loaded_case.channel, 'counter') AS channel,  -- product.md: a missing channel is the counter
    coalesce(loaded_case.n_supplements, 0) AS n_supplements,
    coalesce(loaded_case.n_reappointments, 0) AS n_reappointments,
    -- Without the source's own time, or with one after the load day, a state is as of the end of its file's day.
    coalesce(
        CASE WHEN CAST(loaded_case.synced_at AS DATE) > stg_load.loaded_on THEN NULL ELSE loaded_case.synced_at END,
        CAST(stg_load.data_on AS TIMESTAMP) + INTERVAL '86399 seconds'
    ) AS state_at,
    stg_load.file_name AS source_file,
    stg_load.due_precision,
    stg_load.load_rank,
    coalesce(records.is_apology_recorded, FALSE) AS is_apology_recorded,
    coalesce(records.is_supplement_recorded, FALSE) AS is_supplement_recorded,
    coalesce(records.is_supplement_counted, FALSE) AS is_supplement_counted,
FROM loaded_case
INNER JOIN stg_load ON stg_load.load_no = loaded_case.load_no
LEFT JOIN stg_load_records AS records ON records.load_no = loaded_case.load_no
