SELECT
    load.load_no,
    load.file_name,
    load.dataset,
    load.layout,
    load.loaded_at,
    load.data_on,
    load.n_read,
    load.n_accepted,
    load.n_rejected,
    load.n_warned,
    load.is_withheld
FROM load
ORDER BY load.load_no DESC
