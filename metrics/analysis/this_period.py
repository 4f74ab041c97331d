"""What a month of one unit comes to: what calls for attention, what is fine, and what carries the lateness.

A finding rests on a signal of the control chart, on an interval that leaves out the target, on a tier, or on a count of
what is past its legal time. Within the noise nothing is said to be good or bad; a survey is a sample and gets no word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from metrics import answer, catalogue, places, scope
from metrics.analysis.standing import UnitStanding
from metrics.analysis.trend import ControlChart
from metrics.answer import Row
from metrics.model import Query
from metrics.notes import Reason
from metrics.places import Snapshot
from metrics.viewer import Viewer

STEPS_SQL = Path(__file__).resolve().parents[1] / "sql" / "steps_of_settled.sql"

MAIN = "on_time_rate"
OVERDUE = ("pending_overdue", "complaint_backlog_overdue", "complaints_not_accepted_overdue",
           "letters_unhandled_over_45_days")  # fmt: skip
"""Counts of what is past its time on the last day: none is fine, any calls for attention."""
WHOLE = ("complaint_on_time_rate", "feedback_on_time_rate", "feedback_satisfied_rate")
"""Shares of which the law wants all: what is missing from the whole calls for attention."""
RECORDED = ("chair_reception_weeks_rate", "dialogue_published_on_time_rate")
"""Shares of what is on record: what is missing may have been done and not been recorded."""

Word = Literal["watch", "fine", "plain"]
ORDER: tuple[Word, ...] = ("watch", "fine", "plain")


@dataclass(frozen=True)
class Finding:
    """One thing to be said of the month: `code` names its words, `n` of `of` are its numbers."""

    code: str
    metric: str
    word: Word
    n: float | None = None
    of: float | None = None
    is_confirmed: bool = True
    """Of a target: whether a document is named for it."""


@dataclass(frozen=True)
class Carrier:
    """A field or a step of the work: how many cases were settled in it, and how many of them late."""

    name: str
    late: int
    settled: int


@dataclass(frozen=True)
class Step:
    """A step of the work in the cases settled in the period: its length on average, in late ones and in others."""

    name: str
    n_late: int
    n_in_time: int
    days_late: float | None
    """Working days on average in cases settled late; None without one."""
    days_in_time: float | None

    @property
    def more(self) -> float | None:
        """Return how many working days longer the step took in late cases."""
        return None if self.days_late is None or self.days_in_time is None else self.days_late - self.days_in_time


@dataclass(frozen=True)
class Steps:
    """The steps, the one that late cases stayed longer in first; none where no file tells them, or `why_not`."""

    steps: tuple[Step, ...] = ()
    n_cases: int = 0
    """Settled cases whose steps are known, at most: the cases of the step that most of them went through."""
    why_not: Reason | None = None


def findings(
    chart: ControlChart, period: str, own: UnitStanding | None, rows: Mapping[str, Row]
) -> tuple[Finding, ...]:
    """Return what is to be said of the month, what calls for attention first."""
    found = [
        *_variation(chart, period),
        *_target(chart, rows.get(MAIN)),
        *_tier(own),
        *(f for name in OVERDUE for f in _overdue(rows.get(name))),
        *(f for name in WHOLE for f in _missing(rows.get(name), "watch")),
        *(f for name in RECORDED for f in _missing(rows.get(name), "plain")),
    ]
    return tuple(sorted(found, key=lambda f: ORDER.index(f.word)))


def _variation(chart: ControlChart, period: str) -> Iterable[Finding]:
    """Yield the signal of the month, where it is the newest judged one."""
    point = chart.last_point
    if point is None or point.token != period or chart.variation not in ("improvement", "concern"):
        return
    yield Finding(chart.variation, chart.metric, "fine" if chart.variation == "improvement" else "watch")


def _target(chart: ControlChart, row: Row | None) -> Iterable[Finding]:
    """Yield where the figure and its interval lie by the target."""
    if chart.target is None or not _is_judged(row):
        return
    assert row is not None and row.value is not None
    better = 1 if catalogue.metric(row.metric).direction == "higher_is_better" else -1
    far = row.upper if better > 0 else row.lower
    found: tuple[str, Word] = ("target_near", "plain")
    if (row.value - chart.target) * better >= 0:
        found = ("target_met", "fine")
    elif far is not None and (far - chart.target) * better < 0:
        found = ("target_missed", "watch")
    code, word = found
    yield Finding(code, row.metric, word, row.value, chart.target, chart.is_target_confirmed)


def _tier(own: UnitStanding | None) -> Iterable[Finding]:
    """Yield the tier of the unit among its like, with the ends of its rank interval."""
    if own is None or own.tier is None:
        return
    words: dict[str, Word] = {"top": "fine", "middle": "plain", "bottom": "watch"}
    yield Finding(f"tier_{own.tier}", MAIN, words[own.tier], own.rank_low, own.rank_high)


def _overdue(row: Row | None) -> Iterable[Finding]:
    """Yield whether anything is past its time; nothing of what was not sent."""
    if row is None or row.value is None or not row.is_shown or row.status not in ("ok", "provisional"):
        return
    yield Finding("overdue" if row.value else "overdue_none", row.metric, "watch" if row.value else "fine", row.value)


def _missing(row: Row | None, word: Word) -> Iterable[Finding]:
    """Yield how many are missing from a whole."""
    if row is None or not row.is_shown or row.numerator is None or not row.denominator:
        return
    short = row.denominator - row.numerator
    if short > 0:
        yield Finding("missing", row.metric, word, short, row.denominator)
    elif row.status == "ok":
        yield Finding("missing_none", row.metric, "fine", 0, row.denominator)


def _is_judged(row: Row | None) -> bool:
    return row is not None and row.value is not None and row.is_shown and not row.is_small and row.status == "ok"


def fields(query: Query, viewer: Viewer, snapshot: Snapshot) -> tuple[Carrier, ...]:
    """Return the fields with their settled and late cases, those with most late ones first."""
    asked = query.at(metrics=("settled", "settled_late"), by="field_name", split_value=None, period_to="", within=None)
    rows = answer.ask(asked, viewer, snapshot).rows
    last = max((r.period_end for r in rows), default=None)
    counted: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.period_end == last and row.split_value is not None and row.is_shown and row.value is not None:
            counted.setdefault(row.split_value, {})[row.metric] = int(row.value)
    made = [Carrier(name, n.get("settled_late", 0), n.get("settled", 0)) for name, n in counted.items()]
    return tuple(sorted((c for c in made if c.settled), key=lambda c: (-c.late, -c.settled, c.name)))


def steps(query: Query, viewer: Viewer, snapshot: Snapshot) -> Steps:
    """Return how long the steps of the work took in the cases of one body settled in the period.

    Of the unit's own body only: steps are the cases', and a viewer sees them where it sees the cases' other figures.
    """
    assert query.unit is not None, "steps are those of one unit"
    late = catalogue.metric("late_rate")
    asked = query.at(metrics=(late.name,), by=None, split_value=None, period_to="", within=None)
    row = answer.ask(asked, viewer, snapshot).rows[-1]
    closed = scope.hidden(late, asked, viewer, row.unit_id)
    if closed is not None:
        return Steps(why_not=closed)
    units = places.of(snapshot).leaves(row.unit_id, row.period_end, query.level)
    cursor = snapshot.cursor()
    try:
        values = {"start": row.period_start, "end": row.period_end, "units": list(units)}
        found = cursor.execute(STEPS_SQL.read_text(encoding="utf-8"), values).fetchall()
    finally:
        cursor.close()
    made = [
        Step(name, n_late, n_in_time, days_late / n_late if n_late else None,
             days_in_time / n_in_time if n_in_time else None)
        for name, n_late, n_in_time, days_late, days_in_time in found
    ]  # fmt: skip
    if not made:
        return Steps()
    made.sort(key=lambda s: (-(s.more if s.more is not None else float("-inf")), -(s.days_in_time or 0), s.name))
    return Steps(tuple(made), max(s.n_late + s.n_in_time for s in made))
