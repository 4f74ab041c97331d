"""Who sent what for which month: the matrix, and that what is missing does not depend on colour."""

from __future__ import annotations

from datetime import date
from typing import Any

from ui import charts, coverage, figures
from ui.text import Text

VI = Text.of("vi")


def sent(unit: str, first: date | None, last: date | None, since: date = date(2025, 7, 1)) -> dict[str, Any]:
    return {
        "unit_id": unit,
        "full_name": unit,
        "valid_from": since,
        "valid_to": None,
        "first_on": first,
        "last_on": last,
    }


MONTHS = ("2025-06", "2025-07", "2025-08")


def test_a_month_is_sent_in_part_or_not_at_all_and_before_its_birth_a_unit_owes_nothing() -> None:
    rows = [
        sent("a", date(2025, 7, 1), date(2025, 8, 31)),
        sent("b", date(2025, 7, 1), date(2025, 7, 20)),
        sent("c", None, None),
    ]
    found = coverage.matrix(rows, MONTHS, date(2025, 8, 31))
    assert found.cells == (("outside", "sent", "sent"), ("outside", "part", "none"), ("outside", "none", "none"))
    assert found.silent == 2


def test_a_month_still_running_is_sent_when_the_data_reach_their_last_day() -> None:
    rows = [sent("a", date(2025, 7, 1), date(2025, 8, 10))]
    assert coverage.matrix(rows, MONTHS, date(2025, 8, 10)).cells[0][2] == "sent"
    assert coverage.matrix(rows, MONTHS, date(2025, 8, 31)).cells[0][2] == "part"


def test_what_is_missing_carries_a_sign_and_a_word() -> None:
    found = coverage.matrix([sent("a", None, None)], MONTHS, date(2025, 8, 31))
    trace = coverage.figure(found, VI).to_plotly_json()["data"][0]
    assert list(trace["text"][0]) == ["", "×", "×"]
    assert coverage.table(found, VI).rows == (("a", "chưa thành lập", "chưa gửi", "chưa gửi"),)


def test_a_line_of_the_past_stops_at_a_gap() -> None:
    def row(value: float | None) -> Any:
        return type("Row", (), {"value": value, "is_shown": True})()

    assert figures.unbroken([row(1.0), None, row(2.0), row(3.0)]) == (2.0, 3.0)
    assert figures.unbroken([row(1.0), row(2.0), row(None)]) == ()


def test_the_last_value_stands_right_of_its_point() -> None:
    points = tuple(charts.Point(f"0{i}/2026", date(2026, i, 1), 0.9, 0.8, 0.95) for i in (1, 2))
    note = charts.trend(points, charts.Style()).layout.annotations[-1]
    assert (note.x, note.y, note.xanchor) == ("02/2026", 90.0, "left") and note.xshift > 0
