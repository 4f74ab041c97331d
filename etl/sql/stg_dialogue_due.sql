-- #TEMP
-- One row per dialogue that a dated duty wants published: the last day for it.
-- Calendar days that end on a day off run to the next working day, as terms for letters do.
WITH
-- The number of a day, and of the first working day on or after it.
day AS (
    SELECT
        date,
        working_day_number,
        working_day_number + CASE WHEN is_working_day THEN 0 ELSE 1 END AS next_working_day_number,
    FROM dim_date
),
working_day AS (
    SELECT date, working_day_number FROM dim_date WHERE is_working_day
),
due AS (
    SELECT
        placed.row_id,
        CASE WHEN duty.amount_unit = 'calendar_days' THEN placed.held_on + duty.amount END AS elapsed_on,
        CASE WHEN duty.amount_unit = 'working_days' THEN held.working_day_number + duty.amount END AS working_day_number,
    FROM placed_engagement AS placed
    INNER JOIN dim_duty AS duty
        ON duty.duty = 'dialogue_publish'
        AND placed.held_on >= duty.valid_from
        AND (duty.valid_to IS NULL OR placed.held_on < duty.valid_to)
    SEMI JOIN dim_unit ON dim_unit.unit_id = placed.unit_id AND dim_unit.level = duty.level
    LEFT JOIN day AS held ON held.date = placed.held_on
    WHERE placed.is_newest AND placed.kind = 'dialogue'
)
SELECT
    due.row_id,
    coalesce(last_working_day.date, due.elapsed_on) AS publish_due_on,
FROM due
LEFT JOIN day AS last_day ON last_day.date = due.elapsed_on
LEFT JOIN working_day AS last_working_day
    ON last_working_day.working_day_number = coalesce(due.working_day_number, last_day.next_working_day_number)
