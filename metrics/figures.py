"""From counts to figures: ratios, quantiles and intervals, after all sums are made."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from metrics import catalogue, expression, intervals, points
from metrics.compile import Part, denominator_part, numerator_part
from metrics.engine import Found, Histogram, Key
from metrics.model import Method, Metric
from metrics.stats.points import points as points_of


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its parts; value, lower, upper and method travel together."""

    numerator: float | int | None
    denominator: float | int | None
    value: float | int | None
    lower: float | None = None
    upper: float | None = None
    method: Method = "none"


NOTHING = Figure(None, None, None)
Codes = Callable[[str, date], frozenset[str]]


@dataclass(frozen=True)
class Facts:
    """What a figure needs beside counts, of the unit it is about."""

    population: Callable[[], int | None] = lambda: None
    codes: Codes = lambda flag, day: frozenset()
    """Procedures in force on a day at the level asked for, all or those with a flag."""


def figure(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    """Return the metric's figure for one span, unit and split value."""
    return KINDS[metric.kind](metric, found, key, facts)


@cache
def _parts(name: str) -> tuple[Part, Part | None]:
    """Return a metric's parts; made once, they are asked for in every row."""
    metric = catalogue.metric(name)
    return numerator_part(metric), denominator_part(metric)


@cache
def _sides(text: str) -> tuple[str, str]:
    return expression.sides(text)


def _count(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    n = found.count(_parts(metric.name)[0], key)
    return Figure(n, n, n)


def _distinct(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    n = len(_keys(metric, found, key))
    return Figure(n, n, n)


def _keys(metric: Metric, found: Found, key: Key) -> set[object]:
    histogram = found.histogram(_parts(metric.name)[0], key)
    return {name for name, n in histogram.items() if n and name is not None}


def _catalogue(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    n = len(facts.codes(str(metric.options.get("flag", "")), found.ends[key[0]]))
    return Figure(n, n, n)


def _derived(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    value = _evaluated(metric.expression, found, key, facts)
    return Figure(value, value, value)


def _evaluated(text: str, found: Found, key: Key, facts: Facts) -> float | int | None:
    """Return the value of an expression; different keys of several metrics are united, not added."""
    named = [catalogue.metric(name) for name in expression.names(text)]
    if all(m.kind == "distinct" for m in named):
        return len({name for m in named for name in _keys(m, found, key)})
    return expression.evaluate(text, {m.name: figure(m, found, key, facts).value for m in named})


def _ratio(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    over, under = _sides(metric.expression)
    of = _evaluated(under, found, key, facts)
    base = [catalogue.metric(name) for name in expression.names(under)]
    if base[0].kind == "catalogue":
        # Keys that the catalogue does not list are no part of what is divided by.
        known = facts.codes(str(base[0].options.get("flag", "")), found.ends[key[0]])
        top = [catalogue.metric(name) for name in expression.names(over)]
        if top[0].kind == "catalogue":
            n: float | int | None = len(known & facts.codes(str(top[0].options.get("flag", "")), found.ends[key[0]]))
        else:
            n = len(known & {name for m in top for name in _keys(m, found, key)})
    else:
        n = _evaluated(over, found, key, facts)
    return proportion(metric, n or 0, of or 0)


def _proportion(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    top, bottom = _parts(metric.name)
    assert bottom is not None, metric.name
    return proportion(metric, found.count(top, key), found.count(bottom, key))


def proportion(metric: Metric, n: float | int, of: float | int) -> Figure:
    """Return a share; no value where there is nothing to divide by."""
    if not of:
        return Figure(n, of, None)
    if metric.interval != "wilson" or not 0 <= n <= of:
        return Figure(n, of, n / of)
    lower, upper = intervals.wilson(n, of)
    return Figure(n, of, n / of, lower, upper, "wilson")


def _rate(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    n, base = found.count(_parts(metric.name)[0], key), facts.population()
    if not base:
        return Figure(n, base, None)
    lower, upper, method = intervals.of_count(n)
    per = metric.per / base
    return Figure(n, base, n * per, lower * per, upper * per, method)


def _whole(metric: Metric, found: Found, key: Key) -> dict[int, int]:
    """Return the histogram of a measure in whole units; an age is counted from its day to the last of the span."""
    histogram: Histogram = found.histogram(_parts(metric.name)[0], key)
    if "age_of" in metric.options:
        at = found.ends[key[0]]
        return {(at - day).days: n for day, n in histogram.items() if day is not None}
    return histogram


def _quantile(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    histogram = _whole(metric, found, key)
    n, q = sum(histogram.values()), metric.quantile or 0.5
    between = intervals.order_statistic(histogram, q)
    lower, upper = between or (None, None)
    return Figure(n, n, intervals.quantile(histogram, q), lower, upper, "order_statistic" if between else "none")


def _mean(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    """Return the mean with the interval of its standard error; its numerator is the sum of the values."""
    histogram = _whole(metric, found, key)
    n, total = sum(histogram.values()), sum(value * m for value, m in histogram.items())
    if not n:
        return Figure(0, 0, None)
    value = total / n
    if n < 2:
        return Figure(total, n, value)
    variance = sum(m * (v - value) ** 2 for v, m in histogram.items()) / (n - 1)
    half = intervals.Z * math.sqrt(variance / n)
    return Figure(total, n, value, max(value - half, 0.0), value + half, "linearized")


def _score(metric: Metric, found: Found, key: Key, facts: Facts) -> Figure:
    """Return points reached over points that can be computed; what is unknown or divides by nothing is in neither."""
    reached = of = 0.0
    for indicator in points.indicators(str(metric.options["group"]), found.ends[key[0]]):
        if indicator.metric is None or not indicator.points:
            continue
        rate = figure(catalogue.metric(indicator.metric), found, key, facts).value
        if rate is not None:
            reached += points_of(float(rate), indicator.points, indicator.target)
            of += indicator.points
    return Figure(reached, of, reached if of else None)


def left_out(metric: Metric, found: Found, key: Key, facts: Facts) -> dict[str, list[str]]:
    """Return the codes of a score's indicators that are not in it, by why: unknown, not recorded, no case at all."""
    unknown: list[str] = []
    free: list[str] = []
    unrecorded: list[str] = []
    for indicator in points.indicators(str(metric.options["group"]), found.ends[key[0]]):
        if indicator.points == 0:
            continue
        if indicator.metric is None or indicator.points is None:
            unknown.append(indicator.code)
        elif figure(catalogue.metric(indicator.metric), found, key, facts).value is None:
            base = figure(catalogue.metric(indicator.base), found, key, facts).value if indicator.base else None
            (unrecorded if base else free).append(indicator.code)
    return {"points_unknown": unknown, "points_unrecorded": unrecorded, "points_free": free}


KINDS: dict[str, Callable[[Metric, Found, Key, Facts], Figure]] = {
    "count": _count,
    "stock": _count,
    "distinct": _distinct,
    "catalogue": _catalogue,
    "derived": _derived,
    "proportion": _proportion,
    "ratio": _ratio,
    "rate": _rate,
    "mean": _mean,
    "quantile": _quantile,
    "score": _score,
}
