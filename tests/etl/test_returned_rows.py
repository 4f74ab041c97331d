"""What is kept of a rejected row: enough to put it right, and nobody's data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from etl_drawn import HEADER

from etl import returned
from etl.loaded import staged_loads
from etl.receipt import Receipt
from etl.returned import ReturnedRow
from warehouse.paths import DataDir

LETTERS = "letter_code,kind,unit_code,received_on,settled_on\n"
SURVEY = "survey_id,respondent_id,unit_code,answered_on,item_id,answer\n"


def kept(data_dir: DataDir) -> list[ReturnedRow]:
    return returned.read(staged_loads(data_dir)[-1]).rows


def test_every_reason_of_a_row_is_kept_the_counted_one_first_and_one_per_column(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    receipt = load_text(HEADER + ",99999,32/10/2026,2026-10-05,2026-10-03,completed\n" + _good())
    (row,) = kept(data_dir)
    (counted,) = receipt.sheets[0].rejects
    assert row.reasons[0].partition("|")[0] == counted
    assert sorted(row.reasons) == ["no_code|case_code", "unknown_unit|unit_code", "unreadable_date|received_at"]


def _good() -> str:
    return "H44.12-261001-0001,19432,2026-10-01,2026-10-05,2026-10-03,completed\n"


def test_a_row_is_given_back_as_written_where_it_was_understood(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    load_text(HEADER + "H44.12-261005-0002,19432,05/10/2026 08:30,08/10/2026,01/10/2026,Đã xử lý xong\n")
    (row,) = kept(data_dir)
    assert (row.sheet, row.row, row.unit_id, str(row.event_on)) == ("", 2, "19432-20250701", "2026-10-05")
    assert row.cells == {
        "case_code": "H44.12-261005-0002",
        "unit_code": "19432",
        "received_at": "2026-10-05 08:30:00",
        "due_at": "2026-10-08",
        "completed_at": "2026-10-01",
        "status": "Đã xử lý xong",
    }
    assert row.shaped == []


@pytest.mark.parametrize(
    ("header", "value", "drawn"),
    [
        ("case_code", "0912345678", "0#########"),
        ("case_code", "NguyenVanAn-12", "AaaaaaAaaAa-##"),
        ("procedure_name", "Nguyễn Văn An xin cấp đất", "Aaaaaa Aaa Aa aaa aaa aaa"),
        ("status", "gọi 0912345678", "aaa ##########"),
        ("unit_name", "nhà ông Nguyễn Văn An", "aaa aaa Aaaaaa Aaa Aa"),
        ("completed_at", "001099012345", "0###########"),
        ("procedure_code", "1.004873.Nguyễn Văn An", "#.######.Aaaaaa Aaa Aa"),
        ("n_supplements", "001099012345", "0###########"),
    ],
)
def test_a_value_that_may_be_personal_is_kept_as_a_shape_only(
    load_text: Callable[..., Receipt], data_dir: DataDir, header: str, value: str, drawn: str
) -> None:
    cells = {"case_code": "", "unit_code": "19432", "received_at": "2026-10-05"} | {header: value}
    load_text(",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    (row,) = kept(data_dir)
    assert row.cells[header] == drawn and header in row.shaped
    assert all(value.encode() not in file.read_bytes() for file in data_dir.loads.rglob("*") if file.is_file())


def test_the_name_of_an_unknown_office_is_kept_so_that_it_can_be_put_right(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    load_text("case_code,unit_name,received_at\nH44.12-261001-0001,UBND xã Không Có,2026-10-05\n")
    (row,) = kept(data_dir)
    assert (row.cells["unit_name"], row.shaped) == ("UBND xã Không Có", [])


def test_a_column_that_no_field_takes_leaves_nothing(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    load_text("case_code,unit_code,received_at,Ghi nhớ\n,19432,2026-10-05,mật khẩu\n")
    (row,) = kept(data_dir)
    assert set(row.cells) == {"unit_code", "received_at"}
    assert all("mật khẩu".encode() not in f.read_bytes() for f in data_dir.loads.rglob("*") if f.is_file())


def test_of_denunciations_and_letters_of_no_known_kind_only_the_place_is_kept(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    load_text(
        LETTERS
        + "TC-12/2026,Tố cáo,19432,,\n"
        + "KN-13/2026,Khiếu nại,19432,,\n"
        + "XX-14/2026,Không rõ,19432,2026-10-05,\n"
        + "KN-15/2026,Khiếu nại,19432,2026-10-05,\n"
    )
    rows = kept(data_dir)
    assert [(r.row, r.is_restricted, r.unit_id) for r in rows] == [
        (2, True, None), (3, False, "19432-20250701"), (4, True, None),
    ]  # fmt: skip
    assert rows[0].cells == rows[2].cells == {} and rows[1].cells["letter_code"] == "KN-13/2026"
    stored = b"".join(f.read_bytes() for f in data_dir.loads.rglob("returned-*.parquet"))
    assert b"TC-12" not in stored and b"XX-14" not in stored


def test_of_a_survey_only_the_place_and_the_reason_are_kept(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    load_text(SURVEY + "ks26,1,19432,2026-10-05,q1,\nks26,2,19432,2026-10-05,q1,4\n", dataset="survey_answer")
    (row,) = kept(data_dir)
    assert (row.row, row.is_restricted, row.cells, row.unit_id) == (2, True, {}, None)
    assert row.reasons == ["missing_value|answer"]


def test_a_line_that_cannot_be_cut_into_cells_is_kept_by_its_number(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    receipt = load_text(HEADER + _good() + "H44.12-261001-0002,19432,2026-10-01,,,,too,many,cells\n" + _good())
    (row,) = kept(data_dir)
    assert (row.row, row.reasons, row.cells) == (3, ["broken_line|"], {})
    assert receipt.n_rejected == 1


def test_a_load_without_rejects_says_what_its_flags_mean(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    load_text(HEADER + _good())
    found = returned.read(staged_loads(data_dir)[0])
    assert found.is_kept and found.rows == []
    assert [c.header for c in found.sheets[0].columns] == HEADER.strip().split(",")
    assert ("due_before_received", "due_at") in [(c.code, c.field) for c in found.sheets[0].checks]
