-- Every row at hand, classed as form II.06a classes a row that counts (product.md §4): also those that no mart holds.
SELECT
    row_at_hand.*,
    TRUE AS is_counted,
    CASE
        WHEN row_at_hand.completed_on IS NULL THEN NULL
        WHEN row_at_hand.mart_class IS NOT NULL THEN row_at_hand.mart_class
        WHEN row_at_hand.status IN ('returned', 'withdrawn', 'refused') OR row_at_hand.due_on IS NULL THEN 'on_time'
        WHEN row_at_hand.completed_on > row_at_hand.due_on THEN 'late'
        WHEN row_at_hand.completed_on < row_at_hand.due_on THEN 'early'
        ELSE 'on_time'
    END AS settled_class,
    CASE
        WHEN row_at_hand.status IN ('suspended', 'awaiting_payment') THEN TRUE
        WHEN row_at_hand.status = 'awaiting_supplement' AND row_at_hand.supplement_requested_on IS NULL THEN TRUE
        ELSE FALSE
    END AS is_waiting_today
FROM row_at_hand
