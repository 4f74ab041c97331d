-- #warn #EACH
-- vi: cùng một mã hồ sơ do hai đơn vị không kế thừa nhau gửi; dòng có trạng thái mới hơn được tính, xem: gandan changes --conflicts
-- en: bodies of which none follows the other send the same case code; the newer state counts, see: gandan changes --conflicts
WITH RECURSIVE
heir AS (
    SELECT unit_id, successor_id FROM unit_succession
    UNION
    SELECT heir.unit_id, next.successor_id
    FROM heir
    INNER JOIN unit_succession AS next ON next.unit_id = heir.successor_id
),
kin AS (
    SELECT unit_id AS one_id, successor_id AS other_id FROM heir
    UNION
    SELECT successor_id, unit_id FROM heir
    UNION
    SELECT ancestor_id, unit_id FROM unit_rollup WHERE level = 'district'
    UNION
    SELECT unit_id, ancestor_id FROM unit_rollup WHERE level = 'district'
),
winner AS (
    SELECT case_id, sent_unit_id, load_no, source_row FROM fct_case
)
SELECT DISTINCT
    winner.load_no,
    winner.source_row,
    winner.sent_unit_id,
    loser.load_no AS other_load_no,
    loser.source_row AS other_row,
    loser.sent_unit_id AS other_unit_id
FROM winner
INNER JOIN case_history AS loser
    ON loser.case_id = winner.case_id AND loser.sent_unit_id <> winner.sent_unit_id
ANTI JOIN kin ON kin.one_id = winner.sent_unit_id AND kin.other_id = loser.sent_unit_id
