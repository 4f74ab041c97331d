"""Rejected and warned rows with the sender's row, header and value, or the value's shape."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow as pa

from etl.datasets import Dataset
from etl.personal import is_unit_like, looks_personal, safe
from etl.query import count, first_row
from etl.raw import EXCEL_ERROR, TEXT, Raw
from etl.receipt import SheetReceipt
from etl.recognise import Match
from etl.text import clean, literal, quoted, shape
from etl.validate import Check, Plan

FINDINGS_SHOWN = 1000
"""Warnings are counted in full; so many rows per field and reason are listed. Rejected rows are all listed."""

HARMLESS = re.compile(r"\d{1,4}([/.\-])\d{1,2}\1\d{1,4}([ T,]+\d{1,2}(:\d{1,2}){0,2})?|[-\d.,]{1,6}")
"""A date or a small number; longer numbers may be those of a tax payer, an account or an insured person."""
BIRTH_YEAR = re.compile(r"\b19\d\d\b")

Finding = tuple[int, str, str, str | None, str]
"""Row, column (the sender's header), field, value or its shape, reason."""


def header_of(match: Match, field: str) -> str:
    """Return the sender's own header for a field; the unit's name stands in for its code."""
    for name in (field, field.replace("_code", "_name")):
        if name in match.fields:
            return safe(match.headers[match.fields[name]])
    return field


def _raw_sql(raw: Raw, dataset: Dataset, field: str) -> str | None:
    """Return SQL for what the sender wrote in a field, dates as dd/mm/yyyy."""
    for name in (field, field.replace("unit_code", "unit_name")):
        if name in raw.columns:
            if dataset.fields[name].type in ("instant", "day"):
                return f"coalesce(r.{quoted(name + TEXT)}, strftime(r.{quoted(name)}, '%d/%m/%Y'))"
            return f"r.{quoted(name)}"
    return None


def shown(value: str | None, field: str, plain: frozenset[str] = frozenset()) -> str | None:
    """Return a value as a report may show it: dates and repeated harmless texts as they are, all else as a shape."""
    if value is None or not clean(value) or value == EXCEL_ERROR:
        return None
    text = clean(value)
    is_small = HARMLESS.fullmatch(text) and not BIRTH_YEAR.search(text) and not looks_personal(text)
    is_harmless = value in plain or bool(is_small)
    if field in ("unit_code", "receiving_unit_code") and not looks_personal(text) and len(text) <= 60:
        is_harmless = is_harmless or is_unit_like(text)
    return text if is_harmless else shape(text)


def note_rejects(
    con: duckdb.DuckDBPyConnection, raw: Raw, match: Match, plan: Plan, dataset: Dataset, receipt: SheetReceipt
) -> None:
    if raw.broken:
        receipt.rejects["broken_line"] = len(raw.broken)
    _insert(con, "found_reject", receipt.sheet, [(b.row, "", "", b.shape, "broken_line") for b in raw.broken])
    for reason_field, n in con.execute(
        "SELECT reason, count(*) FROM rejected GROUP BY reason ORDER BY reason"
    ).fetchall():
        reason, _, field = reason_field.partition("|")
        receipt.rejects[reason] = receipt.rejects.get(reason, 0) + n
        column = _raw_sql(raw, dataset, field)
        value = f"any_value({column})" if column else "CAST(NULL AS VARCHAR)"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE turned_away AS SELECT {raw.row_sql} AS row, {value} AS text "
            f"FROM {raw.table} AS r WHERE rid IN (SELECT rid FROM rejected WHERE reason = ?) GROUP BY rid",
            [reason_field],
        )
        # Each distinct text is looked at once: a file may be rejected whole.
        plain = plan.plain.get(field, frozenset())
        texts = [t for (t,) in con.execute("SELECT DISTINCT text FROM turned_away WHERE text IS NOT NULL").fetchall()]
        con.register(
            "handed_shown",
            pa.table(
                {
                    "text": pa.array(texts, pa.string()),
                    "value": pa.array([shown(t, field, plain) for t in texts], pa.string()),
                }
            ),
        )
        con.execute(
            "INSERT INTO found_reject SELECT ?, row, ?, ?, handed_shown.value, ? FROM turned_away "
            "LEFT JOIN handed_shown ON handed_shown.text = turned_away.text ORDER BY row",
            [receipt.sheet, header_of(match, field), field, reason],
        )
        con.unregister("handed_shown")


def note_checks(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    match: Match,
    plan: Plan,
    dataset: Dataset,
    receipt: SheetReceipt,
    rows_file: Path,
) -> None:
    source = f"read_parquet({literal(str(rows_file))})"
    if not plan.checks or not count(con, f"SELECT count(*) FROM {source} WHERE row_flags <> 0"):
        return
    per = "DISTINCT source_row" if raw.is_wide else "*"
    counted = first_row(
        con,
        "SELECT "
        + ", ".join(f"count({per}) FILTER (WHERE row_flags & {1 << n} <> 0)" for n in range(len(plan.checks)))
        + f" FROM {source} WHERE row_flags <> 0",
    )
    assert counted is not None
    repair_mask = sum(1 << n for n, c in enumerate(plan.checks) if c.is_repair)
    warn_mask = sum(1 << n for n, c in enumerate(plan.checks) if not c.is_repair)
    receipt.n_warned = count(con, f"SELECT count({per}) FROM {source} WHERE row_flags & {warn_mask} <> 0")
    receipt.n_repaired = count(con, f"SELECT count({per}) FROM {source} WHERE row_flags & {repair_mask} <> 0")
    listed: list[Finding] = []
    for n, check in enumerate(plan.checks):
        if not counted[n]:
            continue
        tally = receipt.repairs if check.is_repair else receipt.warnings
        tally[check.code] = tally.get(check.code, 0) + counted[n]
        if not check.is_repair:
            listed += _rows_of_check(con, raw, match, plan, dataset, check, f"{source} WHERE row_flags & {1 << n} <> 0")
    _insert(con, "found_warning", receipt.sheet, listed)


def _rows_of_check(
    con: duckdb.DuckDBPyConnection, raw: Raw, match: Match, plan: Plan, dataset: Dataset, check: Check, flagged: str
) -> list[Finding]:
    column = _raw_sql(raw, dataset, check.field)
    header = header_of(match, check.field)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE flagged AS SELECT DISTINCT source_row FROM {flagged} "
        f"ORDER BY source_row LIMIT {FINDINGS_SHOWN}"
    )
    if column is None or raw.is_wide:
        return [
            (r[0], header, check.field, None, check.code)
            for r in con.execute("SELECT source_row FROM flagged ORDER BY 1").fetchall()
        ]
    rows = con.execute(
        f"SELECT row, text FROM (SELECT CAST({raw.row_sql} AS INTEGER) AS row, {column} AS text FROM {raw.table} AS r) "
        f"WHERE row IN (SELECT source_row FROM flagged) ORDER BY row"
    ).fetchall()
    plain = plan.plain.get(check.field, frozenset())
    return [(row, header, check.field, shown(text, check.field, plain), check.code) for row, text in rows]


def note_duplicates(
    con: duckdb.DuckDBPyConnection, match: Match, dataset: Dataset, receipt: SheetReceipt, rows_file: Path
) -> None:
    """Count the rows of a key that comes again in the sheet; the newest of them wins in the marts."""
    if dataset.name == "survey_answer" or dataset.is_several:
        return
    source, code, reason = f"read_parquet({literal(str(rows_file))})", quoted(dataset.key), "duplicate_in_file"
    key = code
    if dataset.same:
        key, reason = f"row({', '.join(quoted(c) for c in dataset.same)})", "repeated_in_file"
    # Hashes first: eight bytes a row instead of the codes themselves.
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT hash({key}) AS code_hash FROM {source} "
        f"GROUP BY 1 HAVING count(*) > 1"
    )
    if not count(con, "SELECT count(*) FROM repeated"):
        return
    twice = (
        f"SELECT source_row, {key} AS key, CAST({code} AS VARCHAR) AS code FROM {source} "
        f"WHERE hash({key}) IN (SELECT code_hash FROM repeated)"
    )
    n = count(con, f"SELECT count(*) - count(DISTINCT key) FROM ({twice})")
    if not n:
        return
    receipt.warnings[reason] = n
    receipt.n_warned += n
    rows = con.execute(
        f"SELECT source_row, code FROM "
        f"(SELECT *, row_number() OVER (PARTITION BY key ORDER BY source_row) AS nth FROM ({twice})) "
        f"WHERE nth > 1 ORDER BY source_row LIMIT {FINDINGS_SHOWN}"
    ).fetchall()
    header = header_of(match, dataset.key)
    _insert(
        con,
        "found_warning",
        receipt.sheet,
        # A letter's code may be that of a denunciation, of which no list may speak.
        [
            (row, header, dataset.key, shape(code) if dataset.name == "complaint" else code, reason)
            for row, code in rows
        ],
    )


def _insert(con: duckdb.DuckDBPyConnection, table: str, sheet: str, rows: list[Finding]) -> None:
    if not rows:
        return
    columns = list(zip(*rows, strict=True))
    con.register(
        "handed_findings",
        pa.table(
            {
                "sheet": pa.array([sheet] * len(rows), pa.string()),
                "row": pa.array(columns[0], pa.int32()),
                **{
                    n: pa.array(c, pa.string())
                    for n, c in zip(("column", "field", "value_shape", "reason"), columns[1:], strict=True)
                },
            }
        ),
    )
    con.execute(f"INSERT INTO {table} SELECT * FROM handed_findings")
    con.unregister("handed_findings")
