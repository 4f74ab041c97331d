-- #TEMP
-- One row per load and body in it, or taken over whole by one in it: the receipt dates from which the file should hold every case.
-- A file also carries older open cases, so its list is taken to begin with its first settlement.
-- Rows that were sent again after a correction list nothing: their file should hold no other case.
WITH
load_start AS (
    SELECT
        seen.load_no,
        min(seen.received_on) AS first_received_on,
        min(seen.completed_on) AS first_completed_on,
        max(greatest(seen.received_on, coalesce(seen.completed_on, seen.received_on))) AS last_event_on
    FROM stg_state_seen AS seen
    ANTI JOIN stg_load_correction ON stg_load_correction.load_no = seen.load_no
    GROUP BY seen.load_no
),
sent AS (
    SELECT DISTINCT seen.load_no, seen.sent_unit_id FROM stg_state_seen AS seen
)
SELECT
    load_start.load_no,
    stg_load.load_rank,
    stg_load.sender_key,
    listed.sent_unit_id,
    CASE
        WHEN load_start.first_completed_on IS NULL THEN load_start.first_received_on
        ELSE greatest(load_start.first_received_on, load_start.first_completed_on)
    END AS listed_from_on,
    coalesce(stg_load.data_on, load_start.last_event_on) AS listed_to_on,
FROM load_start
INNER JOIN stg_load ON stg_load.load_no = load_start.load_no
INNER JOIN (
    SELECT load_no, sent_unit_id FROM sent
    UNION
    SELECT sent.load_no, body.unit_id
    FROM sent
    INNER JOIN stg_unit_answer AS body ON body.listing_unit_id = sent.sent_unit_id
) AS listed ON listed.load_no = load_start.load_no
