"""Prepares the sums of cases at publish: every distinct predicate of the definitions becomes a column.

Flows lie by unit, half-month (1–14, 15–end: both calendars), field and channel; stocks at each 14th, month end and the
data's own day, and as carried into each 1st and 15th; whole days as histograms. Each sum is linear in the facts, so a
later load adds the difference: old states with sign -1, new ones with +1. Statements between cases and sums keep the
portable subset (no division, no percentile, no date functions beyond the calendar table).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from metrics import catalogue, compile
from metrics.compile import AT, START, STOCKS, Part

SOURCE = "fct_case"
FLOW, STOCK, DAYS = "sum_case_flow", "sum_case_stock", "sum_case_days"
OPEN_AT = {
    AT: "received_on <= :at AND (completed_on IS NULL OR completed_on > :at)",
    START: "received_on < :start AND (completed_on IS NULL OR completed_on >= :start)",
}
"""Stocks are prepared only for predicates that contain this: the range join below relies on it."""
PLACE = ("unit_id", "today_unit_id")


@dataclass(frozen=True)
class Column:
    """A part and where its sum lies."""

    table: str
    name: str
    part: Part


def plan() -> list[Column]:
    """Return a column per distinct predicate of the case metrics, named after the first metric that needs it."""
    found: dict[Part, Column] = {}
    for metric in catalogue.metrics().values():
        if metric.source != SOURCE or metric.kind == "derived" or metric.unit_on != "unit_id":
            continue
        for suffix, part in (("", compile.numerator_part(metric)), ("_base", compile.denominator_part(metric))):
            if part is None or part in found:
                continue
            if part.period_on in STOCKS and OPEN_AT[part.period_on] not in part.predicate:
                continue
            table = DAYS if part.measure else STOCK if part.period_on in STOCKS else FLOW
            found[part] = Column(table, metric.name + suffix, part)
    return list(found.values())


def build(con: Any, changes: str | None = None) -> None:
    """Fill the sum tables: in full from `fct_case`, or by adding the changes to what was prepared before."""
    columns = plan()
    has_sums = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'sum_column'").fetchall()[0][0]
    _days(con, changes)
    if changes is None or not has_sums or _listed(con) != [_entry(c) for c in columns]:
        _full(con, columns)
    else:
        _add(con, columns, changes)
    con.execute("DROP TABLE sum_day")
    con.execute("DROP TABLE IF EXISTS sum_read_day_before")


def _entry(column: Column) -> tuple[str, str, str, str, str]:
    return (column.table, column.name, column.part.period_on, column.part.predicate, column.part.measure)


def _listed(con: Any) -> list[tuple[str, str, str, str, str]]:
    rows = con.execute("SELECT table_name, column_name, period_on, predicate, measure FROM sum_column ORDER BY no")
    return [tuple(row) for row in rows.fetchall()]


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
    facts = " UNION ALL ".join(
        f"SELECT min(least(received_on, coalesce(completed_on, received_on))) AS a,"
        f" max(greatest(received_on, coalesce(completed_on, received_on))) AS b FROM {table}"
        for table in (SOURCE, changes)
        if table
    )
    first, last = con.execute(f"SELECT min(a), max(b) FROM ({facts}) AS facts").fetchall()[0]
    known = con.execute("SELECT value FROM snapshot_info WHERE key = 'data_on'").fetchall()
    data_on = date.fromisoformat(known[0][0][:10]) if known and known[0][0] else (last or date(2025, 1, 1))
    first, last = first or data_on, max(last or data_on, data_on)
    # Where no fact lies after the data's day, the half-month that it cuts is whole as far as anyone knows.
    con.execute(
        "CREATE OR REPLACE TABLE sum_scope AS SELECT max(greatest(received_on, coalesce(completed_on, received_on)))"
        f" AS last_fact_on, DATE '{data_on}' AS data_on FROM {SOURCE}"
    )
    # The first day needs none of its own: nothing is carried into it and what is pending on it is read at its end.
    listed = read_days(first, data_on)
    con.execute("DROP TABLE IF EXISTS sum_read_day_before")
    if con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'sum_read_day'").fetchall()[0][0]:
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


def _counted(part: Part, sign: str) -> str:
    predicate = part.predicate.replace(":at", "sum_read_day.as_of").replace(":start", "sum_read_day.as_of")
    if part.period_on in STOCKS:
        predicate = f"sum_read_day.reads = '{part.period_on}' AND ({predicate})"
    return f"CAST(sum(CASE WHEN {predicate} THEN {sign} ELSE 0 END) AS BIGINT)"


def _who(day: str) -> str:
    return (
        f"CASE WHEN unit_ends_on IS NOT NULL AND {day} >= unit_ends_on THEN successor_unit_id ELSE unit_id END"
        " AS unit_id, coalesce(successor_unit_id, unit_id) AS today_unit_id"
    )


def flow_sql(columns: Sequence[Column], facts: str, sign: str) -> str:
    """Return the SELECT of the flows: one pass per date column, zeros for the others' columns."""
    blocks = []
    for day in dict.fromkeys(c.part.period_on for c in columns):
        sums = [
            f"{_counted(c.part, sign) if c.part.period_on == day else 'CAST(0 AS BIGINT)'} AS {c.name}" for c in columns
        ]
        blocks.append(
            f"SELECT {_who(day)}, sum_day.half_month_start AS half_month_start, field_name AS field_name,"
            f" channel AS channel, {', '.join(sums)} FROM {facts} INNER JOIN sum_day ON sum_day.date = {day}"
            " GROUP BY 1, 2, 3, 4, 5"
        )
    return _merged(FLOW, columns, blocks)


def stock_sql(columns: Sequence[Column], facts: str, sign: str, days: str) -> str:
    """Return the SELECT of the stocks at the days listed in the table `days`."""
    sums = [f"{_counted(c.part, sign)} AS {c.name}" for c in columns]
    # Most cases end before the next half-month does: only the rest meet the range join.
    candidates = (
        f"SELECT {facts}.* FROM {facts} INNER JOIN sum_day ON sum_day.date = received_on"
        " WHERE is_counted AND (completed_on IS NULL OR completed_on > sum_day.next_on)"
    )
    block = (
        f"SELECT {_who('sum_read_day.as_of')}, sum_read_day.as_of AS as_of, sum_read_day.reads AS reads,"
        f" field_name AS field_name, channel AS channel, {', '.join(sums)} FROM ({candidates}) AS open_case"
        f" INNER JOIN {days} AS sum_read_day ON sum_read_day.as_of >= received_on"
        " AND (completed_on IS NULL OR completed_on >= sum_read_day.as_of)"
        " GROUP BY 1, 2, 3, 4, 5, 6"
    )
    return _merged(STOCK, columns, [block])


def days_sql(columns: Sequence[Column], facts: str, sign: str) -> str:
    """Return the SELECT of the histograms of whole days."""
    blocks = [
        f"SELECT {_who(c.part.period_on)}, sum_day.half_month_start AS half_month_start, '{c.name}' AS measure,"
        f" {c.part.measure} AS days, CAST(sum({sign}) AS BIGINT) AS n"
        f" FROM {facts} INNER JOIN sum_day ON sum_day.date = {c.part.period_on} WHERE {c.part.predicate}"
        " GROUP BY 1, 2, 3, 4, 5"
        for c in columns
    ]
    return _merged(DAYS, columns, blocks)


KEYS = {
    FLOW: (*PLACE, "half_month_start", "field_name", "channel"),
    STOCK: (*PLACE, "as_of", "reads", "field_name", "channel"),
    DAYS: (*PLACE, "half_month_start", "measure", "days"),
}
ORDER = {FLOW: "half_month_start, unit_id", STOCK: "as_of, unit_id", DAYS: "half_month_start, unit_id"}


def _values(table: str, columns: Sequence[Column]) -> list[str]:
    return ["n"] if table == DAYS else [c.name for c in columns]


def _merged(table: str, columns: Sequence[Column], blocks: Sequence[str]) -> str:
    """Return the union of blocks added up by key; keys whose sums are all zero go."""
    values = _values(table, columns)
    keys = ", ".join(KEYS[table])
    sums = ", ".join(f"CAST(sum({v}) AS BIGINT) AS {v}" for v in values)
    zero = " OR ".join(f"sum({v}) <> 0" for v in values)
    return f"SELECT {keys}, {sums} FROM ({' UNION ALL '.join(blocks)}) AS block GROUP BY {keys} HAVING {zero}"


def _full(con: Any, columns: Sequence[Column]) -> None:
    by_table = {table: [c for c in columns if c.table == table] for table in KEYS}
    statements = {
        FLOW: flow_sql(by_table[FLOW], SOURCE, "1"),
        STOCK: stock_sql(by_table[STOCK], SOURCE, "1", "sum_read_day"),
        DAYS: days_sql(by_table[DAYS], SOURCE, "1"),
    }
    for table, sql in statements.items():
        con.execute(f"CREATE OR REPLACE TABLE {table} AS {sql} ORDER BY {ORDER[table]}")
    con.execute(
        "CREATE OR REPLACE TABLE sum_column (no INTEGER, table_name VARCHAR, column_name VARCHAR, period_on VARCHAR,"
        " predicate VARCHAR, measure VARCHAR)"
    )
    for no, column in enumerate(columns):
        con.execute("INSERT INTO sum_column VALUES (?, ?, ?, ?, ?, ?)", [no, *_entry(column)])


def _add(con: Any, columns: Sequence[Column], changes: str) -> None:
    """Add the changes to what was prepared; stocks of days not read before are counted in full."""
    by_table = {table: [c for c in columns if c.table == table] for table in KEYS}
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sum_day_kept AS SELECT * FROM sum_read_day"
        " INTERSECT SELECT * FROM sum_read_day_before"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sum_day_new AS SELECT * FROM sum_read_day"
        " EXCEPT SELECT * FROM sum_read_day_before"
    )
    kept = f"SELECT * FROM {STOCK} WHERE (as_of, reads) IN (SELECT (as_of, reads) FROM sum_day_kept)"
    statements = {
        FLOW: [f"SELECT * FROM {FLOW}", flow_sql(by_table[FLOW], changes, "sign")],
        STOCK: [
            kept,
            stock_sql(by_table[STOCK], changes, "sign", "sum_day_kept"),
            stock_sql(by_table[STOCK], SOURCE, "1", "sum_day_new"),
        ],
        DAYS: [f"SELECT * FROM {DAYS}", days_sql(by_table[DAYS], changes, "sign")],
    }
    for table, blocks in statements.items():
        sql = _merged(table, by_table[table], [f"({b})" for b in blocks])
        con.execute(f"CREATE OR REPLACE TABLE {table}_next AS {sql} ORDER BY {ORDER[table]}")
        con.execute(f"DROP TABLE {table}")
        con.execute(f"ALTER TABLE {table}_next RENAME TO {table}")
    con.execute("DROP TABLE sum_day_kept")
    con.execute("DROP TABLE sum_day_new")
