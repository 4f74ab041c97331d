"""A messy workbook goes out as a receipt, is corrected in a spreadsheet, comes back, and each case is counted once."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from etl import returned, slip
from etl.intake import load_files
from etl.loaded import staged_loads
from etl.receipt import Receipt
from gandan.__main__ import main
from gandan.publish import publish
from warehouse import mending
from warehouse.engines import connect_reader
from warehouse.paths import DataDir

HEADERS = [
    "STT", "Mã hồ sơ", "Mã thủ tục", "Tên thủ tục", "Mã đơn vị", "Hình thức nộp", "Ngày tiếp nhận", "Ngày hẹn trả",
    "Ngày có kết quả", "Trạng thái", "Họ tên người nộp",
]  # fmt: skip
COUNTER, DONE = "Trực tiếp", "Đã có kết quả"
OCTOBER = date(2026, 10, 31)


def line(
    n: int, code: str, unit: str, received: object, due: object, ended: object, status: str = DONE
) -> list[object]:
    return [n, code, "1.004873", "Cấp bản sao", unit, COUNTER, received, due, ended, status, "Nguyễn Văn An"]


SEPTEMBER = [
    line(1, "H44.12-260901-0001", "19432", "01/09/2026", "07/09/2026", "04/09/2026"),
    line(2, "H44.12-260902-0002", "19432", "02/09/2026", "08/09/2026", "01/09/2026"),  # ended before it began
]
OCTOBER_ROWS = [
    line(1, "H44.12-261001-0003", "19432", datetime(2026, 10, 1), datetime(2026, 10, 7), None, "Đang xử lý"),
    line(2, "H44.12-261002-0004", "99999", datetime(2026, 10, 2), datetime(2026, 10, 8), None, "Đang xử lý"),
    line(3, "H44.12-261003-0005", "19429", "31/09/2026", datetime(2026, 10, 8), None, "Đang xử lý"),  # no such day
    line(4, "0912345678", "19429", datetime(2026, 10, 5), datetime(2026, 10, 8), None, "Đang xử lý"),
]


def messy(path: Path) -> Path:
    """Return a workbook of two sheets with title rows, a personal column and five bad rows."""
    book = openpyxl.Workbook()
    for name, rows in (("T9", SEPTEMBER), ("T10", OCTOBER_ROWS)):
        sheet = book.create_sheet(name)
        sheet.append(["SỔ THEO DÕI HỒ SƠ"])
        sheet.append(["Số liệu đến ngày 31/10/2026"])
        sheet.append([])
        sheet.append(HEADERS)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(path)
    return path


@pytest.fixture
def first(data_dir: DataDir, tmp_path: Path) -> Receipt:
    (receipt,) = load_files([messy(tmp_path / "so-thang-10.xlsx")], data_dir)
    assert receipt.questions == [] and (receipt.n_read, receipt.n_accepted, receipt.n_rejected) == (6, 2, 4)
    return receipt


def slip_book(tmp_path: Path, lang: str = "vi", load_no: int = 1) -> Path:
    path = tmp_path / f"phieu-{load_no}-{lang}.xlsx"
    arguments = ["receipt", str(load_no), "--format", "xlsx", "--lang", lang, "-o", str(path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return path


def edited(path: Path, edit: Callable[[Worksheet, dict[str, int]], None]) -> Path:
    """Return the workbook as a sender saves it after `edit(sheet, header -> column)` of the rejected rows."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    columns = {str(cell.value): n for n, cell in enumerate(sheet[3], 1)}
    edit(sheet, columns)
    saved = path.with_name(f"sua-{path.name}")
    book.save(saved)
    return saved


def row_of(sheet: Worksheet, place: tuple[str, int]) -> int:
    return next(n for n in range(4, sheet.max_row + 1) if (sheet.cell(n, 1).value, sheet.cell(n, 2).value) == place)


def mend_all(sheet: Worksheet, at: dict[str, int]) -> None:
    sheet.cell(row_of(sheet, ("T9", 6)), at["Ngày có kết quả"]).value = "05/09/2026"  # typed as text
    sheet.cell(row_of(sheet, ("T10", 6)), at["Mã đơn vị"]).value = "19432"
    sheet.cell(row_of(sheet, ("T10", 7)), at["Ngày tiếp nhận"]).value = datetime(2026, 10, 3)  # typed as a date
    sheet.cell(row_of(sheet, ("T10", 8)), at["Mã hồ sơ"]).value = "H44.12-261005-0006"


def test_what_goes_out_holds_the_senders_columns_and_no_person(first: Receipt, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(slip_book(tmp_path))
    sheet = book["Dòng bị loại"]
    headers = [cell.value for cell in sheet[3]]
    assert headers == ["Trang gốc", "Dòng gốc", "Lý do", "Cần xem thêm", *HEADERS[1:-1]]
    assert [(sheet.cell(n, 1).value, sheet.cell(n, 2).value) for n in range(4, 8)] == [
        ("T9", 6), ("T10", 6), ("T10", 7), ("T10", 8),
    ] or sorted((sheet.cell(n, 1).value, sheet.cell(n, 2).value) for n in range(4, 8)) == [
        ("T10", 6), ("T10", 7), ("T10", 8), ("T9", 6),
    ]  # fmt: skip
    text = " ".join(str(cell.value) for one in book.worksheets for row in one.iter_rows() for cell in row)
    assert "Nguyễn" not in text and "0912345678" not in text and "0#########" in text
    at = row_of(sheet, ("T10", 6))
    assert sheet.cell(at, headers.index("Ngày tiếp nhận") + 1).value == datetime(2026, 10, 2)
    assert sheet.cell(at, headers.index("Ngày tiếp nhận") + 1).number_format == "dd/mm/yyyy"
    unit = sheet.cell(at, headers.index("Mã đơn vị") + 1)
    assert (unit.value, unit.data_type, unit.fill.fgColor.rgb) == ("99999", "s", "FFF8CBAD")


def test_a_corrected_workbook_mends_its_rows_and_each_case_is_counted_once(
    first: Receipt, data_dir: DataDir, tmp_path: Path
) -> None:
    assert mending.n_open(data_dir) == {1: 4}
    (second,) = load_files([edited(slip_book(tmp_path), mend_all)], data_dir)
    assert second.questions == [] and (second.n_read, second.n_accepted, second.n_rejected) == (4, 4, 0)
    assert (second.data_on, second.layout, second.dataset, second.era) == (OCTOBER, first.layout, "case", first.era)
    assert second.data_on_source == "corrected"
    assert "[đã sửa ở lần nạp 2]" in CliRunner().invoke(main, ["rejects", "--load", "1"]).stdout
    assert returned.mended(data_dir) == {1: {("T9", 6): 2, ("T10", 6): 2, ("T10", 7): 2, ("T10", 8): 2}}
    assert mending.n_open(data_dir) == {1: 0, 2: 0}
    whole = slip.whole(data_dir, 1)
    assert (whole.n_rejected, whole.n_mended, whole.n_open) == (4, 4, 0)
    assert {one.state for one in whole.rejected} == {"mended"} and slip.rows_of(data_dir, whole) == []

    con = connect_reader(publish(data_dir).path).cursor()
    assert con.execute("SELECT count(*), count(DISTINCT case_id) FROM fct_case").fetchall() == [(6, 6)]
    assert con.execute("SELECT count(*) FROM case_history").fetchall() == [(0,)]
    days = dict(con.execute("SELECT case_code, received_on FROM fct_case").fetchall())
    assert days["H44.12-261003-0005"] == date(2026, 10, 3)
    ended = dict(con.execute("SELECT case_code, completed_on FROM fct_case").fetchall())
    assert ended["H44.12-260902-0002"] == date(2026, 9, 5)
    unit_ids = con.execute("SELECT DISTINCT unit_id FROM fct_case ORDER BY 1").fetchall()
    assert unit_ids == [("19429-20250701",), ("19432-20250701",)]


def test_rows_accepted_before_are_not_taken_for_missing_from_the_corrected_file(
    first: Receipt, data_dir: DataDir, tmp_path: Path
) -> None:
    load_files([edited(slip_book(tmp_path), mend_all)], data_dir)
    con = connect_reader(publish(data_dir).path).cursor()
    assert con.execute("SELECT case_code FROM fct_case WHERE NOT is_last_seen").fetchall() == []


def test_a_key_that_stands_in_the_corrected_file_takes_the_newer_state_and_keeps_the_old(
    first: Receipt, data_dir: DataDir, tmp_path: Path
) -> None:
    def also_the_first(sheet: Worksheet, at: dict[str, int]) -> None:
        mend_all(sheet, at)
        sheet.append([])
        n = sheet.max_row + 1
        for name, value in zip(HEADERS[1:-1], SEPTEMBER[0][1:-1], strict=True):
            sheet.cell(n, at[name]).value = value  # type: ignore[assignment]
        sheet.cell(n, at["Ngày có kết quả"]).value = "03/09/2026"

    (second,) = load_files([edited(slip_book(tmp_path), also_the_first)], data_dir)
    assert (second.n_accepted, len(second.corrects["rows"])) == (5, 4)
    con = connect_reader(publish(data_dir).path).cursor()
    known = "SELECT completed_on, load_no FROM {} WHERE case_code = 'H44.12-260901-0001'"
    assert con.execute(known.format("fct_case")).fetchall() == [(date(2026, 9, 3), 2)]
    assert con.execute(known.format("case_history")).fetchall() == [(date(2026, 9, 4), 1)]


def test_a_row_that_is_still_wrong_is_rejected_again_and_can_be_mended_at_the_second_attempt(
    first: Receipt, data_dir: DataDir, tmp_path: Path
) -> None:
    def forget_one(sheet: Worksheet, at: dict[str, int]) -> None:
        mend_all(sheet, at)
        sheet.cell(row_of(sheet, ("T10", 6)), at["Mã đơn vị"]).value = "99998"

    (second,) = load_files([edited(slip_book(tmp_path), forget_one)], data_dir)
    assert (second.n_accepted, second.n_rejected) == (3, 1)
    assert mending.n_open(data_dir) == {1: 0, 2: 1}
    assert {one.state for one in slip.whole(data_dir, 1).rejected if one.row == 6 and one.sheet == "T10"} == {"again"}

    def mend_the_last(sheet: Worksheet, at: dict[str, int]) -> None:
        assert sheet.cell(4, 1).value == "Dòng bị loại"
        sheet.cell(4, at["Mã đơn vị"]).value = "19432"

    (third,) = load_files([edited(slip_book(tmp_path, load_no=2), mend_the_last)], data_dir)
    assert (third.n_accepted, third.n_rejected) == (1, 0)
    assert mending.n_open(data_dir) == {1: 0, 2: 0, 3: 0}
    assert returned.mended(data_dir)[1][("T10", 6)] == 3
    publish(data_dir)
    assert sum(one.receipt.n_accepted for one in staged_loads(data_dir)) == 6


def test_a_shape_left_as_it_was_is_no_value(first: Receipt, data_dir: DataDir, tmp_path: Path) -> None:
    (second,) = load_files([edited(slip_book(tmp_path), lambda sheet, at: None)], data_dir)
    assert second.sheets[0].rejects["no_code"] == 1 and second.n_accepted == 0
    assert mending.n_open(data_dir) == {1: 0, 2: 4}


def test_the_english_workbook_and_one_without_its_first_rows_are_known_too(
    first: Receipt, data_dir: DataDir, tmp_path: Path
) -> None:
    def without_number(sheet: Worksheet, at: dict[str, int]) -> None:
        mend_all(sheet, at)
        sheet.cell(1, 1).value = None

    book = edited(slip_book(tmp_path, "en"), without_number)
    content = openpyxl.load_workbook(book)
    del content["Receipt"]
    content.save(book)
    assert b"gandan_slip" in zipfile.ZipFile(book).read("docProps/custom.xml")
    (second,) = load_files([book], data_dir)
    assert (second.n_accepted, second.n_rejected, second.corrects["load_no"]) == (4, 0, 1)


def test_the_corrected_file_of_another_store_is_refused_with_a_sentence(
    first: Receipt, data_dir: DataDir, tmp_path: Path
) -> None:
    book = edited(slip_book(tmp_path), mend_all)
    (other,) = load_files([book], DataDir(tmp_path / "other"))
    assert (other.load_no, [q.code for q in other.questions]) == (None, ["slip_unknown"])


def test_a_corrected_file_that_lost_a_column_is_refused_with_its_name(
    first: Receipt, data_dir: DataDir, tmp_path: Path
) -> None:
    book = edited(slip_book(tmp_path), lambda sheet, at: sheet.delete_cols(at["Ngày tiếp nhận"]))
    (refused,) = load_files([book], data_dir)
    assert refused.questions[0].code == "slip_header" and "Ngày tiếp nhận" in refused.questions[0].values["missing"]


def test_the_same_correction_twice_changes_nothing(first: Receipt, data_dir: DataDir, tmp_path: Path) -> None:
    book = edited(slip_book(tmp_path), mend_all)
    load_files([book], data_dir)
    (again,) = load_files([book], data_dir)
    assert again.is_repeat and len(staged_loads(data_dir)) == 2


def test_a_withdrawn_correction_leaves_its_rows_open(first: Receipt, data_dir: DataDir, tmp_path: Path) -> None:
    load_files([edited(slip_book(tmp_path), mend_all)], data_dir)
    (data_dir.loads / "000002" / "WITHDRAWN").write_text(json.dumps({"reason": "nhầm"}), "utf-8")
    assert returned.mended(data_dir) == {} and mending.n_open(data_dir) == {1: 4}


def test_the_receipt_is_still_there_when_the_bytes_are_gone(first: Receipt, data_dir: DataDir, tmp_path: Path) -> None:
    publish(data_dir)
    for file in data_dir.inbox.iterdir():
        file.unlink()
    whole = slip.whole(data_dir, 1)
    assert (whole.sha256, whole.n_read, whole.n_open) == (first.sha256, 6, 4)
    (second,) = load_files([edited(slip_book(tmp_path), mend_all)], data_dir)
    assert second.n_accepted == 4


def test_a_receipt_is_known_by_the_bytes_when_its_load_has_another_number_now(
    first: Receipt, data_dir: DataDir, tmp_path: Path
) -> None:
    book = edited(slip_book(tmp_path), mend_all)
    (data_dir.loads / "000001").rename(data_dir.loads / "000004")
    (second,) = load_files([book], data_dir)
    assert (second.load_no, second.corrects["load_no"]) == (5, 4)


def test_a_correction_added_to_a_published_snapshot_gives_what_a_full_build_gives(
    first: Receipt, data_dir: DataDir, tmp_path: Path
) -> None:
    publish(data_dir)
    load_files([edited(slip_book(tmp_path), mend_all)], data_dir)
    listed = "SELECT case_code, unit_id, received_on, completed_on, load_no, is_last_seen FROM fct_case ORDER BY ALL"
    added = connect_reader(publish(data_dir).path).cursor().execute(listed).fetchall()
    anew = connect_reader(publish(data_dir, full=True).path).cursor().execute(listed).fetchall()
    assert added == anew and len(added) == 6 and all(row[-1] for row in added)
