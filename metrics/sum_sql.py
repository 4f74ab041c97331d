"""What the prepared sums are: which tables, which predicate lies in which column, and the SELECTs that fill them.

Every distinct predicate of the definitions becomes a column. Flows lie by unit and half-month (1–14, 15–end: both
calendars), stocks at each 14th, month end and the data's own day and as carried into each 1st and 15th, whole days as
histograms. Statements between facts and sums keep the portable subset (no division, no percentile, no date function
beyond the calendar table); a test parses them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from metrics import catalogue, compile
from metrics.compile import AT, START, STOCKS, Part

CASES, LETTERS, TICKETS = "fct_case", "fct_complaint", "fct_queue_ticket"
HAPPENED = {
    CASES: ("received_on", "completed_on"),
    LETTERS: ("received_on", "settled_on", "transferred_on"),
    TICKETS: ("taken_on",),
}
"""The sources that have sums, and their dates on which something happened; promised days may lie ahead of the data."""
OPEN_AT = {
    AT: "received_on <= :at AND (completed_on IS NULL OR completed_on > :at)",
    START: "received_on < :start AND (completed_on IS NULL OR completed_on >= :start)",
}
"""Stocks of cases are prepared only for predicates that contain this: the range join below relies on it."""
PLACE = ("unit_id", "today_unit_id")
FEW = 3
"""So many predicates or fewer of one date are asked of a row before it is added up."""


@dataclass(frozen=True)
class Table:
    """One table of sums."""

    name: str
    source: str
    kind: Literal["flow", "stock", "days", "keys"]
    splits: tuple[str, ...] = ()
    unit_on: str = "unit_id"
    is_rolled: bool = False
    """Whether smaller tables, without splits and by each split, lie beside it: they are what questions read."""
    is_kept: bool = True
    """Whether it is published itself; what is only added up to the smaller tables is not."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the columns that name a row."""
        if self.kind == "stock":
            return (*PLACE, "as_of", "reads", *self.splits)
        if self.value:
            return (*PLACE, "half_month_start", "measure", self.value)
        return (*PLACE, "half_month_start", *self.splits)

    @property
    def order(self) -> str:
        """Return what rows are sorted by, so that a question reads few of them."""
        if self.value:
            return "measure, half_month_start, unit_id"
        return "as_of, unit_id" if self.kind == "stock" else "half_month_start, unit_id"

    @property
    def value(self) -> str:
        """Return the column of a histogram's values, nothing for a table of plain sums."""
        return {"days": "days", "keys": "key"}.get(self.kind, "")

    def rolled(self) -> tuple[Table, ...]:
        """Return the smaller tables beside it."""
        if not self.is_rolled:
            return ()
        sizes = [("unit", ()), *((split.removesuffix("_name"), (split,)) for split in self.splits)]
        return tuple(Table(f"{self.name}_{n}", self.source, self.kind, s, self.unit_on) for n, s in sizes)

    def kept(self) -> tuple[Table, ...]:
        """Return the tables that are published: itself, and the smaller ones."""
        return (*((self,) if self.is_kept else ()), *self.rolled())

    def read_by(self, split: str | None) -> Table | None:
        """Return the smallest table that answers with this split, None where none does."""
        wanted = (split,) if split else ()
        whole = self if self.is_kept and set(wanted) <= set(self.splits) else None
        return next((t for t in self.rolled() if t.splits == wanted), whole)


TABLES = (
    Table("sum_case_flow", CASES, "flow", ("field_name", "channel"), is_rolled=True, is_kept=False),
    Table("sum_case_stock", CASES, "stock", ("field_name", "channel"), is_rolled=True, is_kept=False),
    Table("sum_case_days", CASES, "days"),
    Table("sum_case_key", CASES, "keys"),
    Table("sum_case_received", CASES, "flow", ("field_name", "channel"), unit_on="receiving_unit_id"),
    Table("sum_queue_minutes", TICKETS, "days"),
    Table("sum_letter_flow", LETTERS, "flow", ("field_name",)),
    Table("sum_letter_stock", LETTERS, "stock", ("field_name",)),
)
BY_NAME = {table.name: table for table in TABLES}
FLOW, STOCK, DAYS, *_ = (table.name for table in TABLES)
NAMES = tuple(t.name for base in TABLES for t in base.kept())
"""Every published table of sums."""


@dataclass(frozen=True)
class Column:
    """A part and where its sum lies."""

    table: str
    name: str
    part: Part

    @property
    def entry(self) -> tuple[str, ...]:
        """Return its row of `sum_column`."""
        part = self.part
        return (self.table, self.name, part.source, part.unit_on, part.period_on, part.predicate, part.measure)


def plan() -> list[Column]:
    """Return a column per distinct predicate of the case and letter metrics, named after the first that needs it."""
    found: dict[Part, Column] = {}
    for metric in catalogue.metrics().values():
        if metric.kind in ("derived", "ratio", "catalogue", "score"):
            continue
        for suffix, part in (
            ("", compile.numerator_part(metric)),
            ("_base", compile.denominator_part(metric)),
            ("_open", compile.unfinished_part(metric)),
        ):
            is_key = metric.kind == "distinct"
            table = _table(part, is_key) if part is not None and part not in found else None
            if part is not None and table is not None:
                found[part] = Column(table.name, metric.name + suffix, part)
    return list(found.values())


def _table(part: Part, is_key: bool) -> Table | None:
    if part.amount or (part.measure and part.period_on in STOCKS):
        return None
    kind = "keys" if is_key else "days" if part.measure else "stock" if part.period_on in STOCKS else "flow"
    if part.source == CASES and kind == "stock" and OPEN_AT[part.period_on] not in part.predicate:
        return None
    return next((t for t in TABLES if (t.source, t.kind, t.unit_on) == (part.source, kind, part.unit_on)), None)


def values(table: Table, columns: Sequence[Column]) -> list[str]:
    """Return the columns that are added up."""
    return ["n"] if table.value else [c.name for c in columns]


def select(table: Table, columns: Sequence[Column], facts: str, sign: str, days: str = "sum_read_day") -> str:
    """Return the SELECT that adds up a table's columns over `facts`; `days`: the days at which stocks are read."""
    if table.kind == "stock":
        blocks = [_stock(table, columns, facts, sign, days)]
    elif table.value:
        blocks = [_days(table, c, facts, sign) for c in columns]
        if sign == "1":
            return " UNION ALL ".join(blocks)  # each measure has keys of its own, and no row counts nothing
    else:
        blocks = [_flow(table, columns, facts, sign, day) for day in dates(columns)]
    return merged(table, columns, blocks)


def merged(table: Table, columns: Sequence[Column], blocks: Sequence[str]) -> str:
    """Return the union of blocks added up by key; keys whose sums are all zero go."""
    keys = ", ".join(table.keys)
    summed = ", ".join(f"CAST(sum({v}) AS BIGINT) AS {v}" for v in values(table, columns))
    some = " OR ".join(f"sum({v}) <> 0" for v in values(table, columns))
    return f"SELECT {keys}, {summed} FROM ({' UNION ALL '.join(blocks)}) AS block GROUP BY {keys} HAVING {some}"


def dates(columns: Sequence[Column]) -> list[str]:
    """Return the date columns that a table's columns go by."""
    return list(dict.fromkeys(c.part.period_on for c in columns))


def passes(table: Table, columns: Sequence[Column], facts: str) -> dict[str, str]:
    """Return the SELECTs over the facts of a table that is not kept: one per date column, one for all stocks.

    Sums of dozens of columns cost by row and column: each pass carries its own columns alone.
    """
    if table.kind == "stock":
        return {"": _stock(table, columns, facts, "1", "sum_read_day")}
    return {
        day: _flow(table, [c for c in columns if c.part.period_on == day], facts, "1", day) for day in dates(columns)
    }


def joined(table: Table, columns: Sequence[Column], made: Mapping[str, str]) -> str:
    """Return a smaller table from the relations that hold the passes: each added up, then laid side by side."""
    if len(made) == 1:
        return merged(table, columns, [f"SELECT * FROM {name}" for name in made.values()])
    named = {day: f"pass_{n}" for n, day in enumerate(made)}
    keys = ", ".join(table.keys)
    blocks = [
        f"{named[day]} AS ({merged(table, [c for c in columns if c.part.period_on == day], [f'SELECT * FROM {name}'])})"
        for day, name in made.items()
    ]
    every = " UNION ".join(f"SELECT {keys} FROM {name}" for name in named.values())
    sides = " ".join(
        f"LEFT JOIN {name} ON {' AND '.join(f'{name}.{k} IS NOT DISTINCT FROM held.{k}' for k in table.keys)}"
        for name in named.values()
    )
    shown = ", ".join(f"held.{k} AS {k}" for k in table.keys)
    summed = ", ".join(f"coalesce({named[c.part.period_on]}.{c.name}, CAST(0 AS BIGINT)) AS {c.name}" for c in columns)
    return f"WITH {', '.join(blocks)}, held AS ({every}) SELECT {shown}, {summed} FROM held {sides}"


def _counted(column: Column, sign: str) -> str:
    part = column.part
    predicate = part.predicate.replace(":at", "sum_read_day.as_of").replace(":start", "sum_read_day.as_of")
    if part.period_on in STOCKS:
        earlier = "<=" if part.period_on == AT else "<"
        predicate = f"received_on {earlier} sum_read_day.as_of AND ({predicate})"
    if sign == "1":  # a count is kept in a third of the memory of a sum
        return f"CAST(count(CASE WHEN {predicate} THEN 1 END) AS BIGINT)"
    return f"CAST(sum(CASE WHEN {predicate} THEN {sign} ELSE 0 END) AS BIGINT)"


def _who(table: Table, day: str) -> str:
    if table.unit_on != "unit_id":
        return f"{table.unit_on} AS unit_id, {table.unit_on} AS today_unit_id"
    return (
        f"CASE WHEN unit_ends_on IS NOT NULL AND {day} >= unit_ends_on THEN successor_unit_id ELSE unit_id END"
        " AS unit_id, coalesce(successor_unit_id, unit_id) AS today_unit_id"
    )


def _listed(names: Sequence[str]) -> str:
    return "".join(f", {name} AS {name}" for name in names)


def _grouped(table: Table) -> str:
    return " GROUP BY " + ", ".join(str(n + 1) for n in range(len(table.keys)))


def _flow(table: Table, columns: Sequence[Column], facts: str, sign: str, day: str) -> str:
    """Return one pass over a date column, zeros for the others' columns."""
    own = [c for c in columns if c.part.period_on == day]
    summed = [f"{_counted(c, sign) if c in own else 'CAST(0 AS BIGINT)'} AS {c.name}" for c in columns]
    # Nearly every case is in some flow; of what was received for others, or is long past its promise, there is little.
    cut = " WHERE " + " OR ".join(f"({c.part.predicate})" for c in own) if len(own) <= FEW else ""
    return (
        f"SELECT {_who(table, day)}, sum_day.half_month_start AS half_month_start{_listed(table.splits)},"
        f" {', '.join(summed)} FROM {facts} INNER JOIN sum_day ON sum_day.date = {day}{cut}{_grouped(table)}"
    )


def _stock(table: Table, columns: Sequence[Column], facts: str, sign: str, days: str) -> str:
    """Return the stocks read at a day's end, then those carried into a day.

    Millions of open cases meet each day: they carry one number for body, field and channel, not five texts.
    """
    by_reads = {reads: [c for c in columns if c.part.period_on == reads] for reads in STOCKS}
    keys = ("unit_id", "unit_ends_on", "successor_unit_id", *table.splits)
    needed = sorted({"received_on", "completed_on", *(n for c in columns for n in _named(c.part)), *_named_in(sign)})
    if table.source != CASES:
        needed.remove("completed_on")
    # Most cases end before the next half-month does: only the rest meet the range join.
    is_open = (
        f"SELECT {facts}.* FROM {facts} INNER JOIN sum_day ON sum_day.date = received_on"
        " WHERE is_counted AND (completed_on IS NULL OR completed_on > sum_day.next_on)"
    )
    until = " AND (completed_on IS NULL OR completed_on >= sum_read_day.as_of)" if table.source == CASES else ""
    blocks = []
    for reads, own in by_reads.items():
        if own:
            summed = ", ".join(f"{_counted(c, sign)} AS {c.name}" for c in own)
            named = ", ".join(
                f"{f'counted.{c.name}' if c in own else 'CAST(0 AS BIGINT)'} AS {c.name}" for c in columns
            )
            blocks.append(
                f"SELECT {_who(table, 'counted.as_of')}, counted.as_of AS as_of, '{reads}' AS reads"
                f"{_listed(table.splits)}, {named} FROM (SELECT open_fact.place_no AS place_no,"
                f" sum_read_day.as_of AS as_of, {summed} FROM open_fact INNER JOIN {days} AS sum_read_day"
                f" ON sum_read_day.as_of >= received_on{until} AND sum_read_day.reads = '{reads}'"
                " GROUP BY open_fact.place_no, sum_read_day.as_of) AS counted"
                " INNER JOIN place ON place.place_no = counted.place_no"
            )
    same = " AND ".join(f"fact.{key} IS NOT DISTINCT FROM place.{key}" for key in keys)
    listed = ", ".join(keys)
    source = f"({is_open}) AS fact" if table.source == CASES else f"{facts} AS fact"
    return (
        f"SELECT * FROM (WITH place AS (SELECT row_number() OVER (ORDER BY {listed}) AS place_no, {listed}"
        f" FROM (SELECT DISTINCT {', '.join(f'fact.{k} AS {k}' for k in keys)} FROM {source}) AS answering),"
        f" open_fact AS (SELECT place.place_no AS place_no, {', '.join(f'fact.{n} AS {n}' for n in needed)}"
        f" FROM {source} INNER JOIN place ON {same})"
        f" {' UNION ALL '.join(blocks)}) AS stock"
    )


def _named(part: Part) -> list[str]:
    """Return the columns that a predicate names."""
    return _named_in(re.sub(r"'[^']*'|:\w+", " ", part.predicate))


def _named_in(sql: str) -> list[str]:
    return [w for w in re.findall(r"[a-z_][a-z_0-9]*", sql, re.I) if w.lower() not in compile.KEYWORDS]


def _days(table: Table, column: Column, facts: str, sign: str) -> str:
    part = column.part
    return (
        f"SELECT {_who(table, part.period_on)}, sum_day.half_month_start AS half_month_start,"
        f" '{column.name}' AS measure, {part.measure} AS {table.value}, CAST(sum({sign}) AS BIGINT) AS n"
        f" FROM {facts} INNER JOIN sum_day ON sum_day.date = {part.period_on} WHERE {part.predicate}{_grouped(table)}"
    )
