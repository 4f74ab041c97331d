"""The sample goes in as real files do: every layout is known, and just the rows planted to fail are rejected."""

from __future__ import annotations

import json
from collections import Counter

import duckdb

from etl.datasets import all_datasets
from etl.receipt import Receipt
from gandan.demo import text
from tests.sample.conftest import Small

REASONS = {
    "no_receipt": "missing_date",
    "unknown_unit": "unknown_unit",
    "end_before_receipt": "completed_before_received",
    "no_code": "no_code",
    "sum_of_parts": "identity_received",
}


def test_every_file_is_recognised(receipts: list[Receipt], small: Small) -> None:
    assert {receipt.file_name for receipt in receipts} == {file.path.name for file in small.written}
    assert {receipt.file_name: receipt.questions for receipt in receipts if receipt.questions} == {}


def test_just_the_planted_rows_are_rejected(receipts: list[Receipt], small: Small) -> None:
    planted = {
        file.path.name: (file.n_rows, {REASONS[reason]: n for reason, n in file.broken.items()})
        for file in small.written
    }
    found = {}
    for receipt in receipts:
        rejects: Counter[str] = Counter()
        for sheet in receipt.sheets:
            rejects.update(sheet.rejects)
        found[receipt.file_name] = (receipt.n_read, dict(rejects))
        assert receipt.n_read == receipt.n_accepted + receipt.n_rejected
    assert found == planted
    assert sum(sum(rejects.values()) for _, rejects in planted.values()) > 50


def test_both_regimes_and_every_dataset_come_in(receipts: list[Receipt]) -> None:
    assert {receipt.era for receipt in receipts} >= {"2tier", "3tier"}
    assert {receipt.dataset for receipt in receipts} == set(all_datasets())


def test_no_invented_person_is_stored(receipts: list[Receipt], small: Small) -> None:
    assert receipts
    for path in sorted(small.data_dir.loads.rglob("*.parquet")):
        relation = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
        for name, kind in zip(relation.columns, relation.types, strict=True):
            if str(kind) != "VARCHAR":
                continue
            values = {row[0] for row in relation.project(f'"{name}"').distinct().fetchall() if row[0]}
            bad = [
                v for v in values if any(given in v for given in text.GIVEN[:1]) or "0900000" in v or "000000000" in v
            ]
            assert not bad, (path.name, name, bad[:3])
    for path in small.data_dir.loads.rglob("receipt.json"):
        assert "Ví Dụ" not in json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
