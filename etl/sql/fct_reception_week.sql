-- #PORTABLE
-- One row per commune and known week: whether its chair received citizens in it.
SELECT
    -- #NO_NULLS
    unit_id,
    unit_ends_on,
    successor_unit_id,
    -- #NO_NULLS
    week_starts_on,
    week_ends_on,
    n_working_days,
    -- #NO_NULLS
    has_chair_reception
FROM stg_reception_week
