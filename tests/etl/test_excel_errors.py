"""A cell with an Excel error, or a formula whose result was never saved, is told from an empty cell."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
from etl_drawn import reasons, table

from etl import messages
from etl.intake import load_files
from warehouse.paths import DataDir

HEADER = ["case_code", "unit_code", "received_at", "due_at", "completed_at", "n_supplements"]


def workbook(path: Path, *rows: list[object]) -> Path:
    """Return a workbook of these rows; what begins with "=" is a formula without a saved result."""
    book = openpyxl.Workbook()
    for row in [HEADER, *rows]:
        book.active.append(row)
    for row in book.active.iter_rows():
        for cell in row:
            if cell.value in ("#N/A", "#REF!"):
                cell.data_type = "e"
    book.save(path)
    return path


def row(n: int, **given: object) -> list[object]:
    filled = {"case_code": f"H44.12-261001-000{n}", "unit_code": "19432", "received_at": "01/10/2026",
              "due_at": "05/10/2026", "completed_at": "03/10/2026", "n_supplements": "0"}  # fmt: skip
    return list({**filled, **given}.values())


def test_an_error_in_a_required_cell_is_the_reason_of_the_reject_and_in_a_date_a_warning(
    data_dir: DataDir, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        row(1),
        row(2, received_at="#N/A"),
        row(3, case_code="#REF!"),
        row(4, unit_code="=VLOOKUP(A5,Z:Z,1)"),
        row(5, completed_at="#N/A"),
        row(6, due_at="=C7+5"),
        row(7, completed_at=None),
        row(8, n_supplements="#N/A"),
    )
    (receipt,) = load_files([path], data_dir)
    assert reasons(data_dir, receipt) == [
        (3, "received_at", "excel_error"),
        (4, "case_code", "excel_error"),
        (5, "unit_code", "excel_error"),
    ]
    assert reasons(data_dir, receipt, "warnings") == [
        (6, "completed_at", "excel_error"),
        (7, "due_at", "excel_error"),
    ]
    assert [r["completed_at"] is None for r in table(data_dir, receipt)] == [False, True, False, True, False]
    assert {r["value_shape"] for r in table(data_dir, receipt, "rejects")} == {None}
    assert "Excel" in messages.reason("excel_error", "vi") and "#N/A" in messages.reason("excel_error", "en")


def test_rows_that_hold_nothing_but_a_formula_are_blank(data_dir: DataDir, tmp_path: Path) -> None:
    empty = [None, None, None, None, "=D3+1", None]
    (receipt,) = load_files([workbook(tmp_path / "a.xlsx", row(1), empty, empty)], data_dir)
    assert (receipt.n_read, receipt.n_rejected) == (1, 0)


def test_a_formula_that_yields_an_empty_text_is_an_empty_cell(data_dir: DataDir, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", row(1, completed_at='=IF(D2="","",D2)'))
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    text, n = re.subn(rb'<c r="E2"[^>]*><f>([^<]*)</f>(?:<v ?/>|<v></v>)?</c>',
                      rb'<c r="E2" t="str"><f>\1</f><v></v></c>', parts[name])  # fmt: skip
    assert n == 1
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in {**parts, name: text}.items():
            archive.writestr(part, content)
    (receipt,) = load_files([path], data_dir)
    assert receipt.n_accepted == 1 and not receipt.sheets[0].warnings
