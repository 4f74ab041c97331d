SELECT key, value
FROM snapshot_info
WHERE key IN ('is_demo', 'data_on')
