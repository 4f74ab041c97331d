"""A province published to 30/09/2026 and a draft of xã Lao Bảo to 05/10/2026, for tests of its pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from gandan import draft as drafting
from gandan.publish import publish
from tests.warehouse.loads import small_dir, write_load
from warehouse.paths import DataDir

LAO_BAO, DONG_HA = "19432", "19435"
UNITS = {"L": "19432-20250701", "D": "19435-20250701"}
"""First letter of a case's code -> the body that settles it."""
DAY = "2026-10-05"
FILE = "so-xa-lao-bao.csv"
NEW = "NEW1"
"""The case that only the draft knows: promised for 29/09, not done."""


def published(root: Path) -> DataDir:
    """Return a province of two communes, two cases overdue in each, with letters of every kind and a survey."""
    data = small_dir(root)
    cases = [
        {"case_code": f"{mark}{month}{n:02d}", "unit_id": unit, "received_at": f"2026-0{month}-{n + 1:02d}",
         "due_at": f"2026-0{month}-28", "completed_at": None if month == 9 and n < 2 else f"2026-0{month}-25"}
        for mark, unit in UNITS.items() for month in (7, 8, 9) for n in range(20)
    ]  # fmt: skip
    write_load(data, cases, data_on="2026-09-30")
    letters = [
        {"letter_code": f"{mark}-{kind}", "unit_id": unit, "kind": kind, "received_on": "2026-09-03"}
        for mark, unit in UNITS.items() for kind in ("complaint", "petition", "feedback", "denunciation")
    ]  # fmt: skip
    write_load(data, letters, dataset="complaint", data_on="2026-09-30")
    publish(data)
    return data


def file_of(folder: Path, code: str = NEW, name: str = FILE) -> Path:
    """Write a file of the commune: an overdue case, and a row of the other commune."""
    path = folder / name
    path.write_text(
        "case_code,unit_code,received_at,due_at,completed_at,status\n"
        f"{code},{LAO_BAO},2026-09-10,2026-09-29,,processing\n"
        f"FOREIGN9,{DONG_HA},2026-09-10,2026-09-29,,processing\n",
        encoding="utf-8",
    )
    return path


def drafted(root: Path) -> DataDir:
    """Return the province with the commune's draft; call it with GANDAN_TODAY set to DAY."""
    data = published(root)
    done = drafting.load(data, LAO_BAO, [file_of(root)], lambda step: None, data_on=date(2026, 10, 5))
    assert done.draft is not None
    return data
