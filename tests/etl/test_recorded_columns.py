"""What a file has no column for is not recorded, and is never taken for not done.

Stored rows have every field of their dataset, empty or not; for a while that told every file to record apologies, and a
file without a column for them made a commune look as if it never apologised.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from etl.receipt import Receipt
from tests.warehouse.loads import build
from warehouse.paths import DataDir

Load = Callable[..., Receipt]
CASE = "case_code,unit_code,received_at,due_at,completed_at,status"
ROW = "H44.12-261001-000{},19432,2026-10-01,2026-10-05,2026-10-09,completed"
MEETING = "unit_code,held_on,kind"


def read(data_dir: DataDir, what: str, table: str, order: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = build(data_dir).execute(f"SELECT {what} FROM {table} ORDER BY {order}").fetchall()
    return found


def test_a_log_without_a_column_for_apologies_or_supplements_records_none(load_text: Load, data_dir: DataDir) -> None:
    load_text(f"{CASE}\n{ROW.format(1)}\n", name="a.csv")
    load_text(f"{CASE},apology_at\n{ROW.format(2)},\n", name="b.csv")
    load_text(f"{CASE},n_supplements,apology_at\n{ROW.format(3)},0,2026-10-04\n", name="c.csv")
    what = "is_apology_recorded, is_supplement_recorded, is_supplement_counted"
    assert read(data_dir, what, "fct_case", "case_code") == [
        (False, False, False),
        (True, False, False),
        (True, True, True),
    ]


def test_a_file_of_meetings_without_a_column_for_publishing_or_replies_records_none(
    load_text: Load, data_dir: DataDir
) -> None:
    load_text(f"{MEETING}\n19432,2026-10-01,dialogue\n", name="a.csv")
    load_text(f"{MEETING},published_on\n19432,2026-10-02,dialogue,\n", name="b.csv")
    load_text(f"{MEETING},replied_on,published_on\n19432,2026-10-03,oversight,2026-10-09,\n", name="c.csv")
    what = "is_publication_recorded, is_reply_recorded"
    assert read(data_dir, what, "fct_engagement", "held_on") == [(False, False), (True, False), (True, True)]


@pytest.mark.parametrize("column", ["apology_at", "synced_at"])
def test_a_receipt_names_the_fields_that_its_file_has(load_text: Load, column: str) -> None:
    receipt = load_text(f"{CASE},{column}\n{ROW.format(1)},2026-10-04\n")
    assert set(receipt.sheets[0].fields) == {*CASE.split(","), column}
    assert Receipt.from_json(receipt.to_json()).sheets[0].fields == receipt.sheets[0].fields
