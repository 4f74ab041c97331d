"""Three rules side by side with what each lets pass, and how long what is pending has waited."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from draw import DATA_ON, cases
from hypothesis import HealthCheck, given, settings
from marts import DONG_HA, LAO_BAO, UNITS, case, marts, unit

from metrics.analysis import ageing, conventions
from metrics.answer import ask, histogram
from metrics.model import Query
from metrics.scope import NotAllowed
from metrics.viewer import PROVINCE as OPERATOR
from metrics.viewer import Viewer
from warehouse.calendar import WorkingCalendar
from warehouse.paths import DataDir


def d(day: int) -> date:
    """Return a day of October 2026."""
    return date(2026, 10, day)


OCTOBER = Query((), "commune", LAO_BAO, "2026-10")


def test_each_rule_shows_what_it_lets_pass_and_what_it_turns_down() -> None:
    done = {"completed_on": d(20), "due_on": d(21), "status": "completed"}
    rows = [
        case(**done),
        case(**{**done, "completed_on": d(22), "status": "returned"}),  # after its date, on time by the form
        case(completed_on=d(20), status="completed"),  # no date at all
        case(**{**done, "due_original_on": d(12)}),  # the later date kept, the first one missed
        case(**{**done, "n_supplements": 2}),
        case(due_on=d(12), status="suspended"),  # past its date and waiting
    ]
    found = conventions.side_by_side(OCTOBER, OPERATOR, marts(rows, data_on=date(2026, 11, 15)))
    form, index, first = found.rules
    assert [(r.row.numerator, r.row.denominator) for r in found.rules] == [(5, 5), (5, 6), (3, 4)]

    def passed(rule: conventions.Rule) -> dict[str, Any]:
        return {r.metric: r.value for r in (*rule.lets_pass, *rule.turns_down)}

    assert passed(form) == {"returned_after_due": 1, "settled_undated": 1}
    assert passed(index) == {
        "pending_in_time_766": 1,
        "pending_waiting_overdue": 1,
        "returned_after_due": 1,
        "settled_undated": 1,
        "settled_multi_supplement": 1,
    }
    assert passed(first) == {"completed_undated": 1, "settled_after_promise": 1}
    assert found.spread == pytest.approx(1 - 3 / 4)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=cases)
def test_the_rules_differ_by_exactly_what_they_let_pass_and_turn_down(rows: list[dict[str, Any]]) -> None:
    query = Query((), "commune", LAO_BAO, "2025-08")
    found = conventions.side_by_side(query, OPERATOR, marts(rows, data_on=DATA_ON))
    form, index, _ = found.rules
    extra = {r.metric: r.value or 0 for r in (*index.lets_pass, *index.turns_down)}
    # 766 counts what is pending in time besides, and not what was supplemented more than once.
    assert index.row.numerator == form.row.numerator + extra["pending_in_time_766"] - extra["settled_multi_supplement"]


def test_a_unit_changes_tier_where_the_rules_see_it_differently_and_one_that_is_not_judged_does_not() -> None:
    others = [
        unit(f"{19600 + i:05d}-20250701", f"Xã {i}", "commune", province_id=UNITS[0]["unit_id"]) for i in range(12)
    ]
    places = [*UNITS, *others]
    rows = []
    for i, body in enumerate([LAO_BAO, *(u["unit_id"] for u in others)]):
        for n in range(300):
            # Everyone keeps the current date in 9 of 10 cases; Lao Bảo alone had moved half of its dates before.
            late = {"completed_on": d(20), "due_on": d(19) if n % 10 == i % 10 else d(20), "status": "completed"}
            first = d(15) if body == LAO_BAO and n % 2 else None
            rows.append(case(unit_id=body, due_original_on=first, **late))
    rows.append(case(unit_id=DONG_HA, completed_on=d(20), due_on=d(19), status="completed"))  # one case judges nobody
    snapshot = marts(rows, units=places, data_on=d(31))
    found = conventions.tier_changes(Query((), "commune", None, "2026-10"), OPERATOR, snapshot)
    assert [(c.unit_id, c.tiers) for c in found.changes] == [(LAO_BAO, ("middle", "middle", "bottom"))]
    assert found.n_judged == 13


def test_ages_are_working_days_past_the_due_day_and_waiting_cases_stand_apart() -> None:
    rows = [
        case(due_on=d(30)),  # Friday before the last day, a Saturday: one working day at least
        case(due_on=d(23)),  # five working days later is Friday the 30th
        case(due_on=d(22)),
        case(received_on=date(2026, 6, 1), due_on=date(2026, 6, 30)),
        case(due_on=d(12), status="suspended"),
        case(),
        case(due_on=d(31)),
        case(due_on=date(2026, 11, 6)),
        case(due_on=date(2026, 11, 9)),
        case(due_on=d(12), completed_on=d(30)),
    ]
    found = ageing.ageing(OCTOBER, OPERATOR, marts(rows, data_on=d(31)))
    assert found is not None
    assert {(c.first, c.last): c.n for c in found.classes} == {
        (1, 5): 2, (6, 10): 1, (11, 20): 0, (21, 30): 0, (31, 60): 0, (61, None): 1,
    }  # fmt: skip
    assert (found.n_overdue, found.n_waiting, found.n_undated, found.n_due_soon, found.n_later) == (4, 1, 1, 2, 1)
    assert found.median == (5 + 6) / 2
    assert found.longest == WorkingCalendar.load(DataDir.from_environment()).working_days_between(
        date(2026, 6, 30), d(31)
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=cases)
def test_the_ages_add_up_to_the_pending_of_the_form(rows: list[dict[str, Any]]) -> None:
    snapshot = marts(rows, data_on=DATA_ON)
    for unit_id in (LAO_BAO, DONG_HA):
        query = Query(("pending", "pending_overdue"), "commune", unit_id, "2025-08")
        pending, overdue = (row.value for row in ask(query, OPERATOR, snapshot))
        found = ageing.ageing(query, OPERATOR, snapshot)
        assert found is not None
        assert (found.n_pending, found.n_overdue) == (pending, overdue)
        assert sum(c.n for c in found.classes) == found.n_overdue


def test_who_sent_nothing_has_no_ages() -> None:
    snapshot = marts([case(unit_id=DONG_HA)], covered=[DONG_HA], data_on=d(31))
    assert ageing.ageing(OCTOBER, OPERATOR, snapshot) is None


@pytest.mark.parametrize("metric", ["denunciations_received", "letters_received", "survey_total"])
def test_what_may_not_be_listed_has_no_histogram_by_day(metric: str) -> None:
    with pytest.raises(NotAllowed):
        histogram(metric, "received_on", OCTOBER, OPERATOR, marts())


def test_ages_of_another_unit_are_counts_of_cases_that_every_account_may_see() -> None:
    snapshot = marts([case(due_on=d(12) - timedelta(days=1))], data_on=d(31))
    other = Viewer("unit", frozenset({DONG_HA}))
    found = ageing.ageing(OCTOBER, other, snapshot)
    assert found is not None and found.n_overdue == 1
