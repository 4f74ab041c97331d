-- Every state that takes part: the rows of the loads at hand and, when a load is added, the published states of the same cases.
SELECT * FROM case_state
UNION ALL BY NAME
SELECT * FROM stg_case_known
