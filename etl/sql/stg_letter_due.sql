-- #TEMP
-- One row per letter: the days by which the rule in force on its receipt wants it accepted, settled and handled at all
-- (regulations §6.1). Calendar days that end on a day off run to the next working day; elapsed days do not; working
-- days are counted on the calendar table.
WITH
letter AS (
    SELECT
        stg_letter.letter_id,
        stg_letter.kind,
        stg_letter.received_on,
        stg_letter.accepted_on,
        stg_letter.transferred_on,
        coalesce(stg_letter.round, 1) AS round,
        coalesce(stg_letter.is_complex, FALSE) AS is_complex,
        NOT coalesce(stg_letter.is_eligible, TRUE) AS is_refused,
        stg_remote_unit.unit_id IS NOT NULL AS is_remote,
    FROM stg_letter
    LEFT JOIN stg_remote_unit
        ON stg_remote_unit.unit_id = stg_letter.unit_id
        AND stg_letter.received_on >= coalesce(stg_remote_unit.valid_from, DATE '1900-01-01')
        AND stg_letter.received_on < coalesce(stg_remote_unit.valid_to, DATE '9999-12-31')
),
-- A rule that leaves round, complexity or remoteness open holds for all; the most particular one wins.
-- Only what does not meet the conditions is refused: where a term for that is known, it stands for the term to settle.
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
        AND deadline.step IN ('accept', 'settle', 'refuse', 'handle')
        AND (deadline.step <> 'refuse' OR letter.is_refused)
        AND (deadline.round IS NULL OR deadline.round = letter.round)
        AND (deadline.is_complex IS NULL OR deadline.is_complex = letter.is_complex)
        AND (deadline.is_remote IS NULL OR deadline.is_remote = letter.is_remote)
        AND (deadline.valid_from IS NULL OR letter.received_on >= deadline.valid_from)
        AND (deadline.valid_to IS NULL OR letter.received_on < deadline.valid_to)
),
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
-- Terms that run from the receipt.
first_term AS (
    SELECT
        letter.letter_id,
        rule.step,
        CASE WHEN rule.day_unit = 'elapsed' THEN letter.received_on + rule.days ELSE last_day.date END AS due_on,
    FROM letter
    INNER JOIN rule
        ON rule.letter_id = letter.letter_id AND rule.step IN ('accept', 'refuse', 'handle') AND rule.preference = 1
    LEFT JOIN day AS start_day ON start_day.date = letter.received_on
    LEFT JOIN day AS end_day ON rule.day_unit = 'calendar' AND end_day.date = letter.received_on + rule.days
    LEFT JOIN working_day AS last_day
        ON last_day.working_day_number = CASE
            WHEN rule.day_unit = 'working' THEN start_day.working_day_number + rule.days
            WHEN rule.day_unit = 'calendar' THEN end_day.next_working_day_number
        END
),
first_due AS (
    SELECT
        letter_id,
        max(due_on) FILTER (WHERE step = 'accept') AS accept_due_on,
        max(due_on) FILTER (WHERE step = 'refuse') AS refuse_due_on,
        max(due_on) FILTER (WHERE step = 'handle') AS handle_due_on,
        bool_or(step = 'accept') AS is_to_be_accepted,
    FROM first_term
    GROUP BY letter_id
),
-- The term to settle runs from acceptance; where that is not recorded, from the last day on which it was due;
-- kinds without a term for acceptance (petitions, feedback) from the receipt, feedback from its last transfer (FD766).
based AS (
    SELECT
        letter.letter_id,
        first_due.accept_due_on,
        first_due.refuse_due_on,
        first_due.handle_due_on,
        rule.days,
        rule.day_unit,
        CASE
            WHEN first_due.is_to_be_accepted
                THEN coalesce(letter.accepted_on, first_due.accept_due_on, letter.received_on)
            WHEN letter.kind = 'feedback' AND letter.transferred_on > letter.received_on THEN letter.transferred_on
            ELSE letter.received_on
        END AS settle_from_on,
        letter.is_remote,
    FROM letter
    LEFT JOIN first_due ON first_due.letter_id = letter.letter_id
    LEFT JOIN rule ON rule.letter_id = letter.letter_id AND rule.step = 'settle' AND rule.preference = 1
)
SELECT
    based.letter_id,
    based.is_remote,
    based.accept_due_on,
    coalesce(
        based.refuse_due_on,
        CASE WHEN based.day_unit = 'elapsed' THEN based.settle_from_on + based.days ELSE last_day.date END
    ) AS settle_due_on,
    based.handle_due_on,
FROM based
LEFT JOIN day AS start_day ON start_day.date = based.settle_from_on
LEFT JOIN day AS end_day ON based.day_unit = 'calendar' AND end_day.date = based.settle_from_on + based.days
LEFT JOIN working_day AS last_day
    ON last_day.working_day_number = CASE
        WHEN based.day_unit = 'working' THEN start_day.working_day_number + based.days
        WHEN based.day_unit = 'calendar' THEN end_day.next_working_day_number
    END
