"""Lists of rows: what passes a filter, in which order, how late an open row is, and whose row may be written to."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from metrics.viewer import PROVINCE, Viewer
from ui import case_lists, tables
from ui.access import work
from ui.access.work import Mark, Row
from ui.case_lists import Choice
from ui.text import Text
from warehouse.calendar import WorkingCalendar
from warehouse.paths import REPOSITORY, DataDir

VI = Text.of("vi")
OWN, OTHER = "19432-20250701", "19333-20250701"
CALENDAR = WorkingCalendar.load(DataDir(REPOSITORY / "data"))
DAY = date(2026, 10, 30)  # a Friday
CHAIR = Viewer("unit", frozenset({OWN}))


def case(code: str, **more: Any) -> dict[str, Any]:
    """Return a row of a list of cases."""
    return {
        "case_code": code, "unit_id": OWN, "field_name": "Đất đai", "procedure_name": "A", "status": "processing",
        "received_on": date(2026, 10, 1), "due_on": date(2026, 10, 20), "completed_on": None, "settled_class": None,
        "late_days": None, **more,
    }  # fmt: skip


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return [r["case_code"] for r in rows]


def late(**more: Any) -> int | None:
    return case_lists.late_days(case("C", **more), DAY, CALENDAR)


def test_an_open_case_is_late_by_the_working_days_since_its_day() -> None:
    assert late(due_on=date(2026, 10, 23)) == 5  # Friday to Friday
    assert late(due_on=DAY) is None and late(due_on=None) is None


def test_a_case_whose_clock_stands_is_not_late() -> None:
    assert late(status="awaiting_supplement") is None
    assert late(status="suspended") is None


def test_a_settled_case_is_late_by_the_marts_own_number_or_not_at_all() -> None:
    done = {"completed_on": date(2026, 10, 29), "status": "completed"}
    assert late(**done, settled_class="late", late_days=7) == 7
    assert late(**done, settled_class="on_time") is None, "returned cases count as on time, whenever they ended"


def test_a_letter_is_late_by_its_own_days() -> None:
    letter = {"letter_code": "D1", "unit_id": OWN, "settle_due_on": date(2026, 10, 22), "settled_on": None}
    assert case_lists.late_days(letter, DAY, CALENDAR) == 6
    assert case_lists.late_days({**letter, "settled_on": date(2026, 10, 23)}, DAY, CALENDAR) == 1
    assert case_lists.kind_of([letter]) == "letter"


def test_the_bands_of_lateness_leave_no_day_out() -> None:
    found = [case_lists.band(n) for n in (None, 0, 1, 5, 6, 20, 21, 400)]
    assert found == ["none", "none", "few", "few", "many", "many", "very_many", "very_many"]
    assert case_lists.band_label(VI, "very_many") == "Quá hạn trên 20 ngày làm việc"


def test_filters_narrow_together_and_an_empty_one_lets_all_through() -> None:
    rows = case_lists.prepared(
        [case("A"), case("B", field_name="Hộ tịch"), case("C", status="suspended"), case("D", field_name=None)],
        DAY, CALENDAR,
    )  # fmt: skip
    both = Choice((("field_name", frozenset({"Đất đai"})), ("status", frozenset({"processing"}))))
    assert codes(case_lists.chosen(rows, both, DAY)) == ["A"]
    assert codes(case_lists.chosen(rows, Choice((("status", frozenset()),)), DAY)) == ["A", "B", "C", "D"]
    unsaid = Choice((("field_name", frozenset({case_lists.NOT_SAID})),))
    assert codes(case_lists.chosen(rows, unsaid, DAY)) == ["D"]
    not_late = Choice(((case_lists.LATE, frozenset({"none"})),))
    assert codes(case_lists.chosen(rows, not_late, DAY)) == ["C"]


def test_a_filter_with_one_value_is_not_offered() -> None:
    rows = case_lists.prepared([case("A"), case("B")], DAY, CALENDAR)
    assert case_lists.options(rows, "status") == [] and case_lists.options(rows, case_lists.LATE) == []
    assert case_lists.options([*rows, case("C", status="suspended")], "status") == ["processing", "suspended"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [("late", "BCA"), ("due", "BCA"), ("received", "CAB"), ("field", "BAC"), ("code", "ABC")],
)
def test_rows_come_in_the_order_chosen(order: str, expected: str) -> None:
    rows = case_lists.prepared(
        [
            case("A", due_on=None, received_on=date(2026, 10, 2)),
            case("B", due_on=date(2026, 10, 1), received_on=date(2026, 10, 3)),
            case("C", due_on=date(2026, 10, 8), field_name=None),
        ],
        DAY, CALENDAR,
    )  # fmt: skip
    assert "".join(codes(case_lists.chosen(rows, Choice(order=order), DAY))) == expected


def mark(code: str, **more: Any) -> tuple[Row, Mark]:
    row = Row(OWN, code)
    given: dict[str, Any] = {"reason": "staff", "note": "", "owner": "", "due_on": None, **more}
    return row, Mark(row, who="a", at="2026-10-20T08:00:00", **given)


def test_what_was_noted_stands_in_the_list_in_words_and_can_be_looked_for() -> None:
    held = dict([mark("A", owner="role:office_chief"), mark("B", due_on=DAY)])
    rows = case_lists.marked([case("A"), case("B"), case("C")], held, "case", "vi")
    assert rows[0]["mark_reason"] == "Thiếu người xử lý" and rows[0]["mark_by"] == "a, 20/10/2026"
    assert rows[0]["mark_owner"].startswith("Chánh Văn phòng")
    assert codes(case_lists.chosen(rows, Choice(marked="with"), DAY)) == ["A", "B"]
    assert codes(case_lists.chosen(rows, Choice(marked="without"), DAY)) == ["C"]
    assert codes(case_lists.chosen(rows, Choice(marked="due"), DAY)) == ["B"]


def test_a_mark_of_another_body_with_the_same_code_does_not_show() -> None:
    held = dict([mark("A")])
    (row,) = case_lists.marked([case("A", unit_id=OTHER)], held, "case", "vi")
    assert "mark_reason" not in row


def test_a_row_received_for_another_body_is_read_only() -> None:
    rows = [case("A"), case("B", unit_id=OTHER, receiving_unit_id=OWN)]
    assert case_lists.writable(rows, "case", CHAIR) == [Row(OWN, "A")]
    assert len(case_lists.writable(rows, "case", PROVINCE)) == 2
    assert case_lists.writable(rows, "case", Viewer("auditor")) == []
    assert case_lists.writable([{"host": "chair", "unit_id": OWN}], None, PROVINCE) == []


def test_the_export_holds_dates_as_dates_and_codes_as_text_in_the_columns_chosen() -> None:
    choice = Choice(columns=("case_code", "due_on", "late_days"))
    rows = case_lists.prepared([case("0123", due_on=date(2026, 10, 23))], DAY, CALENDAR)
    made = tables.workbook(case_lists.table(VI, rows, str, choice), ["Danh sách"], "So lieu")
    header, first = list(openpyxl.load_workbook(BytesIO(made)).active.iter_rows(min_row=3))
    assert [c.value for c in header] == ["Mã hồ sơ", "Ngày hẹn trả", "Số ngày quá hạn"]
    assert first[0].value == "0123" and first[0].data_type == "s"
    assert first[1].is_date and first[1].value.date() == date(2026, 10, 23)
    assert first[2].value == 5 and first[2].data_type == "n"


def test_every_reason_and_position_has_words_in_both_languages() -> None:
    for one in [*work.reasons("case"), *work.reasons("letter"), *work.owners()]:
        assert one.label("vi") and one.label("en")
    assert {one.code for one in work.reasons("letter")} < {one.code for one in work.reasons("case")}


def test_a_list_with_nothing_late_is_not_sorted_by_lateness() -> None:
    on_time = case_lists.prepared([case("A", due_on=None)], DAY, CALENDAR)
    assert "late" not in case_lists.orders(on_time)
    assert case_lists.orders(case_lists.prepared([case("A")], DAY, CALENDAR))[0] == "late"
