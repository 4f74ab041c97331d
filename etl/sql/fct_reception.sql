-- #PORTABLE
-- One row per unit, day and host of citizen reception.
SELECT
    -- #UNIQUE #NO_NULLS
    row_id AS reception_id,
    -- #NO_NULLS
    unit_id,
    unit_ends_on,
    successor_unit_id,
    -- #NO_NULLS
    received_on,
    host,
    n_visits,
    n_people,
    n_matters,
    n_groups,
    load_no,
    source_file,
    source_sheet,
    source_row
FROM placed_reception
WHERE is_newest
