"""Counts for a question, in as few statements as its dates allow: from the sums where they cover it, else the marts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics import compile as compiler
from metrics.compile import Part, Span
from metrics.model import Boundaries
from metrics.stored import Store

Key = tuple[int, str, str]
"""Span, unit of the level, split value."""
Counts = dict[Part, dict[Key, int]]
Histograms = dict[Part, dict[Key, dict[int, int]]]


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

    def add(self, group: Sequence[Part], rows: list[tuple[Any, ...]]) -> None:
        """Add the rows of one statement: span, unit, split value, days, then a number per part."""
        for span_no, unit_id, split_value, days, *numbers in rows:
            key = (span_no, unit_id, split_value)
            for part, n in zip(group, numbers, strict=True):
                if not n:
                    continue
                if part.measure:
                    self.histograms.setdefault(part, {}).setdefault(key, {})[days] = n
                else:
                    self.counts.setdefault(part, {})[key] = n


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
) -> Found:
    """Return the counts of all parts over all spans for the units of a level."""
    found = Found()
    if not spans or not parts or (units is not None and not units):
        return found
    planned: list[tuple[tuple[Part, ...], str]] = []
    if store is not None:
        planned = store.plan(parts, spans, level, boundaries=boundaries, by=by, split_value=split_value, units=units)
    covered = {part for group, _ in planned for part in group}
    for group in compiler.scans([p for p in parts if p not in covered]):
        sql = compiler.count_sql(
            group, spans, level, boundaries=boundaries, by=by, split_value=split_value, units=units
        )
        planned.append((group, sql))
    for group, sql in planned:
        found.statements.append(sql)
        found.add(group, cursor.execute(sql).fetchall())
    return found
