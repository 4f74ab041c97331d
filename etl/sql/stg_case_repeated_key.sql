-- #TEMP
-- One row per case with more than one state, by a hash: eight bytes a case fit in memory where codes would not.
-- Two codes that share a hash are only looked at more closely than needed.
SELECT hash(case_id) AS case_key
FROM stg_case_all
GROUP BY hash(case_id)
HAVING count(*) > 1
