"""How long unsettled complaints have waited, and where their ordinary legal time ends; which terms are in force."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from marts import DONG_HA, LAO_BAO, complaint, marts

from metrics.analysis import letters
from metrics.answer import ask
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR
from metrics.viewer import Viewer
from warehouse.calendar import WorkingCalendar
from warehouse.paths import REPOSITORY, DataDir

CALENDAR = WorkingCalendar.load(DataDir(REPOSITORY / "data"))
QUARTER = Query(("complaint_backlog",), "commune", LAO_BAO, "2026-Q3")


def d(text: str) -> date:
    return date.fromisoformat(text)


def term(**given: Any) -> dict[str, Any]:
    """Return a row of `complaint_deadline`."""
    return {
        "kind": "complaint", "step": "settle", "days": 30, "day_unit": "calendar", "valid_from": d("2012-07-01"),
        "is_confirmed": True, **given,
    }  # fmt: skip


RULES = [
    term(step="accept", days=10, valid_to=d("2026-07-01")),
    term(step="accept", days=7, day_unit="working", valid_from=d("2026-07-01")),
    term(round=1, is_complex=False, is_remote=False, valid_to=d("2026-07-01")),
    term(round=1, is_complex=False, is_remote=False, valid_from=d("2026-07-01"), is_confirmed=False),
    term(round=1, is_complex=True, is_remote=False, days=45),
    term(round=2, is_complex=False, is_remote=False, days=45),
    term(kind="petition", days=10, day_unit="working"),
]


def ages(rows: list[dict[str, Any]], viewer: Viewer = OPERATOR, query: Query = QUARTER) -> letters.Backlog | None:
    return letters.backlog(query, viewer, marts(complaints=rows, complaint_deadline=RULES))


def test_the_classes_add_up_to_the_backlog_and_part_what_is_past_its_time() -> None:
    end = d("2026-09-30")
    days = (0, 14, 15, 40, 41, 179, 180, 500)
    rows = [complaint(received_on=end - timedelta(days=n), settle_due_on=end + timedelta(days=39 - n)) for n in days]
    rows += [complaint(received_on=d("2026-07-06"), settled_on=d("2026-08-03"))]
    rows += [complaint(received_on=d("2026-07-06"), kind="petition"), complaint(unit_id=DONG_HA)]
    found = ages(rows)
    assert found is not None
    assert [(c.first, c.last, c.n_in_time, c.n_past_due) for c in found.classes if c.n] == [
        (0, 14, 1 + 1, 0),
        (15, 29, 1, 0),
        (30, 44, 0, 1 + 1),
        (165, 179, 0, 1),
        (180, None, 0, 1 + 1),
    ]
    (row,) = ask(QUARTER, OPERATOR, marts(complaints=rows))
    assert (found.n, found.n_past_due, found.longest) == (row.value, 5, 500)
    assert found.median == 40.5
    assert found.at == end


def test_ages_run_to_the_data_of_a_period_that_is_not_over() -> None:
    found = ages([complaint(received_on=d("2026-10-21"))], query=QUARTER.at(period="2026-Q4"))
    assert found is not None
    assert (found.at, found.longest) == (d("2026-10-31"), 10)


def test_the_ordinary_time_ends_where_a_complaint_accepted_on_the_last_day_is_due() -> None:
    known = tuple(
        letters.Term(**{"round": None, "is_complex": None, "is_remote": None, "valid_to": None, "cite": "", **r})
        for r in RULES
    )
    at = d("2026-09-30")
    limit = letters.ordinary_limit(at, known, CALENDAR)
    assert limit is not None
    age, is_confirmed = limit
    assert not is_confirmed  # the term to settle was not checked against the law of July 2026
    for day, is_past in ((at - timedelta(days=age), True), (at - timedelta(days=age - 1), False)):
        accept = CALENDAR.add_working_days(day, 7)
        settle = CALENDAR.working_day_on_or_after(accept + timedelta(days=30))
        assert (settle < at) is is_past
    # Under the rule until 30/06/2026: ten days and thirty, a day off carried on to the next working day.
    limit = letters.ordinary_limit(d("2026-05-29"), known, CALENDAR)
    assert limit is not None and limit[1] and 41 <= limit[0] <= 46
    assert letters.ordinary_limit(at, known[:2], CALENDAR) is None


def test_a_unit_is_told_no_ages_of_another() -> None:
    rows = [complaint(received_on=d("2026-09-01"))]
    assert ages(rows, Viewer("unit", frozenset({DONG_HA}))) is None
    assert ages(rows, Viewer("viewer")) is None
    own = ages(rows, Viewer("unit", frozenset({LAO_BAO})))
    assert own is not None and own.n == 1


def test_nothing_sent_is_no_backlog_of_zero() -> None:
    snapshot = marts(covered=[DONG_HA], complaint_deadline=RULES)
    assert letters.backlog(QUARTER, OPERATOR, snapshot) is None
    empty = letters.backlog(QUARTER.at(unit=DONG_HA), OPERATOR, snapshot)
    assert empty is not None
    assert (empty.n, empty.n_past_due, empty.median, empty.longest) == (0, 0, None, None)


@pytest.mark.parametrize(
    ("first", "last", "accept"),
    [("2026-06-01", "2026-06-30", [10]), ("2026-07-01", "2026-07-31", [7]), ("2026-01-01", "2026-12-31", [10, 7])],
)
def test_the_terms_are_those_of_the_days_of_receipt(first: str, last: str, accept: list[int]) -> None:
    found = letters.terms(d(first), d(last), marts(complaint_deadline=RULES))
    assert [t.days for t in found if t.step == "accept"] == accept
    assert [t.is_confirmed for t in found if t.kind == "petition"] == [True]
