"""A figure from part of the data says so; a unit made from a part of another is not led back before its first day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marts import DONG_HA, LAO_BAO, OLD_SPLIT, OLD_WHOLE, PROVINCE, case, marts

from metrics import coverage, scope
from metrics.answer import AnswerTable, Row, ask, cases
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR


def sent(unit_id: str, first: date, last: date) -> dict[str, Any]:
    return {"dataset": "case", "unit_id": unit_id, "first_on": first, "last_on": last, "load_no": 1}


def only_january() -> Any:
    """Lao Bảo sends January 2026 and stops; Đông Hà sends to the end of March."""
    return marts(
        [case(received_on=date(2026, 1, 12), due_on=date(2026, 1, 20), completed_on=date(2026, 1, 15))],
        coverage=[
            sent(LAO_BAO, date(2026, 1, 2), date(2026, 1, 31)),
            sent(DONG_HA, date(2026, 1, 5), date(2026, 1, 30)),
            sent(DONG_HA, date(2026, 2, 9), date(2026, 2, 27)),
            sent(DONG_HA, date(2026, 3, 2), date(2026, 3, 31)),
        ],
        data_on=date(2026, 3, 31),
    )


def one(table: AnswerTable) -> Row:
    (row,) = table
    return row


def test_a_quarter_of_which_one_month_was_sent_is_provisional_and_names_the_months() -> None:
    row = one(ask(Query(("on_time_rate",), "commune", LAO_BAO, "2026-Q1"), OPERATOR, only_january()))
    assert (row.value, row.status) == (1.0, "provisional")
    assert "chưa gửi số liệu 02/2026, 03/2026" in row.note


def test_what_stands_open_at_the_end_is_unknown_when_the_last_month_was_not_sent() -> None:
    row = one(ask(Query(("pending",), "commune", LAO_BAO, "2026-Q1"), OPERATOR, only_january()))
    assert (row.value, row.status) == (None, "not_sent")


def test_a_file_that_begins_with_the_first_receipt_of_a_quiet_month_still_speaks_of_the_month() -> None:
    row = one(ask(Query(("settled",), "commune", DONG_HA, "2026-Q1"), OPERATOR, only_january()))
    assert (row.value, row.status, row.note) == (0, "ok", "")


def test_a_province_counts_the_communes_that_have_not_sent_all() -> None:
    row = one(ask(Query(("settled",), "province", PROVINCE, "2026-Q1"), OPERATOR, only_january()))
    assert (row.value, row.status) == (1, "provisional")
    assert row.note_in("en") == "Provisional: 1 of 2 communes have not sent all their data"


def test_a_unit_whose_data_end_early_in_the_last_month_is_provisional_to_that_day() -> None:
    snapshot = marts(
        [case(received_on=date(2026, 3, 3), completed_on=date(2026, 3, 4))],
        coverage=[
            sent(LAO_BAO, date(2026, 3, 2), date(2026, 3, 10)),
            sent(DONG_HA, date(2026, 3, 2), date(2026, 3, 31)),
        ],
        data_on=date(2026, 3, 31),
    )
    row = one(ask(Query(("settled",), "commune", LAO_BAO, "2026-03"), OPERATOR, snapshot))
    assert (row.value, row.status) == (1, "provisional")
    assert "đến hết 10/03/2026" in row.note


def test_the_report_month_that_begins_before_the_first_data_is_provisional() -> None:
    snapshot = marts(
        [case(received_on=date(2026, 1, 5))], coverage=[sent(LAO_BAO, date(2026, 1, 1), date(2026, 1, 31))]
    )
    row = one(ask(Query(("received_in_period",), "commune", LAO_BAO, "2026-01", calendar="report"), OPERATOR, snapshot))
    assert (row.value, row.status) == (1, "provisional")
    assert "12/2025" in row.note


def test_todays_boundaries_draw_no_line_back_from_a_unit_that_took_part_of_another() -> None:
    # OLD_SPLIT went to both communes of today: what of its May belongs to which is guesswork.
    rows = [
        case(unit_id=u, received_on=date(2025, 5, 6), completed_on=date(2025, 5, 7)) for u in (OLD_WHOLE, OLD_SPLIT)
    ]
    query = Query(("settled",), "commune", LAO_BAO, "2025-05", boundaries="today")
    row = one(ask(query, OPERATOR, marts(rows)))
    assert (row.value, row.status, row.is_shown) == (None, "not_available", False)
    assert "không so sánh được" in row.note
    assert len(cases(query, "numerator", OPERATOR, marts(rows))) == row.numerator
    whole = one(ask(query.at(level="province", unit=PROVINCE), OPERATOR, marts(rows)))
    assert (whole.value, whole.is_shown) == (2, True)
    assert "Theo địa giới hiện nay" in whole.note


def test_months_of_a_period_are_told_across_a_year() -> None:
    assert coverage.months(date(2025, 11, 15), date(2026, 2, 14)) == [(2025, 11), (2025, 12), (2026, 1), (2026, 2)]


def test_people_are_not_a_list_of_cases() -> None:
    query = Query(("complaints_per_10k",), "commune", LAO_BAO, "2026-10")
    with pytest.raises(scope.NotAllowed) as refused:
        cases(query, "denominator", OPERATOR, marts([case()]))
    assert refused.value.text("vi") == "Mẫu số của 'complaints_per_10k' là số dân, không phải danh sách."


def test_a_split_that_no_metric_knows_is_a_mistake_and_one_that_this_metric_lacks_is_a_row_with_the_reason() -> None:
    query = Query(("complaints_received",), "commune", LAO_BAO, "2026-10")
    with pytest.raises(scope.UnknownSplit, match="zzz"):
        ask(query.at(by="zzz"), OPERATOR, marts([case()]))
    row = one(ask(query.at(by="factor"), OPERATOR, marts([case()])))
    assert (row.is_shown, row.status) == (False, "not_available")


def test_within_narrows_a_chosen_unit_too() -> None:
    query = Query(("received",), "commune", LAO_BAO, "2026-10", within=DONG_HA)
    row = one(ask(query, OPERATOR, marts([case()])))
    assert (row.value, row.status) == (None, "not_available")
