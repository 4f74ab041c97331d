SELECT
    snapshot_info.key,
    snapshot_info.value
FROM snapshot_info
