-- One row per published value of some units: every document, the newest first.
WITH named AS (
    SELECT unit_id, max_by(full_name, valid_from) AS unit_name, max_by(valid_to, valid_from) AS ended_on
    FROM dim_unit
    GROUP BY unit_id
)
SELECT
    index_id,
    unit_id,
    coalesce(named.unit_name, unit_id) AS unit_name,
    named.ended_on,
    component_id,
    period,
    period_start,
    period_end,
    document_no,
    published_on,
    score,
    max_score,
    standard_error,
    source_file,
    source_row
FROM fct_official_score
LEFT JOIN named USING (unit_id)
WHERE
    index_id = $index_id
    AND unit_id IN (SELECT unnest($unit_ids))
ORDER BY unit_id, period_start, period_end, component_id, published_on DESC NULLS LAST, load_no DESC, document_no DESC
