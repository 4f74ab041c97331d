"""Letters beyond single figures: the terms in force, and how long complaints that are not settled have been waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from metrics import answer, periods, places, plan
from metrics.analysis import trend
from metrics.intervals import quantile
from metrics.model import Query
from metrics.places import Snapshot
from metrics.plan import Plan
from metrics.viewer import Viewer
from warehouse.calendar import BeyondCalendar, WorkingCalendar
from warehouse.paths import DataDir

SQL = Path(__file__).resolve().parents[1] / "sql" / "letter_terms.sql"
BACKLOG, OVERDUE = "complaint_backlog", "complaint_backlog_overdue"
WIDTH, LAST = 15, 180
"""Days of one bar, and the age from which all stand in the last one."""
OLDEST = 400
"""Days after which a complaint is past any term of an ordinary first settlement."""

DayUnit = Literal["working", "calendar", "elapsed"]


@dataclass(frozen=True)
class Term:
    """One rule: the days that a step of a kind of letter may take, for letters received while it is in force."""

    kind: str
    step: str
    round: int | None
    is_complex: bool | None
    is_remote: bool | None
    days: int
    day_unit: DayUnit
    valid_from: date
    valid_to: date | None
    cite: str
    is_confirmed: bool

    def holds_on(self, day: date) -> bool:
        """Return whether a letter received on the day falls under it."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def is_ordinary(self) -> bool:
        """Return whether it holds for a first settlement, neither complex nor remote."""
        return self.round in (None, 1) and not self.is_complex and not self.is_remote

    def ends_on(self, start: date, calendar: WorkingCalendar) -> date:
        """Return the last day of the term; calendar days that end on a day off run to the next working day."""
        if self.day_unit == "working":
            return calendar.add_working_days(start, self.days)
        end = start + timedelta(days=self.days)
        return end if self.day_unit == "elapsed" else calendar.working_day_on_or_after(end)


@dataclass(frozen=True)
class AgeClass:
    """Complaints that have waited `first` to `last` days; the last class is open."""

    first: int
    last: int | None
    n_in_time: int
    n_past_due: int

    @property
    def n(self) -> int:
        return self.n_in_time + self.n_past_due


@dataclass(frozen=True)
class Backlog:
    """Complaints not settled on a day, by days since their receipt."""

    at: date
    classes: tuple[AgeClass, ...]
    median: float | None
    longest: int | None
    limit: int | None
    """Age from which an ordinary first complaint, accepted on the last day for it, is past its time."""
    is_limit_confirmed: bool = True

    @property
    def n(self) -> int:
        return sum(c.n for c in self.classes)

    @property
    def n_past_due(self) -> int:
        return sum(c.n_past_due for c in self.classes)


@dataclass(frozen=True)
class Surge:
    """A month whose letters per working day lie above the limit of chance."""

    metric: str
    token: str
    value: float
    limit: float
    last_year: float | None = None
    """The same month a year before, where chance explains the difference: then the season may."""


@dataclass(frozen=True)
class Surges:
    """Which of several kinds could be judged in their newest month, and which of them surged."""

    judged: tuple[str, ...]
    above: tuple[Surge, ...]


def surges(query: Query, viewer: Viewer, snapshot: Snapshot, *, planned: Plan = plan.NOTHING) -> Surges:
    """Return the kinds asked for that surge: each by its own control chart per working day, never added up."""
    judged, above = [], []
    for name in query.metrics:
        chart = trend.chart(query.at(metrics=(name,)), viewer, snapshot, planned=planned)
        point, before = chart.last_point, chart.last_year
        if point is None or point.word == "none":
            continue
        judged.append(name)
        if point.rule == 1 and point.side > 0 and point.value is not None and point.upper is not None:
            alike = before.value if before is not None and before.is_alike else None
            above.append(Surge(name, point.token, point.value, point.upper, alike))
    return Surges(tuple(judged), tuple(above))


def terms(first: date, last: date, snapshot: Snapshot) -> tuple[Term, ...]:
    """Return the terms for letters received on any day between the two."""
    cursor = snapshot.cursor()
    try:
        rows = cursor.execute(SQL.read_text(encoding="utf-8"), {"first": first, "last": last}).fetchall()
    finally:
        cursor.close()
    return tuple(Term(*row) for row in rows)


def in_force(query: Query, viewer: Viewer, snapshot: Snapshot) -> tuple[Term, ...]:
    """Return the terms for letters received in the question's period: the law's, the same for every viewer."""
    period = periods.parse(query.period, query.calendar)
    return terms(period.start, period.end, snapshot)


def backlog(query: Query, viewer: Viewer, snapshot: Snapshot) -> Backlog | None:
    """Return the ages of the complaints not settled at the end of the question's period, for its one unit.

    None where nothing was sent, or the viewer may not see it.
    """
    asked = query.at(metrics=(BACKLOG,), period_to="", by=None, split_value=None)
    row = next(iter(reversed(answer.ask(asked, viewer, snapshot).rows)), None)
    data_on = places.of(snapshot).data_on
    if row is None or row.value is None or not row.is_shown or data_on is None:
        return None
    at = min(row.period_end, data_on)
    every = answer.histogram(BACKLOG, "received_on", asked, viewer, snapshot)
    late = answer.histogram(OVERDUE, "received_on", asked, viewer, snapshot)
    known = terms(at - timedelta(days=OLDEST), at, snapshot)
    return made(at, every, late, known, WorkingCalendar.load(DataDir.from_environment()))


def made(
    at: date, every: dict[date, int], late: dict[date, int], known: tuple[Term, ...], calendar: WorkingCalendar
) -> Backlog:
    """Return the ages from the complaints per receipt day, all of them and those past their time."""
    ages = _by_age(at, every)
    past = _by_age(at, late)
    limit = ordinary_limit(at, known, calendar)
    return Backlog(
        at,
        tuple(_class(first, ages, past) for first in range(0, LAST + 1, WIDTH)),
        quantile(ages, 0.5),
        max(ages, default=None),
        limit[0] if limit else None,
        limit[1] if limit else True,
    )


def _by_age(at: date, received: dict[date, int]) -> dict[int, int]:
    return {(at - day).days: n for day, n in received.items()}


def _class(first: int, ages: dict[int, int], past: dict[int, int]) -> AgeClass:
    last = first + WIDTH - 1 if first < LAST else None

    def within(some: dict[int, int]) -> int:
        return sum(n for age, n in some.items() if age >= first and (last is None or age <= last))

    return AgeClass(first, last, within(ages) - within(past), within(past))


def ordinary_limit(at: date, known: tuple[Term, ...], calendar: WorkingCalendar) -> tuple[int, bool] | None:
    """Return the smallest age at which an ordinary first complaint is past its time, and whether its terms are checked.

    The rule is that of the receipt date, acceptance taken on its last day: a complaint accepted sooner is due sooner.
    """
    for age in range(1, OLDEST):
        received = at - timedelta(days=age)
        rules = {t.step: t for t in known if t.kind == "complaint" and t.is_ordinary() and t.holds_on(received)}
        if not {"accept", "settle"} <= rules.keys():
            return None
        try:
            due = rules["settle"].ends_on(rules["accept"].ends_on(received, calendar), calendar)
        except BeyondCalendar:
            return None
        if due < at:
            return age, rules["accept"].is_confirmed and rules["settle"].is_confirmed
    return None
