-- #TEMP
-- One row per letter: the days by which the rule in force on its receipt wants it accepted and settled (regulations §6.1).
-- Calendar days that end on a day off run to the next working day; working days are counted on the calendar table.
WITH
letter AS (
    SELECT
        stg_letter.letter_id,
        stg_letter.kind,
        stg_letter.received_on,
        stg_letter.accepted_on,
        coalesce(stg_letter.round, 1) AS round,
        coalesce(stg_letter.is_complex, FALSE) AS is_complex,
        stg_remote_unit.unit_id IS NOT NULL AS is_remote,
    FROM stg_letter
    LEFT JOIN stg_remote_unit
        ON stg_remote_unit.unit_id = stg_letter.unit_id
        AND stg_letter.received_on >= coalesce(stg_remote_unit.valid_from, DATE '1900-01-01')
        AND stg_letter.received_on < coalesce(stg_remote_unit.valid_to, DATE '9999-12-31')
),
-- A rule that leaves round, complexity or remoteness open holds for all; the most particular one wins.
rule AS (
    SELECT
        letter.letter_id,
        deadline.step,
        deadline.days,
        deadline.day_unit,
        row_number() OVER (
            PARTITION BY letter.letter_id, deadline.step
            ORDER BY
                (deadline.round IS NOT NULL)::INTEGER
                + (deadline.is_complex IS NOT NULL)::INTEGER
                + (deadline.is_remote IS NOT NULL)::INTEGER DESC,
                deadline.days
        ) AS preference,
    FROM letter
    INNER JOIN complaint_deadline AS deadline
        ON deadline.kind = letter.kind
        AND (deadline.round IS NULL OR deadline.round = letter.round)
        AND (deadline.is_complex IS NULL OR deadline.is_complex = letter.is_complex)
        AND (deadline.is_remote IS NULL OR deadline.is_remote = letter.is_remote)
        AND (deadline.valid_from IS NULL OR letter.received_on >= deadline.valid_from)
        AND (deadline.valid_to IS NULL OR letter.received_on < deadline.valid_to)
),
working_day AS (
    SELECT date, working_day_number FROM dim_date WHERE is_working_day
),
accept AS (
    SELECT letter.letter_id, last_day.date AS accept_due_on
    FROM letter
    INNER JOIN rule ON rule.letter_id = letter.letter_id AND rule.step = 'accept' AND rule.preference = 1
    LEFT JOIN dim_date AS start_day ON start_day.date = letter.received_on
    LEFT JOIN dim_date AS end_day ON rule.day_unit = 'calendar' AND end_day.date = letter.received_on + rule.days
    LEFT JOIN working_day AS last_day
        ON last_day.working_day_number = CASE
            WHEN rule.day_unit = 'working' THEN start_day.working_day_number + rule.days
            ELSE end_day.working_day_number + CASE WHEN end_day.is_working_day THEN 0 ELSE 1 END
        END
),
-- The term to settle runs from acceptance; where that is not recorded, from the last day on which it was due;
-- kinds that are not accepted (feedback) run from receipt.
based AS (
    SELECT
        letter.letter_id,
        accept.accept_due_on,
        rule.days,
        rule.day_unit,
        coalesce(letter.accepted_on, accept.accept_due_on, letter.received_on) AS settle_from_on,
    FROM letter
    LEFT JOIN accept ON accept.letter_id = letter.letter_id
    LEFT JOIN rule ON rule.letter_id = letter.letter_id AND rule.step = 'settle' AND rule.preference = 1
)
SELECT
    based.letter_id,
    based.accept_due_on,
    last_day.date AS settle_due_on,
FROM based
LEFT JOIN dim_date AS start_day ON start_day.date = based.settle_from_on
LEFT JOIN dim_date AS end_day ON based.day_unit = 'calendar' AND end_day.date = based.settle_from_on + based.days
LEFT JOIN working_day AS last_day
    ON last_day.working_day_number = CASE
        WHEN based.day_unit = 'working' THEN start_day.working_day_number + based.days
        ELSE end_day.working_day_number + CASE WHEN end_day.is_working_day THEN 0 ELSE 1 END
    END
