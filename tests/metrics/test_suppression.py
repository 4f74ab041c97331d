"""Small numbers are withheld from outside viewers, and nothing withheld can be computed back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import marts as m
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import catalogue, scope
from metrics.answer import Row, ask
from metrics.model import Query
from metrics.suppression import SMALLEST_SHOWN, computable, lines, suppress
from metrics.viewer import PROVINCE, Viewer

OUTSIDER = Viewer("viewer")
COUNT, SHARE = "complaints_received", "complaint_on_time_rate"
ALL_UNITS = Query((COUNT,), "commune", period="2026-Q3")


def row(n: int, unit: str = "A", split: str | None = None, month: int = 7, metric: str = COUNT, **more: Any) -> Row:
    """Return a shown answer row that counts n."""
    given: dict[str, Any] = {
        "metric": metric, "level": "commune", "unit_id": unit, "unit_code": unit, "unit_name": unit,
        "period_start": date(2026, month, 1), "period_end": date(2026, month, 28), "numerator": n, "denominator": n,
        "value": n, "lower": None, "upper": None, "method": "none", "is_shown": True, "note": "", "snapshot": "s",
        "split": "field_name" if split else None, "split_value": split, "calendar": "calendar", "status": "ok",
    }  # fmt: skip
    return Row(**{**given, **more})


def share(x: int, n: int, unit: str = "A") -> Row:
    return row(n, unit, metric=SHARE, numerator=x, value=x / n if n else None)


def shown(rows: Sequence[Row], query: Query = ALL_UNITS, viewer: Viewer = OUTSIDER) -> list[Any]:
    """Return the values that are left, None where a row is withheld whole."""
    found = suppress(rows, query, viewer)
    for one in found:
        if not one.is_shown:
            assert (one.value, one.numerator, one.denominator, one.lower, one.upper) == (None,) * 5
            assert (one.status, one.is_small, one.note) == ("hidden", False, "Số nhỏ, không hiển thị")
            assert one.note_in("en") == "Small number, not shown"
    return [one.numerator if one.is_shown else None for one in found]


def units(*counts: int) -> list[Row]:
    return [row(n, f"U{i}") for i, n in enumerate(counts)]


def test_one_to_four_are_hidden_zero_and_five_are_shown() -> None:
    assert shown(units(0, 1, 4, 5, 60)) == [0, None, None, 5, 60]
    assert SMALLEST_SHOWN == 5


def test_with_one_hidden_cell_the_next_smallest_is_hidden_too() -> None:
    assert shown(units(3, 60, 7, 9)) == [None, 60, None, 9]
    assert shown(units(3, 60, 0, 9)) == [None, 60, None, 9]


def test_cells_that_follow_from_their_sum_get_company() -> None:
    # Three hidden ones with a sum of three are ones; three fours with a sum of twelve are fours.
    assert shown(units(1, 1, 1, 6, 80)) == [None, None, None, None, 80]
    assert shown(units(4, 4, 4, 6, 80)) == [None, None, None, None, 80]
    assert shown(units(1, 2, 1, 6, 80)) == [None, None, None, 6, 80]


def test_a_share_is_hidden_when_its_part_or_the_rest_of_it_is_small() -> None:
    query = Query((SHARE,), "commune", period="2026-Q3")
    rows = [share(3, 50, "U0"), share(47, 50, "U1"), share(0, 50, "U2"), share(50, 50, "U3"), share(2, 4, "U4")]
    assert shown(rows, query) == [None, None, 0, 50, None]


@pytest.mark.parametrize("viewer", [PROVINCE, Viewer("auditor")])
def test_who_sees_the_whole_province_sees_small_numbers(viewer: Viewer) -> None:
    assert shown(units(1, 2, 9), viewer=viewer) == [1, 2, 9]


def test_a_unit_sees_its_own_small_numbers_and_not_those_of_others() -> None:
    assert shown(units(1, 2, 9, 30), viewer=Viewer("unit", frozenset({"U0"}))) == [1, None, None, 30]


def test_counts_of_cases_are_never_suppressed() -> None:
    rows = [row(n, f"U{i}", metric="settled_late") for i, n in enumerate((1, 2, 40))]
    assert shown(rows, Query(("settled_late",), "commune", period="2026-Q3")) == [1, 2, 40]


def test_every_metric_of_letters_and_surveys_is_suppressed_and_no_other() -> None:
    touched = {
        m.name for m in catalogue.metrics().values()
        if suppress([row(3, metric=m.name)], Query((m.name,), "commune"), OUTSIDER)[0].status == "hidden"
    }  # fmt: skip
    assert touched == {
        m.name for m in catalogue.metrics().values()
        if catalogue.sources()[m.source].dataset in ("complaint", "survey_answer")
    }  # fmt: skip


def test_a_small_split_of_a_unit_is_hidden_with_another_value() -> None:
    query = Query((COUNT,), "province", "P", "2026-Q3", by="field_name")
    rows = [row(n, "P", split=s) for s, n in (("Đất đai", 40), ("Hộ tịch", 2), ("Khác", 8))]
    assert shown(rows, query) == [40, None, None]


def test_a_small_month_is_hidden_with_another_month_of_the_year() -> None:
    query = Query((COUNT,), "province", "P", "2026-07", period_to="2026-10")
    assert shown([row(n, "P", month=m) for m, n in ((7, 12), (8, 3), (9, 20), (10, 9))], query) == [12, None, 20, None]


def test_a_unit_asked_for_alone_or_a_split_value_alone_is_not_shown_to_an_outsider() -> None:
    assert shown([row(40)], Query((COUNT,), "commune", "A", "2026-Q3")) == [None]
    alone = Query((COUNT,), "commune", period="2026-Q3", by="field_name", split_value="Đất đai")
    assert shown([row(40, split="Đất đai")], alone) == [None]
    own = Viewer("unit", frozenset({"A"}))
    assert shown([row(2)], Query((COUNT,), "commune", "A", "2026-Q3"), own) == [2]


def test_rows_that_are_not_there_to_hide_stay_as_they_are() -> None:
    silent = row(0, "U9", numerator=None, denominator=None, value=None, status="not_sent")
    found = suppress([*units(2, 3, 50), silent], ALL_UNITS, OUTSIDER)
    assert found[-1] == silent


def test_ask_lets_no_row_out_without_this_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the scope of letters widened one day, small numbers would still not leave."""
    monkeypatch.setattr(scope, "hidden", lambda *_: None)
    letters = [m.complaint(unit_id=u) for u, n in ((m.LAO_BAO, 3), (m.DONG_HA, 40)) for _ in range(n)]
    cases = [m.case(unit_id=m.LAO_BAO)] * 3
    query = Query((COUNT, "received"), "commune", period="2026-10")
    snapshot = m.marts(cases, letters)
    told = {(r.metric, r.unit_id): r.value for r in ask(query, OUTSIDER, snapshot)}
    assert told[COUNT, m.LAO_BAO] is None and told[COUNT, m.DONG_HA] is None
    assert told["received", m.LAO_BAO] == 3
    whole = {(r.metric, r.unit_id): r.value for r in ask(query, PROVINCE, snapshot)}
    assert (whole[COUNT, m.LAO_BAO], whole[COUNT, m.DONG_HA]) == (3, 40)


def test_a_bridge_between_two_rings_is_given_away_and_found() -> None:
    # Two rings of four cells joined by one: every line holds two hidden cells or more, and still the bridge follows.
    ring = [(0, 1), (1, 2), (2, 3), (3, 0)]
    other = [(4, 5), (5, 6), (6, 7), (7, 4)]
    sums = [(*line, 8) if i == 0 else line for i, line in enumerate(ring)]
    sums += [(*line, 8) if i == 1 else line for i, line in enumerate(other)]
    assert all(len(line) >= 2 for line in sums)
    assert computable(set(range(9)), sums) == attacked(set(range(9)), sums) == {8}


def attacked(hidden: set[int], sums: Sequence[tuple[int, ...]]) -> set[int]:
    """Return the cells that exact elimination solves: a second road to what is computable."""
    order = sorted(hidden)
    matrix = [[Fraction(at in line) for at in order] for line in sums if hidden & set(line)]
    pivot = 0
    for column in range(len(order)):
        at = next((r for r in range(pivot, len(matrix)) if matrix[r][column]), None)
        if at is None:
            continue
        matrix[pivot], matrix[at] = matrix[at], matrix[pivot]
        lead = matrix[pivot][column]
        matrix[pivot] = [v / lead for v in matrix[pivot]]
        for r, other in enumerate(matrix):
            if r != pivot and other[column]:
                matrix[r] = [v - other[column] * w for v, w in zip(other, matrix[pivot], strict=True)]
        pivot += 1
    return {order[row.index(1)] for row in matrix if sum(v != 0 for v in row) == 1}


small_or_not = st.one_of(st.integers(0, 6), st.integers(0, 40))


@settings(max_examples=120, deadline=None)
@given(st.data(), st.integers(1, 6), st.integers(1, 4), st.integers(1, 2))
def test_nothing_hidden_follows_from_what_is_shown_and_its_sums(
    data: st.DataObject, n_units: int, n_values: int, n_months: int
) -> None:
    rows = [
        row(data.draw(small_or_not), f"U{u}", f"S{v}", 7 + m)
        for u in range(n_units)
        for v in range(n_values)
        for m in range(n_months)
    ]
    query = Query((COUNT,), "commune", period="2026-07", period_to="2026-08" if n_months > 1 else "", by="field_name")
    sums = lines(rows, query)
    found = suppress(rows, query, OUTSIDER)
    hidden = {at for at, one in enumerate(found) if not one.is_shown}
    assert {at for at, one in enumerate(rows) if 0 < one.numerator < 5} <= hidden  # type: ignore[operator]
    free = {at for at in range(len(rows)) if at not in hidden}
    solved = attacked(hidden, sums)
    # What still follows stands in lines with nothing left to hide (one unit, one value): its sum is the cell itself.
    assert all(not free & set(line) for line in sums for at in solved if at in line)
    for line in sums:
        inside = [rows[at].numerator for at in line if at in hidden]
        if free & set(line) and inside:
            assert set(inside) not in ({1}, {4})
    for one, before in zip(found, rows, strict=True):
        assert one == before or one.reasons[0].code == "suppressed"


@settings(max_examples=60, deadline=None)
@given(st.lists(small_or_not, min_size=2, max_size=7))
def test_what_is_hidden_does_not_depend_on_the_order_of_the_rows(counts: list[int]) -> None:
    rows = units(*counts)
    there = {one.unit_id: one.is_shown for one in suppress(rows, ALL_UNITS, OUTSIDER)}
    back = {one.unit_id: one.is_shown for one in suppress(rows[::-1], ALL_UNITS, OUTSIDER)}
    assert sum(there.values()) == sum(back.values())
