-- #warn #PREVIOUS
-- vi: đơn vị có số liệu ở bản trước nay không còn
-- en: a unit with figures in the previous snapshot has none now
SELECT DISTINCT before.dataset, before.unit_id
FROM previous.coverage AS before
ANTI JOIN coverage ON coverage.dataset = before.dataset AND coverage.unit_id = before.unit_id
