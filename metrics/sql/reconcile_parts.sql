-- Rows that one count could hold, each in one part: ours, or why it is not. Of what is ours, three parts may not be the
-- unit's: what it lists no more (not_seen), what it sent or changed after the period was reported.
-- A case that is ours is no loss wherever else it turns up, and one that is lost twice is lost once.
WITH
span AS (
    SELECT CAST($start AS DATE) AS starts_on, CAST($end AS DATE) AS ends_on
),
picked AS (
    SELECT
        universe.*,
        {answering} AS answering_unit_id,
        {other_answering} AS other_answering_id
    FROM universe
    INNER JOIN span ON {in_span}
    WHERE {predicate}
),
-- What was known at the time of cases that a later file changed, and which of them counted then.
known_then AS (
    SELECT DISTINCT case_id FROM universe WHERE is_then
),
counted_then AS (
    SELECT DISTINCT case_id FROM picked WHERE is_then AND answering_unit_id = $unit AND was_counted
),
counted_now AS (
    SELECT DISTINCT case_id FROM picked WHERE origin = 'standing' AND answering_unit_id = $unit AND was_counted
),
parted AS (
    SELECT
        picked.*,
        CASE
            WHEN origin = 'standing' AND answering_unit_id = $unit AND was_counted AND NOT is_last_seen THEN 'not_seen'
            WHEN origin = 'standing' AND answering_unit_id = $unit AND was_counted AND is_from_later
                AND case_id NOT IN (SELECT known_then.case_id FROM known_then)
                THEN 'added_since'
            WHEN origin = 'standing' AND answering_unit_id = $unit AND was_counted AND is_from_later
                AND case_id NOT IN (SELECT counted_then.case_id FROM counted_then)
                THEN 'changed_in'
            WHEN origin = 'standing' AND answering_unit_id = $unit AND was_counted THEN 'ours'
            WHEN origin = 'standing' AND answering_unit_id = $unit
                -- What was never accepted is carried into no later period.
                THEN CASE WHEN received_on >= $start AND NOT {is_carried_in} THEN 'not_accepted' END
            WHEN origin = 'standing' AND NOT was_counted THEN NULL
            WHEN origin = 'standing' AND is_of_split_body AND answering_unit_id <> unit_id THEN 'awaiting_placement'
            WHEN origin = 'standing' AND receiving_unit_id = $unit THEN 'other_body'
            WHEN origin = 'standing' THEN NULL
            WHEN origin = 'history' AND (answering_unit_id <> $unit OR NOT was_counted) THEN NULL
            WHEN origin = 'history' AND replaced_by_load_no = load_no
                THEN CASE WHEN is_of_period AND ({is_flow} OR is_near_end) THEN 'same_file' END
            WHEN origin = 'history' AND other_answering_id <> $unit AND is_newest_own AND NOT is_received_there
                THEN 'other_body'
            WHEN origin = 'history' AND other_answering_id = $unit AND is_of_period AND is_sent_again
                AND ({is_flow} OR is_near_end)
                THEN 'other_file'
            WHEN origin = 'history' AND other_answering_id = $unit AND is_then
                AND case_id NOT IN (SELECT counted_now.case_id FROM counted_now)
                THEN 'changed_out'
            WHEN origin = 'history' THEN NULL
            ELSE origin
        END AS part
    FROM picked
),
ours AS (
    SELECT DISTINCT case_id FROM parted WHERE part IN ('ours', 'not_seen', 'added_since', 'changed_in')
),
lost AS (
    SELECT
        parted.*,
        row_number() OVER (
            PARTITION BY coalesce(nullif(case_id, ''), origin || '|' || load_no || '|' || source_sheet || '|' || source_row)
            ORDER BY
                CASE part
                    WHEN 'not_accepted' THEN 1
                    WHEN 'awaiting_placement' THEN 2
                    WHEN 'other_body' THEN 3
                    WHEN 'unpublished' THEN 4
                    WHEN 'withdrawn' THEN 5
                    ELSE 6
                END,
                load_no DESC,
                source_row DESC
        ) AS place
    FROM parted
    WHERE part IN ('not_accepted', 'awaiting_placement', 'other_body', 'unpublished', 'withdrawn', 'rejected')
        AND coalesce(case_id, '') NOT IN (SELECT ours.case_id FROM ours)
)
SELECT part, case_code, load_no, source_file, source_sheet, source_row
FROM parted
WHERE part IN ('ours', 'not_seen', 'added_since', 'changed_in', 'changed_out', 'same_file', 'other_file')
UNION ALL
SELECT part, case_code, load_no, source_file, source_sheet, source_row
FROM lost
WHERE place = 1
ORDER BY part, load_no, source_sheet, source_row
