"""Reads the sums prepared at publish where they cover a question; the marts answer the rest with the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from metrics.compile import AT, START, Part, Span, literals, split_expression
from metrics.model import Boundaries
from metrics.sum_sql import BY_NAME, HAPPENED, NAMES, Table

Where = Mapping[Part, tuple[str, str]]


@dataclass(frozen=True)
class Reading:
    """One statement, the parts it answers, and which spans each of its days belongs to."""

    parts: tuple[Part, ...]
    sql: str
    spans_of: Mapping[date, Sequence[int]]


class Store:
    """Which sums a snapshot has."""

    def __init__(self, where: Where, read_days: set[tuple[date, str]], whole_to: Mapping[str, date]) -> None:
        self.where = where
        """Part → (table, column)."""
        self.read_days = read_days
        self.whole_to = whole_to
        """The data's day by source, where no fact lies after it: a stretch may end there."""
        # Nothing was open before the first day at which stocks are read: the sums say so by having no rows.
        self.first_read = min((day for day, _ in read_days), default=date.max)

    def covered(self, parts: Sequence[Part], spans: Sequence[Span], by: str | None) -> list[Part]:
        """Return the parts that the sums answer over all these spans with this split."""
        return [
            part
            for part in parts
            if part in self.where and BY_NAME[self.where[part][0]].read_by(by) and self._covers(part, spans)
        ]

    def plan(
        self,
        parts: Sequence[Part],
        spans: Sequence[Span],
        *,
        boundaries: Boundaries,
        by: str | None,
        split_value: str | None,
        units: Sequence[str] | None,
        as_one: bool = False,
    ) -> list[Reading]:
        """Return statements for parts that are `covered`.

        `as_one` adds up all the units in the statement, for a question about one unit that they make up.
        """
        groups: dict[tuple[Table, str], list[tuple[Part, str]]] = {}
        for part in parts:
            name, column = self.where[part]
            table = BY_NAME[name].read_by(by)
            assert table is not None, part
            # Parts of one table are read together; a stock's two ways of reading, and each histogram, apart.
            apart = part.period_on if table.kind == "stock" else column if table.value else ""
            groups.setdefault((table, apart), []).append((part, column))
        unit = "''" if as_one else "today_unit_id" if boundaries == "today" else "unit_id"
        who = "today_unit_id" if boundaries == "today" else "unit_id"
        found = []
        for (table, apart), group in groups.items():
            spans_of = _days(table, apart, spans)
            where = _conditions(table, apart, spans_of, who, by, split_value, units)
            sql = _sql(table, [column for _, column in group], spans_of, unit, by, where)
            found.append(Reading(tuple(part for part, _ in group), sql, spans_of))
        return found

    def _covers(self, part: Part, spans: Sequence[Span]) -> bool:
        if part.period_on == AT:
            return all(s.ends_on < self.first_read or (s.ends_on, AT) in self.read_days for s in spans)
        if part.period_on == START:
            return all(s.starts_on < self.first_read or (s.starts_on, START) in self.read_days for s in spans)
        # Days that were promised go on past the data: their half-month is never whole before it ends.
        is_past = part.period_on in HAPPENED[part.source]
        whole_to = self.whole_to.get(part.source) if is_past else None
        return all(
            s.starts_on.day in (1, 15) and ((s.ends_on + timedelta(days=1)).day in (1, 15) or s.ends_on == whole_to)
            for s in spans
        )


def _days(table: Table, apart: str, spans: Sequence[Span]) -> dict[date, list[int]]:
    """Return the days to read, with the spans that each belongs to."""
    found: dict[date, list[int]] = {}
    for span in spans:
        days = [span.ends_on if apart == AT else span.starts_on] if table.kind == "stock" else half_months(span)
        for day in days:
            found.setdefault(day, []).append(span.no)
    return found


def _conditions(
    table: Table,
    apart: str,
    days: Mapping[date, Sequence[int]],
    who: str,
    by: str | None,
    split_value: str | None,
    units: Sequence[str] | None,
) -> list[str]:
    listed_days = ", ".join(f"DATE '{day}'" for day in days)
    if table.kind == "stock":
        where = [f"as_of IN ({listed_days})", f"reads = '{apart}'"]
    else:
        # Half-months of a question may have a gap, and then each is named.
        first, last = min(days), max(days)
        where = [f"half_month_start BETWEEN DATE '{first}' AND DATE '{last}'"]
        if len(half_months(Span(0, first, last, last))) != len(days):
            where.append(f"half_month_start IN ({listed_days})")
    if table.value:
        where.append(f"measure = '{apart}'")
    if units is not None:
        # One literal instead of hundreds: parsing them took longer than the sum.
        listed = literals([",".join(units)])
        where.append(f"{who} IN (SELECT unnest(string_split({listed}, ',')))")
    if by and split_value is not None:
        where.append(f"{split_expression(by)} = {literals([split_value])}")
    return where


def _sql(
    table: Table,
    names: Sequence[str],
    days: Mapping[date, Sequence[int]],
    unit: str,
    by: str | None,
    where: Sequence[str],
) -> str:
    # Days that all belong to the same spans are added up here, others by their day.
    day_column = "as_of" if table.kind == "stock" else "half_month_start"
    day = f"DATE '{min(days)}'" if len({tuple(spans) for spans in days.values()}) == 1 else day_column
    values = ["n"] if table.value else names
    sums = ",\n    ".join(f"CAST(sum({name}) AS BIGINT) AS n_{i}" for i, name in enumerate(values))
    # By settling unit: the few rows are added up to the level in Python, which beats a join with all of Vietnam.
    return (
        "SELECT\n"
        f"    {day} AS day,\n"
        f"    {unit} AS unit_id,\n"
        f"    {split_expression(by)} AS split_value,\n"
        f"    {table.value or 'NULL'} AS days,\n"
        f"    {sums}\n"
        f"FROM {table.name}\n"
        "WHERE\n    " + "\n    AND ".join(where) + "\n"
        "GROUP BY ALL"
    )


def half_months(span: Span) -> list[date]:
    """Return the first days of the half-months that make up a span.

    >>> [str(d) for d in half_months(Span(0, date(2026, 10, 1), date(2026, 11, 14), date(2026, 11, 14)))]
    ['2026-10-01', '2026-10-15', '2026-11-01']
    """
    found, day = [], span.starts_on
    while day <= span.ends_on:
        found.append(day)
        day = day.replace(day=15) if day.day < 15 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return found


def open_store(cursor: Any) -> Store | None:
    """Return the sums of a snapshot, None when it has none."""
    tables = {row[0] for row in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not {*NAMES, "sum_column", "sum_read_day", "sum_scope"} <= tables:
        return None
    where = {
        Part(source, period_on, predicate, measure, unit_on): (table, column)
        for source, period_on, predicate, measure, unit_on, table, column in cursor.execute(
            "SELECT source, period_on, predicate, measure, unit_on, table_name, column_name FROM sum_column"
        ).fetchall()
    }
    days = {(day, reads) for day, reads in cursor.execute("SELECT as_of, reads FROM sum_read_day").fetchall()}
    whole_to = {
        source: data_on
        for source, last_fact_on, data_on in cursor.execute(
            "SELECT source, last_fact_on, data_on FROM sum_scope"
        ).fetchall()
        if last_fact_on is None or last_fact_on <= data_on
    }
    return Store(where, days, whole_to)
