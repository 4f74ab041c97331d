"""How long what is pending has been waiting: overdue cases by working days past their date, the rest by days left.

Form II.06a decides what is overdue; cases waiting for the applicant, or without a date, stand apart. The parts add up
to the pending of the form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from metrics import answer, places
from metrics.intervals import quantile
from metrics.model import Query
from metrics.places import Snapshot
from metrics.viewer import Viewer
from warehouse.calendar import WorkingCalendar
from warehouse.paths import DataDir

OVERDUE, IN_TIME = "pending_overdue", "pending_in_time"
EDGES = (1, 6, 11, 21, 31, 61)
"""First working day of each class of overdue cases: about a week, two, a month, six weeks, a quarter."""

SOON = 5
"""Working days ahead that count as soon."""


@dataclass(frozen=True)
class AgeClass:
    """Cases overdue by `first` to `last` working days; the last class is open."""

    first: int
    last: int | None
    n: int


@dataclass(frozen=True)
class Ageing:
    """What is pending on a day, by how late or how near its due day."""

    at: date
    n_overdue: int
    classes: tuple[AgeClass, ...]
    median: float | None
    """Working days past the due day, of the overdue cases."""
    longest: int | None
    n_due_soon: int
    """In time and due within five working days of the day."""
    n_later: int
    n_undated: int
    n_waiting: int
    """Past their day, and in time only because they wait for the applicant or are suspended."""
    n_untold: int = 0
    """Pending in units that send a table of counts and no log: their days are not known."""

    @property
    def n_pending(self) -> int:
        return self.n_overdue + self.n_due_soon + self.n_later + self.n_undated + self.n_waiting + self.n_untold


def ageing(query: Query, viewer: Viewer, snapshot: Snapshot) -> Ageing | None:
    """Return the ages of what is pending at the end of the question's period, for its one unit.

    None where nothing was sent, or the viewer may not see it.
    """
    row = next(iter(reversed(answer.ask(query.at(metrics=("pending",), period_to=""), viewer, snapshot).rows)), None)
    data_on = places.of(snapshot).data_on
    if row is None or row.value is None or not row.is_shown or data_on is None:
        return None
    at = min(row.period_end, data_on)
    overdue = answer.histogram(OVERDUE, "due_on", query, viewer, snapshot)
    in_time = answer.histogram(IN_TIME, "due_on", query, viewer, snapshot)
    found = made(at, overdue, in_time, WorkingCalendar.load(DataDir.from_environment()))
    return replace(found, n_untold=int(row.unlisted[0]))


def made(at: date, overdue: dict[date, int], in_time: dict[date | None, int], calendar: WorkingCalendar) -> Ageing:
    """Return the ages from the cases per due day.

    A case due on a day off is as late as one due on the working day before it; one working day at least.
    """
    days: dict[int, int] = {}
    for due, n in overdue.items():
        late = max(calendar.working_days_between(due, at), 1)
        days[late] = days.get(late, 0) + n
    until = calendar.add_working_days(at, SOON)
    dated = {due: n for due, n in in_time.items() if due is not None}
    return Ageing(
        at=at,
        n_overdue=sum(days.values()),
        classes=tuple(_classes(days)),
        median=quantile(days, 0.5),
        longest=max(days, default=None),
        n_due_soon=sum(n for due, n in dated.items() if at <= due <= until),
        n_later=sum(n for due, n in dated.items() if due > until),
        n_undated=in_time.get(None, 0),
        n_waiting=sum(n for due, n in dated.items() if due < at),
    )


def _classes(days: dict[int, int]) -> Iterable[AgeClass]:
    ends: list[int | None] = [after - 1 for _, after in pairwise(EDGES)]
    for first, last in zip(EDGES, [*ends, None], strict=True):
        yield AgeClass(first, last, sum(n for d, n in days.items() if d >= first and (last is None or d <= last)))
