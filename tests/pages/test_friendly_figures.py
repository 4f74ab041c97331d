"""What charts and sentences of the friendly-government page say is computed from rows, and true of them."""

from __future__ import annotations

import doctest
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from metrics import catalogue, forms
from metrics.periods import parse
from ui import dialogues, friendly, reception_weeks, theme, waiting
from ui.text import Text

VI, EN = Text.of("vi"), Text.of("en")
MONTHS = ("2026-08", "2026-09", "2026-10")


def row(unit: str, value: float | None, **more: Any) -> Any:
    given = {
        "unit_id": unit, "unit_name": unit, "unit_code": unit, "value": value, "is_shown": True, "is_small": False,
        "status": "ok" if value is not None else "not_sent", "numerator": value, "denominator": value, "lower": None,
        "upper": None, "split_value": None, "metric": "", "reasons": (), "note_in": lambda lang: "", **more,
    }  # fmt: skip
    return SimpleNamespace(**given)


# Weeks --------------------------------------------------------------------------------------------------------------


def month(unit: str, token: str, kept: int, of: int) -> Any:
    return row(unit, kept / of if of else None, numerator=kept, denominator=of, period_end=parse(token).end)


def weeks(plan: dict[str, list[tuple[int, int]]]) -> reception_weeks.Weeks:
    """Return the matrix of units with (kept, of) for each month."""
    rows = [month(u, t, *cell) for u, cells in plan.items() for t, cell in zip(MONTHS, cells, strict=True)]
    return reception_weeks.weeks(rows, MONTHS, "calendar", list(plan))


def test_units_with_the_fewest_weeks_come_first_and_those_with_all_of_them_are_not_drawn() -> None:
    found = weeks({"A": [(4, 4)] * 3, "B": [(4, 4), (3, 4), (4, 4)], "C": [(0, 4), (0, 4), (1, 4)]})
    assert [found.units[i] for i in reception_weeks.drawn(found, "")] == ["C", "B"]
    assert [found.units[i] for i in reception_weeks.drawn(found, "A")] == ["C", "B", "A"]
    assert reception_weeks.title(found, "calendar", VI) == VI(
        "friendly.weeks.title", month="Tháng 10/2026", full=2, n=3
    )


def test_a_month_that_was_not_sent_is_blank_and_counts_for_nothing() -> None:
    found = weeks({"A": [(0, 0), (4, 4), (4, 4)], "B": [(0, 0)] * 3})
    assert found.units == ("A",)
    assert found.total(0) == (8, 8) and not found.incomplete
    figure = reception_weeks.figure(found, "A", VI).to_dict()["data"][0]
    assert [list(z) for z in figure["z"]] == [[None, 2, 2]]
    assert [list(t) for t in figure["text"]] == [["", "✓", "✓"]]
    assert reception_weeks.table(found, VI).rows[0][3] == "–"


def test_a_cell_says_how_many_weeks_are_without_the_chair() -> None:
    figure = reception_weeks.figure(weeks({"A": [(4, 4), (3, 5), (0, 4)]}), "", VI).to_dict()["data"][0]
    assert [list(t) for t in figure["text"]] == [["✓", "2", "4"]]
    assert [list(z) for z in figure["z"]] == [[2, 1, 0]]


def test_no_more_units_are_drawn_than_can_be_read_and_the_subtitle_says_so() -> None:
    found = weeks({f"U{i:02d}": [(i % 4, 4)] * 3 for i in range(60)} | {"Đủ": [(4, 4)] * 3})
    drawn = reception_weeks.drawn(found, "Đủ")
    assert len(drawn) == reception_weeks.MOST
    assert "Đủ" in {found.units[i] for i in drawn}
    assert VI("friendly.weeks.cut", n=reception_weeks.MOST) in reception_weeks.subtitle(found, "Tỉnh", "Đủ", VI)


@pytest.mark.parametrize("text", [VI, EN])
def test_one_unit_is_told_by_its_own_weeks(text: Text) -> None:
    found = weeks({"Xã A": [(4, 4), (3, 4), (5, 5)]})
    said = reception_weeks.title(found, "calendar", text)
    assert "12" in said and "13" in said


def test_the_finding_is_of_the_newest_month_that_anyone_sent() -> None:
    found = weeks({"A": [(1, 4), (4, 4), (0, 0)], "B": [(4, 4), (3, 4), (0, 0)], "C": [(4, 4), (0, 0), (0, 0)]})
    assert reception_weeks.title(found, "calendar", VI) == VI("friendly.weeks.title", month="Tháng 9/2026", full=1, n=2)
    all_kept = weeks({"A": [(1, 4), (4, 4), (4, 4)], "B": [(4, 4)] * 3})
    assert reception_weeks.title(all_kept, "calendar", VI).startswith("Tháng 10/2026: cả 2 đơn vị")


# Dialogues ----------------------------------------------------------------------------------------------------------


def test_units_are_classed_by_their_dialogues_and_silent_ones_are_in_no_class() -> None:
    rows = [row(f"U{i}", n) for i, n in enumerate([0, 0, 1, 2, 3, 9])]
    rows += [row("S", None), row("H", None, status="hidden", is_shown=False)]
    found = dialogues.spread(rows)
    assert (found.counts, found.n, found.met, found.silent) == ((2, 1, 1, 2), 6, 4, 1)
    assert dialogues.title(found, VI) == VI("friendly.dialogues.title", met=4, n=6)
    assert VI("friendly.dialogues.silent", n=1) in dialogues.subtitle(found, "Tỉnh", "10 tháng", VI)
    assert list(dialogues.figure(found, VI).to_dict()["data"][0]["x"]) == [2, 1, 1, 2]


def test_all_is_said_only_of_all() -> None:
    assert dialogues.title(dialogues.spread([row("A", 1), row("B", 4)]), VI).startswith("Cả 2")
    assert "1/2" in dialogues.title(dialogues.spread([row("A", 0), row("B", 4)]), VI)


def test_the_year_to_date_of_a_period_ends_in_its_month() -> None:
    result = doctest.testmod(dialogues)
    assert result.attempted and not result.failed


# Waiting ------------------------------------------------------------------------------------------------------------

MEDIAN = catalogue.metric(waiting.MEDIAN)


def wait(unit: str, median: float, low: float, high: float, p90: float | None = 30.0) -> list[Any]:
    rows = [row(unit, median, metric=waiting.MEDIAN, lower=low, upper=high, denominator=80)]
    return rows + ([row(unit, p90, metric=waiting.P90, denominator=80)] if p90 is not None else [])


WHOLE = {waiting.MEDIAN: row("T", 10.0, denominator=240), waiting.P90: row("T", 30.0)}


def test_a_unit_stands_apart_only_where_its_interval_leaves_out_the_wholes_median() -> None:
    rows = [*wait("dài", 15, 12, 18), *wait("ngắn", 5, 4, 7), *wait("như chung", 12, 9, 15)]
    found = waiting.waits(MEDIAN, rows, WHOLE, "")
    assert {w.name: w.word for w in found} == {"dài": "concern", "ngắn": "improvement", "như chung": "ordinary"}
    assert [w.name for w in waiting.apart(found)] == ["ngắn", "dài"]
    assert waiting.sentence(found, VI) == VI("friendly.waiting.chance", n=3, above=1, below=1, expected=1)
    assert VI("friendly.waiting.rest", rest=1) in waiting.subtitle(found, WHOLE, "Tỉnh", "tháng 10", VI)


def test_the_chosen_unit_is_drawn_wherever_it_stands() -> None:
    found = waiting.waits(MEDIAN, [*wait("A", 10, 9, 12), *wait("B", 11, 9, 13)], WHOLE, "B")
    assert [w.name for w in waiting.apart(found)] == ["B"]


def test_of_many_units_apart_both_ends_are_drawn_and_no_more_than_can_be_read() -> None:
    rows = [r for i in range(60) for r in wait(f"U{i:02d}", 20 + i, 19 + i, 21 + i)]
    drawn = waiting.apart(waiting.waits(MEDIAN, rows, WHOLE, ""))
    assert len(drawn) == waiting.MOST
    assert drawn[0].name == "U00" and drawn[-1].name == "U59"


def test_minutes_are_whole_where_they_are() -> None:
    assert waiting.title(WHOLE, VI) == VI("friendly.waiting.title", median="10", p90="30")
    half = WHOLE | {waiting.MEDIAN: row("T", 9.5)}
    assert "9,5 phút" in waiting.title(half, VI)
    assert waiting.title({}, VI) == VI("friendly.waiting.title_none")


def test_an_interval_is_drawn_only_where_there_is_one_and_signs_go_with_colours() -> None:
    found = waiting.waits(MEDIAN, [*wait("dài", 15, 12, 18), *wait("ngắn", 5, 4, 7)], WHOLE, "")
    figure = waiting.figure(found, 10.0, VI).to_dict()
    lines = [d for d in figure["data"] if d["mode"] == "lines"]
    assert len(lines) == 2, "the 90th percentiles have no interval here"
    names = [str(n) for n in figure["data"][-1]["y"]]
    assert {n[0] for n in names} == {theme.SIGNS["concern"].icon, theme.SIGNS["improvement"].icon}


# Forms, and two facts beside each other ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "n", "is_confirmed"),
    [
        (date(2025, 8, 1), date(2025, 8, 31), 1, True),
        (date(2025, 9, 1), date(2025, 9, 30), 2, False),
        (date(2025, 9, 15), date(2025, 9, 30), 1, False),
        (date(2018, 1, 1), date(2018, 12, 31), 0, True),
    ],
)
def test_the_form_of_an_apology_goes_by_the_period(start: date, end: date, n: int, is_confirmed: bool) -> None:
    found = forms.in_force("apology", start, end)
    assert len(found) == n
    said = friendly.forms(found, VI)
    assert bool(said) == bool(n)
    assert ("chưa xác nhận" in said) == (not is_confirmed)
    assert all(f.label("vi") in said for f in found)


def test_what_the_log_says_and_what_people_say_stand_beside_each_other_each_with_its_n() -> None:
    log = row("T", 0.75, numerator=84, denominator=112)
    asked = row("T", 61.25, denominator=45, lower=55.0, upper=67.0)
    metric = catalogue.metric("friendly_apologise")
    said = friendly.beside(log, asked, metric, VI)
    assert "75,0 % (84/112)" in said and "45 phiếu" in said and "không gộp" in said
    assert str(84 + 45) not in said and str(112 + 45) not in said
    none = friendly.beside(log, row("T", None), metric, VI)
    assert "84/112" in none and "chưa có điểm" in none


def test_a_zero_is_something_and_silence_is_not_a_zero() -> None:
    assert not friendly.is_silent([row("T", 0), row("T", None)])
    assert not friendly.is_silent([row("T", None, status="no_denominator")])
    assert friendly.is_silent([row("T", None), None])
