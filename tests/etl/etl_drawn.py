"""Reads what a load left behind."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

from etl.receipt import Receipt
from warehouse.paths import DataDir

HEADER = "case_code,unit_code,received_at,due_at,completed_at,status\n"


def table(data_dir: DataDir, receipt: Receipt, name: str = "rows") -> list[dict[str, Any]]:
    """Return the rows, rejects or warnings of a load."""
    assert receipt.load_no is not None, receipt.questions
    return pq.read_table(data_dir.loads / f"{receipt.load_no:06d}" / f"{name}.parquet").to_pylist()


def reasons(data_dir: DataDir, receipt: Receipt, name: str = "rejects") -> list[tuple[int, str, str]]:
    """Return (row, field, reason) of the findings, by row."""
    return sorted((r["row"], r["field"], r["reason"]) for r in table(data_dir, receipt, name))
