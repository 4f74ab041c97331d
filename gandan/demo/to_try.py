"""Files to try the page Dữ liệu with: not loaded by the demo, each with something that a page should say or ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import xlsxwriter

from gandan.demo.case_files import Written
from gandan.demo.text import GIVEN, SURNAMES
from gandan.demo.write import CREATED

FOLDER = "to-try"
COMMUNE, COMMUNE_CODE, NAMESAKE = "UBND xã Lao Bảo", "12", "UBND xã Tân Lập"
MONTH_BEGINS, KNOWN_ON = date(2026, 10, 1), date(2026, 10, 31)
Row = tuple[str, str, date, date, date | None]
"""Code, procedure, receipt, due and end."""
PROCEDURES = ("Đăng ký khai sinh", "Đăng ký kết hôn", "Chứng thực bản sao từ bản chính")


def _rows(rng: np.random.Generator, n: int, first_serial: int) -> list[Row]:
    rows: list[Row] = []
    for i in range(n):
        received = MONTH_BEGINS + timedelta(days=int(rng.integers(0, 28)))
        due = received + timedelta(days=int(rng.integers(3, 12)))
        ended = received + timedelta(days=int(rng.integers(1, 14)))
        code = f"H44.{COMMUNE_CODE}-{received:%y%m%d}-{first_serial + i:04d}"
        rows.append((code, PROCEDURES[i % 3], received, due, ended if ended <= KNOWN_ON else None))
    return rows


def write_files(folder: Path, rng: np.random.Generator) -> list[Written]:
    """Write the three files; return what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _unknown_layout(folder / "phan-mem-moi-10-2026.xlsx", _rows(rng, 48, 7000)),
        _page_as_workbook(folder / "so-xa-lao-bao-10-2026.xls", _rows(rng, 40, 7100)),
        _namesake(folder / "so-xa-tan-lap-10-2026.csv", _rows(rng, 24, 7200)),
    ]


def _unknown_layout(path: Path, rows: Sequence[Row]) -> Written:
    """Write headers that no layout knows; two of its date columns may mean two things each."""
    headers = ("TT", "Mã số hồ sơ", "Tên TTHC", "Đơn vị xử lý", "Ngày nộp", "Hạn trả KQ", "Ngày trả", "Họ tên")
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    book.set_properties({"created": CREATED})
    sheet = book.add_worksheet("Tháng 10")
    sheet.write_string(0, 0, "DANH SÁCH HỒ SƠ (số liệu đến ngày 31/10/2026)")
    sheet.write_row(2, 0, headers)
    for at, (code, procedure, received, due, ended) in enumerate(rows):
        cells = (at + 1, code, procedure, COMMUNE, received, due, ended, _person(at))
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(at + 3, column, datetime(cell.year, cell.month, cell.day))
            elif cell is not None:
                sheet.write(at + 3, column, cell)
    sheet.write_string(len(rows) + 3, 0, f"Tổng cộng: {len(rows)} hồ sơ")
    sheet.write_string(len(rows) + 5, 5, "NGƯỜI LẬP BIỂU")
    book.close()
    return Written(path, "case", len(rows))


def _page_as_workbook(path: Path, rows: Sequence[Row]) -> Written:
    """Write a web page named as a workbook, with three rows that must be rejected."""
    headers = ("STT", "Mã hồ sơ", "Tên TTHC", "Cơ quan giải quyết", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày có kết quả")
    lines = []
    for at, (code, procedure, received, due, ended) in enumerate(rows):
        cells = [str(at + 1), code, procedure, COMMUNE, *(f"{d:%d/%m/%Y}" if d else "" for d in (received, due, ended))]
        if at == 5:
            cells[1] = ""
        elif at == 11:
            cells[4] = "31/02/2026"
        elif at == 17:
            cells[6] = f"{received - timedelta(days=3):%d/%m/%Y}"
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = "<tr>" + "".join(f"<th>{h}</th>" for h in headers) + "</tr>"
    page = f'<html><head><meta charset="utf-8"></head><body><table>{head}{"".join(lines)}</table></body></html>'
    path.write_text(page, "utf-8")
    broken = {"no_code": 1, "no_receipt": 1, "end_before_receipt": 1}
    return Written(path, "case", len(rows), broken)


def _namesake(path: Path, rows: Sequence[Row]) -> Written:
    """Write a text file of a commune whose name other provinces have too."""
    headers = ("Mã số", "Tên thủ tục", "Đơn vị giải quyết", "Ngày nhận hồ sơ", "Hạn giải quyết", "Ngày có kết quả")
    lines = [";".join(headers)]
    for code, procedure, received, due, ended in rows:
        days = (f"{d:%d/%m/%Y}" if d else "" for d in (received, due, ended))
        lines.append(";".join((code, procedure, NAMESAKE, *days)))
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("utf-16"))
    return Written(path, "case", len(rows))


def _person(at: int) -> str:
    return f"{SURNAMES[at % len(SURNAMES)]} {GIVEN[at % len(GIVEN)]}"
