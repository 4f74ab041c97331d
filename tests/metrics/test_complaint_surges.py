"""A surge is a month above the limit of chance per working day; what is as high every year may be the season."""

from __future__ import annotations

from datetime import date, timedelta

from marts import LAO_BAO, complaint, marts

from metrics.analysis import letters
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR
from metrics.viewer import Viewer

KINDS = ("complaints_received", "petitions_received", "feedback_received")
QUESTION = Query(KINDS, "commune", LAO_BAO, "2026-10")
MONTHS = [date(2025 + (6 + i) // 12, (6 + i) % 12 + 1, 1) for i in range(16)]
"""July 2025 to October 2026."""


def surges(more: dict[date, int], viewer: Viewer = OPERATOR, usual: int = 22) -> letters.Surges:
    """Return the surges of October 2026: so many complaints in some months, the usual number in all others."""
    rows = [
        complaint(received_on=start + timedelta(days=i % 28), settled_on=start + timedelta(days=i % 28))
        for start in MONTHS
        for i in range(more.get(start, usual))
    ]
    return letters.surges(QUESTION, viewer, marts(complaints=rows))


def test_a_month_far_above_all_others_is_a_surge_of_its_kind_alone() -> None:
    found = surges({date(2026, 10, 1): 70})
    assert [s.metric for s in found.above] == ["complaints_received"]
    (surge,) = found.above
    assert surge.token == "2026-10"
    assert surge.value > surge.limit > 22 / 22
    assert surge.last_year is None
    assert "petitions_received" not in found.judged  # none came: nothing to judge


def test_an_ordinary_month_is_judged_and_no_surge() -> None:
    found = surges({date(2026, 10, 1): 27})
    assert (found.judged, found.above) == (("complaints_received",), ())


def test_what_was_as_high_a_year_ago_is_told_beside_it() -> None:
    (surge,) = surges({date(2026, 10, 1): 90, date(2025, 10, 1): 88}, usual=10).above
    assert surge.last_year is not None and surge.last_year < surge.value


def test_too_few_letters_are_not_judged() -> None:
    assert surges({date(2026, 10, 1): 3}, usual=0) == letters.Surges((), ())


def test_a_unit_is_told_no_surge_of_another() -> None:
    assert surges({date(2026, 10, 1): 70}, Viewer("unit", frozenset({"other"}))) == letters.Surges((), ())
