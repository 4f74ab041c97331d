"""What a figure is held against: the period before, the same period last year, the province's median, a target."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics import catalogue, intervals, periods, plan
from metrics.answer import Row, ask
from metrics.model import Metric, Query
from metrics.notes import Reason, reason
from metrics.periods import NoPeriod
from metrics.places import Snapshot
from metrics.plan import Target
from metrics.viewer import PROVINCE, Viewer

CLEAR = 3.0902323061678132
"""The 99.9 % point of the normal curve. Every card of every page compares: at 95 % one in twenty would be called a
change where nothing changed. It is the funnel's outer limit, and near the three standard errors of control charts."""

MEDIAN_NEEDS = 5
"""A median of fewer units would tell their own figures."""


def previous(query: Query, earliest: date | None = None) -> Query | NoPeriod:
    """Return the same question for kỳ trước, or why there is none."""
    found = periods.previous(periods.parse(query.period, query.calendar), earliest)
    return found if isinstance(found, NoPeriod) else query.at(period=found.token, period_to="")


def same_last_year(query: Query, earliest: date | None = None) -> Query | NoPeriod:
    """Return the same question for cùng kỳ năm trước, or why there is none."""
    found = periods.same_last_year(periods.parse(query.period, query.calendar), earliest)
    return found if isinstance(found, NoPeriod) else query.at(period=found.token, period_to="")


@dataclass(frozen=True)
class Change:
    """How far a figure lies from another of the same unit; `is_clear` is None where nothing tells it from chance."""

    value: float
    lower: float | None = None
    upper: float | None = None
    is_clear: bool | None = None


def change(metric: Metric, now: Row, then: Row) -> Change | None:
    """Return the difference of two figures of one unit in periods without a common day; None where one is missing.

    Of two shares: with Newcombe's interval of the difference at 99.8 %, clear where it leaves out zero. Of others that
    have intervals: clear where those of 95 % do not touch, which is about as strict. A count has none.
    """
    if now.value is None or then.value is None or not now.is_shown or not then.is_shown:
        return None
    difference = float(now.value) - float(then.value)
    if metric.is_share and metric.interval == "wilson":
        x, n, y, of = now.numerator, now.denominator, then.numerator, then.denominator
        if x is None or y is None or not n or not of:
            return Change(difference)
        lower, upper = intervals.newcombe_difference(x, n, y, of, CLEAR)
        return Change(difference, lower, upper, lower > 0 or upper < 0)
    if now.lower is None or now.upper is None or then.lower is None or then.upper is None:
        return Change(difference)
    return Change(difference, is_clear=now.lower > then.upper or now.upper < then.lower)


def is_clear(metric: Metric, now: Row, then: Row) -> bool:
    """Return whether chance does not explain a difference (`change`)."""
    found = change(metric, now, then)
    return found is not None and bool(found.is_clear)


@dataclass(frozen=True)
class Median:
    """The middle of the units' own values, and of how many; or why it is not told."""

    value: float | None
    n_units: int
    why: Reason | None = None


def province_median(query: Query, viewer: Viewer, snapshot: Snapshot) -> Median:
    """Return the median over the communes of a province (`within`, else all that have data) of the first metric.

    A unit account sees this where it may not see the others by name; never for figures of the province only.
    """
    metric = catalogue.metric(query.metrics[0])
    if metric.viewers == "province" and not viewer.sees_province:
        return Median(None, 0, reason("scope_province"))
    asked = query.at(metrics=query.metrics[:1], level="commune", unit=None, by=None, split_value=None)
    values = [float(r.value) for r in ask(asked, PROVINCE, snapshot) if r.is_shown and r.value is not None]
    if len(values) < MEDIAN_NEEDS and not viewer.sees_province:
        return Median(None, len(values), reason("few_units", n=len(values)))
    return Median(statistics.median(values) if values else None, len(values))


def target(
    metric: str, level: str, unit_id: str | None, day: date, snapshot: Snapshot, set_here: Sequence[Target] = ()
) -> Target | None:
    """Return the target of a metric on a day, of the reference file or `set_here` by people: `plan.in_force` ranks."""
    return plan.in_force((*plan.filed(snapshot), *set_here), metric, level, unit_id, day)
