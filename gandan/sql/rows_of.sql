SELECT
    {key} AS row_key,
    max(load_no) AS load_no,
    any_value(unit_id) AS unit_id,
    any_value(successor_unit_id) AS successor_unit_id,
    min({starts_on}) AS starts_on,
    max({ends_on}) AS ends_on,
    bit_xor(hash({content})) AS content
FROM {table}
WHERE {only}
GROUP BY {key}
