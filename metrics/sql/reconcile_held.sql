SELECT load_no
FROM load
WHERE NOT coalesce(is_withheld, FALSE)
