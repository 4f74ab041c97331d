"""What a unit has to act on: at most five items, worst first, with what was checked and what has no data.

Each item is told as of the last day that the unit's own data of that dataset reach; its rows come from the same
condition as its number. The order is that of docs/adr/0013.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from metrics import answer, periods, places, plan
from metrics.analysis import to_act_counts as counting
from metrics.analysis import trend
from metrics.analysis.to_act_counts import Counted, Days
from metrics.analysis.to_act_rules import Check, checks, most, tiers
from metrics.analysis.trend import ControlChart
from metrics.model import Query
from metrics.places import Snapshot
from metrics.plan import Plan
from metrics.scope import NotAllowed
from metrics.viewer import Viewer
from warehouse.calendar import BeyondCalendar, WorkingCalendar
from warehouse.paths import DataDir

State = Literal["found", "clear", "stale", "not_sent", "not_recorded", "not_judged"]
"""What a check came to: `clear` looked and found nothing; the last four could not look."""
MONTHS = 24


@dataclass(frozen=True)
class Item:
    """One thing to act on."""

    check: str
    tier: int
    n: int
    points: float
    at: date
    """The last day that the data behind it reach."""
    oldest: date | None = None
    """The day named by the check's worst row."""
    n_late: int | None = None
    """Working days from that day to `at`."""
    is_stale: bool = False
    token: str = ""
    """The month of a signal."""
    chart: ControlChart | None = None


@dataclass(frozen=True)
class Checked:
    """One check and what it came to."""

    check: str
    state: State
    at: date | None = None
    n: int = 0


@dataclass(frozen=True)
class ToAct:
    """What one unit has to act on."""

    unit_id: str
    items: tuple[Item, ...]
    others: tuple[Item, ...]
    """Found too, after the first five."""
    checked: tuple[Checked, ...]
    data_on: date | None
    """The last day that its data of cases reach."""
    n_old: int = 0
    """Calendar days since, where the data are too old to tell what is due soon; else 0."""


@dataclass(frozen=True)
class UnitLoad:
    """How much one unit has to act on: counts only."""

    unit_id: str
    counts: tuple[tuple[str, int], ...]
    points: tuple[float, ...]
    """By tier, most urgent first: what units are ordered by."""

    def n(self, check: str) -> int:
        """Return how many rows a check found."""
        return dict(self.counts).get(check, 0)


def to_act(
    query: Query,
    viewer: Viewer,
    snapshot: Snapshot,
    *,
    today: date,
    returned: tuple[tuple[int, int], ...] = (),
    planned: Plan = plan.NOTHING,
) -> ToAct:
    """Return what the question's unit has to act on.

    `returned` are the loads with rejected rows that still wait for a correction, and how many; `planned` the events
    that people noted, after which a signal's limits begin anew.
    """
    unit_id = _own(query, viewer, snapshot)
    calendar = WorkingCalendar.load(DataDir.from_environment())
    read = _days([unit_id], snapshot, today, calendar)
    counted = counting.count((c for c in checks().values() if c.is_counted), [unit_id], read, snapshot)
    found: list[Item] = []
    told: list[Checked] = []
    for check in checks().values():
        when = read.get((check.dataset, unit_id))
        if check.is_counted:
            item, state = _counted(check, counted.get((check.name, unit_id)), when, calendar)
        elif check.signal:
            item, state = _signal(check, query.at(unit=unit_id), viewer, snapshot, when, planned)
        else:
            item, state = _returned(check, unit_id, snapshot, returned)
        if item is not None:
            found.append(item)
        told.append(Checked(check.name, state, when.at if when else None, item.n if item else 0))
    ordered = ranked(found)
    cases = read.get(("case", unit_id))
    return ToAct(
        unit_id,
        ordered[: most()],
        ordered[most() :],
        tuple(told),
        cases.at if cases else None,
        cases.n_old if cases and cases.is_stale else 0,
    )


def ranked(found: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items worst first: by tier, within it by number times weight, then in the order of the file."""
    order = list(checks())
    return tuple(sorted(found, key=lambda item: (item.tier, -item.points, order.index(item.check))))


def rows(
    query: Query, viewer: Viewer, snapshot: Snapshot, *, check: str, today: date, month: str = ""
) -> tuple[dict[str, Any], ...]:
    """Return the rows that an item counts, the oldest first: as many as it says. `month` is that of a signal."""
    unit_id, rule = _own(query, viewer, snapshot), checks()[check]
    if rule.is_counted:
        calendar = WorkingCalendar.load(DataDir.from_environment())
        when = _days([unit_id], snapshot, today, calendar).get((rule.dataset, unit_id))
        return counting.rows(rule, unit_id, when, snapshot) if when else ()
    if not rule.list or not month:
        return ()
    return answer.cases(_listed(rule, query.at(unit=unit_id), month), "numerator", viewer, snapshot).rows


def returned_rows(
    query: Query, viewer: Viewer, snapshot: Snapshot, *, loads: tuple[int, ...]
) -> tuple[dict[str, Any], ...]:
    """Return the rejected rows of those of the loads that are the unit's own files."""
    unit_id = _own(query, viewer, snapshot)
    own = counting.own_loads(sorted(bodies(unit_id, snapshot)), snapshot)
    return counting.rejects([load for load in own if load in loads], snapshot)


def own_loads(query: Query, viewer: Viewer, snapshot: Snapshot) -> tuple[int, ...]:
    """Return the loads that are the unit's own files."""
    return counting.own_loads(sorted(bodies(_own(query, viewer, snapshot), snapshot)), snapshot)


def busiest(
    query: Query, viewer: Viewer, snapshot: Snapshot, *, today: date, returned: tuple[tuple[int, int], ...] = ()
) -> tuple[UnitLoad, ...]:
    """Return the units of the question's level that have something to act on, the most urgent first; counts only.

    For the province, which looks for where to help; a unit is told of itself alone. Signals are left out
    (docs/adr/0013): of so many charts read one by one some would be by chance, and the overview judges all at once.
    """
    if viewer.role != "province":
        raise NotAllowed("unit", "pending")
    known = places.of(snapshot)
    day = max(today, known.data_on or today)
    within = known.resolve_any(query.within) if query.within else None
    units = [u for u in known.at_level(query.level, day, within) if not known.is_unallocated(u)]
    read = _days(units, snapshot, today, WorkingCalendar.load(DataDir.from_environment()))
    counted = counting.count((c for c in checks().values() if c.is_counted), units, read, snapshot)
    mending = _mending(units, returned, snapshot)
    found = [_load(unit_id, counted, mending) for unit_id in units]
    some = [load for load in found if any(load.points)]
    return tuple(sorted(some, key=lambda load: (tuple(-p for p in load.points), load.unit_id)))


def bodies(unit_id: str, snapshot: Snapshot) -> frozenset[str]:
    """Return the body and those that became part of it as a whole."""
    return places.of(snapshot).bodies_of(unit_id)


def _mending(units: Sequence[str], waiting: tuple[tuple[int, int], ...], snapshot: Snapshot) -> dict[str, int]:
    """Return how many rejected rows of its own files wait in each unit."""
    owner = {body: unit_id for unit_id in units for body in bodies(unit_id, snapshot)}
    found: dict[str, int] = {}
    spoken = counting.senders((load for load, rows in waiting if rows > 0), snapshot)
    for load, rows in waiting:
        whose = {owner.get(body, "") for body in spoken.get(load, ())}
        if len(whose) == 1 and "" not in whose:
            unit_id = whose.pop()
            found[unit_id] = found.get(unit_id, 0) + rows
    return found


def _load(unit_id: str, counted: dict[tuple[str, str], Counted], mending: dict[str, int]) -> UnitLoad:
    numbers = [
        (check, counted[check.name, unit_id].n if check.is_counted else mending.get(unit_id, 0))
        for check in checks().values()
        if (check.name, unit_id) in counted or check.is_of_arrivals
    ]
    points = tuple(float(sum(n * c.weight for c, n in numbers if c.tier == tier)) for tier in tiers())
    return UnitLoad(unit_id, tuple((c.name, n) for c, n in numbers), points)


def _own(query: Query, viewer: Viewer, snapshot: Snapshot) -> str:
    """Return the question's unit; raise `NotAllowed` for a viewer who does not answer for it."""
    unit_id = places.of(snapshot).resolve(query.unit or "", query.level)[-1]
    if not viewer.owns(unit_id):
        raise NotAllowed("unit", "pending")
    return unit_id


def _days(
    units: Sequence[str], snapshot: Snapshot, today: date, calendar: WorkingCalendar
) -> dict[tuple[str, str], Days]:
    data_on = places.of(snapshot).data_on
    made: dict[date, Days] = {}
    found = {}
    for key, last in counting.reach(units, snapshot).items():
        at = min(last, data_on) if data_on else last
        if at not in made:
            made[at] = counting.days(at, today, calendar)
        found[key] = made[at]
    return found


def _counted(
    check: Check, found: Counted | None, when: Days | None, calendar: WorkingCalendar
) -> tuple[Item | None, State]:
    if when is None or found is None:
        return None, "not_sent"
    if check.needs_fresh and when.is_stale:
        return None, "stale"
    if not found.n:
        is_blind = bool(check.unknown) and not found.n_known and found.n_unknown
        return None, "not_recorded" if is_blind else "clear"
    item = Item(
        check.name, check.tier, found.n, found.n * check.weight, when.at, found.oldest,
        _working_days(found.oldest, when.at, calendar), when.is_stale,
    )  # fmt: skip
    return item, "found"


def _working_days(start: date | None, end: date, calendar: WorkingCalendar) -> int | None:
    if start is None:
        return None
    try:
        return calendar.working_days_between(start, end)
    except BeyondCalendar:
        return None


def _signal(
    check: Check, query: Query, viewer: Viewer, snapshot: Snapshot, when: Days | None, planned: Plan
) -> tuple[Item | None, State]:
    """Return the newest judged month where it is a signal in the bad direction: that of the data's date, or the last.

    The chart leaves out a month that runs on, so it decides which of the two that is.
    """
    if when is None:
        return None, "not_sent"
    month = periods.parse(f"{when.at:%Y-%m}")
    limits: Any = "today" if month.start - timedelta(days=31 * MONTHS) < periods.TWO_TIERS_FROM else "dated"
    asked = query.at(metrics=(check.signal,), period=month.token, period_to="", calendar="calendar", boundaries=limits)
    chart = trend.chart(asked, viewer, snapshot, months=MONTHS, planned=planned)
    point = chart.last_point
    newest = (month.token, f"{month.start - timedelta(days=1):%Y-%m}")
    if point is None or point.token not in newest or chart.variation == "none":
        return None, "not_judged"
    if chart.variation != "concern":
        return None, "clear"
    listed = answer.ask(_listed(check, asked, point.token), viewer, snapshot).rows
    n = int(listed[-1].value or 0) if listed else 0
    return Item(check.name, check.tier, n, n * check.weight, when.at, token=point.token, chart=chart), "found"


def _listed(check: Check, query: Query, month: str) -> Query:
    """Return the question whose rows a signal opens."""
    return query.at(metrics=(check.list,), period=month, period_to="", calendar="calendar", boundaries="dated")


def _returned(
    check: Check, unit_id: str, snapshot: Snapshot, waiting: tuple[tuple[int, int], ...]
) -> tuple[Item | None, State]:
    """Return the rejected rows of the unit's own files that wait for a correction."""
    data_on = places.of(snapshot).data_on
    own = set(counting.own_loads(sorted(bodies(unit_id, snapshot)), snapshot))
    n = sum(rows for load, rows in waiting if load in own and rows > 0)
    if not n or data_on is None:
        return None, "clear" if own else "not_sent"
    return Item(check.name, check.tier, n, n * check.weight, data_on), "found"
