-- What both snapshots were made with, where it differs.
SELECT now.key
FROM snapshot_info AS now
INNER JOIN previous.snapshot_info AS before ON before.key = now.key
WHERE now.key IN ('reference_sha256', 'code_sha256') AND now.value <> before.value
