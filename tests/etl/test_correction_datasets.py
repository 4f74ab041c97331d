"""Corrected rows of letters and of the small datasets, and corrected files saved in other ways."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from etl import correction, returned, slip, slip_book
from etl.extract import Sheet, Stored
from etl.intake import load_files
from etl.loaded import staged_loads
from etl.receipt import Receipt
from gandan.publish import publish
from warehouse import mending
from warehouse.engines import connect_reader
from warehouse.paths import DataDir


def returned_book(data_dir: DataDir, path: Path, load_no: int = 1) -> Worksheet:
    """Return the sheet of rejected rows of a load's receipt, its workbook written to `path`."""
    whole = slip.whole(data_dir, load_no)
    path.write_bytes(slip_book.workbook(whole, slip.rows_of(data_dir, whole), slip.kept_of(data_dir, load_no)))
    return openpyxl.load_workbook(path).worksheets[1]


def saved(sheet: Worksheet, path: Path) -> Path:
    assert sheet.parent is not None
    sheet.parent.save(path)  # type: ignore[union-attr]
    return path


def put(sheet: Worksheet, row: int, header: str, value: str) -> None:
    column = next(cell.column for cell in sheet[3] if cell.value == header)
    sheet.cell(row, column).value = value


def load(data_dir: DataDir, path: Path) -> Receipt:
    (receipt,) = load_files([path], data_dir)
    assert receipt.questions == []
    return receipt


def test_a_corrected_dialogue_stands_beside_the_good_ones_of_the_same_day(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    load_text(
        "unit_code,held_on,kind,n_people\n"
        "19432,2026-10-05,Đối thoại,20\n"
        ",2026-10-05,Đối thoại,35\n"
        "19432,2026-10-06,Đối thoại,40\n"
    )
    sheet = returned_book(data_dir, tmp_path / "phieu.xlsx")
    put(sheet, 4, "unit_code", "19432")
    assert load(data_dir, saved(sheet, tmp_path / "sua.xlsx")).n_accepted == 1
    con = connect_reader(publish(data_dir).path).cursor()
    assert con.execute("SELECT held_on, n_people FROM fct_engagement ORDER BY n_people").fetchall() == [
        (con.execute("SELECT DATE '2026-10-05'").fetchall()[0][0], 20),
        (con.execute("SELECT DATE '2026-10-05'").fetchall()[0][0], 35),
        (con.execute("SELECT DATE '2026-10-06'").fetchall()[0][0], 40),
    ]


def test_a_corrected_letter_is_counted_once_and_a_denunciation_never_goes_out(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    load_text(
        "letter_code,kind,unit_code,received_on\n"
        "KN-1/2026,Khiếu nại,19432,\nTC-2/2026,Tố cáo,19432,\nKN-3/2026,Khiếu nại,19432,2026-10-01\n",
        "don.csv",
    )
    sheet = returned_book(data_dir, tmp_path / "phieu.xlsx")
    assert [sheet.cell(n, 2).value for n in range(4, sheet.max_row + 1)] == [2]
    put(sheet, 4, "received_on", "02/10/2026")
    assert load(data_dir, saved(sheet, tmp_path / "sua.xlsx")).n_accepted == 1
    assert mending.n_open(data_dir) == {1: 1, 2: 0}
    con = connect_reader(publish(data_dir).path).cursor()
    assert con.execute("SELECT letter_code FROM fct_complaint ORDER BY 1").fetchall() == [
        ("KN-1/2026",),
        ("KN-3/2026",),
    ]


def test_a_row_slipped_into_the_sheet_under_the_number_of_a_denunciation_mends_nothing(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    load_text(
        "letter_code,kind,unit_code,received_on\nKN-1/2026,Khiếu nại,19432,\nTC-2/2026,Tố cáo,19432,\n", "don.csv"
    )
    sheet = returned_book(data_dir, tmp_path / "phieu.xlsx")
    put(sheet, 4, "received_on", "02/10/2026")
    sheet.cell(4, 2).value = 3
    receipt = load(data_dir, saved(sheet, tmp_path / "sua.xlsx"))
    assert (receipt.n_accepted, receipt.corrects["rows"]) == (1, [])
    # The letter itself came, so its own row is mended by its code; that of the denunciation is not.
    assert list(mending.standing(data_dir)[0][1]) == [("", 2)]


def test_a_sheet_saved_as_csv_is_known_by_its_number_too(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    load_text("case_code,unit_code,received_at\n,19432,2026-10-01\nH44.12-261001-0009,19432,2026-10-02\n")
    sheet = returned_book(data_dir, tmp_path / "phieu.xlsx")
    put(sheet, 4, "case_code", "H44.12-261001-0001")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    for row in sheet.iter_rows():
        writer.writerow([f"{c.value:%d/%m/%Y}" if c.is_date and c.value else c.value for c in row])  # type: ignore[str-format]
    path = tmp_path / "sua.csv"
    path.write_text(out.getvalue(), "utf-8-sig")
    receipt = load(data_dir, path)
    assert (receipt.n_accepted, receipt.corrects["rows"]) == (1, [["", 2]])
    assert mending.n_open(data_dir) == {1: 0, 2: 0}


def test_the_receipt_of_a_withdrawn_load_is_refused(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    load_text("case_code,unit_code,received_at\n,19432,2026-10-01\nH44.12-261001-0009,19432,2026-10-02\n")
    sheet = returned_book(data_dir, tmp_path / "phieu.xlsx")
    put(sheet, 4, "case_code", "H44.12-261001-0001")
    (data_dir.loads / "000001" / "WITHDRAWN").write_text("{}", "utf-8")
    (receipt,) = load_files([saved(sheet, tmp_path / "sua.xlsx")], data_dir)
    assert (receipt.load_no, [q.code for q in receipt.questions]) == (None, ["slip_withdrawn"])


def test_what_each_sheet_said_for_all_its_rows_goes_back_to_each_row(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    load_text("case_code,unit_code,received_at\n,19432,2026-10-01\nH44.12-261001-0009,19432,2026-10-02\n")
    kept = returned.read(staged_loads(data_dir)[0])
    (facts,) = kept.sheets
    (row,) = kept.rows
    (data_dir.loads / "000001" / "returned-0.parquet").unlink()
    for n, (name, channel) in enumerate((("T9", "Trực tiếp"), ("T10", "Bưu chính"))):
        facts.sheet = row.sheet = name
        facts.settings = {**facts.settings, "constants": {"channel": channel, "status": "Đã giải quyết"}}
        returned._write([row], facts, data_dir.loads / "000001" / f"returned-{n}.parquet")
    number = correction.number_of(1, staged_loads(data_dir)[0].receipt.sha256)
    rows = [
        [f"Phiếu số {number}"],
        ["Trang gốc", "Dòng gốc", "Lý do", "case_code", "unit_code", "received_at"],
        ["T10", "2", "", "H44.12-261001-0001", "19432", "2026-10-01"],
        ["T9", "2", "", "H44.12-261001-0002", "19432", "2026-10-01"],
    ]
    sheet = Sheet("Dòng bị loại", rows, rows=rows)
    found = correction.of(Stored("sua.xlsx", tmp_path / "none", ""), [sheet], data_dir)
    assert isinstance(found, correction.Correction)
    at = found.match.fields["channel"]
    assert [line[at] for line in found.sheet.rows[2:]] == ["Bưu chính", "Trực tiếp"]
    assert found.match.layout.constants == {"status": "Đã giải quyết"}
    assert found.origins == {3: ("T10", 2), 4: ("T9", 2)}


def test_a_corrected_row_of_the_form_has_the_period_that_its_title_said(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    counts = (
        "received,received_online,received_counter_post,carried_in,settled,settled_early,settled_on_time,settled_late"
    )
    load_text(
        "Từ ngày 01/10/2026 đến ngày 31/10/2026\n"
        f"unit_code,{counts},pending,pending_in_time,pending_overdue\n"
        "19432,10,4,5,1,8,1,6,1,2,2,0\n"
        "99999,20,8,10,2,16,2,12,2,4,4,0\n",
        "bieu.csv",
    )
    sheet = returned_book(data_dir, tmp_path / "phieu.xlsx")
    put(sheet, 4, "unit_code", "19429")
    assert load(data_dir, saved(sheet, tmp_path / "sua.xlsx")).n_accepted == 1
    con = connect_reader(publish(data_dir).path).cursor()
    rows = con.execute(
        "SELECT unit_id, period_start, period_end, received FROM fct_settlement_summary ORDER BY 1"
    ).fetchall()
    assert [(unit, f"{first} {last}", n) for unit, first, last, n in rows] == [
        ("19429-20250701", "2026-10-01 2026-10-31", 20),
        ("19432-20250701", "2026-10-01 2026-10-31", 10),
    ]


def test_a_paper_with_a_number_of_its_own_is_no_receipt_of_ours(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    receipt = load_text("Phiếu số 12-20261001\ncase_code,unit_code,received_at\nH44.12-261001-0009,19432,2026-10-02\n")
    assert (receipt.questions, receipt.n_accepted, receipt.corrects) == ([], 1, {})
