-- #fail
-- vi: có dòng trong tệp đã nạp (tiếp công dân, dân vận, lấy số, điểm công bố, biểu II.06a) mà không có trong kho
-- en: a file of reception, engagement, tickets, published scores or form II.06a has left nothing in the marts of what it alone says
WITH
loaded AS (
    SELECT 'reception' AS dataset, count(DISTINCT row(unit_id, received_on, host)) AS n FROM loaded_reception
    UNION ALL
    SELECT 'official_score', count(DISTINCT row(index_id, unit_id, period, component_id, document_no)) FROM loaded_official_score
    UNION ALL
    SELECT 'settlement_summary', count(DISTINCT row(unit_id, period_start, period_end, field_name)) FROM loaded_settlement_summary
    UNION ALL
    SELECT 'engagement', count(DISTINCT row(unit_id, kind, held_on)) FROM loaded_engagement
    UNION ALL
    SELECT 'queue_ticket', count(DISTINCT row(unit_id, taken_at, counter_code)) FROM loaded_queue_ticket
),
kept AS (
    SELECT 'reception' AS dataset, count(*) AS n FROM fct_reception
    UNION ALL
    SELECT 'official_score', count(*) FROM fct_official_score
    UNION ALL
    SELECT 'settlement_summary', count(*) FROM fct_settlement_summary
    UNION ALL
    SELECT 'engagement', count(DISTINCT engagement_id[: -1 - strpos(reverse(engagement_id), '|')]) FROM fct_engagement
    UNION ALL
    SELECT 'queue_ticket', count(DISTINCT ticket_id[: -1 - strpos(reverse(ticket_id), '|')]) FROM fct_queue_ticket
)
SELECT loaded.dataset, loaded.n AS n_sent, kept.n AS n_kept
FROM loaded
INNER JOIN kept ON kept.dataset = loaded.dataset
WHERE loaded.n <> kept.n
