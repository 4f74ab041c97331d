"""The mapped columns of a sheet as a table, in one pass; broken lines are kept apart with their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from etl import codes, date_order, stated, text_lines
from etl.datasets import all_datasets
from etl.date_order import Orders, turned_sql
from etl.extract import Sheet, Unreadable, with_one_line_end
from etl.personal import rules, safe
from etl.query import count
from etl.receipt import Question
from etl.recognise import Match
from etl.structure import BLANK, TABLES, Table, fill_merged, furniture, records_above
from etl.text import literal, quoted
from etl.types import DateOrder, date_sql, fast_date_sql, full_date_sql, in_range_sql

NO_VALUE = ("", "NULL", "null", "-", "–", "N/A", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!")
"""What an export writes where there is nothing."""

EXCEL_ERROR = "#EXCEL!"
"""Stands in a workbook's cell that holds an error or an unsaved formula where a value is needed (`excel_errors`)."""

ITEM = "cell__"
"""Column of a wide survey before it is melted; no field begins so."""
RID = "rid"


@dataclass
class Raw:
    """A table in the database: `rid` counts the rows read, `row_of` says where a rid stood in the file."""

    table: str
    columns: list[str]
    n_rows: int
    broken: list[text_lines.Broken]
    row_sql: str
    """SQL over `rid` for the sender's row number."""
    is_wide: bool = False
    has_excel_errors: bool = False
    set_aside: dict[str, int] = field(default_factory=dict)
    """Rows that are no records: reason -> rows; they are neither in the table nor in `n_rows`."""
    constants: frozenset[str] = frozenset()
    """Columns that are the same in every row, told by the layout or the sheet's title."""
    orders: Orders = field(default_factory=Orders)
    """How the dates were read, and what has to be asked about them."""


TEXT = "__text"
"""Beside a date column: what was written, where it could not be read."""
STATE = "__state"
"""Beside a code column: one of `codes.STATES`."""
MENDED = "__mended"
"""Beside a code column: 0, or one more than the index in `codes.REPAIRS` of what was put right."""


def load(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    match: Match,
    table: str,
    aside: Path,
    answers: Mapping[str, str] | None = None,
) -> Raw:
    """Return the sheet's mapped columns, one row per row of the sender (of a wide survey: melted).

    Texts stay texts; dates are read and codes looked at on the way, in the one pass over the file. What the dates
    leave open is in `Raw.orders`: then nothing of the table may be used.
    """
    chosen = dict(match.fields) | {f"{ITEM}{at}": at for at in match.items}
    first = match.last_header_row + 1
    broken: list[text_lines.Broken] = []
    if sheet.path is None:
        fill_merged(sheet.rows, sheet.merged, match)
    elif text_lines.has_mixed_ends(sheet.path):
        sheet.path = with_one_line_end(sheet.path, aside)
    try:
        orders = _read(con, sheet, match, table, chosen, answers or {})
    except duckdb.InvalidInputException:
        if sheet.path is None:
            raise
        raise Unreadable("broken_text") from None
    base = first + 1
    if sheet.path is not None:
        n_lines, broken = count(con, f"SELECT count(*) FROM {table}"), text_lines.broken_lines(con)
        # The last row of the preview may be cut short; fewer rows than it shows were lost on the way.
        if n_lines + len(broken) < sum(bool(row) for row in sheet.preview[first:-1]):
            raise Unreadable("broken_text")
        broken = text_lines.judged(broken, sheet.delimiter, n_lines, base)
    else:
        con.unregister("handed_in")
    no_records = _set_aside(con, sheet, match, table, chosen, first)
    rows = f"SELECT rowid AS {RID}, * FROM {table}"
    if no_records:
        rows += f" WHERE rowid NOT IN (SELECT rid FROM {table}_aside)"
    title = stated.told(match.layout, sheet, match.last_header_row, chosen, answers or {})
    orders.questions += title.questions
    above = records_above(sheet.preview, match)
    if above:
        values = {"row": str(first), "n": str(above)}
        orders.questions.append(Question("rows_above_header", safe(sheet.name), values))
    constants = {**title.constants, **match.layout.constants}
    if match.layout.unit and "unit_code" not in chosen and "unit_name" not in chosen:
        constants["unit_code"] = match.layout.unit
    if match.survey_id:
        constants.setdefault("survey_id", match.survey_id)
    columns = [c for c in chosen if not c.startswith(ITEM)]
    for name, value in constants.items():
        if name not in columns:
            written = literal(value)
            if _type(name, match) in date_order.DATES:
                written = f"{date_sql(written)} AS {quoted(name)}, CAST(NULL AS VARCHAR) AS {quoted(name + TEXT)}"
            else:
                written += f" AS {quoted(name)}"
            rows = f"SELECT *, {written} FROM ({rows})"
            columns.append(name)
    if match.items:
        listed = ", ".join(
            f"{{'item_id': {literal(item)}, 'answer': {quoted(ITEM + str(at))}}}" for at, item in match.items.items()
        )
        items = ", ".join(quoted(ITEM + str(at)) for at in match.items)
        rows = (
            f"SELECT * EXCLUDE (cell), cell.item_id AS item_id, cell.answer AS answer "
            f"FROM (SELECT * EXCLUDE ({items}), unnest([{listed}]) AS cell FROM ({rows}))"
        )
        columns += ["item_id", "answer"]
    con.execute(f"CREATE OR REPLACE VIEW {table}_rows AS {rows}")
    counted = f"count(DISTINCT {RID})" if match.items else "count(*)"
    n_rows = count(con, f"SELECT {counted} FROM {table}_rows")
    missing = [b.row for b in broken]
    if sheet.path is not None:
        missing = sorted([*missing, *text_lines.empty_records(sheet.path, sheet.delimiter, first)])
    row_sql = text_lines.row_sql(con, base, missing, table)
    has_errors = any(EXCEL_ERROR in row for row in sheet.rows[first:])
    counted_aside = Counter([*no_records.values(), *(b.aside for b in broken)])
    return Raw(
        f"{table}_rows",
        columns,
        n_rows,
        [b for b in broken if not b.aside],
        row_sql,
        bool(match.items),
        has_errors,
        {reason: n for reason, n in sorted(counted_aside.items()) if reason not in ("", BLANK)},
        frozenset(constants) - chosen.keys(),
        orders,
    )


def _read(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    match: Match,
    table: str,
    chosen: dict[str, int],
    answers: Mapping[str, str],
) -> Orders:
    """Fill the table and return how its dates were read.

    Where the layout states the order the sheet is read at once; its texts are counted only where some of them make
    sense the other way round alone, or where date cells lie beside texts.
    """
    first, dataset = match.last_header_row + 1, all_datasets()[match.layout.dataset]
    is_text = sheet.path is not None
    dates = [at for name, at in chosen.items() if _type(name, match) in date_order.DATES]
    shapes = date_order.Shapes() if is_text else date_order.shapes(sheet.rows[first:], dates)

    def fill(orders: Orders) -> Orders:
        source = _source(con, sheet, match, first)
        con.execute(
            f"CREATE OR REPLACE TABLE {table} AS {_read_sql(source, chosen, match, sheet, orders, shapes.plain)}"
        )
        return orders

    def decided() -> Orders:
        source = _source(con, sheet, match, first, rejects=False)
        return date_order.decide(con, source, match, dataset, answers)

    if shapes.is_mixed or not match.layout.is_date_order_stated or answers.get("date_order"):
        return fill(decided())
    fill(Orders())
    return fill(decided()) if _is_against(con, match, table, chosen) else Orders()


def _is_against(con: duckdb.DuckDBPyConnection, match: Match, table: str, chosen: dict[str, int]) -> bool:
    """Return whether texts that could not be read make sense in the other order of day and month."""
    other: DateOrder = "mdy" if match.layout.date_order == "dmy" else "dmy"
    for name in chosen:
        if _type(name, match) in date_order.DATES:
            text = quoted(name + TEXT)
            unread = f"SELECT {text} AS t FROM {table} WHERE {text} IS NOT NULL"
            if count(con, f"SELECT count(*) FROM ({unread}) WHERE {date_sql('t', other)} IS NOT NULL"):
                return True
    return False


def _set_aside(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, match: Match, table: str, chosen: dict[str, int], first: int
) -> dict[int, str]:
    """Return the reason of each row that is no record, and leave their rids in `<table>_aside`.

    Only rows that lack what every record has are looked at, so the usual file costs one look at two columns.
    """
    doubtful = _doubtful_sql(match, chosen)
    rids = [r for (r,) in con.execute(f"SELECT rowid FROM {table} WHERE {doubtful} ORDER BY 1").fetchall()]
    if not rids:
        return {}
    last = count(con, f"SELECT coalesce(max(rowid), -1) FROM {table} WHERE NOT ({doubtful})")
    found = furniture(_cells(con, sheet, match, table, first, rids, doubtful), Table.of(match), last)
    con.register("handed_aside", pa.table({"rid": pa.array(list(found), pa.int64())}))
    con.execute(f"CREATE OR REPLACE TABLE {table}_aside AS SELECT rid FROM handed_aside")
    con.unregister("handed_aside")
    return found


def _doubtful_sql(match: Match, chosen: dict[str, int]) -> str:
    """Return SQL that is true of rows that may be no records; never NULL."""
    dataset = all_datasets()[match.layout.dataset]
    tests = []
    for name in chosen:
        one = dataset.fields.get(name)
        if one is None or not one.is_required:
            continue
        if one.type in ("instant", "day"):
            tests.append(f"{quoted(name)} IS NULL")
        elif one.type == "code":
            tests.append(f"{quoted(name + STATE)} <> 0")
    if dataset.name in TABLES or not tests:
        if "respondent_id" not in chosen:
            return "TRUE"
        key = quoted("respondent_id")
        is_numbered = f"rowid = 0 AND regexp_full_match({key}, '\\(?[0-9]{{1,2}}\\)?')"  # the row of column numbers
        return f"coalesce(NOT regexp_matches({key}, '[0-9]') OR ({is_numbered}), TRUE)"
    return " AND ".join(tests)


def _cells(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    match: Match,
    table: str,
    first: int,
    rids: list[int],
    doubtful: str,
) -> dict[int, list[str]]:
    """Return all cells of some rows, mapped or not; a text file is read a second time for them."""
    if sheet.path is None:
        return {rid: sheet.rows[first + rid] for rid in rids}
    source = _source(con, sheet, match, first, rejects=False)
    found = con.execute(
        f"SELECT * FROM (SELECT row_number() OVER () - 1 AS {RID}, * FROM {source}) "
        f"WHERE {RID} IN (SELECT rowid FROM {table} WHERE {doubtful})"
    ).fetchall()
    return {rid: [cell or "" for cell in cells] for rid, *cells in found}


def _type(name: str, match: Match) -> str:
    one = all_datasets()[match.layout.dataset].fields.get(name)
    return one.type if one else "text"


def _read_sql(
    source: str, chosen: dict[str, int], match: Match, sheet: Sheet, orders: Orders, plain: frozenset[int]
) -> str:
    """Return the SELECT in three floors, so that nothing is worked out twice: cut and cast, slow way, what is kept."""
    first, second, third = [], [], []
    layout = match.layout
    for name, at in chosen.items():
        cell, kind = f"c{at}", _type(name, match)
        kept = quoted(name)
        if kind in date_order.DATES:
            order = orders.of(name, match)
            written = turned_sql(cell) if name in orders.turned else cell
            fast = fast_date_sql(written, order, _is_mostly_iso(sheet, match, at))
            first.append(f"{cell}, {fast} AS fast_{at}")
            full = in_range_sql(f"fast_{at}") if at in plain else full_date_sql(f"fast_{at}", written, order)
            second.append(f"{cell}, {full} AS {kept}")
            text = f"CASE WHEN {kept} IS NULL AND trim({cell}) <> '' THEN {cell} END"
            third.append(f"{kept}, {text} AS {quoted(name + TEXT)}")
        elif kind == "code":
            # The usual form first: what has it needs no further look.
            form = layout.code_pattern or rules()["codes"]["case_code"]
            first.append(f"{cell}, coalesce(regexp_full_match({cell}, {literal(form)}), FALSE) AS known_{at}")
            second.append(
                f"{cell}, known_{at}, CASE WHEN known_{at} THEN {cell} ELSE {codes.mended(cell, form)} END AS {kept}"
            )
            state = codes.state(f"known_{at}", kept, form)
            third.append(
                f"{kept}, {state} AS {quoted(name + STATE)}, {codes.repair(cell, kept)} AS {quoted(name + MENDED)}"
            )
        else:
            first.append(f"{cell} AS {kept}")
            second.append(kept)
            third.append(kept)
    inner = f"SELECT {', '.join(first)} FROM {source}"
    return f"SELECT {', '.join(third)} FROM (SELECT {', '.join(second)} FROM ({inner}))"


def _is_mostly_iso(sheet: Sheet, match: Match, at: int) -> bool:
    """Return whether most of the first filled cells are ISO; only the speed of reading depends on it."""
    cells = [r[at] for r in sheet.preview[match.last_header_row + 1 :] if at < len(r) and r[at]]
    return sum(c[4:5] == "-" for c in cells) * 2 > len(cells)


def _source(con: duckdb.DuckDBPyConnection, sheet: Sheet, match: Match, first: int, rejects: bool = True) -> str:
    """Return the relation of all rows below the header as text columns c0, c1, …"""
    width = len(match.headers)
    if sheet.path is None:
        absent = set(NO_VALUE)
        arrays = {
            f"c{at}": pa.array(
                [r[at] if at < len(r) and r[at] not in absent else None for r in sheet.rows[first:]], pa.string()
            )
            for at in range(width)
        }
        con.register("handed_in", pa.table(arrays))
        return "handed_in"
    # Some exports end every row, but not the header, with a delimiter.
    body = [r for r in sheet.preview[first:] if any(r)]
    if body and all(len(r) == width + 1 and not r[width] for r in body):
        width += 1
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    # The reader skips records: a quoted header cell that runs over several lines is part of one, an empty line is one.
    skip = first
    for table in ("reject_errors", "reject_scans"):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    kept = "store_rejects = true, rejects_limit = 0" if rejects else "ignore_errors = true"
    return (
        f"read_csv({literal(str(sheet.path))}, columns = {{{columns}}}, header = false, skip = {skip}, "
        f"delim = {literal(sheet.delimiter)}, quote = '\"', escape = '\"', auto_detect = false, {kept}, "
        f"nullstr = [{', '.join(literal(n) for n in NO_VALUE)}], encoding = 'utf-8', max_line_size = 10000000)"
    )
