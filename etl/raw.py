"""The mapped columns of a sheet as a table of text; broken lines are kept apart with their number."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from etl.extract import Sheet
from etl.recognise import Match
from etl.text import literal, quoted, shape

NO_VALUE = ("", "NULL", "null", "-", "–", "N/A", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!")
"""What an export writes where there is nothing."""

ITEM = "item_"
RID = "rid"


@dataclass(frozen=True)
class Broken:
    """A line that could not be cut into cells."""

    row: int
    error: str
    shape: str


@dataclass
class Raw:
    """A table of text in the database: `rid` counts the rows read, `row_of` says where a rid stood in the file."""

    table: str
    columns: list[str]
    n_rows: int
    broken: list[Broken]
    row_sql: str
    """SQL over `rid` for the sender's row number."""
    is_wide: bool = False


def load(con: duckdb.DuckDBPyConnection, sheet: Sheet, match: Match, table: str) -> Raw:
    """Return the sheet's mapped columns as text, one row per row of the sender (of a wide survey: melted)."""
    chosen = {name: at for name, at in match.fields.items()}
    chosen |= {f"{ITEM}{at}": at for at in match.items}
    first = match.last_header_row + 1
    if sheet.path is not None:
        broken = _load_text(con, sheet, match, chosen, table)
        base = first + 1
    else:
        _load_rows(con, sheet.rows[first:], chosen, table)
        broken, base = [], first + 1
    blank = " AND ".join(f"({quoted(c)} IS NULL OR trim({quoted(c)}) = '')" for c in chosen)
    has_blank = con.execute(f"SELECT 1 FROM {table} WHERE {blank} LIMIT 1").fetchone()
    source = f"SELECT rowid AS {RID}, * FROM {table}" + (f" WHERE NOT ({blank})" if has_blank else "")
    constants = {**match.layout.constants}
    if match.layout.unit and "unit_code" not in chosen and "unit_name" not in chosen:
        constants["unit_code"] = match.layout.unit
    columns = [c for c in chosen if not c.startswith(ITEM)]
    for name, value in constants.items():
        if name not in columns:
            source = f"SELECT *, {literal(value)} AS {quoted(name)} FROM ({source})"
            columns.append(name)
    if match.items:
        listed = ", ".join(
            f"{{'item_id': {literal(item)}, 'answer': {quoted(ITEM + str(at))}}}" for at, item in match.items.items()
        )
        kept = ", ".join(quoted(c) for c in columns)
        source = f"SELECT {RID}, {kept}, cell.item_id AS item_id, cell.answer AS answer FROM (SELECT *, unnest([{listed}]) AS cell FROM ({source}))"
        columns += ["item_id", "answer"]
    con.execute(f"CREATE OR REPLACE VIEW {table}_rows AS {source}")
    counted = f"count(DISTINCT {RID})" if match.items else "count(*)"
    found = con.execute(f"SELECT {counted} FROM {table}_rows").fetchone()
    return Raw(
        f"{table}_rows",
        columns,
        found[0] if found else 0,
        broken,
        _row_sql(con, base, broken, table),
        bool(match.items),
    )


def _load_text(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, match: Match, chosen: dict[str, int], table: str
) -> list[Broken]:
    width = len(match.headers)
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    # The header's place in physical lines: a quoted header cell may run over several.
    skip = sheet.line_of[match.last_header_row]
    picked = ", ".join(f"c{at} AS {quoted(name)}" for name, at in chosen.items())
    con.execute("DROP TABLE IF EXISTS reject_errors")
    con.execute("DROP TABLE IF EXISTS reject_scans")
    con.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT {picked} FROM read_csv({literal(str(sheet.path))}, columns = {{{columns}}}, "
        f"header = false, skip = {skip}, delim = {literal(sheet.delimiter)}, quote = '\"', escape = '\"', auto_detect = false, "
        f"store_rejects = true, rejects_limit = 0, nullstr = [{', '.join(literal(n) for n in NO_VALUE)}], "
        f"encoding = 'utf-8', max_line_size = 10000000)"
    )
    found = con.execute(
        "SELECT line, min(CAST(error_type AS VARCHAR)), any_value(csv_line) FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    return [Broken(int(line), str(error).lower().replace(" ", "_"), shape(text or "")) for line, error, text in found]


def _load_rows(con: duckdb.DuckDBPyConnection, rows: list[list[str]], chosen: dict[str, int], table: str) -> None:
    absent = set(NO_VALUE)
    arrays = {
        name: pa.array([r[at] if at < len(r) and r[at] not in absent else None for r in rows], pa.string())
        for name, at in chosen.items()
    }
    con.register("handed_in", pa.table(arrays))
    try:
        con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM handed_in")
    finally:
        con.unregister("handed_in")


def _row_sql(con: duckdb.DuckDBPyConnection, base: int, broken: list[Broken], table: str) -> str:
    """Return SQL for the row number: each broken line before a row moves it one down."""
    if not broken:
        return f"CAST({RID} + {base} AS BIGINT)"
    # The i-th broken line stands before every row from rid = line - base - i on.
    con.execute(f"CREATE OR REPLACE TABLE {table}_broken (first_rid BIGINT)")
    con.register(
        "broken_rids", pa.table({"first_rid": pa.array([b.row - base - i for i, b in enumerate(broken)], pa.int64())})
    )
    con.execute(f"INSERT INTO {table}_broken SELECT first_rid FROM broken_rids")
    con.unregister("broken_rids")
    if len(broken) <= 64:
        moved = " + ".join(f"CAST({RID} >= {b.row - base - i} AS BIGINT)" for i, b in enumerate(broken))
    else:
        moved = f"(SELECT count(*) FROM {table}_broken WHERE first_rid <= {RID})"
    return f"CAST({RID} + {base} + {moved} AS BIGINT)"
