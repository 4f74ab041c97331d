-- #warn #PREVIOUS
-- vi: tệp cũ hơn số liệu đã công bố: các dòng này không thay trạng thái mới hơn, chỉ bổ sung phần còn thiếu
-- en: a file older than what is published: these rows replace no newer state, the file only fills gaps
SELECT older.load_no, older.source_file, count(*) AS n_rows
FROM case_history AS older
ANTI JOIN previous.load AS before ON before.load_no = older.load_no AND NOT before.is_withheld
WHERE older.load_no > older.replaced_by_load_no
GROUP BY older.load_no, older.source_file
