"""From counts to figures: ratios, quantiles and intervals, after all sums are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from metrics import catalogue, expression, intervals
from metrics.compile import Part, denominator_part, numerator_part
from metrics.engine import Found, Key
from metrics.model import Method, Metric


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


def figure(metric: Metric, found: Found, key: Key, population: Callable[[], int | None]) -> Figure:
    """Return the metric's figure for one span, unit and split value."""
    if metric.kind == "derived":
        values = {
            name: figure(catalogue.metric(name), found, key, population).value
            for name in expression.names(metric.expression)
        }
        value = expression.evaluate(metric.expression, values)
        return Figure(value, value, value)
    top, bottom = _parts(metric.name)
    n = found.count(top, key)
    if metric.kind in ("count", "stock"):
        return Figure(n, n, n)
    if metric.kind == "rate":
        return _rate(metric, n, population())
    if metric.kind == "quantile":
        return _quantile(metric, found, key)
    assert bottom is not None, metric.name
    return proportion(metric, n, found.count(bottom, key))


@cache
def _parts(name: str) -> tuple[Part, Part | None]:
    """Return a metric's parts; made once, they are asked for in every row."""
    metric = catalogue.metric(name)
    return numerator_part(metric), denominator_part(metric)


def proportion(metric: Metric, n: int, of: int) -> Figure:
    """Return a share; no value where there is nothing to divide by."""
    if not of:
        return Figure(n, of, None)
    if metric.interval != "wilson":
        return Figure(n, of, n / of)
    lower, upper = intervals.wilson(n, of)
    return Figure(n, of, n / of, lower, upper, "wilson")


def _rate(metric: Metric, n: int, base: int | None) -> Figure:
    if not base:
        return Figure(n, base, None)
    lower, upper, method = intervals.of_count(n)
    per = metric.per / base
    return Figure(n, base, n * per, lower * per, upper * per, method)


def _quantile(metric: Metric, found: Found, key: Key) -> Figure:
    histogram = found.histogram(_parts(metric.name)[0], key)
    n, q = sum(histogram.values()), metric.quantile or 0.5
    between = intervals.order_statistic(histogram, q)
    lower, upper = between or (None, None)
    return Figure(n, n, intervals.quantile(histogram, q), lower, upper, "order_statistic" if between else "none")
