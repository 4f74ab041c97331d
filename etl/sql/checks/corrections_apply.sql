-- #warn
-- vi: mục trong corrections.toml không còn tác dụng: nguồn đã sửa, nguồn ghi giá trị khác, hoặc không thấy bản ghi
-- en: an entry of corrections.toml does nothing any more: the source is mended, says something else, or lacks the record
SELECT id, dataset, field, state
FROM correction
WHERE state IN ('source_mended', 'source_differs', 'not_found')
ORDER BY id
