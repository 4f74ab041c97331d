-- The terms for letters received between two days, those of one kind and step together, the older first.
SELECT
    kind,
    step,
    round,
    is_complex,
    is_remote,
    days,
    day_unit,
    valid_from,
    valid_to,
    cite,
    is_confirmed
FROM complaint_deadline
WHERE valid_from <= $last AND (valid_to IS NULL OR valid_to > $first)
ORDER BY kind, step, round NULLS FIRST, is_complex NULLS FIRST, is_remote NULLS FIRST, valid_from
