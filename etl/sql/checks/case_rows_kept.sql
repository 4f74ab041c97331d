-- #fail
-- vi: số dòng hồ sơ được nhận của lần nạp khác số trạng thái trong kho
-- en: accepted case rows of a load differ from the states in the marts
SELECT
    load.load_no,
    load.file_name,
    load.n_accepted,
    coalesce(state.n_states, 0) AS n_states
FROM load
LEFT JOIN (
    SELECT load_no, count(*) AS n_states
    FROM (SELECT load_no FROM fct_case UNION ALL SELECT load_no FROM case_history) AS state_row
    GROUP BY load_no
) AS state ON state.load_no = load.load_no
WHERE load.dataset = 'case' AND NOT load.is_withheld AND load.n_accepted <> coalesce(state.n_states, 0)
