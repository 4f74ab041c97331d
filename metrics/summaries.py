"""Counts of form II.06a that a unit sends as a table, for units that send no case log (product.md §3).

A table speaks for the periods that it lies within; of overlapping ones the longer counts, and the log goes first where
there is one. Only metrics made of the eleven columns can be told from a table; there are no cases to list behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from metrics import catalogue, compile
from metrics.compile import AT, START, Part, Span
from metrics.engine import Found
from metrics.model import Boundaries, Metric

TABLE = "fct_settlement_summary"
COLUMNS = (
    "received_online", "received_counter_post", "carried_in", "settled", "settled_early", "settled_on_time",
    "settled_late", "pending", "pending_in_time", "pending_overdue",
)  # fmt: skip

USABLE = "NOT is_superseded AND " + " AND ".join(f"{column} IS NOT NULL" for column in COLUMNS)
"""A table that lacks a column of the form tells nothing: a count that is missing is not zero."""

SIDES: dict[tuple[str, str], tuple[str, ...]] = {
    ("received_in_period", "numerator"): ("received_online", "received_counter_post"),
    ("on_time_rate", "numerator"): ("settled_early", "settled_on_time"),
    ("on_time_rate", "denominator"): ("settled",),
    ("early_rate", "numerator"): ("settled_early",),
    ("early_rate", "denominator"): ("settled",),
    ("late_rate", "numerator"): ("settled_late",),
    ("late_rate", "denominator"): ("settled",),
    ("pending_overdue_rate", "numerator"): ("pending_overdue",),
    ("pending_overdue_rate", "denominator"): ("pending",),
    ("online_rate", "numerator"): ("received_online",),
    ("online_rate", "denominator"): ("received_online", "received_counter_post"),
    **{(name, "numerator"): (name,) for name in COLUMNS},
}
"""Metric and side → the columns of the form that add up to it."""

Ancestors = Callable[[int, str], Sequence[str]]


@dataclass(frozen=True)
class _Sent:
    """One table row: a body, a period, a field, its counts."""

    unit_id: str
    start: date
    end: date
    field_name: str | None
    counts: Mapping[str, int]


@cache
def parts() -> dict[Part, tuple[str, ...]]:
    """Return the parts that a table can fill, with the columns that do."""
    found: dict[Part, tuple[str, ...]] = {}
    for (name, side), columns in SIDES.items():
        metric = catalogue.metric(name)
        part = compile.numerator_part(metric) if side == "numerator" else compile.denominator_part(metric)
        if part is not None:
            found[part] = columns
    return found


@cache
def can_tell(name: str) -> bool:
    """Return whether a metric is made of the eleven columns alone."""
    metric: Metric = catalogue.metric(name)
    if metric.source != "fct_case" or metric.kind in ("ratio", "score", "catalogue", "distinct"):
        return False
    return all(part in parts() for part in compile.parts([metric]))


def added(
    found: Found,
    cursor: Any,
    spans: Sequence[Span],
    *,
    boundaries: Boundaries,
    by: str | None,
    split_value: str | None,
    units: Sequence[str] | None,
    ancestors: Ancestors,
) -> tuple[Found, set[tuple[int, str]]]:
    """Return the counts with those of tables added, and the (span, unit of the level) that have some from a table."""
    if not spans or by not in (None, "field_name"):
        return found, set()
    rows = _rows(cursor, spans, boundaries, units)
    if not rows:
        return found, set()
    whole = copy(found)
    whole.counts = {part: dict(table) for part, table in found.counts.items()}
    told: set[tuple[int, str]] = set()
    for span in spans:
        for unit_id, some in _by_unit(rows, by, split_value).items():
            for value, of_field in some.items():
                counts = _of_span(of_field, span)
                for ancestor in ancestors(span.no, unit_id) if counts else ():
                    told.add((span.no, ancestor))
                    _put(whole, (span.no, ancestor, value), counts)
    return whole, told


def _put(whole: Found, key: tuple[int, str, str], counts: Mapping[str, int]) -> None:
    for part, columns in parts().items():
        n = sum(counts.get(c, 0) for c in columns)
        if n:
            table = whole.counts.setdefault(part, {})
            table[key] = table.get(key, 0) + n


def _rows(cursor: Any, spans: Sequence[Span], boundaries: Boundaries, units: Sequence[str] | None) -> list[_Sent]:
    who = "coalesce(successor_unit_id, unit_id)" if boundaries == "today" else "unit_id"
    first, last = min(s.starts_on for s in spans), max(s.ends_on for s in spans)
    only = f" AND {who} IN ({compile.literals(units)})" if units else ""
    sql = (
        f"SELECT {who}, period_start, period_end, field_name, {', '.join(COLUMNS)} FROM {TABLE}"
        f" WHERE {USABLE} AND period_start >= DATE '{first}' AND period_end <= DATE '{last}'{only}"
    )
    return [
        _Sent(unit, start, end, name, dict(zip(COLUMNS, numbers, strict=True)))
        for unit, start, end, name, *numbers in cursor.execute(sql).fetchall()
    ]


def _by_unit(rows: Sequence[_Sent], by: str | None, split_value: str | None) -> dict[str, dict[str, list[_Sent]]]:
    """Return the rows by body and value of the split; without a split a total row goes before its fields."""
    found: dict[str, dict[str, list[_Sent]]] = defaultdict(lambda: defaultdict(list))
    totals = {(r.unit_id, r.start, r.end) for r in rows if r.field_name is None}
    for row in rows:
        has_total = (row.unit_id, row.start, row.end) in totals
        if by is None:
            if row.field_name is None or not has_total:
                found[row.unit_id][""].append(row)
        elif split_value in (None, row.field_name or "") and (row.field_name is not None or not _has_fields(rows, row)):
            found[row.unit_id][row.field_name or ""].append(row)
    return found


def _has_fields(rows: Sequence[_Sent], total: _Sent) -> bool:
    key = (total.unit_id, total.start, total.end)
    return any((r.unit_id, r.start, r.end) == key and r.field_name is not None for r in rows)


def _of_span(rows: Sequence[_Sent], span: Span) -> dict[str, int]:
    """Return the counts of a span from the rows within it: flows added up, stocks from its edges."""
    inside = _without_overlap([r for r in rows if r.start >= span.starts_on and r.end <= span.ends_on])
    stocks = {c: catalogue.metric(c).period_on for c in COLUMNS}
    found: dict[str, int] = {}
    for row in inside:
        for column, n in row.counts.items():
            if stocks[column] == AT and row.end != span.ends_on:
                continue
            if stocks[column] == START and row.start != span.starts_on:
                continue
            found[column] = found.get(column, 0) + n
    return found


def _without_overlap(rows: Sequence[_Sent]) -> list[_Sent]:
    """Return the rows of periods that do not overlap, the longer going first: a quarter's table holds its months."""
    periods: list[tuple[date, date]] = []
    for start, end in sorted({(r.start, r.end) for r in rows}, key=lambda p: (p[0] - p[1], p)):
        if all(end < a or b < start for a, b in periods):
            periods.append((start, end))
    return [r for r in rows if (r.start, r.end) in periods]
