"""Columns that hold two fields, and fields that are spread over columns: taken apart only where every cell fits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from etl_drawn import reasons, table
from sheets_drawn import CODES, N_ROWS, UNIT_CODES, UNITS, asked, cases, dates, read, sheet

from etl.intake import load_files
from etl.receipt import Receipt
from etl.unpack import unpack
from warehouse.paths import DataDir

BOTH = [f"{code} - {name}" for code, name in zip(UNIT_CODES, UNITS, strict=True)]


def values(
    data_dir: DataDir, columns: dict[str, list[str]], answers: dict[str, str] | None = None
) -> dict[str, list[str]]:
    """Return field -> cells of the rows under the header, once unpacked."""
    drawn = sheet(columns)
    match = read(drawn, data_dir)
    rows = unpack(drawn, match).rows[match.last_header_row + 1 :]
    return {name: [row[at] for row in rows] for name, at in match.fields.items()}


@pytest.mark.parametrize(
    "header", ["Ngày tiếp nhận - Ngày hẹn trả", "Ngày tiếp nhận/hẹn trả", "Ngày tiếp nhận; hẹn trả"]
)
@pytest.mark.parametrize("joint", [" - ", "\n", " → ", "; "])
def test_receipt_and_due_date_in_one_column_are_two_fields(data_dir: DataDir, header: str, joint: str) -> None:
    cells = [joint.join(pair) for pair in zip(dates(), dates(9), strict=True)]
    found = values(data_dir, {"Mã hồ sơ": CODES, "Cơ quan giải quyết": UNITS, header: cells})
    assert found["received_at"] == dates() and found["due_at"] == dates(9)


def test_a_second_date_that_is_not_there_yet_is_empty(data_dir: DataDir) -> None:
    cells = [f"{a} - {b}" if n % 2 else f"{a} - " for n, (a, b) in enumerate(zip(dates(), dates(9), strict=True))]
    found = values(
        data_dir, {"Mã hồ sơ": CODES, "Cơ quan giải quyết": UNITS, "Ngày tiếp nhận - Ngày có kết quả": cells}
    )
    assert found["received_at"] == dates()
    assert found["completed_at"] == [day if n % 2 else "" for n, day in enumerate(dates(9))]


@pytest.mark.parametrize("header", ["Mã, tên đơn vị giải quyết", "Mã - Tên cơ quan giải quyết", "Đơn vị giải quyết"])
def test_code_and_name_of_a_unit_in_one_column_are_two_fields(data_dir: DataDir, header: str) -> None:
    found = values(data_dir, {"Mã hồ sơ": CODES, header: BOTH, "Ngày tiếp nhận": dates()})
    assert found["unit_code"] == UNIT_CODES and found["unit_name"] == UNITS


def test_name_and_code_the_other_way_round(data_dir: DataDir) -> None:
    cells = [f"{name} ({code})" for code, name in zip(UNIT_CODES, UNITS, strict=True)]
    found = values(data_dir, {"Mã hồ sơ": CODES, "Đơn vị giải quyết": cells, "Ngày tiếp nhận": dates()})
    assert found["unit_code"] == UNIT_CODES and found["unit_name"] == UNITS


def test_a_number_that_belongs_to_a_name_is_no_code(data_dir: DataDir) -> None:
    cells = [f"Phường {n}" for n in range(1, N_ROWS + 1)]
    found = values(data_dir, {"Mã hồ sơ": CODES, "Đơn vị giải quyết": cells, "Ngày tiếp nhận": dates()})
    assert found["unit_name"] == cells and "unit_code" not in found


def test_a_procedure_with_its_code_is_two_fields(data_dir: DataDir) -> None:
    cells = ["1.004873 - Đăng ký khai sinh", "2.000815 - Chứng thực bản sao"] * (N_ROWS // 2)
    found = values(data_dir, dict(cases(**{"Mã TTHC - Tên TTHC": cells})))
    assert set(found["procedure_code"]) == {"1.004873", "2.000815"}
    assert set(found["procedure_name"]) == {"Đăng ký khai sinh", "Chứng thực bản sao"}


def test_a_column_with_one_cell_that_does_not_fit_is_not_cut_but_asked_about_or_left(data_dir: DataDir) -> None:
    cells = [" - ".join(pair) for pair in zip(dates(), dates(9), strict=True)]
    cells[5] = "chưa rõ"
    found = asked(
        sheet({"Mã hồ sơ": CODES, "Cơ quan giải quyết": UNITS, "Ngày tiếp nhận - Ngày hẹn trả": cells}), data_dir
    )
    assert [q.code for q in found.questions] == ["unknown_layout"]


def test_a_date_and_its_hour_in_two_columns_are_one_moment(data_dir: DataDir) -> None:
    found = values(data_dir, dict(cases(**{"Giờ tiếp nhận": ["08:30", "14:05"] * (N_ROWS // 2)})))
    assert found["received_at"][:2] == [f"{dates()[0]} 08:30", f"{dates()[1]} 14:05"]


def test_day_month_and_year_in_three_columns_are_one_date(data_dir: DataDir) -> None:
    parts = [day.split("/") for day in dates()]
    found = values(
        data_dir,
        {
            "Mã hồ sơ": CODES, "Cơ quan giải quyết": UNITS, "Ngày tiếp nhận: Ngày": [p[0] for p in parts],
            "Ngày tiếp nhận: Tháng": [p[1] for p in parts], "Ngày tiếp nhận: Năm": [p[2] for p in parts],
        },
    )  # fmt: skip
    assert found["received_at"] == dates()


CSV = """Mã hồ sơ;Đơn vị giải quyết;Ngày tiếp nhận - Ngày hẹn trả
H44.12-261013-0001;19432 - Xã Lao Bảo;13/10/2026 - 20/10/2026
H44.12-261014-0002;19432 - Xã Lao Bảo;14/10/2026 - 21/10/2026
;19432 - Xã Lao Bảo;15/10/2026 - 22/10/2026
"""


def test_a_text_file_keeps_the_senders_rows(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    receipt = load_text("Sổ theo dõi;;\n" + CSV)
    rows = table(data_dir, receipt)
    assert [(r["received_at"], r["due_at"], r["source_row"]) for r in rows] == [
        (datetime(2026, 10, 13), datetime(2026, 10, 20), 3), (datetime(2026, 10, 14), datetime(2026, 10, 21), 4),
    ]  # fmt: skip
    assert {r["unit_id"] for r in rows} == {"19432-20250701"}
    assert reasons(data_dir, receipt) == [(5, "case_code", "no_code")]


def test_a_workbook_keeps_the_senders_rows(data_dir: DataDir, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = book.add_worksheet("T10")
    for n, line in enumerate(CSV.splitlines(), 2):
        page.write_row(n, 0, line.split(";"))
    book.close()
    (receipt,) = load_files([tmp_path / "a.xlsx"], data_dir)
    assert [r["source_row"] for r in table(data_dir, receipt)] == [4, 5]
    assert reasons(data_dir, receipt) == [(6, "case_code", "no_code")]
