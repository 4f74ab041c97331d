"""What a figure is held against: the period before, the same period last year, the province's median, a target."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import date

from metrics import catalogue, intervals, periods
from metrics.answer import Row, ask
from metrics.model import Metric, Query
from metrics.notes import Reason, reason
from metrics.periods import NoPeriod
from metrics.places import Snapshot
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


def is_clear(metric: Metric, now: Row, then: Row) -> bool:
    """Return whether chance does not explain a difference.

    Of two shares: Newcombe's interval of the difference leaves out zero, at 99.8 %. Of others: their 95 % intervals do
    not touch, which is about as strict.
    """
    if metric.is_share and metric.interval == "wilson":
        x, n, y, of = now.numerator, now.denominator, then.numerator, then.denominator
        if x is None or y is None or not n or not of:
            return False
        lower, upper = intervals.newcombe_difference(x, n, y, of, CLEAR)
        return lower > 0 or upper < 0
    if now.lower is None or now.upper is None or then.lower is None or then.upper is None:
        return False
    return now.lower > then.upper or now.upper < then.lower


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


@dataclass(frozen=True)
class Target:
    """A target in force, and whether its text was checked."""

    value: float
    source: str
    is_confirmed: bool


def target(metric: str, level: str, unit_id: str | None, day: date, snapshot: Snapshot) -> Target | None:
    """Return the target of a metric on a day: the unit's own, else that of its level."""
    rows = (
        snapshot.cursor()
        .execute(
            "SELECT target, source, is_confirmed FROM dim_target WHERE metric = $1 AND level = $2"
            " AND (unit_id = $3 OR unit_id IS NULL) AND valid_from <= $4 AND (valid_to IS NULL OR valid_to > $4)"
            " ORDER BY unit_id IS NULL, valid_from DESC LIMIT 1",
            [metric, level, unit_id, day],
        )
        .fetchall()
    )
    return Target(float(rows[0][0]), rows[0][1] or "", bool(rows[0][2])) if rows else None
