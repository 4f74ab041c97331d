"""Draws loads: rows written in a test become the folder that intake would have staged."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from etl import runner
from etl.loaded import columns, staged_loads
from etl.receipt import Receipt, SheetReceipt
from etl.reference.tables import build_reference
from warehouse.engines import connect_builder
from warehouse.paths import DataDir

ARROW = {
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.date32(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
}
UNIT = "19432-20250701"
"""Xã Lao Bảo since 01/07/2025."""

REQUIRED: dict[str, dict[str, Any]] = {
    "case": {"unit_id": UNIT, "received_at": "2026-09-01"},
    "complaint": {"unit_id": UNIT, "received_on": "2026-09-01", "kind": "complaint"},
    "survey_answer": {"unit_id": UNIT, "answered_on": "2026-09-01", "survey_id": "S1", "respondent_id": "1"},
    "case_step": {"step_name": "Thẩm định", "started_at": "2026-09-01"},
    "reception": {"unit_id": UNIT, "received_on": "2026-09-01"},
    "engagement": {"unit_id": UNIT, "kind": "dialogue", "held_on": "2026-09-01"},
    "queue_ticket": {"unit_id": UNIT, "taken_at": "2026-09-01 08:00"},
    "settlement_summary": {"unit_id": UNIT, "period_start": "2026-09-01", "period_end": "2026-09-30"},
    "official_score": {"unit_id": UNIT, "index_id": "766", "period": "2025", "component_id": "total", "score": 1.0},
}


def write_load(
    data_dir: DataDir,
    rows: list[dict[str, Any]],
    dataset: str = "case",
    data_on: str | None = None,
    load_no: int | None = None,
    rejects: list[dict[str, Any]] | None = None,
    leaves_out: tuple[str, ...] = (),
    **receipt: Any,
) -> int:
    """Return the number of a load with these rows; what a row leaves out takes a default or is NULL.

    Dates are written as "2026-09-01" or "2026-09-01 10:30". A file has every column but those that it `leaves_out`.
    """
    number = load_no or 1 + max([int(p.name) for p in data_dir.loads.glob("[0-9]*")], default=0)
    folder = data_dir.loads / f"{number:06d}"
    folder.mkdir(parents=True)
    wanted = {name: kind for name, kind in columns(dataset).items() if name not in leaves_out}
    table = {name: [] for name in wanted}
    for at, row in enumerate(rows, start=2):
        unknown = row.keys() - wanted.keys()
        assert not unknown, f"no such column: {unknown}"
        full = {**REQUIRED[dataset], "source_sheet": "", "source_row": at, **row}
        for name, kind in wanted.items():
            table[name].append(_typed(full.get(name), kind))
    schema = pa.schema([(name, ARROW[kind]) for name, kind in wanted.items()])
    pq.write_table(pa.table(table, schema=schema), folder / "rows.parquet")
    findings = [
        {"sheet": "", "row": 9, "column": "", "field": "", "value_shape": "", "reason": "x", **r} for r in rejects or []
    ]
    if findings:
        pq.write_table(pa.Table.from_pylist(findings), folder / "rejects.parquet")
    found = Receipt(
        file_name=receipt.pop("file_name", f"file-{number}.csv"),
        sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        load_no=number,
        dataset=dataset,
        layout=receipt.pop("layout", "canonical"),
        loaded_at=datetime(2026, 11, 1, 8, 0),
        data_on=date.fromisoformat(data_on) if data_on else date(2026, 10, 31),
        sheets=[SheetReceipt("", 1, len(rows) + len(findings), len(rows), len(findings))],
        **receipt,
    )
    (folder / "receipt.json").write_text(found.to_json(), encoding="utf-8")
    return number


def _typed(value: Any, kind: str) -> Any:
    if isinstance(value, str) and kind == "TIMESTAMP":
        return datetime.fromisoformat(value)
    if isinstance(value, str) and kind == "DATE":
        return date.fromisoformat(value)
    return value


def small_dir(root: Path) -> DataDir:
    """Return an empty data folder below `root`."""
    return DataDir(root / "data")


@cache
def _reference_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="gandan-reference-"))
    con = connect_builder(folder / "reference.duckdb", folder)
    build_reference(con, DataDir(folder))
    con.close()
    return folder / "reference.duckdb"


def build(data_dir: DataDir) -> duckdb.DuckDBPyConnection:
    """Return a connection to the marts of every load in the folder, on the repository's own reference data."""
    data_dir.work.mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(dir=data_dir.work)) / "marts.duckdb"
    shutil.copyfile(_reference_file(), target)
    con = connect_builder(target, target.parent)
    runner.build_marts(con, data_dir, [load.load_no for load in staged_loads(data_dir)])
    return con


def rows_of(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query, dates as text."""
    return [tuple(v.isoformat() if isinstance(v, date) else v for v in row) for row in con.execute(sql).fetchall()]
