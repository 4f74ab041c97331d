"""What a draft takes of a file: rows of its own unit; rows of others stay apart, and countable."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from etl.datasets import all_datasets
from etl.loaded import Load, staged_loads
from etl.receipt import Question, Receipt
from warehouse.drafts import DENUNCIATION, OTHER_UNIT
from warehouse.engines import connect_builder
from warehouse.paths import DataDir

REFUSED = "not_in_draft"
NEVER = ("survey_answer", "official_score")
"""Datasets that no draft takes: survey rows are listed for nobody, scores are published by others."""


def condition(dataset: str, bodies: Sequence[str]) -> str:
    """Return the condition on a dataset's rows that makes them the unit's own; empty where rows name no unit."""
    if dataset in NEVER:
        return "FALSE"
    if "unit_code" not in all_datasets()[dataset].fields:
        return ""
    listed, own = ", ".join(_literal(one) for one in bodies), _settled_by(bodies)
    if dataset == "case":
        return f"({own} OR coalesce(receiving_unit_id, '') IN ({listed}))"
    return f"({own} AND coalesce(kind, '') <> 'denunciation')" if dataset == "complaint" else own


def _settled_by(bodies: Sequence[str]) -> str:
    return f"unit_id IN ({', '.join(_literal(one) for one in bodies)})"


def admit(folder: DataDir, bodies: Sequence[str]) -> dict[int, Receipt]:
    """Return the receipts of loads that were let go, as nothing in them is for a draft; the others keep own rows only.

    Done before every build, so that a load which was cut off between the two steps is put right.
    """
    gone = {}
    for one in staged_loads(folder):
        if one.receipt.dataset in NEVER:
            question = Question(REFUSED, "", {"dataset": one.receipt.dataset})
            gone[one.load_no] = Receipt(one.receipt.file_name, one.receipt.sha256, questions=[question])
            shutil.rmtree(one.folder)
            continue
        receipt = _own_only(folder, one, bodies)
        if not receipt.n_accepted:
            gone[one.load_no] = receipt
            shutil.rmtree(one.folder)
    return gone


def _own_only(folder: DataDir, one: Load, bodies: Sequence[str]) -> Receipt:
    """Return the load's receipt after rows of others were moved to its rejects."""
    own = condition(one.receipt.dataset, bodies)
    if not own or not one.rows.is_file():
        return one.receipt
    con = connect_builder(None, folder.work / "spill", memory_limit="400MB")
    try:
        return _split(con, folder, one, own, _settled_by(bodies))
    finally:
        con.close()


def _split(con: duckdb.DuckDBPyConnection, folder: DataDir, one: Load, own: str, settled: str) -> Receipt:
    rows = f"read_parquet({_literal(str(one.rows))})"
    present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()}
    missing = [name for name in ("receiving_unit_id", "kind") if name not in present]
    known = f"(SELECT *{''.join(f', CAST(NULL AS VARCHAR) AS {name}' for name in missing)} FROM {rows})"
    con.execute(
        f"""
        CREATE TABLE apart AS
        SELECT
            source_sheet AS sheet,
            source_row AS row,
            '' AS "column",
            '' AS field,
            CAST(NULL AS VARCHAR) AS value_shape,
            CASE WHEN {settled} THEN '{DENUNCIATION}' ELSE '{OTHER_UNIT}' END AS reason
        FROM {known} AS sent
        WHERE NOT ({own})
        """
    )
    counts = con.execute("SELECT sheet, reason, count(*) FROM apart GROUP BY sheet, reason ORDER BY ALL").fetchall()
    if not counts:
        return one.receipt
    aside = folder.work / f"load-own-{one.load_no}"
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(one.folder, aside)
    without = f" EXCLUDE ({', '.join(missing)})" if missing else ""
    con.execute(
        f"COPY (SELECT *{without} FROM {known} AS sent WHERE {own}) TO {_literal(str(aside / 'rows.parquet'))} "
        "(FORMAT parquet)"
    )
    rejects = one.folder / "rejects.parquet"
    before = f"SELECT * FROM read_parquet({_literal(str(rejects))}) UNION ALL BY NAME " if rejects.is_file() else ""
    con.execute(f"COPY ({before}SELECT * FROM apart) TO {_literal(str(aside / 'rejects.parquet'))} (FORMAT parquet)")
    receipt = _counted(one.receipt, counts)
    (aside / "receipt.json").write_text(receipt.to_json(), "utf-8")
    shutil.rmtree(one.folder)
    aside.rename(one.folder)
    return receipt


def _counted(receipt: Receipt, counts: Sequence[tuple[str, str, int]]) -> Receipt:
    """Return the receipt with so many rows moved from accepted to rejected."""
    sheets = [replace(sheet, rejects=dict(sheet.rejects)) for sheet in receipt.sheets]
    for name, reason, n in counts:
        sheet = next(s for s in sheets if s.sheet == (name or "") and s.n_accepted >= n)
        sheet.n_accepted -= n
        sheet.n_rejected += n
        sheet.rejects[reason] = sheet.rejects.get(reason, 0) + n
    return replace(receipt, sheets=sheets)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
