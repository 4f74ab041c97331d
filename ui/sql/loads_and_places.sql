-- The first steps of what compares states: each load with its rank (later data later), each body by its newest name.
loaded AS (
    SELECT
        load_no,
        file_name,
        data_on,
        coalesce(sender_unit_id, layout, '') AS sender_key,
        row_number() OVER (ORDER BY coalesce(data_on, CAST(loaded_at AS DATE)), load_no) AS load_rank
    FROM load
    WHERE NOT is_withheld
),
place AS (
    SELECT
        unit_id,
        arg_max(name, valid_from) AS name,
        arg_max(full_name, valid_from) AS full_name,
        arg_max(code, valid_from) AS code
    FROM dim_unit
    GROUP BY unit_id
),
