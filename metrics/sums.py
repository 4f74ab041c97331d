"""Fills the prepared sums at publish: in full from the facts, or by the difference that changed cases make.

Each sum is linear in the facts, so a later load adds the difference: old states with sign -1, new ones with +1. Only
rows that change are written again. Letters are few: theirs are always made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from metrics import survey_sums
from metrics.compile import AT, START
from metrics.sum_sql import (
    CASES,
    DAYS,
    FLOW,
    HAPPENED,
    NAMES,
    STOCK,
    TABLES,
    Column,
    Table,
    joined,
    merged,
    passes,
    plan,
    select,
    values,
)

__all__ = ["DAYS", "FLOW", "NAMES", "STOCK", "build", "plan", "read_days"]

DIFFERENCE = "sum_difference"
PROMISED = "promised_on"
"""The date of cases that flows go by and that is no event: it says nothing of how far the facts go."""


def build(con: Any, changes: str | None = None) -> None:
    """Fill the sum tables: in full from the facts, or by adding the changed cases to what was prepared before."""
    columns = plan()
    is_known = _listed(con) == [c.entry for c in columns]
    _days(con, changes)
    for table in TABLES:
        own = [c for c in columns if c.table == table.name]
        if changes is None or not is_known or table.source != CASES:
            _full(con, table, own)
        else:
            _add(con, table, own, changes)
    con.execute(
        "CREATE OR REPLACE TABLE sum_column (no INTEGER, table_name VARCHAR, column_name VARCHAR, source VARCHAR,"
        " unit_on VARCHAR, period_on VARCHAR, predicate VARCHAR, measure VARCHAR)"
    )
    con.executemany(
        "INSERT INTO sum_column VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [[n, *c.entry] for n, c in enumerate(columns)]
    )
    survey_sums.build(con)
    con.execute("DROP TABLE sum_day")
    con.execute("DROP TABLE IF EXISTS sum_read_day_before")


def _has(con: Any, table: str) -> bool:
    found = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall()
    return bool(found[0][0])


def _listed(con: Any) -> list[tuple[str, ...]]:
    """Return what was prepared before, as `Column.entry` has it."""
    if not _has(con, "sum_column"):
        return []
    names = "table_name, column_name, source, unit_on, period_on, predicate, measure"
    return [tuple(row) for row in con.execute(f"SELECT {names} FROM sum_column ORDER BY no").fetchall()]


def read_days(first: date, data_on: date) -> list[tuple[date, str]]:
    """Return the days at which stocks are read: 14ths, month ends and the data's day; 1sts and 15ths as carried in.

    >>> [(str(d), r) for d, r in read_days(date(2026, 10, 3), date(2026, 10, 20))]
    [('2026-10-14', 'at'), ('2026-10-15', 'start'), ('2026-10-20', 'at')]
    """
    found = {(data_on, AT)}
    day = first
    while day <= data_on:
        following = day + timedelta(days=1)
        if following.day in (1, 15):
            found.add((day, AT))
            found.add((following, START))
        day = following
    return sorted(found)


def _days(con: Any, changes: str | None) -> None:
    """Make the calendar of the sums (every day that occurs) and the list of days at which stocks are read."""
    sources = {source: source for source in HAPPENED} | ({changes: CASES} if changes else {})
    facts = " UNION ALL ".join(
        f"SELECT '{table}' AS source, min({HAPPENED[source][0]}) AS a,"
        f" greatest({', '.join(f'max({day})' for day in HAPPENED[source])}) AS b FROM {table}"
        for table, source in sources.items()
    )
    found = {row[0]: row[1:] for row in con.execute(facts).fetchall()}
    days = [day for pair in found.values() for day in pair if day is not None]
    facts_begin = min((found[s][0] for s in HAPPENED if found[s][0] is not None), default=None)
    known = con.execute("SELECT value FROM snapshot_info WHERE key = 'data_on'").fetchall()
    data_on = date.fromisoformat(known[0][0][:10]) if known and known[0][0] else max(days, default=date(2025, 1, 1))
    # A promised day may lie ahead of the data, or before the first receipt: it is counted now, since the state that it
    # is in may never change again, and no later difference would bring it.
    promised = " UNION ALL ".join(
        f"SELECT min({PROMISED}), max({PROMISED}) FROM {table}" for table, source in sources.items() if source == CASES
    )
    days += [day for pair in con.execute(promised).fetchall() for day in pair if day is not None]
    first, last = min(days, default=data_on), max([*days, data_on])
    # Where no fact lies after the data's day, the half-month that it cuts is whole as far as anyone knows.
    con.execute("CREATE OR REPLACE TABLE sum_scope (source VARCHAR, last_fact_on DATE, data_on DATE)")
    con.executemany("INSERT INTO sum_scope VALUES (?, ?, ?)", [[s, found[s][1], data_on] for s in HAPPENED])
    # The first day needs none of its own: nothing is carried into it and what is pending on it is read at its end.
    listed = read_days(facts_begin or data_on, data_on)
    con.execute("DROP TABLE IF EXISTS sum_read_day_before")
    if _has(con, "sum_read_day"):
        con.execute("ALTER TABLE sum_read_day RENAME TO sum_read_day_before")
    rows = ", ".join(f"(DATE '{day}', '{reads}')" for day, reads in listed)
    con.execute(f"CREATE TABLE sum_read_day AS SELECT * FROM (VALUES {rows}) AS v (as_of, reads)")
    # `next_on`: the first day on or after this one at which stocks are read; who has ended by then is in none of them.
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sum_day AS"
        " SELECT day AS date,"
        " CASE WHEN day(day) >= 15 THEN date_trunc('month', day)::DATE + 14 ELSE date_trunc('month', day)::DATE END"
        " AS half_month_start,"
        f" CASE WHEN day <= DATE '{data_on}' AND DATE '{data_on}' < half_end THEN DATE '{data_on}' ELSE half_end END"
        " AS next_on"
        " FROM (SELECT day,"
        " CASE WHEN day(day) >= 15 THEN last_day(day) ELSE date_trunc('month', day)::DATE + 13 END AS half_end"
        f" FROM (SELECT CAST(unnest(generate_series(DATE '{first}', DATE '{last}', INTERVAL 1 DAY)) AS DATE) AS day))"
    )


def _full(con: Any, table: Table, columns: Sequence[Column]) -> None:
    if not table.is_kept:
        _smaller_alone(con, table, columns)
        return
    sql = select(table, columns, table.source, "1")
    con.execute(f"CREATE OR REPLACE TABLE {table.name} AS {sql} ORDER BY {table.order}")
    for smaller in table.rolled():
        rolled = merged(smaller, columns, [f"SELECT * FROM {table.name}"])
        con.execute(f"CREATE OR REPLACE TABLE {smaller.name} AS {rolled} ORDER BY {smaller.order}")


def _smaller_alone(con: Any, table: Table, columns: Sequence[Column]) -> None:
    """Fill the smaller tables from passes over the facts, without the table that they add up."""
    made = {}
    for n, (day, sql) in enumerate(passes(table, columns, table.source).items()):
        made[day] = f"sum_pass_{n}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {made[day]} AS {sql}")
    for smaller in table.rolled():
        con.execute(
            f"CREATE OR REPLACE TABLE {smaller.name} AS {joined(smaller, columns, made)} ORDER BY {smaller.order}"
        )
    for name in made.values():
        con.execute(f"DROP TABLE {name}")


def _add(con: Any, table: Table, columns: Sequence[Column], changes: str) -> None:
    """Add the changes to what was prepared; stocks of days not read before are counted in full."""
    if table.kind != "stock":
        con.execute(f"CREATE OR REPLACE TEMP TABLE {DIFFERENCE} AS {select(table, columns, changes, 'sign')}")
    else:
        for name, operator in (("kept", "INTERSECT"), ("new", "EXCEPT")):
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE sum_day_{name} AS"
                f" SELECT * FROM sum_read_day {operator} SELECT * FROM sum_read_day_before"
            )
        kept = select(table, columns, changes, "sign", "sum_day_kept")
        new = select(table, columns, table.source, "1", "sum_day_new")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {DIFFERENCE} AS ({kept}) UNION ALL ({new})")
        for one in table.kept():
            con.execute(f"DELETE FROM {one.name} WHERE (as_of, reads) NOT IN (SELECT (as_of, reads) FROM sum_read_day)")
    for one in table.kept():
        _apply(con, one, columns)
    con.execute(f"DROP TABLE {DIFFERENCE}")


def _apply(con: Any, table: Table, columns: Sequence[Column]) -> None:
    """Write the rows again that the difference touches; those that come to nothing go."""
    names = ", ".join([*table.keys, *values(table, columns)])
    same = " AND ".join(f"held.{key} IS NOT DISTINCT FROM changed.{key}" for key in table.keys)
    own = merged(table, columns, [f"SELECT * FROM {DIFFERENCE}"])
    con.execute(f"CREATE OR REPLACE TEMP TABLE sum_changed AS {own}")
    held = f"SELECT {', '.join(f'held.{n.strip()}' for n in names.split(','))} FROM {table.name} AS held"
    blocks = [f"({held} SEMI JOIN sum_changed AS changed ON {same})", f"SELECT {names} FROM sum_changed"]
    con.execute(f"CREATE OR REPLACE TEMP TABLE sum_rewritten AS {merged(table, columns, blocks)}")
    con.execute(f"DELETE FROM {table.name} AS held USING sum_changed AS changed WHERE {same}")
    con.execute(f"INSERT INTO {table.name} BY NAME SELECT {names} FROM sum_rewritten ORDER BY {table.order}")
    con.execute("DROP TABLE sum_changed")
    con.execute("DROP TABLE sum_rewritten")
