"""Rows of a table that are no records are set aside and counted by their reason; what may be a record is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from etl_drawn import reasons, table
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import messages
from etl.intake import load_files
from etl.layouts import canonical
from etl.receipt import Receipt
from etl.recognise import Match
from etl.structure import REASONS, Table, fill_merged, furniture, records_above
from warehouse.paths import DataDir

Load = Callable[..., Receipt]

HEADER = ["STT", "Mã hồ sơ", "Tên thủ tục", "Cơ quan giải quyết", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày có kết quả"]


def case(n: int) -> list[str]:
    unit = "UBND xã Lao Bảo"
    return [str(n), f"H44.12-261001-{n:04d}", "Đăng ký khai sinh", unit, "01/10/2026", "05/10/2026", "03/10/2026"]


def alone(text: str, at: int = 0, **more: str) -> list[str]:
    cells = [""] * len(HEADER)
    cells[at] = text
    for place, cell in more.items():
        cells[int(place.removeprefix("c"))] = cell
    return cells


SHEET = [
    alone("DANH SÁCH HỒ SƠ THÁNG 10"),
    HEADER,
    [f"({n})" for n in range(1, 8)],
    alone("I. Lĩnh vực hộ tịch"),
    case(1),
    case(2),
    alone("Cộng lĩnh vực hộ tịch", c2="2 hồ sơ", c4="2"),
    alone("II", c1="Lĩnh vực đất đai"),
    HEADER,
    case(3),
    ["4", "", "Đăng ký kết hôn", "UBND xã Lao Bảo", "", "", ""],  # a record that lacks code and date
    ["5", "H44.12-261001-0005", "", "", "", "", ""],  # another
    alone("6"),
    alone("Tổng cộng:", at=1, c2="25"),
    alone(""),
    alone("Ghi chú: số liệu đến hết ngày 14/11/2026"),
    alone("NGƯỜI LẬP BIỂU", at=1, c5="CHỦ TỊCH"),
    alone("Lao Bảo, ngày 05 tháng 11 năm 2026", at=4),
    alone("Trần Thị Ví Dụ", at=1),
]
ASIDE = {"column_numbers": 1, "group_row": 2, "note_row": 4, "repeated_header": 1, "row_number_only": 1, "total_row": 2}


def check(data_dir: DataDir, receipt: Receipt) -> None:
    sheet = receipt.sheets[0]
    assert sheet.set_aside == ASIDE
    assert (sheet.n_read, sheet.n_accepted, sheet.n_rejected) == (5, 3, 2)
    assert [r["source_row"] for r in table(data_dir, receipt)] == [5, 6, 10]
    assert reasons(data_dir, receipt) == [(11, "case_code", "no_code"), (12, "unit_code", "no_unit")]


def workbook(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell or None for cell in row])
    book.save(path)
    return path


def test_what_is_no_record_in_a_workbook_is_set_aside_and_counted(data_dir: DataDir, tmp_path: Path) -> None:
    (receipt,) = load_files([workbook(tmp_path / "a.xlsx", SHEET)], data_dir)
    check(data_dir, receipt)


def test_the_same_sheet_as_a_text_file_reads_the_same(data_dir: DataDir, load_text: Load) -> None:
    check(data_dir, load_text("\n".join(";".join(row) for row in SHEET) + "\n"))


def test_both_rows_of_a_two_row_header_that_comes_again_are_no_records(data_dir: DataDir, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    upper = ["Mã hồ sơ", "Tên TTHC", "Cơ quan chủ trì giải quyết", "Ngày, tháng, năm", None, None]
    lower = [None, None, None, "Nhận hồ sơ", "Hẹn trả kết quả", "Ngày có kết quả"]
    row = ["H44.12-261001-0001", "Đăng ký khai sinh", "Xã Lao Bảo", "01/10/2026", "05/10/2026", "03/10/2026"]
    for cells in (upper, lower, row, upper, lower, [row[0].replace("0001", "0002"), *row[1:]]):
        sheet.append(cells)
    for top in (1, 4):
        for at in "ABC":
            sheet.merge_cells(f"{at}{top}:{at}{top + 1}")
        sheet.merge_cells(f"D{top}:F{top}")
    book.save(path)
    (receipt,) = load_files([path], data_dir)
    assert receipt.sheets[0].set_aside == {"repeated_header": 2}
    assert [r["source_row"] for r in table(data_dir, receipt)] == [3, 6]


def test_lines_of_a_text_file_that_are_too_short_are_told_by_their_words(data_dir: DataDir, load_text: Load) -> None:
    lines = [",".join(HEADER), ",".join(case(1)), "Tổng cộng,25", ",".join(case(2)), "một ô lạc loài",
             "Ghi chú: đã rà soát", "NGƯỜI LẬP BIỂU,,CHỦ TỊCH", "Trần Thị Ví Dụ"]  # fmt: skip
    receipt = load_text("\n".join(lines) + "\n")
    assert receipt.sheets[0].set_aside == {"note_row": 3, "total_row": 1}
    assert reasons(data_dir, receipt) == [(5, "", "broken_line")]
    assert [r["source_row"] for r in table(data_dir, receipt)] == [2, 4]
    assert (receipt.n_read, receipt.n_accepted, receipt.n_rejected) == (3, 2, 1)


def test_every_row_of_a_text_file_keeps_its_place_whatever_lies_between(data_dir: DataDir, load_text: Load) -> None:
    # A header over several lines, and empty lines: rows were skipped, and the rest had the wrong number.
    header = ",".join(f'"{name.replace(" ", chr(10))}"' for name in HEADER)
    lines = ["", header, ",".join(case(1)), "", ",".join(case(2)), "lạc loài", "   ", ",".join(case(3)), "", ""]
    receipt = load_text("\n".join(lines))
    assert [(r["case_code"][-1], r["source_row"]) for r in table(data_dir, receipt)] == [("1", 3), ("2", 5), ("3", 8)]
    assert reasons(data_dir, receipt) == [(6, "", "broken_line")]
    assert (receipt.n_read, receipt.n_accepted, receipt.n_rejected) == (4, 3, 1)


@pytest.mark.parametrize("title", ["", "DANH SÁCH HỒ SƠ,,,,,,\r\n"])
def test_line_breaks_within_header_cells_of_another_system_lose_no_row(
    data_dir: DataDir, load_text: Load, title: str
) -> None:
    header = ",".join(f'"{name.replace(" ", chr(10))}"' for name in HEADER)
    receipt = load_text(title + "\r\n".join([header, *(",".join(case(n)) for n in range(1, 16))]) + "\r\n")
    assert (receipt.n_read, receipt.n_accepted) == (15, 15)
    assert table(data_dir, receipt)[0]["source_row"] == (3 if title else 2)


def test_a_file_of_which_rows_would_be_lost_is_refused(load_text: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.text_lines.has_mixed_ends", lambda path: False)
    header = ",".join(f'"{name.replace(" ", chr(10))}"' for name in HEADER)
    receipt = load_text("\r\n".join([header, *(",".join(case(n)) for n in range(1, 16))]) + "\r\n")
    assert [q.code for q in receipt.questions] == ["broken_text"]


@pytest.mark.parametrize("line", ["a\rb\x00c", 'x "y" z', '"', "\r", "Tổng cộng\r,25"])
def test_whatever_a_broken_line_holds_it_is_a_line(data_dir: DataDir, load_text: Load, line: str) -> None:
    receipt = load_text("\n".join([",".join(HEADER), ",".join(case(1)), line, ""]))
    assert [q.code for q in receipt.questions if q.code == "failed"] == []
    assert receipt.n_read == receipt.n_accepted + receipt.n_rejected


@pytest.mark.parametrize("n", [3, 80])
def test_many_empty_lines_move_the_rows_below_them(data_dir: DataDir, load_text: Load, n: int) -> None:
    lines = [",".join(HEADER)] + [line for k in range(1, n + 1) for line in (",".join(case(k)), "")]
    receipt = load_text("\r\n".join(lines))
    assert [r["source_row"] for r in table(data_dir, receipt)] == list(range(2, 2 * n + 2, 2))


def test_a_cell_merged_over_rows_holds_for_each_of_them(data_dir: DataDir, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    empty = ["", "", "", "", "", "", ""]
    for row in (HEADER, *(case(n) for n in range(1, 90)), empty):
        sheet.append([cell or None for cell in row])
    for row in (3, 4, 86):  # rows that share the cell above them, one far below the first look
        sheet.cell(row, 4).value = None
    sheet.merge_cells("D2:D4")
    sheet.merge_cells("D85:D86")
    sheet.merge_cells("D90:D95")  # over rows that hold nothing
    sheet.cell(88, 4).value = None  # empty, and not merged
    book.save(tmp_path / "a.xlsx")
    (receipt,) = load_files([tmp_path / "a.xlsx"], data_dir)
    assert reasons(data_dir, receipt) == [(88, "unit_code", "no_unit")]
    assert (receipt.n_read, receipt.n_accepted) == (89, 88)


def test_what_stands_in_unread_columns_alone_is_never_lost_in_silence(data_dir: DataDir, tmp_path: Path) -> None:
    header = [*HEADER, "Chủ hồ sơ", "Số tờ", "Quầy"]
    rows = [header, [*case(1), "A", "2", "q1"], [""] * 7 + ["Một người", "3", "q2"], [""] * 7 + ["", "3", ""]]
    (receipt,) = load_files([workbook(tmp_path / "a.xlsx", rows)], data_dir)
    assert reasons(data_dir, receipt) == [(3, "case_code", "no_code")]
    assert receipt.sheets[0].set_aside == {"row_number_only": 1}


CASE = Table(
    tuple(HEADER), {1: "code", 2: "catalogue", 3: "unit_name", 4: "instant", 5: "instant", 6: "instant"}, "case"
)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["", "Cộng", "", "", "", "", ""], "total_row"),
        (["TONG CONG", "", "", "", "25", "", ""], "total_row"),
        (["III", "Lũy kế từ đầu năm: 1.250", "", "", "", "", ""], "total_row"),
        (["A", "", "Lĩnh vực đất đai", "", "", "", ""], "group_row"),
        (["1.2. Nhóm thủ tục liên thông (7 hồ sơ)", "", "", "", "7", "", ""], "group_row"),
        (["A", "B", "1", "2", "3", "4", "5"], "column_numbers"),
        (["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "", "", "", "", "", ""], "note_row"),
        (["", "Mã hồ sơ", "Tên thủ tục", "", "NGÀY TIẾP NHẬN", "", ""], "repeated_header"),
        # In doubt a record:
        (["", "", "Cộng đồng dân cư", "Công an xã Lao Bảo", "", "", ""], None),
        (["", "", "", "UBND xã Lao Bảo", "", "", ""], None),
        (["12", "", "", "", "05/10/2026", "", ""], None),
        (["12", "A-77/2026", "", "", "", "", ""], None),
        (["", "", "", "", "", "", "#EXCEL!"], None),
        (["12", "", "Đăng ký khai sinh", "Công an xã", "", "", ""], None),
        (["Tổng cục Thuế", "H-12", "", "", "05/10/2026", "", ""], None),
        (["Tổng cộng", "", "", "", "05/10/2026", "", ""], None),
    ],
)
def test_a_row_is_furniture_only_where_nothing_speaks_for_a_record(cells: list[str], reason: str | None) -> None:
    assert furniture({7: cells}, CASE, 20).get(7) == reason


CODES, DATES, UNITS = (
    ["H44.12-261001-0001", "15/ĐT", "HS 7/2026"],
    ["05/10/2026", "2026-10-05", "46300"],
    ["Xã Lao Bảo"],
)
WORDS = ["", "", "7", "Đăng ký khai sinh", "Cộng đồng dân cư", "Ghi chú", "0", "Trần Thị Ví Dụ"]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_row_with_a_code_a_date_or_a_unit_in_its_place_is_never_set_aside(data: st.DataObject) -> None:
    cells = [data.draw(st.sampled_from(WORDS)) for _ in HEADER]
    place, kinds = data.draw(st.sampled_from([(1, CODES), (4, DATES), (5, DATES), (6, DATES), (3, UNITS)]))
    cells[place] = data.draw(st.sampled_from(kinds))
    assert furniture({3: cells}, CASE, data.draw(st.sampled_from([-1, 20]))) == {}


def test_a_lone_cell_is_a_heading_within_the_table_and_a_note_below_it() -> None:
    rows = {5: alone("Hộ tịch"), 30: alone("Trần Thị Ví Dụ")}
    assert furniture(rows, CASE, 20) == {5: "group_row", 30: "note_row"}


def test_the_numbers_of_the_columns_of_a_survey_are_no_respondent(data_dir: DataDir, load_text: Load) -> None:
    text = "survey_id,respondent_id,unit_code,answered_on,item_id,answer\n1,2,3,4,5,6\nKS,7,19432,2026-10-01,1.1.1,3\n"
    receipt = load_text(text)
    assert receipt.sheets[0].set_aside == {"column_numbers": 1}
    assert [row["respondent_id"] for row in table(data_dir, receipt)] == ["7"]


def test_records_above_what_was_taken_for_the_header_are_said() -> None:
    names = ["case_code", "unit_code", "received_at"]
    rows = [["DANH SÁCH", "", ""], ["Mã", "Đơn vị", "Ngày"], ["H44.12-261001-0001", "19432", "01/10/2026 08:00"], names]
    match = Match(canonical("case"), 3, {n: i for i, n in enumerate(names)}, names)
    assert records_above(rows, match) == 1
    assert records_above([["Từ ngày 01/10/2026", "", "đến ngày 31/10/2026"], *rows[:2], names], match) == 0


def test_merged_cells_that_overlap_are_filled_once() -> None:
    names = ["case_code", "unit_code"]
    rows = [names, ["A-1", "19432"], ["A-2", ""], ["A-3", ""], ["A-4", "19429"], ["A-5", ""]]
    match = Match(canonical("case"), 0, {n: i for i, n in enumerate(names)}, names)
    assert fill_merged(rows, [(1, 1, 3, 1), (2, 1, 5, 1), (4, 1, 900_000, 1)], match) == 3
    assert [row[1] for row in rows[1:]] == ["19432", "19432", "19432", "19429", "19429"]


def test_every_reason_has_its_words_in_both_languages() -> None:
    for lang in messages.LANGUAGES:
        assert [r for r in REASONS if messages.text("set_aside", r, lang) == r] == []


def test_signs_that_only_some_take_for_line_ends_part_no_rows(data_dir: DataDir, load_text: Load) -> None:
    lines = ["SỔ\u2028THEO\x0cDÕI" + "," * (len(HEADER) - 1), ",".join(HEADER), ",".join(case(1)), ",".join(case(2))]
    receipt = load_text("\n".join(lines) + "\n")
    assert [r["source_row"] for r in table(data_dir, receipt)] == [3, 4]
