"""Reads the sums prepared at publish where they cover a question; the marts answer the rest with the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from metrics.compile import AT, START, Part, Span, literals, split_expression
from metrics.model import Boundaries

FLOW, STOCK, DAYS = "sum_case_flow", "sum_case_stock", "sum_case_days"
SPLITS = {FLOW: (None, "field_name", "channel"), STOCK: (None, "field_name", "channel"), DAYS: (None,)}


class Store:
    """Which sums a snapshot has."""

    def __init__(
        self,
        columns: dict[tuple[str, str, str], tuple[str, str]],
        read_days: set[tuple[date, str]],
        whole_to: date | None,
    ) -> None:
        self.columns = columns
        self.whole_to = whole_to
        """The data's day, where no fact lies after it: a stretch that ends there needs no whole half-month."""
        """(period_on, predicate, measure) → (table, column)."""
        self.read_days = read_days
        # Nothing was open before the first day at which stocks are read: the sums say so by having no rows.
        self.first_read = min((day for day, _ in read_days), default=date.max)

    def plan(
        self,
        parts: Sequence[Part],
        spans: Sequence[Span],
        *,
        boundaries: Boundaries,
        by: str | None,
        split_value: str | None,
        units: Sequence[str] | None,
    ) -> list[tuple[tuple[Part, ...], str]]:
        """Return statements with the parts they answer; parts that the sums do not cover are not among them."""
        groups: dict[tuple[str, str], list[tuple[Part, str]]] = {}
        for part in parts:
            where = self.columns.get((part.period_on, part.predicate, part.measure))
            if where is None or part.unit_on != "unit_id" or by not in SPLITS[where[0]]:
                continue
            if self._covers(part, spans):
                # Parts of one table are read together; a stock's two ways of reading, and each histogram, apart.
                apart = part.period_on if where[0] == STOCK else where[1] if where[0] == DAYS else ""
                groups.setdefault((where[0], apart), []).append((part, where[1]))
        unit = "today_unit_id" if boundaries == "today" else "unit_id"
        return [
            (
                tuple(part for part, _ in group),
                _sql(table, apart, [name for _, name in group], spans, unit, by, split_value, units),
            )
            for (table, apart), group in groups.items()
        ]

    def _covers(self, part: Part, spans: Sequence[Span]) -> bool:
        if part.period_on == AT:
            return all(s.ends_on < self.first_read or (s.ends_on, AT) in self.read_days for s in spans)
        if part.period_on == START:
            return all(s.starts_on < self.first_read or (s.starts_on, START) in self.read_days for s in spans)
        return all(
            s.starts_on.day in (1, 15)
            and ((s.ends_on + timedelta(days=1)).day in (1, 15) or s.ends_on == self.whole_to)
            for s in spans
        )


def _sql(
    table: str,
    apart: str,
    names: Sequence[str],
    spans: Sequence[Span],
    unit: str,
    by: str | None,
    split_value: str | None,
    units: Sequence[str] | None,
) -> str:
    if table == STOCK:
        pairs = [(s.no, s.ends_on if apart == AT else s.starts_on) for s in spans]
        day, where = "as_of", [f"reads = '{apart}'"]
    else:
        pairs = [(s.no, day) for s in spans for day in half_months(s)]
        day, where = "half_month_start", []
    first, last = min(d for _, d in pairs), max(d for _, d in pairs)
    listed = ", ".join(f"({no}, DATE '{d}')" for no, d in pairs)
    where.append(f"{day} BETWEEN DATE '{first}' AND DATE '{last}'")
    if table == DAYS:
        where.append(f"measure = '{apart}'")
    if units is not None:
        where.append(f"{unit} IN ({literals(units)})")
    if by and split_value is not None:
        where.append(f"{split_expression(by)} = {literals([split_value])}")
    values = ["n"] if table == DAYS else names
    sums = ",\n    ".join(f"CAST(sum({name}) AS BIGINT) AS n_{i}" for i, name in enumerate(values))
    # By settling unit: the few rows are added up to the level in Python, which beats a join with all of Vietnam.
    return (
        f"WITH span (no, day) AS (VALUES {listed})\n"
        "SELECT\n"
        "    span.no AS span_no,\n"
        f"    {unit} AS unit_id,\n"
        f"    {split_expression(by)} AS split_value,\n"
        f"    {'days' if table == DAYS else 'NULL'} AS days,\n"
        f"    {sums}\n"
        f"FROM {table}\n"
        f"INNER JOIN span ON span.day = {day}\n"
        "WHERE\n    " + "\n    AND ".join(where) + "\n"
        "GROUP BY 1, 2, 3, 4"
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
    if not {FLOW, STOCK, DAYS, "sum_column", "sum_read_day", "sum_scope"} <= tables:
        return None
    columns = cursor.execute("SELECT period_on, predicate, measure, table_name, column_name FROM sum_column").fetchall()
    days = cursor.execute("SELECT as_of, reads FROM sum_read_day").fetchall()
    last_fact_on, data_on = cursor.execute("SELECT last_fact_on, data_on FROM sum_scope").fetchall()[0]
    whole_to = data_on if last_fact_on is None or last_fact_on <= data_on else None
    return Store({row[:3]: row[3:] for row in columns}, {(day, reads) for day, reads in days}, whole_to)
