-- What a body owed its people in some part of a period, with its basis and whether that was checked.
SELECT
    dim_duty.duty,
    dim_duty.level,
    dim_duty.amount,
    dim_duty.amount_unit,
    dim_duty.valid_from,
    dim_duty.valid_to,
    dim_duty.cite,
    dim_duty.is_confirmed
FROM dim_duty
WHERE dim_duty.valid_from <= $end
    AND (dim_duty.valid_to IS NULL OR dim_duty.valid_to > $start)
ORDER BY dim_duty.duty, dim_duty.level, dim_duty.valid_from
