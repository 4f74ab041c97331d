"""Small numbers of letters and surveys withheld from those outside the unit: one late step over finished rows.

Form II.06a and every count of cases stay whole, and so does what a unit sees of itself and a province or an auditor of
all (product.md §6). For others a cell that counts 1 to 4 people or letters is hidden, and with it the complement: as
many of the smallest other cells as it takes until no hidden cell can be computed from those shown and their sums over
units, split values or periods. A figure asked for alone cannot be weighed against its neighbours: it is hidden too.

What this step cannot see is another answer: totals of a level between (a district), or of a longer period, are not
weighed against these rows. `metrics.scope` therefore keeps letters and surveys of other units from such viewers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from metrics import catalogue
from metrics.model import Metric, Query
from metrics.notes import reason
from metrics.viewer import Viewer

if TYPE_CHECKING:
    from metrics.answer import Row

SUPPRESSED_DATASETS = ("complaint", "survey_answer")
"""Letters and surveys; never cases."""
SMALLEST_SHOWN = 5
"""Counts from one to four are hidden; zero is no person."""
COMPUTABLE = 1 - 1e-9
"""A hidden cell whose leverage on the sums is one is determined by them."""

Line = tuple[int, ...]
"""Positions of rows that add up to a total which is, or can be, shown."""


def suppress(rows: Sequence[Row], query: Query, viewer: Viewer) -> tuple[Row, ...]:
    """Return the rows with small cells, and the complement that would give them away, hidden from this viewer."""
    if viewer.sees_province:
        return tuple(rows)
    kept = list(rows)
    for metric in _sensitive(rows):
        mine = [at for at, row in enumerate(rows) if row.metric == metric.name]
        for at in _hidden([rows[i] for i in mine], metric, query, viewer):
            kept[mine[at]] = withheld(rows[mine[at]])
    return tuple(kept)


def withheld(row: Row) -> Row:
    """Return the row without any figure; what is small and what is complement look the same."""
    why = reason("suppressed")
    return replace(
        row, numerator=None, denominator=None, value=None, lower=None, upper=None, method="none", is_shown=False,
        note=why.text("vi"), status="hidden", reasons=(why,), is_small=False,
    )  # fmt: skip


def is_small(metric: Metric, row: Row) -> bool:
    """Return whether a part of the figure counts one to four: of a share also those that are not in its numerator."""
    counts = [_size(metric, row)]
    if metric.is_share and row.numerator is not None and row.denominator is not None:
        counts += [row.numerator, row.denominator - row.numerator]
    return any(n is not None and 0 < n < SMALLEST_SHOWN for n in counts)


def _sensitive(rows: Iterable[Row]) -> list[Metric]:
    named = [catalogue.metric(name) for name in dict.fromkeys(row.metric for row in rows)]
    return [m for m in named if catalogue.sources()[m.source].dataset in SUPPRESSED_DATASETS]


def _size(metric: Metric, row: Row) -> float | int | None:
    """Return how many letters or respondents stand behind a row: what sums over units, values and periods add up."""
    if metric.is_share or metric.kind in ("mean", "quantile"):
        return row.denominator
    return row.numerator


def _hidden(rows: Sequence[Row], metric: Metric, query: Query, viewer: Viewer) -> set[int]:
    """Return the positions to hide among the rows of one metric."""
    sizes = {at: n for at, row in enumerate(rows) if row.is_shown and (n := _size(metric, row)) is not None}
    outside = [at for at in sizes if not viewer.owns(rows[at].unit_id)]
    if (query.unit is not None and query.level != "province") or query.split_value is not None:
        return set(outside)
    hidden = {at for at in outside if is_small(metric, rows[at])}
    if hidden:
        secret = {at for at, row in enumerate(rows) if row.status == "hidden"}
        _complete(hidden, secret, lines(rows, query), {at: sizes[at] for at in outside})
    return hidden


def lines(rows: Sequence[Row], query: Query) -> tuple[Line, ...]:
    """Return the sets of rows that add up to a total: over the units, the split values, the periods asked for."""
    unit: Callable[[Row], Any] = lambda r: r.unit_id  # noqa: E731
    value: Callable[[Row], Any] = lambda r: r.split_value  # noqa: E731
    time: Callable[[Row], Any] = lambda r: (r.period_start, r.period_end)  # noqa: E731
    found: list[Line] = []
    for is_asked, fixed in (
        (query.unit is None, (value, time)),
        (query.by is not None, (unit, time)),
        (bool(query.period_to), (unit, value)),
    ):
        groups: dict[Any, list[int]] = {}
        for at, row in enumerate(rows):
            groups.setdefault(tuple(f(row) for f in fixed), []).append(at)
        found += [tuple(group) for group in groups.values() if is_asked]
    return tuple(found)


def _complete(hidden: set[int], secret: set[int], sums: Sequence[Line], sizes: dict[int, float | int]) -> None:
    """Add to `hidden` the smallest cells that keep any of it from being computed; `secret` was hidden before."""
    while True:
        more = set()
        given_away = computable(hidden | secret, sums)
        for line in sums:
            inside = [at for at in line if at in hidden]
            if any(at in given_away for at in inside) or _at_a_bound([sizes[at] for at in inside]):
                free = [at for at in line if at in sizes and at not in hidden and at not in more]
                more |= {min(free, key=lambda at: (sizes[at], at))} if free else set()
        if not more:
            return
        hidden |= more


def _at_a_bound(counts: Sequence[float | int]) -> bool:
    """Return whether the counts, known to be small, follow from their sum: all are one, or all as large as can be."""
    return bool(counts) and (all(n == 1 for n in counts) or all(n == SMALLEST_SHOWN - 1 for n in counts))


def computable(hidden: set[int], sums: Sequence[Line]) -> set[int]:
    """Return the hidden cells that follow from the cells shown and the sums of the lines.

    A cell follows from the equations when it alone spans a direction that they fix: its leverage is one.

    >>> computable({0, 1}, [(0, 1, 2), (3, 4)]), computable({0, 3}, [(0, 1, 2), (0, 3)])
    (set(), {0, 3})
    """
    order = sorted(hidden)
    equations = [[float(at in line) for at in order] for line in sums if hidden.intersection(line)]
    if not equations:
        return set()
    import numpy as np

    _, strengths, directions = np.linalg.svd(np.array(equations), full_matrices=False)
    leverage = (directions[strengths > 1e-9] ** 2).sum(axis=0)
    return {at for at, fixed in zip(order, leverage, strict=True) if fixed > COMPUTABLE}
