"""The control chart of one metric and one unit: months, limits, signals, and what they say together.

Series break where the units changed (01/07/2025) unless the question is answered on today's boundaries, and limits
begin anew at an event of `events.csv`, or one noted to do so, once there are twelve months after it to make new ones
of. Other events are only written on the chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt
from typing import Literal

import numpy as np

from metrics import catalogue, intervals, periods, plan
from metrics.analysis import events
from metrics.analysis import months as gathering
from metrics.analysis.events import Event
from metrics.analysis.months import Month
from metrics.model import Calendar, Metric, Query
from metrics.places import Snapshot
from metrics.plan import Plan, Target
from metrics.stats import choice, false_signals, verdict
from metrics.stats.choice import Nature, Why
from metrics.stats.control import TRIAL_UNDER, Kind, Limits
from metrics.stats.rules import making_data_count
from metrics.stats.verdict import Assurance, Variation
from metrics.viewer import Viewer


@dataclass(frozen=True)
class Point(Month):
    """A month with its limits (as drawn: a share's lie within 0–1) and its signal."""

    segment: int = 0
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    rule: int = 0
    """The Making Data Count rule that names its signal, 0 for none."""
    side: int = 0
    word: Variation = "none"


@dataclass(frozen=True)
class Segment:
    """A stretch of months with limits of its own; `why` says why it has none."""

    opens: Literal["start", "boundary", "event"]
    first: int
    """Its first point."""
    n_used: int
    kind: Kind | None = None
    why: Why | None = None
    spread: float = 1.0
    event: Event | None = None

    @property
    def is_trial(self) -> bool:
        return self.n_used < TRIAL_UNDER


@dataclass(frozen=True)
class LastYear:
    """The same month a year before the latest one, and whether chance explains the difference between the two."""

    token: str
    value: float
    is_alike: bool


@dataclass(frozen=True)
class ControlChart:
    """Everything a page says of one series."""

    metric: str
    level: str
    unit_id: str
    unit_name: str
    calendar: Calendar
    nature: Nature
    points: tuple[Point, ...] = ()
    segments: tuple[Segment, ...] = ()
    events: tuple[Event, ...] = ()
    """Logged events within the months shown, whether or not limits begin anew at them."""
    target: float | None = None
    """The one in force at the end of the newest month."""
    is_target_confirmed: bool = True
    target_set: Target | None = None
    """The same with who set it, when and upon what."""
    targets: tuple[float | None, ...] = ()
    """The target in force at the end of each month."""
    variation: Variation = "none"
    """What the latest judged month is."""
    assurance: Assurance = "none"
    latest: int | None = None
    """The newest point that is judged."""
    last_year: LastYear | None = None
    n_judged: int = 0
    n_marked: int = 0
    expected_marked: float | None = None
    """How many of the months judged chance alone would mark, were nothing to change."""

    @property
    def last_segment(self) -> Segment | None:
        return self.segments[-1] if self.segments else None

    @property
    def kind(self) -> Kind | None:
        """Return the chart of the newest stretch."""
        return self.segments[-1].kind if self.segments else None

    @property
    def is_trial(self) -> bool:
        return bool(self.segments) and self.segments[-1].is_trial

    @property
    def why_none(self) -> Why | None:
        return self.segments[-1].why if self.segments else None

    @property
    def last_point(self) -> Point | None:
        """Return the newest judged point."""
        return self.points[self.latest] if self.latest is not None else None

    @property
    def is_seasonal(self) -> bool:
        """Return whether the newest signal may be the season: alike last year, in a run of its own."""
        if self.latest is None or self.last_year is None or not self.points[self.latest].rule:
            return False
        same_run = {p.token for p in self.run_of(self.latest)}
        return self.last_year.is_alike and self.last_year.token not in same_run

    def in_a_row(self) -> int:
        """Return how many judged months in a row end with the newest: moving for rule 3, else on its side."""
        point = self.last_point
        if point is None:
            return 0
        judged = [p for p in self.points[: (self.latest or 0) + 1] if p.is_used and p.segment == point.segment][::-1]
        n = 1
        for later, before in pairwise(judged):
            earlier = before.value or 0.0
            step = (later.value or 0.0) - earlier if point.rule == 3 else earlier - (before.centre or 0.0)
            if step * point.side <= 0:
                break
            n += 1
        return n

    def run_of(self, at: int) -> tuple[Point, ...]:
        """Return the marked points next to each other, on the same side, that end with this one."""
        found = [self.points[at]]
        for point in reversed(self.points[:at]):
            if not point.is_used:
                continue
            if point.segment != found[-1].segment or not point.rule or point.side != found[-1].side:
                break
            found.append(point)
        return tuple(reversed(found))


def chart(
    query: Query, viewer: Viewer, snapshot: Snapshot, *, months: int = 24, planned: Plan = plan.NOTHING
) -> ControlChart:
    """Return the control chart of the query's first metric and only unit, up to the end of its period.

    `planned` are the targets and events that people set beside the reference files.
    """
    metric = catalogue.metric(query.metrics[0])
    found = gathering.gather(query, viewer, snapshot, months)
    rows = [m.row for m in found if m.row is not None]
    unit_id, name = (rows[-1].unit_id, rows[-1].unit_name) if rows else (query.unit or "", "")
    blank = ControlChart(metric.name, query.level, unit_id, name, query.calendar, gathering.nature(metric))
    if not found:
        return blank
    known = (*plan.filed(snapshot), *planned.targets)
    targets = [plan.in_force(known, metric.name, query.level, unit_id, m.ends_on) for m in found]
    blank = replace(blank, targets=tuple(t.value if t is not None else None for t in targets))
    if (last := targets[-1]) is not None:
        blank = replace(blank, target=last.value, is_target_confirmed=last.is_confirmed, target_set=last)
    logged = events.of(metric.name, query.level, unit_id, planned.events)
    return judge(blank, found, metric, logged, is_dated=query.boundaries == "dated")


def judge(
    blank: ControlChart,
    months: Sequence[Month],
    metric: Metric,
    logged: Sequence[Event] = (),
    is_dated: bool = False,
) -> ControlChart:
    """Return the chart with the months in it: stretches, limits, signals, verdicts."""
    starts = _starts(months, logged, is_dated)
    points: list[Point] = []
    segments: list[Segment] = []
    expected: list[float] = []
    for (first, opens, event), end in zip(starts, [*(s[0] for s in starts[1:]), len(months)], strict=True):
        part = months[first:end]
        segment = Segment(opens, first, len(gathering.used(part)), event=event)
        made, segment, chance = _judged(part, segment, len(segments), metric, blank.nature)
        points += made
        segments.append(segment)
        expected += chance
    whole = replace(
        blank,
        points=tuple(points),
        segments=tuple(segments),
        events=tuple(e for e in logged if months[0].starts_on < e.day <= months[-1].ends_on),
        n_judged=sum(p.word != "none" for p in points),
        n_marked=sum(p.rule > 0 for p in points),
        expected_marked=sum(expected) if expected else None,
    )
    return _concluded(whole, metric)


def _starts(
    found: Sequence[Month], logged: Sequence[Event], is_dated: bool
) -> list[tuple[int, Literal["start", "boundary", "event"], Event | None]]:
    """Return where limits begin anew: at the change of units, and at each event with enough months after it."""
    starts: list[tuple[int, Literal["start", "boundary", "event"], Event | None]] = [(0, "start", None)]
    changed = periods.TWO_TIERS_FROM
    cut = next((i for i, m in enumerate(found) if m.starts_on >= changed), len(found)) if is_dated else 0
    if 0 < cut < len(found):
        starts.append((cut, "boundary", None))
    until = len(found)
    for event in reversed([e for e in logged if e.rebases and e.day > found[0].starts_on]):
        at = next((i for i, m in enumerate(found) if m.starts_on >= event.day), len(found))
        if sum(m.is_used for m in found[at:until]) >= TRIAL_UNDER:
            until = at
            if at not in [s[0] for s in starts]:
                starts.append((at, "event", event))
    return sorted(starts, key=lambda s: s[0])


def _judged(
    part: Sequence[Month], segment: Segment, no: int, metric: Metric, kind: Nature
) -> tuple[list[Point], Segment, list[float]]:
    """Return a stretch's points with limits and signals, the stretch, and the months chance alone would mark in it."""
    known = [i for i, m in enumerate(part) if m.value is not None and (kind == "value" or m.of)]
    values = [float(part[i].count if kind != "value" else part[i].value or 0) for i in known]  # type: ignore[arg-type]
    of = [float(part[i].of or 0) for i in known] if kind != "value" else []
    use = [part[i].is_used for i in known]
    charted = choice.choose(kind, values, of, use)
    points = [Point(**vars(m), segment=no) for m in part]
    limits = charted.limits
    if limits is None:
        return points, replace(segment, why=charted.why), []
    judged = [at for at, is_used in zip(range(len(known)), use, strict=True) if is_used]
    signals = making_data_count(_only(limits, judged), np.asarray(charted.tolerance)[judged])
    top = 1.0 if kind == "share" else float("inf")
    for at, i in enumerate(known):
        lower, upper = max(0.0, float(limits.lower[at])), min(top, float(limits.upper[at]))
        points[i] = replace(points[i], centre=float(limits.centre[at]), lower=lower, upper=upper)
    segment = replace(segment, kind=limits.kind, spread=float(np.asarray(limits.spread).mean()))
    if segment.is_trial:
        return points, segment, []
    for at, rule, side in zip(judged, signals.rule, signals.side, strict=True):
        word = verdict.variation(int(side), metric.direction)
        points[known[at]] = replace(points[known[at]], rule=int(rule), side=int(side), word=word)
    chance = false_signals.expected(
        limits.kind,
        float(limits.centre[0]),
        tuple(float(s) for s in limits.sigma[judged]),
        tuple(of[at] for at in judged) if of else (),
        (True,) * len(judged),
    )
    return points, segment, [chance]


def _only(limits: Limits, at: Sequence[int]) -> Limits:
    """Return the limits of some of the points."""
    kept = {n: getattr(limits, n)[list(at)] for n in ("values", "centre", "lower", "upper", "sigma")}
    return Limits(limits.kind, spread=limits.spread, **kept)


def _concluded(found: ControlChart, metric: Metric) -> ControlChart:
    """Return the chart with what its latest judged month says."""
    latest = next((i for i in range(len(found.points) - 1, -1, -1) if found.points[i].is_used), None)
    if latest is None:
        return found
    point = found.points[latest]
    is_trial = found.segments[point.segment].is_trial
    assured: Assurance = "none"
    # a count is charted by the working day, its target is not
    if found.nature != "count" and point.lower is not None and point.upper is not None:
        assured = verdict.assurance(point.lower, point.upper, found.target, metric.direction, is_trial)
    return replace(found, latest=latest, variation=point.word, assurance=assured, last_year=_last_year(found, point))


def _last_year(found: ControlChart, point: Point) -> LastYear | None:
    token = f"{int(point.token[:4]) - 1}{point.token[4:]}"
    then = next((p for p in found.points if p.token == token and p.is_used), None)
    if then is None or then.value is None:
        return None
    return LastYear(token, then.value, _is_alike(found.nature, point, then))


def _is_alike(kind: Nature, now: Point, then: Point) -> bool:
    """Return whether chance explains the difference of two months: their 95 % interval of the difference holds zero."""
    assert now.value is not None and then.value is not None
    if kind == "value":
        spread = (now.upper - now.lower) / 6 if now.upper is not None and now.lower is not None else 0.0
        return abs(now.value - then.value) <= intervals.Z * sqrt(2) * spread
    if now.count is None or then.count is None or not now.of or not then.of:
        return False
    if kind == "share":
        lower, upper = intervals.newcombe_difference(now.count, now.of, then.count, then.of)
        return lower <= 0 <= upper
    error = sqrt(now.count / now.of**2 + then.count / then.of**2)
    return abs(now.value - then.value) <= intervals.Z * error
