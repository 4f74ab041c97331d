"""Counts for a question, in as few statements as its dates allow: from the sums where they cover it, else the marts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from metrics import compile as compiler
from metrics.compile import Part, Span
from metrics.model import Boundaries
from metrics.stored import Store

Key = tuple[int, str, str]
"""Span, unit of the level, split value."""
Ancestors = Callable[[int, str], Sequence[str]]
"""Span and settling unit → the units of the level that it adds up to."""
Alone = dict[int, tuple[str, frozenset[str]]]
"""For a question about one unit: per span the unit, and the settling units that make it up."""
Row = tuple[Any, ...]
Counts = dict[Part, dict[Key, int]]
Histogram = dict[Any, int]
"""Rows per value of the measure: whole days or minutes, a day, or a key."""
Histograms = dict[Part, dict[Key, Histogram]]

FEW_VALUES = (None, "channel", "field_name")


class Found:
    """What the engine counted; a missing key is zero."""

    def __init__(self) -> None:
        self.counts: Counts = {}
        self.histograms: Histograms = {}
        self.statements: list[str] = []
        self.ends: dict[int, date] = {}
        """The last known day of each span."""

    def count(self, part: Part, key: Key) -> int:
        if part.measure:
            return sum(self.histogram(part, key).values())
        return self.counts.get(part, {}).get(key, 0)

    def histogram(self, part: Part, key: Key) -> Histogram:
        return self.histograms.get(part, {}).get(key, {})

    def keys(self) -> set[Key]:
        """Return every span, unit and split value that has any row."""
        tables: list[dict[Key, Any]] = [*self.counts.values(), *self.histograms.values()]
        return {key for table in tables for key in table}

    def add(self, group: Sequence[Part], rows: Iterable[Row], ancestors: Ancestors | None = None) -> None:
        """Add the rows of one statement: span, unit, split value, days, then a number per part.

        With `ancestors` the rows speak of settling units, and are added up to the units of the level here.
        """
        counts = [None if part.measure else self.counts.setdefault(part, {}) for part in group]
        histograms = [self.histograms.setdefault(part, {}) if part.measure else {} for part in group]
        places: dict[tuple[int, str], Sequence[str]] = {}
        for span_no, unit_id, split_value, days, *numbers in rows:
            place = (span_no, unit_id)
            above = places.get(place)
            if above is None:
                above = places[place] = ancestors(span_no, unit_id) if ancestors else (unit_id,)
            for ancestor in above:
                key = (span_no, ancestor, split_value)
                for table, by_days, n in zip(counts, histograms, numbers, strict=True):
                    if not n:
                        continue
                    if table is None:
                        histogram = by_days.setdefault(key, {})
                        histogram[days] = histogram.get(days, 0) + n
                    else:
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
    alone: Alone | None = None,
) -> Found:
    """Return the counts of all parts over all spans for the units of a level."""
    found = Found()
    found.ends = {span.no: span.ends_on for span in spans}
    if not spans or not parts or (units is not None and not units):
        return found

    def above(no: int, _: str) -> Sequence[str]:
        return (alone[no][0],) if alone else ()

    covered = store.covered(parts, spans, by) if store is not None else []
    if store is not None:
        for some, wanted, is_one in _reads(spans, units, alone):
            for reading in store.plan(
                covered, some, boundaries=boundaries, by=by, split_value=split_value, units=wanted, as_one=is_one
            ):
                found.statements.append(reading.sql)
                rows = _by_span(cursor.execute(reading.sql).fetchall(), reading.spans_of)
                found.add(reading.parts, rows, above if is_one else ancestors)
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


def _reads(
    spans: Sequence[Span], units: Sequence[str] | None, alone: Alone | None
) -> Iterator[tuple[list[Span], Sequence[str] | None, bool]]:
    """Return which spans are read together from the sums, and over which settling units."""
    if not alone:
        yield list(spans), units, False
        return
    groups: dict[frozenset[str], list[Span]] = {}
    for span in spans:
        groups.setdefault(alone[span.no][1], []).append(span)
    for leaves, some in groups.items():
        yield some, sorted(leaves), True


def _by_span(rows: Iterable[Row], spans_of: Mapping[date, Sequence[int]]) -> Iterator[Row]:
    """Return the rows of days as rows of the spans that the days belong to."""
    for day, *rest in rows:
        for no in spans_of[day]:
            yield (no, *rest)
