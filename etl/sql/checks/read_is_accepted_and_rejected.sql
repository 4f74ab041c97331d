-- #fail
-- vi: số dòng đọc được khác số dòng nhận cộng số dòng bị trả
-- en: rows read differ from rows accepted plus rows rejected
SELECT load_no, file_name, n_read, n_accepted, n_rejected
FROM load
WHERE n_read <> n_accepted + n_rejected
