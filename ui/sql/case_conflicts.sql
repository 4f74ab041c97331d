-- One row per case that bodies send of which none follows the other: which row counts, which does not, and why.
-- $load_no: only where that load takes part; $unit: by id or code; $case_id; $most rows.
WITH
{loads_and_places}
-- Whole, in part, over several steps, or from a district to a commune of its area: a case that went with them.
kin AS (
    WITH RECURSIVE heir AS (
        SELECT unit_id, successor_id FROM unit_succession
        UNION
        SELECT heir.unit_id, next.successor_id
        FROM heir
        INNER JOIN unit_succession AS next ON next.unit_id = heir.successor_id
    )
    SELECT unit_id AS one_id, successor_id AS other_id FROM heir
    UNION
    SELECT successor_id, unit_id FROM heir
    UNION
    SELECT ancestor_id, unit_id FROM unit_rollup WHERE level = 'district'
    UNION
    SELECT unit_id, ancestor_id FROM unit_rollup WHERE level = 'district'
),
conflict AS (
    SELECT
        winner.case_id,
        winner.case_code,
        winner.sent_unit_id AS unit_id,
        loser.sent_unit_id AS other_unit_id,
        winner.load_no,
        winner.source_sheet,
        winner.source_row,
        winner.status,
        winner.received_on,
        winner.state_at,
        winner.synced_at,
        loser.load_no AS other_load_no,
        loser.source_sheet AS other_sheet,
        loser.source_row AS other_row,
        loser.status AS other_status,
        loser.received_on AS other_received_on,
        loser.state_at AS other_state_at,
        loser.synced_at AS other_synced_at,
        row_number() OVER (
            PARTITION BY winner.case_id, loser.sent_unit_id
            ORDER BY loser.state_at DESC, loser.load_no DESC, loser.source_row DESC
        ) AS nth
    FROM fct_case AS winner
    INNER JOIN case_history AS loser
        ON loser.case_id = winner.case_id AND loser.sent_unit_id <> winner.sent_unit_id
    ANTI JOIN kin ON kin.one_id = winner.sent_unit_id AND kin.other_id = loser.sent_unit_id
    WHERE ($load_no IS NULL OR $load_no IN (winner.load_no, loser.load_no))
        AND ($case_id IS NULL OR winner.case_id = $case_id)
        AND (
            $unit IS NULL
            OR winner.sent_unit_id IN (SELECT unit_id FROM place WHERE $unit IN (unit_id, code))
            OR loser.sent_unit_id IN (SELECT unit_id FROM place WHERE $unit IN (unit_id, code))
        )
)
SELECT
    conflict.case_code,
    conflict.unit_id,
    coalesce(own.full_name, own.name) AS unit_name,
    conflict.load_no,
    load_of_winner.file_name,
    load_of_winner.data_on,
    conflict.source_sheet,
    conflict.source_row,
    conflict.status,
    conflict.received_on,
    conflict.other_unit_id,
    coalesce(other.full_name, other.name) AS other_unit_name,
    conflict.other_load_no,
    load_of_loser.file_name AS other_file_name,
    load_of_loser.data_on AS other_data_on,
    conflict.other_sheet,
    conflict.other_row,
    conflict.other_status,
    conflict.other_received_on,
    -- Why the first row counts: the newest state does (docs/marts.md, rank of states).
    CASE
        WHEN conflict.state_at > conflict.other_state_at AND conflict.synced_at IS NOT NULL THEN 'newer_synced'
        WHEN conflict.state_at > conflict.other_state_at THEN 'newer_data'
        WHEN load_of_winner.data_on > load_of_loser.data_on THEN 'newer_data'
        WHEN conflict.load_no <> conflict.other_load_no THEN 'later_load'
        ELSE 'later_row'
    END AS because
FROM conflict
INNER JOIN loaded AS load_of_winner ON load_of_winner.load_no = conflict.load_no
INNER JOIN loaded AS load_of_loser ON load_of_loser.load_no = conflict.other_load_no
LEFT JOIN place AS own ON own.unit_id = conflict.unit_id
LEFT JOIN place AS other ON other.unit_id = conflict.other_unit_id
WHERE conflict.nth = 1
ORDER BY conflict.load_no DESC, conflict.case_code, conflict.other_unit_id
LIMIT $most
