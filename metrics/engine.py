"""Counts for a question, in as few statements as its dates allow: from the sums where they cover it, else the marts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from metrics import compile as compiler
from metrics.compile import Part, Span
from metrics.model import Boundaries
from metrics.stored import Store

Key = tuple[int, str, str]
"""Span, unit of the level, split value."""
Ancestors = Callable[[int, str], Sequence[str]]
"""Span and settling unit → the units of the level that it adds up to."""
Counts = dict[Part, dict[Key, int]]
Histograms = dict[Part, dict[Key, dict[int, int]]]

FEW_VALUES = (None, "channel", "field_name")


class Found:
    """What the engine counted; a missing key is zero."""

    def __init__(self) -> None:
        self.counts: Counts = {}
        self.histograms: Histograms = {}
        self.statements: list[str] = []

    def count(self, part: Part, key: Key) -> int:
        if part.measure:
            return sum(self.histogram(part, key).values())
        return self.counts.get(part, {}).get(key, 0)

    def histogram(self, part: Part, key: Key) -> dict[int, int]:
        return self.histograms.get(part, {}).get(key, {})

    def keys(self) -> set[Key]:
        """Return every span, unit and split value that has any row."""
        tables: list[dict[Key, Any]] = [*self.counts.values(), *self.histograms.values()]
        return {key for table in tables for key in table}

    def add(self, group: Sequence[Part], rows: list[tuple[Any, ...]], ancestors: Ancestors | None = None) -> None:
        """Add the rows of one statement: span, unit, split value, days, then a number per part.

        With `ancestors` the rows speak of settling units, and are added up to the units of the level here.
        """
        for span_no, unit_id, split_value, days, *numbers in rows:
            for ancestor in ancestors(span_no, unit_id) if ancestors else (unit_id,):
                key = (span_no, ancestor, split_value)
                for part, n in zip(group, numbers, strict=True):
                    if not n:
                        continue
                    if part.measure:
                        histogram = self.histograms.setdefault(part, {}).setdefault(key, {})
                        histogram[days] = histogram.get(days, 0) + n
                    else:
                        table = self.counts.setdefault(part, {})
                        table[key] = table.get(key, 0) + n


def count(
    cursor: Any,
    parts: Sequence[Part],
    spans: Sequence[Span],
    level: str,
    *,
    boundaries: Boundaries = "dated",
    by: str | None = None,
    split_value: str | None = None,
    units: Sequence[str] | None = None,
    store: Store | None = None,
    ancestors: Ancestors | None = None,
) -> Found:
    """Return the counts of all parts over all spans for the units of a level."""
    found = Found()
    if not spans or not parts or (units is not None and not units):
        return found
    planned: list[tuple[tuple[Part, ...], str]] = []
    if store is not None:
        planned = store.plan(parts, spans, boundaries=boundaries, by=by, split_value=split_value, units=units)
    for group, sql in planned:
        found.statements.append(sql)
        found.add(group, cursor.execute(sql).fetchall(), ancestors)
    covered = {part for group, _ in planned for part in group}
    # Few rows are added up faster here than by a join with all of Vietnam; a split of many values the other way.
    adds_up = ancestors is None or by not in FEW_VALUES
    for group in compiler.scans([p for p in parts if p not in covered]):
        sql = compiler.count_sql(
            group,
            spans,
            level,
            boundaries=boundaries,
            by=by,
            split_value=split_value,
            units=units,
            adds_up=adds_up,
        )
        found.statements.append(sql)
        found.add(group, cursor.execute(sql).fetchall(), None if adds_up else ancestors)
    return found
