"""A real log through a layout and a unit list alone: Boston's 311 requests."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from etl_drawn import table

from etl.intake import load_files
from warehouse.paths import REPOSITORY, DataDir

LOGS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "real_logs"

pytestmark = pytest.mark.shared


@pytest.fixture
def boston(data_dir: DataDir) -> DataDir:
    shutil.copytree(REPOSITORY / "examples" / "boston311" / "reference", data_dir.root / "reference")
    return data_dir


@pytest.mark.parametrize(
    ("layout", "by_instant", "agreeing"), [("boston311-instant", True, 4602), ("boston311", False, 4570)]
)
def test_our_on_time_is_the_citys_by_instant_and_differs_on_32_by_date(
    boston: DataDir, layout: str, by_instant: bool, agreeing: int
) -> None:
    source = LOGS / "boston311_2019_subset.csv"
    (receipt,) = load_files([source], boston, layout=layout)
    assert (receipt.n_read, receipt.n_accepted) == (8928, 8928)
    assert receipt.due_precision == ("instant" if by_instant else "date")
    with source.open(encoding="utf-8") as opened:
        flags = {r["case_enquiry_id"]: r["on_time"] for r in csv.DictReader(opened)}
    closed = [r for r in table(boston, receipt) if r["completed_at"] and r["due_at"]]
    assert len(closed) == 4602

    def is_on_time(row: dict) -> bool:
        if by_instant:
            return bool(row["completed_at"] <= row["due_at"])
        return bool(row["completed_at"].date() <= row["due_at"].date())

    assert sum(is_on_time(r) == (flags[r["case_code"]] == "ONTIME") for r in closed) == agreeing


def test_both_date_orders_of_the_same_cases_read_the_same(boston: DataDir) -> None:
    iso, dmy = load_files([LOGS / "boston311-100.csv", LOGS / "boston311-dmy-100.csv"], boston)
    assert iso.n_accepted == dmy.n_accepted == 100
    assert table(boston, iso) == table(boston, dmy)
