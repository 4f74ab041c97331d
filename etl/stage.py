"""Typed rows, rejects and warnings of one load, written aside and then shown by one rename."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.datasets import Dataset
from etl.personal import is_unit_like, looks_personal, safe
from etl.raw import TEXT, Raw
from etl.receipt import SheetReceipt
from etl.recognise import Match
from etl.text import clean, literal, quoted, shape
from etl.validate import Check, Plan

FINDINGS_SHOWN = 1000
"""Warnings are counted in full; so many rows per field and reason are listed."""

FINDING_COLUMNS = (
    '("sheet" VARCHAR, "row" INTEGER, "column" VARCHAR, "field" VARCHAR, "value_shape" VARCHAR, "reason" VARCHAR)'
)


@dataclass
class Staged:
    """What the sheet left behind: its receipt so far."""

    receipt: SheetReceipt
    rows_file: Path


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of findings for one load."""
    for table in ("found_reject", "found_warning"):
        con.execute(f"CREATE OR REPLACE TABLE {table} {FINDING_COLUMNS}")


def stage_sheet(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    match: Match,
    plan: Plan,
    dataset: Dataset,
    receipt: SheetReceipt,
    load_no: int,
    rows_file: Path,
) -> Staged:
    """Write the sheet's accepted rows and note its rejects and warnings; read = accepted + rejected."""
    typed = plan.typed_sql.replace("{load_no}", f"{load_no:06d}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE rejected AS SELECT rid, min(reason) AS reason FROM "
        f"(SELECT rid, {plan.reject_sql} AS reason FROM ({typed})) WHERE reason IS NOT NULL GROUP BY rid"
    )
    n_rejected = _one(con, "SELECT count(*) FROM rejected")
    kept = "WHERE rid NOT IN (SELECT rid FROM rejected)" if n_rejected else ""
    bits = " | ".join(f"(CASE WHEN {c.when} THEN {1 << n} ELSE 0 END)" for n, c in enumerate(plan.checks)) or "0"
    # A row number of its own per sheet; the sender's numbers go with every row.
    stored = ", ".join(f"CAST({quoted(n)} AS {kind}) AS {quoted(n)}" for n, kind in plan.columns)
    con.execute(
        f"COPY (SELECT {stored}, {literal(receipt.sheet)} AS source_sheet, CAST({raw.row_sql} AS INTEGER) AS source_row, "
        f"CAST({bits} AS BIGINT) AS row_flags FROM ({typed}) {kept}) TO {literal(str(rows_file))} (FORMAT parquet)"
    )
    n_rows = _one(con, f"SELECT count(*) FROM read_parquet({literal(str(rows_file))})")
    n_accepted = _accepted(con, raw, rows_file, n_rows)
    receipt.n_read = raw.n_rows + len(raw.broken)
    receipt.n_rejected = n_rejected + len(raw.broken)
    receipt.n_accepted = n_accepted
    if receipt.n_read != receipt.n_accepted + receipt.n_rejected:
        raise AssertionError(f"read {receipt.n_read} <> accepted {receipt.n_accepted} + rejected {receipt.n_rejected}")
    _note_rejects(con, raw, match, plan, dataset, receipt)
    _note_checks(con, raw, match, plan, dataset, receipt, rows_file)
    _note_duplicates(con, match, dataset, receipt, rows_file)
    return Staged(receipt, rows_file)


def _accepted(con: duckdb.DuckDBPyConnection, raw: Raw, rows_file: Path, n_rows: int) -> int:
    """Return accepted rows as the sender counts them: respondents of a wide survey."""
    if not raw.is_wide:
        return n_rows
    return _one(con, f"SELECT count(DISTINCT source_row) FROM read_parquet({literal(str(rows_file))})")


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = con.execute(sql).fetchone()
    return int(found[0]) if found else 0


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
    if value is None or not clean(value):
        return None
    text = clean(value)
    is_harmless = value in plain or (
        len(text) <= 19 and not looks_personal(text) and set(text) <= set("0123456789/-.:, T")
    )
    if field in ("unit_code", "receiving_unit_code") and not looks_personal(text) and len(text) <= 60:
        is_harmless = is_harmless or is_unit_like(text)
    return text if is_harmless else shape(text)


def _note_rejects(
    con: duckdb.DuckDBPyConnection, raw: Raw, match: Match, plan: Plan, dataset: Dataset, receipt: SheetReceipt
) -> None:
    for broken in raw.broken:
        receipt.rejects["broken_line"] = receipt.rejects.get("broken_line", 0) + 1
    listed: list[tuple[int, str, str, str | None, str]] = [(b.row, "", "", b.shape, "broken_line") for b in raw.broken]
    for reason_field, n in con.execute(
        "SELECT reason, count(*) FROM rejected GROUP BY reason ORDER BY reason"
    ).fetchall():
        reason, _, field = reason_field.partition("|")
        receipt.rejects[reason] = receipt.rejects.get(reason, 0) + n
        column = _raw_sql(raw, dataset, field)
        value = f"any_value({column})" if column else "NULL"
        for row, text in con.execute(
            f"SELECT {raw.row_sql} AS row, {value} FROM {raw.table} AS r WHERE rid IN "
            f"(SELECT rid FROM rejected WHERE reason = ?) GROUP BY rid ORDER BY rid",
            [reason_field],
        ).fetchall():
            listed.append(
                (row, header_of(match, field), field, shown(text, field, plan.plain.get(field, frozenset())), reason)
            )
    _insert(con, "found_reject", receipt.sheet, listed)


def _note_checks(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    match: Match,
    plan: Plan,
    dataset: Dataset,
    receipt: SheetReceipt,
    rows_file: Path,
) -> None:
    source = f"read_parquet({literal(str(rows_file))})"
    if not plan.checks or not _one(con, f"SELECT count(*) FROM {source} WHERE row_flags <> 0"):
        return
    per = "DISTINCT source_row" if raw.is_wide else "*"
    counted = con.execute(
        "SELECT "
        + ", ".join(f"count({per}) FILTER (WHERE row_flags & {1 << n} <> 0)" for n in range(len(plan.checks)))
        + f" FROM {source} WHERE row_flags <> 0"
    ).fetchone()
    assert counted is not None
    repair_mask = sum(1 << n for n, c in enumerate(plan.checks) if c.is_repair)
    warn_mask = sum(1 << n for n, c in enumerate(plan.checks) if not c.is_repair)
    receipt.n_warned = _one(con, f"SELECT count({per}) FROM {source} WHERE row_flags & {warn_mask} <> 0")
    receipt.n_repaired = _one(con, f"SELECT count({per}) FROM {source} WHERE row_flags & {repair_mask} <> 0")
    listed: list[tuple[int, str, str, str | None, str]] = []
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
) -> list[tuple[int, str, str, str | None, str]]:
    column = _raw_sql(raw, dataset, check.field)
    header = header_of(match, check.field)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE flagged AS SELECT DISTINCT source_row FROM {flagged} ORDER BY source_row LIMIT {FINDINGS_SHOWN}"
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


def _note_duplicates(
    con: duckdb.DuckDBPyConnection, match: Match, dataset: Dataset, receipt: SheetReceipt, rows_file: Path
) -> None:
    """Count the rows of a key that comes again in the sheet; the newest of them wins in the marts."""
    if dataset.name == "survey_answer":
        return
    source, key = f"read_parquet({literal(str(rows_file))})", quoted(dataset.key)
    # Hashes first: eight bytes a row instead of the codes themselves.
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT hash({key}) AS code_hash FROM {source} GROUP BY 1 HAVING count(*) > 1"
    )
    if not _one(con, "SELECT count(*) FROM repeated"):
        return
    twice = f"SELECT source_row, {key} AS code FROM {source} WHERE hash({key}) IN (SELECT code_hash FROM repeated)"
    n = _one(con, f"SELECT count(*) - count(DISTINCT code) FROM ({twice})")
    if not n:
        return
    receipt.warnings["duplicate_in_file"] = n
    receipt.n_warned += n
    rows = con.execute(
        f"SELECT source_row, code FROM (SELECT *, row_number() OVER (PARTITION BY code ORDER BY source_row) AS nth FROM ({twice})) "
        f"WHERE nth > 1 ORDER BY source_row LIMIT {FINDINGS_SHOWN}"
    ).fetchall()
    header = header_of(match, dataset.key)
    _insert(
        con,
        "found_warning",
        receipt.sheet,
        [(row, header, dataset.key, code, "duplicate_in_file") for row, code in rows],
    )


def _insert(
    con: duckdb.DuckDBPyConnection, table: str, sheet: str, rows: list[tuple[int, str, str, str | None, str]]
) -> None:
    if not rows:
        return
    import pyarrow as pa

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


def finish(con: duckdb.DuckDBPyConnection, folder: Path, final: Path, parts: list[Path], receipt_json: str) -> None:
    """Write what is left, flush everything and show the load under its number."""
    if len(parts) == 1:
        parts[0].rename(folder / "rows.parquet")
    else:
        files = ", ".join(literal(str(p)) for p in parts)
        con.execute(
            f"COPY (SELECT * FROM read_parquet([{files}], union_by_name = true)) TO {literal(str(folder / 'rows.parquet'))} (FORMAT parquet)"
        )
        for part in parts:
            part.unlink()
    for table, name in (("found_reject", "rejects.parquet"), ("found_warning", "warnings.parquet")):
        con.execute(f"COPY (FROM {table}) TO {literal(str(folder / name))} (FORMAT parquet)")
    (folder / "receipt.json").write_text(receipt_json, "utf-8")
    for path in folder.iterdir():
        _flush(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(final)
    _flush(final.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
