"""Typed rows, rejects and warnings of one load, written aside and then shown by one rename."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.datasets import Dataset
from etl.findings import note_checks, note_duplicates, note_rejects
from etl.query import count
from etl.raw import Raw
from etl.receipt import SheetReceipt
from etl.recognise import Match
from etl.text import literal, quoted
from etl.validate import Plan
from warehouse.paths import GROUP_READS

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
    prefix: str,
    rows_file: Path,
) -> Staged:
    """Write the sheet's accepted rows and note its rejects and warnings; read = accepted + rejected.

    `prefix` (of the file's hash) begins the numbers that stand for respondents: the same file gives the same numbers.
    """
    typed = plan.typed_sql.replace("{prefix}", prefix)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE rejected AS SELECT rid, min(reason) AS reason FROM "
        f"(SELECT rid, {plan.reject_sql} AS reason FROM ({typed})) WHERE reason IS NOT NULL GROUP BY rid"
    )
    n_rejected = count(con, "SELECT count(*) FROM rejected")
    kept = "WHERE rid NOT IN (SELECT rid FROM rejected)" if n_rejected else ""
    stored = ", ".join(f"CAST({quoted(n)} AS {kind}) AS {quoted(n)}" for n, kind in plan.columns)
    con.execute(
        f"COPY (SELECT {stored}, {literal(receipt.sheet)} AS source_sheet, "
        f"CAST({raw.row_sql} AS INTEGER) AS source_row, "
        f"{plan.flags_sql} AS row_flags FROM ({typed}) {kept}) TO {literal(str(rows_file))} (FORMAT parquet)"
    )
    n_rows = count(con, f"SELECT count(*) FROM read_parquet({literal(str(rows_file))})")
    n_accepted = _accepted(con, raw, rows_file, n_rows)
    receipt.n_read = raw.n_rows + len(raw.broken)
    receipt.n_rejected = n_rejected + len(raw.broken)
    receipt.n_accepted = n_accepted
    receipt.set_aside = dict(raw.set_aside)
    receipt.unknown_labels = plan.unknown_labels
    if receipt.n_read != receipt.n_accepted + receipt.n_rejected:
        raise AssertionError(f"read {receipt.n_read} <> accepted {receipt.n_accepted} + rejected {receipt.n_rejected}")
    note_rejects(con, raw, match, plan, dataset, receipt)
    note_checks(con, raw, match, plan, dataset, receipt, rows_file)
    note_duplicates(con, match, dataset, receipt, rows_file)
    return Staged(receipt, rows_file)


def _accepted(con: duckdb.DuckDBPyConnection, raw: Raw, rows_file: Path, n_rows: int) -> int:
    """Return accepted rows as the sender counts them: respondents of a wide survey."""
    if not raw.is_wide:
        return n_rows
    return count(con, f"SELECT count(DISTINCT source_row) FROM read_parquet({literal(str(rows_file))})")


def finish(con: duckdb.DuckDBPyConnection, folder: Path, parts: list[Path]) -> None:
    """Write the rows of all sheets as one file, and the findings beside them."""
    if len(parts) == 1:
        parts[0].rename(folder / "rows.parquet")
    else:
        files = ", ".join(literal(str(p)) for p in parts)
        con.execute(
            f"COPY (SELECT * FROM read_parquet([{files}], union_by_name = true)) "
            f"TO {literal(str(folder / 'rows.parquet'))} (FORMAT parquet)"
        )
        for part in parts:
            part.unlink()
    for table, name in (("found_reject", "rejects.parquet"), ("found_warning", "warnings.parquet")):
        con.execute(f"COPY (FROM {table}) TO {literal(str(folder / name))} (FORMAT parquet)")


def show(folder: Path, final: Path, receipt_json: str) -> None:
    """Flush everything and show the load under its number, by one rename."""
    (folder / "receipt.json").write_text(receipt_json, "utf-8")
    for path in folder.iterdir():
        _flush(path)
    final.parent.mkdir(mode=GROUP_READS, parents=True, exist_ok=True)
    folder.rename(final)
    _flush(final.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
