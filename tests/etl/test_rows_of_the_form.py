"""Form II.06a as it is printed: title, merged headers in three rows, column numbers, fields, the row of the unit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from etl_drawn import reasons, table

from etl import messages, stated
from etl.extract import Sheet
from etl.intake import load_files
from etl.receipt import Receipt
from warehouse.paths import DataDir

TITLE = ["TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC TẠI CƠ QUAN, ĐƠN VỊ TRỰC TIẾP GIẢI QUYẾT TTHC"]
SPAN = "(Từ ngày 15/9/2026 đến ngày 14/10/2026)"
SENDER = "Đơn vị báo cáo: UBND xã Lao Bảo"


def form(path: Path, *rows: list[object], title: list[str] | None = None) -> Path:
    """Return a workbook with the form of one commune."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "II.06a"
    for line in [*TITLE, *(title or [SPAN, SENDER])]:
        sheet.append([line])
    top = sheet.max_row + 1
    sheet.append(["TT", "Lĩnh vực giải quyết", "Số hồ sơ tiếp nhận", *[None] * 3, "Số hồ sơ đã giải quyết", *[None] * 3,
                  "Số hồ sơ đang giải quyết"])  # fmt: skip
    sheet.append([None, None, "Tổng số", "Trong kỳ", None, "Từ kỳ trước", "Tổng số", "Trước hạn", "Đúng hạn", "Quá hạn",
                  "Tổng số", "Trong hạn", "Quá hạn"])  # fmt: skip
    sheet.append([None, None, None, "Trực tuyến", "Trực tiếp, dịch vụ bưu chính"])
    sheet.append(["(1)", "(2)", "(3)=(4)+(5)+(6)", "(4)", "(5)", "(6)", "(7)=(8)+(9)+(10)", "(8)", "(9)", "(10)",
                  "(11)=(12)+(13)", "(12)", "(13)"])  # fmt: skip
    for area in ("A{0}:A{2}", "B{0}:B{2}", "C{0}:F{0}", "G{0}:J{0}", "K{0}:M{0}", "D{1}:E{1}", "C{1}:C{2}", "F{1}:F{2}",
                 *(f"{c}{{1}}:{c}{{2}}" for c in "GHIJKLM")):  # fmt: skip
        sheet.merge_cells(area.format(top, top + 1, top + 2))
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


FIELD = ["1", "Hộ tịch", 10, 5, 4, 1, 8, 4, 3, 1, 2, 1, 1]
OTHER = ["2", "Đất đai", 6, 0, 5, 1, 4, 1, 2, 1, 2, 2, 0]
WHOLE = ["Tổng cộng", None, 16, 5, 9, 2, 12, 5, 5, 2, 4, 3, 1]


def load(path: Path, data_dir: DataDir, **options: object) -> Receipt:
    (receipt,) = load_files([path], data_dir, **options)  # type: ignore[arg-type]
    return receipt


def test_the_form_of_one_commune_is_read_as_it_is_printed(data_dir: DataDir, tmp_path: Path) -> None:
    path = form(tmp_path / "ii06a.xlsx", FIELD, OTHER, WHOLE, [None, "Người lập biểu", *[None] * 8, "CHỦ TỊCH"])
    receipt = load(path, data_dir)
    assert (receipt.questions, receipt.dataset) == ([], "settlement_summary")
    rows = table(data_dir, receipt)
    assert [r["received"] for r in rows] == [10, 6, 16]
    assert {(r["period_start"], r["period_end"]) for r in rows} == {(date(2026, 9, 15), date(2026, 10, 14))}
    assert {r["unit_id"] for r in rows} == {"19432-20250701"}
    assert rows[2]["field_name"] is None  # the row of the unit as a whole
    counts = ["received", "received_online", "received_counter_post", "carried_in", "settled", "settled_early",
              "settled_on_time", "settled_late", "pending", "pending_in_time", "pending_overdue"]  # fmt: skip
    assert [rows[0][name] for name in counts] == FIELD[2:]
    assert receipt.sheets[0].set_aside == {"column_numbers": 1, "note_row": 1}


def test_a_row_of_the_form_that_does_not_add_up_is_rejected(data_dir: DataDir, tmp_path: Path) -> None:
    wrong = [*WHOLE]
    wrong[2] = 17
    receipt = load(form(tmp_path / "a.xlsx", FIELD, OTHER, wrong), data_dir)
    assert [r[2] for r in reasons(data_dir, receipt)] == ["identity_received"]
    assert (receipt.n_read, receipt.n_accepted, receipt.n_rejected) == (3, 2, 1)


def test_a_period_that_two_calendars_read_differently_is_asked_about(data_dir: DataDir, tmp_path: Path) -> None:
    path = form(tmp_path / "a.xlsx", FIELD, title=["Kỳ báo cáo: Quý III/2026", SENDER])
    (question,) = load(path, data_dir).questions
    assert (question.code, question.key, question.suggested) == ("period_calendar", "period_calendar", "report")
    for lang in messages.LANGUAGES:
        assert "2026-Q3" in messages.question(question, "a.xlsx", lang)
        words = [messages.text("choice", c.code, lang, **c.values) for c in question.choices]
        assert "15/06/2026" in words[0] and "30/09/2026" in words[1]
    (row,) = table(data_dir, load(path, data_dir, answers={"period_calendar": "report"}))
    assert (row["period_start"], row["period_end"]) == (date(2026, 6, 15), date(2026, 9, 14))
    # Next month the answer is known.
    again = form(tmp_path / "b.xlsx", FIELD, title=["Kỳ báo cáo: Tháng 10 năm 2026", SENDER])
    (row,) = table(data_dir, load(again, data_dir))
    assert (row["period_start"], row["period_end"]) == (date(2026, 9, 15), date(2026, 10, 14))


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        ("Từ ngày 15/9/2026 đến hết ngày 14/10/2026", date(2026, 9, 15), date(2026, 10, 14)),
        ("(từ ngày 15 tháng 12 năm 2025 đến ngày 14 tháng 12 năm 2026)", date(2025, 12, 15), date(2026, 12, 14)),
        ("Từ 15/12 đến 14/3/2026", date(2025, 12, 15), date(2026, 3, 14)),
    ],
)
def test_days_in_a_title_are_the_period(line: str, first: date, last: date) -> None:
    found = stated.stated_period(Sheet("", [[line], ["h"]]), 1)
    assert found and found.days("calendar") == (first, last)


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("Kỳ báo cáo: Tháng 10 năm 2026", "2026-10"),
        ("6 tháng đầu năm 2026", "2026-H1"),
        ("Kỳ báo cáo: năm 2026", "2026"),
        ("Lao Bảo, ngày 05 tháng 11 năm 2026", None),
        ("(Ban hành kèm theo Thông tư số 01/2020/TT-VPCP ngày 21 tháng 10 năm 2020)", None),
    ],
)
def test_a_named_period_is_told_from_the_days_of_signing(line: str, token: str | None) -> None:
    found = stated.stated_period(Sheet("", [[line], ["h"]]), 1)
    assert (found.token if found else None) == token


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        ([["Đơn vị báo cáo: UBND xã Lao Bảo."]], "UBND xã Lao Bảo"),
        ([["Đơn vị báo cáo", "UBND xã Lao Bảo"]], "UBND xã Lao Bảo"),
        ([["UBND TỈNH QUẢNG TRỊ"], ["UBND XÃ LAO BẢO"]], "UBND XÃ LAO BẢO"),
        ([["UBND xã Lao Bảo"], ["UBND xã Hướng Phùng"]], ""),
        ([["Đơn vị nhận báo cáo: Văn phòng UBND tỉnh"]], ""),
    ],
)
def test_the_unit_in_a_title_is_the_one_that_sends(lines: list[list[str]], unit: str) -> None:
    assert stated.stated_unit(Sheet("", [*lines, ["h"]]), len(lines)) == unit
