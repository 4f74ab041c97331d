-- #PORTABLE
-- One row per dialogue, meeting or session, and per model, team or friendly office in being.
SELECT
    -- #UNIQUE #NO_NULLS
    placed.row_id AS engagement_id,
    -- #NO_NULLS
    placed.unit_id,
    placed.unit_ends_on,
    placed.successor_unit_id,
    -- #NO_NULLS
    placed.kind,
    -- #NO_NULLS
    placed.held_on,
    placed.ended_on,
    placed.n_people,
    placed.n_members,
    placed.n_questions,
    placed.n_answered,
    placed.replied_on,
    placed.published_on,
    due.publish_due_on,
    -- Not published: the term may have passed or not on the day asked for, so the metric decides.
    CASE
        WHEN due.publish_due_on IS NULL OR placed.published_on IS NULL THEN NULL
        WHEN placed.published_on <= due.publish_due_on THEN TRUE
        ELSE FALSE
    END AS is_published_on_time,
    coalesce(records.is_publication_recorded, FALSE) AS is_publication_recorded,
    coalesce(records.is_reply_recorded, FALSE) AS is_reply_recorded,
    placed.load_no,
    placed.source_file,
    placed.source_sheet,
    placed.source_row
FROM placed_engagement AS placed
LEFT JOIN stg_dialogue_due AS due ON due.row_id = placed.row_id
LEFT JOIN stg_engagement_records AS records ON records.load_no = placed.load_no
WHERE placed.is_newest
