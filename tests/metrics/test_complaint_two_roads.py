"""Letters by a second road: a plain evaluator, row by row, agrees with the compiled SQL and with the prepared sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from draw import DATA_ON, FIRST, SPAN, periods
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marts import CHANGE, DONG_HA, LAO_BAO, OLD_SPLIT, OLD_WHOLE, PROVINCE, UNALLOCATED, columns, complaint, marts
from reference import quantile, unit_on

from metrics import answer, sums
from metrics.answer import Row
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Letter = Mapping[str, Any]
LETTERS = ("complaint", "denunciation", "petition")
MEMBERS = {PROVINCE: {LAO_BAO, DONG_HA, UNALLOCATED}, LAO_BAO: {LAO_BAO}, DONG_HA: {DONG_HA}}


@st.composite
def a_letter(draw: st.DrawFn) -> dict[str, Any]:
    """Return one drawn letter, its dates not before its receipt."""
    received = FIRST + timedelta(days=draw(st.integers(0, SPAN)))
    row: dict[str, Any] = {
        "received_on": received,
        "unit_id": draw(st.sampled_from((OLD_WHOLE, OLD_SPLIT) if received < CHANGE else (LAO_BAO, DONG_HA))),
        "kind": draw(st.sampled_from(("complaint", "complaint", "complaint", "denunciation", "petition", "feedback"))),
        "matter_code": draw(st.sampled_from((None, "V1", "V2"))),
        "round": draw(st.sampled_from((None, 1, 2))),
        "n_people": draw(st.sampled_from((None, 1, 5))),
        "outcome": draw(st.sampled_from((None, "right", "partly_right", "wrong", "upheld", "overturned", "withdrawn",
                                         "terminated"))),
        "known_on": DATA_ON,
    }  # fmt: skip
    for name in ("is_eligible", "is_in_competence", "is_satisfied"):
        row[name] = draw(st.sampled_from((None, True, True, False)))
    for name in ("accepted_on", "settled_on", "transferred_on", "reopened_on"):
        days = draw(st.none() | st.integers(0, 60))
        row[name] = None if days is None else received + timedelta(days=days)
    for name in ("accept_due_on", "settle_due_on", "handle_due_on"):
        days = draw(st.none() | st.integers(5, 45))
        row[name] = None if days is None else received + timedelta(days=days)
    return complaint(**row)


letters = st.lists(a_letter(), max_size=20)


def by_hand(
    rows: Sequence[Letter], units: set[str], start: date, end: date
) -> dict[str, tuple[int, int, float | None]]:
    """Return numerator, denominator and value of each metric of letters for the units together."""
    rows = [{name: row.get(name) for name in columns("fct_complaint")} for row in rows]
    complaints = [r for r in rows if r["kind"] == "complaint"]
    feedback = [r for r in rows if r["kind"] == "feedback"]

    def within(some: Sequence[Letter], name: str, test: Callable[[Letter], Any] = lambda r: True) -> list[Letter]:
        dated = [r for r in some if r[name] is not None and start <= r[name] <= end]
        return [r for r in dated if unit_on(r, r[name]) in units and test(r)]

    def own(r: Letter) -> bool:
        return r["is_eligible"] is not False and r["is_in_competence"] is not False

    def open_at_end(r: Letter) -> bool:
        ends = [r[n] for n in ("settled_on", "transferred_on") if r[n] is not None]
        return r["received_on"] <= end and all(e > end for e in ends) and unit_on(r, end) in units

    def passed(r: Letter, name: str) -> bool:
        return r[name] is not None and r[name] < end

    def accepted(r: Letter) -> bool:
        return r["accepted_on"] is not None and r["accepted_on"] <= end

    def matters(some: Sequence[Letter]) -> set[str]:
        return {r["matter_code"] or r["letter_id"] for r in some}

    found: dict[str, tuple[int, int, float | None]] = {}

    def count(name: str, n: int) -> None:
        found[name] = (n, n, n)

    def share(name: str, some: Sequence[Letter], test: Callable[[Letter], Any]) -> None:
        x, n = sum(bool(test(r)) for r in some), len(some)
        found[name] = (x, n, x / n if n else None)

    came = within([r for r in rows if r["kind"] in LETTERS], "received_on")
    count("complaints_received", sum(r["kind"] == "complaint" for r in came))
    count("petitions_received", sum(r["kind"] == "petition" for r in came))
    count("feedback_received", len(within(feedback, "received_on")))
    groups = [r for r in came if r["kind"] != "denunciation" and (r["n_people"] or 1) >= 5]
    count("group_matters_received", len(matters(groups)))

    backlog = [r for r in complaints if own(r) and open_at_end(r)]
    count("complaint_backlog", len(backlog))
    count("complaint_backlog_overdue", sum(passed(r, "settle_due_on") for r in backlog))
    count("complaints_not_accepted_overdue", sum(passed(r, "accept_due_on") and not accepted(r) for r in backlog))
    ages = sorted((end - r["received_on"]).days for r in backlog)
    found["complaint_backlog_age_median"] = (len(ages), len(ages), quantile(ages, 0.5))
    lying = [r for r in rows if r["kind"] in ("complaint", "petition") and own(r) and open_at_end(r)]
    count("letters_unhandled_over_45_days", sum(passed(r, "handle_due_on") and not accepted(r) for r in lying))

    authority = [r for r in complaints if own(r) and r["transferred_on"] is None]
    settled = [r for r in within(authority, "settled_on") if r["outcome"] != "terminated"]
    carried = [
        r
        for r in authority
        if r["received_on"] < start and (r["settled_on"] or start) >= start and unit_on(r, start) in units
    ]
    x, n = len(matters(settled)), len(matters([*carried, *within(authority, "received_on")]))
    found["complaint_settlement_rate"] = (x, n, x / n if n else None)
    share(
        "complaint_acceptance_on_time_rate",
        within(complaints, "accepted_on", lambda r: r["accept_due_on"] is not None),
        lambda r: r["accepted_on"] <= r["accept_due_on"],
    )
    ended = within(complaints, "settled_on")
    count("complaints_settled", len(ended))
    share(
        "complaint_on_time_rate",
        [r for r in ended if r["settle_due_on"] is not None],
        lambda r: r["settled_on"] <= r["settle_due_on"],
    )
    share(
        "complaint_right_rate",
        [r for r in ended if r["round"] in (None, 1) and r["outcome"] in ("right", "partly_right", "wrong")],
        lambda r: r["outcome"] == "right",
    )
    share(
        "complaint_overturned_rate",
        [r for r in ended if r["round"] == 2 and r["outcome"] in ("upheld", "overturned")],
        lambda r: r["outcome"] == "overturned",
    )
    share(
        "feedback_on_time_rate",
        within(feedback, "settled_on", lambda r: r["settle_due_on"] is not None),
        lambda r: r["settled_on"] <= r["settle_due_on"],
    )
    share(
        "feedback_satisfied_rate",
        within(feedback, "received_on"),
        lambda r: (
            r["is_satisfied"] is not False
            and r["reopened_on"] is None
            and not (
                r["settle_due_on"] is not None
                and (r["settled_on"] or DATA_ON) > r["settle_due_on"]
                and (r["settled_on"] is not None or (own(r) and r["transferred_on"] is None))
            )
        ),
    )
    return found


METRICS = tuple(by_hand([], set(), FIRST, FIRST))


def sides(rows: Sequence[Row]) -> dict[tuple[date, date], dict[str, Row]]:
    """Return the rows by the days they are about, then by metric."""
    found: dict[tuple[date, date], dict[str, Row]] = {}
    for row in rows:
        found.setdefault((row.period_start, row.period_end), {})[row.metric] = row
    return found


@few
@given(
    rows=letters,
    period=periods,
    unit=st.sampled_from([("province", PROVINCE), ("commune", LAO_BAO), ("commune", DONG_HA)]),
)
def test_the_plain_evaluator_agrees_with_the_compiled_sql(
    rows: list[dict[str, Any]], period: tuple[Any, str], unit: tuple[str, str]
) -> None:
    snapshot = marts(complaints=rows, data_on=DATA_ON)
    query = Query(METRICS, unit[0], unit[1], calendar=period[0], period=period[1])
    for (start, end), table in sides(answer.ask(query, OPERATOR, snapshot).rows).items():
        if start < CHANGE:
            continue  # the side of the old units is theirs
        wanted = by_hand(rows, MEMBERS[unit[1]], start, min(end, DATA_ON))
        assert {n: (r.numerator, r.denominator, r.value) for n, r in table.items()} == wanted


@few
@given(rows=letters, period=periods, level=st.sampled_from(["province", "commune"]))
def test_the_sums_give_the_same_answers(rows: list[dict[str, Any]], period: tuple[Any, str], level: str) -> None:
    snapshot = marts(complaints=rows, data_on=DATA_ON)
    sums.build(snapshot.con)
    query = Query(METRICS, level, calendar=period[0], period=period[1], boundaries="today")
    stored = answer.ask(query, OPERATOR, snapshot)
    assert stored.rows == answer.ask(query, OPERATOR, snapshot, use_sums=False).rows
