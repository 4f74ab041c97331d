"""What the explorer draws: which units and values, in which order, and what it says of those left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from metrics import catalogue
from metrics.table import Row
from ui import charts, explorer, explorer_charts
from ui.explorer import Choice
from ui.text import Text

LIMITS = {**explorer.limits(), "drawn_units": 3, "drawn_values": 2, "panels": 2, "split_panels": 1}


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw few, so that a small table has more than is drawn."""
    monkeypatch.setattr(explorer, "limits", lambda: LIMITS)


def row(
    unit: str, n: int, of: int, value: str | None = None, spread: float = 0.02, metric: str = "on_time_rate"
) -> Row:
    """Return a row of a share, or of a count where nothing is divided."""
    share = n / of
    is_share = catalogue.metric(metric).is_share
    return Row(
        metric, "commune", unit, unit, f"Xã {unit}", date(2026, 9, 1), date(2026, 9, 30), n, of if is_share else n,
        share if is_share else n, share - spread if is_share else None, share + spread if is_share else None,
        "wilson" if is_share else "none", True, "", "s", "field_name" if value else None, value, "calendar", "ok",
    )  # fmt: skip


def page(unit: str = "none") -> Any:
    return SimpleNamespace(text=Text.of("vi"), unit=SimpleNamespace(unit_id=unit))


def names(drawn: Any, axis: str = "y") -> list[str]:
    return [str(v) for v in drawn.figure.data[-1][axis]]


def test_units_clearly_apart_are_drawn_before_large_ones_and_in_the_order_of_names() -> None:
    rows = [row("A", 90, 100), row("B", 950, 1000), row("C", 940, 1000), row("D", 50, 100), row("E", 95, 100)]
    whole = row("T", 95, 100)
    drawn = explorer_charts.units(page("E"), Choice(catalogue.metric("on_time_rate"), True), rows, whole, "ở đây")
    assert drawn is not None
    assert names(drawn) == ["! Xã A", "! Xã D", "<b>Xã E</b>"]
    assert drawn.title == "Tỷ lệ giải quyết đúng hạn: 2 trong 5 đơn vị khác biệt rõ so với xã T (95,0 %)"
    assert "Vẽ 3 trong 5 đơn vị" in drawn.note and "khác biệt rõ trước" in drawn.note


def test_of_neutral_numbers_the_first_by_name_are_drawn_and_nobody_is_called_high() -> None:
    metric = "complaints_received"
    rows = [row(unit, n, 1, metric=metric) for unit, n in (("A", 1), ("B", 2), ("C", 3), ("D", 99))]
    drawn = explorer_charts.units(page(), Choice(catalogue.metric(metric), True), rows, None, "ở đây")
    assert drawn is not None
    assert names(drawn) == ["Xã A", "Xã B", "Xã C"]
    assert "theo thứ tự tên" in drawn.note and "Xã D" not in drawn.title
    assert "từ 1 đến 99 ở 4 đơn vị" in drawn.title


def test_values_are_bars_from_zero_with_whiskers_the_largest_first() -> None:
    rows = [row("A", 9, 10, "x"), row("A", 90, 100, "y"), row("A", 40, 50, "z")]
    words = {"x": "Đất đai", "y": "Hộ tịch", "z": "Hộ tịch"}
    drawn = explorer_charts.values(page(), Choice(catalogue.metric("on_time_rate"), by="field_name"), rows, words, "đó")
    assert drawn is not None
    bar = drawn.figure.data[0]
    assert list(bar.x) == [90.0, 80.0]
    assert len(set(bar.y)) == 2, "two values of one name are two bars"
    assert drawn.figure.layout.xaxis.range[0] == 0
    assert [round(v, 6) for v in bar.error_x.array] == [2.0, 2.0]
    assert drawn.note == "Vẽ 2 trong 3 giá trị có số lượng lớn nhất; bảng có đủ."


def test_small_numbers_are_pale_and_not_in_the_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(row("A", 1, 5, "x"), is_small=True)
    rows = [row("A", 90, 100, "y"), small, row("A", 70, 100, "z")]
    words = {"x": "X", "y": "Y", "z": "Z"}
    monkeypatch.setattr(explorer, "limits", lambda: {**LIMITS, "drawn_values": 5})
    drawn = explorer_charts.values(page(), Choice(catalogue.metric("on_time_rate"), by="field_name"), rows, words, "đó")
    assert drawn is not None
    assert "từ 70,0 % (Z) đến 90,0 % (Y)" in drawn.title
    assert len(set(drawn.figure.data[0].marker.color)) == 2


def test_units_by_value_share_one_scale_and_say_what_is_left_out() -> None:
    rows = [row(u, n, 100, v) for u, n in (("A", 90), ("B", 80), ("C", 70)) for v in ("x", "y")]
    chosen = Choice(catalogue.metric("on_time_rate"), True, by="field_name")
    drawn, note = explorer_charts.units_by_value(page("C"), chosen, rows, {"x": "X", "y": "Y"}, "đó")
    assert [one.title for one in drawn] == ["X"]
    assert len(names(drawn[0])) == 2 and "<b>Xã C</b>" in names(drawn[0])
    assert "Vẽ 2 trong 3 đơn vị" in note and "Vẽ 1 trong 2 giá trị" in note


def test_nothing_known_is_no_chart() -> None:
    hidden = [replace(row("A", 1, 2, "x"), is_shown=False, value=None)]
    chosen = Choice(catalogue.metric("on_time_rate"), by="field_name")
    assert explorer_charts.values(page(), chosen, hidden, {}, "đó") is None
    assert explorer_charts.units(page(), chosen, hidden, None, "đó") is None


def test_a_bar_is_not_longer_than_all_of_it() -> None:
    marks = (charts.Mark("a", "A", 1.0, 0.9, 1.0), charts.Mark("b", "B", 0.0, 0.0, 0.1))
    drawn = explorer_charts.bars(marks, charts.Style())
    assert drawn.layout.xaxis.range[1] == 100.0
    assert list(drawn.data[0].error_x.array) == [0.0, 10.0]
