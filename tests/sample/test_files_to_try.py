"""The three files that the demo leaves to be tried: what each asks, and what comes of the answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etl import intake
from etl.intake import load_files
from etl.receipt import Receipt
from gandan.demo import stories, to_try
from tests.sample.conftest import Small
from warehouse import ledger
from warehouse.paths import DataDir


@pytest.fixture
def tried(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[DataDir, dict[str, Receipt]]:
    """Load them into a folder that is marked as the sample and holds nothing yet."""
    monkeypatch.setenv("GANDAN_TODAY", stories.LAST_DAY)
    shutil.copy(small.data_dir.root / "DEMO", tmp_path / "DEMO")
    shutil.copytree(small.data_dir.root / "reference", tmp_path / "reference")
    data_dir = DataDir(tmp_path)
    found = load_files([small.data_dir.root / to_try.FOLDER], data_dir)
    return data_dir, {receipt.file_name: receipt for receipt in found}


def test_a_layout_never_seen_asks_for_its_doubtful_dates_and_leaves_its_total_aside(
    tried: tuple[DataDir, dict[str, Receipt]],
) -> None:
    data_dir, receipts = tried
    receipt = receipts["phan-mem-moi-10-2026.xlsx"]
    asked = {q.key: {c.value for c in q.choices} for q in receipt.questions}
    assert asked["column:ngay tra"] == {"completed_at", "handed_over_at", ""}
    assert asked["column:ngay nop"] == {"received_at", ""} and len(asked) <= 3
    answers = {"column:ngay tra": "completed_at", "column:ngay nop": "received_at"}
    (settled,) = intake.answer([receipt.waiting_id], data_dir, answers)
    assert (settled.n_accepted, settled.n_rejected) == (48, 0)
    assert settled.sheets[0].set_aside["total_row"] == 1
    assert "phan-mem-moi-10-2026.xlsx" not in {one["file_name"] for one in ledger.waiting(data_dir)}


def test_a_web_page_named_as_a_workbook_is_read_and_its_faulty_rows_come_back(
    tried: tuple[DataDir, dict[str, Receipt]],
) -> None:
    receipt = tried[1]["so-xa-lao-bao-10-2026.xls"]
    assert not receipt.questions
    assert receipt.sheets[0].rejects == {"no_code": 1, "unreadable_date": 1, "completed_before_received": 1}
    assert receipt.n_accepted == 37


def test_a_commune_with_namesakes_asks_for_its_province(tried: tuple[DataDir, dict[str, Receipt]]) -> None:
    data_dir, receipts = tried
    receipt = receipts["so-xa-tan-lap-10-2026.csv"]
    assert [q.key for q in receipt.questions] == ["province"]
    (settled,) = intake.answer([receipt.waiting_id], data_dir, {"province": "44"})
    assert (settled.n_accepted, list(settled.units)) == (24, ["19462-20250701"])
