"""The grid of units by period: its order, what is too few to order, what is left out, and what a cell says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from metrics import catalogue
from metrics.periods import parse
from ui import charts, drill, heat
from ui.text import Text

TEXT = Text.of("vi")
METRIC = catalogue.metric("on_time_rate")
STYLE = charts.Style(unit="percent")
TOKENS = ("2026-09", "2026-10")


def line(n: int, level: float | None, is_small: bool = False, is_chosen: bool = False) -> heat.Line:
    return heat.Line(f"u{n}", f"Xã {n}", level, (heat.Cell(level, is_small, "x"),) * 2, is_chosen)


def test_of_many_units_both_ends_and_the_chosen_one_are_drawn_with_a_rule_between() -> None:
    many = tuple(line(n, n / 100, is_chosen=n == 50) for n in range(100))
    drawn = heat.drawn(many)
    assert [x.unit_id for x in drawn] == [f"u{n}" for n in (*range(20), 50, *range(80, 100))]
    figure = heat.figure(many, TOKENS, STYLE)
    assert [s["y0"] for s in figure.to_dict()["layout"]["shapes"]] == [19.5]
    assert heat.figure(many[:5], TOKENS, STYLE).to_dict()["layout"].get("shapes", []) == []


def test_units_with_few_cases_are_neither_lowest_nor_coloured_and_stand_in_brackets() -> None:
    few = line(1, 0.0, is_small=True)
    assert not few.is_rated and line(2, 0.9).is_rated
    figure = heat.figure((line(2, 0.9), few, line(3, None)), TOKENS, STYLE).to_dict()
    assert figure["data"][0]["z"] == [[90.0, 90.0], [None, None], [None, None]]
    assert [a["text"] for a in figure["layout"]["annotations"]] == ["90", "90", "(0)", "(0)", "–", "–"]
    assert "90,0 %" in heat.title(METRIC, (line(2, 0.9), few), TEXT)


def test_the_level_is_the_share_over_all_periods_not_the_mean_of_the_months() -> None:
    class Row:
        unit_id, unit_name, metric, is_shown, is_small = "u1", "Xã 1", "on_time_rate", True, False
        lower = upper = None
        status, reasons = "ok", ()

        def __init__(self, end: Any, good: int, of: int) -> None:
            self.period_end, self.numerator, self.denominator, self.value = end, good, of, good / of

    rows = [Row(parse(t).end, good, of) for t, good, of in zip(TOKENS, (10, 45), (10, 90), strict=True)]
    found = heat.lines(METRIC, rows, TOKENS, "calendar", TEXT)
    assert found[0].level == 0.55
    table = heat.table(METRIC, [*found, replace(found[0], level=None)], TOKENS, TEXT)
    assert table.rows[0][1:] == (0.55, 1.0, 0.5)


def test_cases_without_a_field_have_a_name_in_the_address_of_their_own() -> None:
    class Row:
        def __init__(self, field: str | None, n: int) -> None:
            self.split_value, self.denominator = field, n

    names = drill.fields([Row("Đất đai", 5), Row(None, 9), Row("Hộ tịch", 0)], TEXT)
    assert list(names.items()) == [("-", "Không ghi lĩnh vực"), ("Đất đai", "Đất đai")]
    assert drill.split("-") == "" and drill.split("Đất đai") == "Đất đai"
