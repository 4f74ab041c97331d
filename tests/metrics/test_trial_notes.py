"""What a trial score says of the indicators that are not in it: unknown, not recorded, nothing to divide by."""

from __future__ import annotations

from datetime import date
from typing import Any

from marts import LAO_BAO, case, marts

from metrics.answer import Row, ask
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR

DONE = {"completed_on": date(2026, 10, 20), "status": "completed"}


def trial(group: str, rows: list[dict[str, Any]]) -> Row:
    (row,) = ask(Query((f"score_766_{group}",), "commune", LAO_BAO, "2026-10"), OPERATOR, marts(rows))
    return row


def test_points_reached_stand_over_points_that_can_be_computed_and_the_row_says_what_is_missing() -> None:
    row = trial(
        "payment", [case(is_fee_bearing=True, is_paid_online=True), case(is_fee_bearing=True, is_paid_online=False)]
    )
    assert (row.numerator, row.denominator, row.value) == (6.0, 6.0, 6.0)  # half of them is above the target of 30 %
    assert row.note.startswith("Tính thử từ dữ liệu của tỉnh, không phải điểm công bố")
    assert "không tính được từ dữ liệu của tỉnh: 3.4, 3.5" in row.note


def test_a_rate_below_its_target_scores_its_part_of_the_target() -> None:
    rows = [case(is_fee_bearing=True, is_paid_online=n == 0) for n in range(10)]
    assert trial("payment", rows).numerator == 6 * (0.1 / 0.3)


def test_what_the_files_do_not_record_is_not_called_nothing_to_divide_by() -> None:
    not_recorded = trial("digitisation", [case(**DONE)])
    assert "tệp không ghi nhận: 4.1, 4.2, 4.3" in not_recorded.note and "mẫu số bằng 0" not in not_recorded.note
    nothing = trial("payment", [])
    assert "mẫu số bằng 0), chưa rõ cách cho điểm: 3.6" in nothing.note
    assert (nothing.value, nothing.denominator) == (None, 0)
