-- #PORTABLE
-- One row per published value and document.
SELECT
    -- #UNIQUE #NO_NULLS
    row_id AS score_id,
    document_no,
    published_on,
    -- #NO_NULLS
    index_id,
    -- #NO_NULLS
    unit_id,
    unit_ends_on,
    successor_unit_id,
    -- #NO_NULLS
    period,
    -- #NO_NULLS
    period_start,
    -- #NO_NULLS
    period_end,
    -- #NO_NULLS
    component_id,
    -- #NO_NULLS
    score,
    max_score,
    standard_error,
    load_no,
    source_file,
    source_sheet,
    source_row
FROM stg_official_score
WHERE is_newest
