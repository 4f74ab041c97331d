-- The loads that speak of nobody but these bodies: a unit's own files.
SELECT load_no
FROM coverage
GROUP BY load_no
HAVING count(*) FILTER (WHERE unit_id NOT IN ({units})) = 0
ORDER BY load_no
