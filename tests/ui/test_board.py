"""What is said of who has sent: the counts, the heat table with signs, the letter that reminds."""

from __future__ import annotations

import doctest
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from metrics.submission_rules import cycles
from metrics.submissions import Board, Cell, UnitRow
from ui import board as shown
from ui import reminder
from ui.text import Text

VI, EN = Text.of("vi"), Text.of("en")
DUE = date(2026, 11, 4)


def sent(on: date, **more: Any) -> Cell:
    given = {"due_on": DUE, "sent_on": on, "known_to": date(2026, 10, 31), "load_no": 7, "dataset": "case", **more}
    return Cell("in_time", **given)


SILENT = Cell("not_sent", DUE)
PART = Cell("partly", DUE, known_to=date(2026, 10, 20), sent_on=date(2026, 10, 21), load_no=3, dataset="case")
LATE = Cell("late", DUE, date(2026, 11, 6), 2, "working", date(2026, 10, 31), 8, "a.csv", "case", is_published=False)


def unit(name: str, cell: Cell, area: str = "Huyện Hướng Hóa", level: str = "commune", last_good: str = "") -> UnitRow:
    return UnitRow(f"id-{name}", "1", name, name, level, "a", area, (cell,), last_good)


def board(units: Sequence[UnitRow], dataset: str = "case", **more: Any) -> Board:
    given: dict[str, Any] = {"is_confirmed": False, "n_waiting": 0, "calendar": "calendar", **more}
    listed = tuple(cycles("2026-10", 1, given["calendar"]))
    return Board(
        dataset,
        given["calendar"],
        date(2026, 11, 12),
        listed,
        (DUE,),
        tuple(units),
        given["n_waiting"],
        given["is_confirmed"],
    )


WORLD = board(
    [
        unit("Xã Lìa", SILENT, last_good="2026-08"),
        unit("Xã Lao Bảo", PART),
        unit("Xã Khe Sanh", LATE),
        unit("Phường Đông Hà", sent(date(2026, 11, 2)), "Thành phố Đông Hà"),
        unit("Sở Xây dựng", SILENT, "", "agency"),
    ],
    n_waiting=2,
)  # fmt: skip


@pytest.mark.parametrize("module", [shown, reminder])
def test_the_examples_in_the_documentation_hold(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_the_title_counts_those_that_owe_among_those_that_are_to_send() -> None:
    assert shown.title(WORLD, "2026-10", VI) == (
        "02/04 đơn vị cấp xã chưa gửi hoặc gửi chưa đủ hồ sơ thủ tục hành chính tháng 10/2026"
    )
    only = board([unit("Xã Lìa", SILENT), unit("Xã A", sent(DUE)), unit("Xã B", Cell("not_expected"))])
    assert shown.title(only, "2026-10", VI) == "01/02 đơn vị cấp xã chưa gửi hồ sơ thủ tục hành chính tháng 10/2026"
    assert shown.title(only, "2026-10", EN) == "1 of 2 communes have not sent cases for month 10/2026"


def test_the_sentence_tells_the_silent_the_partial_the_late_and_those_in_time_apart() -> None:
    first, *rest = shown.sentences(WORLD, "2026-10", VI)
    assert "**01/04** đơn vị cấp xã chưa gửi" in first and "hạn gửi 04/11/2026" in first
    assert "**01** gửi chưa đủ, **01** gửi chậm, **01** gửi đúng hạn" in first
    assert any("chưa được công bố" in s and "**01**" in s for s in rest)
    assert any("**02** tệp đang chờ trả lời" in s for s in rest)


def test_before_the_term_nobody_is_said_not_to_have_sent() -> None:
    early = board([unit("Xã Lìa", Cell("not_due", DUE)), unit("Xã A", sent(date(2026, 11, 2)))])
    said = " ".join([shown.title(early, "2026-10", VI), *shown.sentences(early, "2026-10", VI)])
    assert "chưa gửi" not in said and "01/02" in said


def test_every_state_that_is_not_well_carries_a_sign_and_a_word() -> None:
    signs = {row.full_name: shown.sign(row.cells[0]) for row in WORLD.units}
    assert signs == {"Xã Lìa": "×", "Xã Lao Bảo": "◐", "Xã Khe Sanh": "2", "Phường Đông Hà": "", "Sở Xây dựng": "×"}
    words = {row.full_name: shown.state(row.cells[0], VI, "case") for row in WORLD.units}
    assert words["Xã Lao Bảo"] == "chưa đủ, đến ngày 20/10/2026"
    assert words["Xã Khe Sanh"] == "gửi chậm 2 ngày làm việc, gửi ngày 06/11/2026 (chưa công bố)"
    figure = shown.figure(WORLD, VI)
    assert list(figure.data[0].y) == [row.full_name for row in WORLD.units]
    assert "Xã Khe Sanh" in figure.data[0].hovertext[2][0]


def test_of_many_units_only_those_with_something_to_see_are_drawn_and_the_reader_is_told() -> None:
    good = [unit(f"Xã {n}", sent(DUE)) for n in range(60)]
    many = board([*good, unit("Xã Lìa", SILENT), unit("Xã Khe Sanh", LATE)])
    assert list(shown.figure(many, VI).data[0].y) == ["Xã Lìa", "Xã Khe Sanh"]
    assert "đủ 62 đơn vị trong bảng" in shown.subtitle(many, VI) and len(shown.table(many, VI)) == 62
    assert "trong bảng số liệu" not in shown.subtitle(WORLD, VI)
    assert len(shown.figure(board(good), VI).data[0].y) == 40


def test_a_withdrawn_load_and_a_table_instead_of_a_log_are_named() -> None:
    assert shown.state(Cell("not_sent", DUE, withdrawn=(4,)), VI) == "chưa gửi (lần nạp 4 đã rút)"
    assert "bằng biểu II.06a" in shown.state(sent(DUE, dataset="settlement_summary"), VI, "case")


def test_the_table_has_a_row_per_unit_and_the_list_of_who_owes_a_row_per_missing_dataset() -> None:
    assert [row[0] for row in shown.table(WORLD, VI).rows] == [row.full_name for row in WORLD.units]
    other = board([unit("Xã Lìa", SILENT)], "reception")
    listed = shown.owing_table([WORLD, other], "2026-10", VI)
    assert [(r[1], r[5]) for r in listed.rows] == [
        ("Xã Lìa", "hồ sơ thủ tục hành chính"),
        ("Xã Lìa", "sổ tiếp công dân"),
        ("Xã Lao Bảo", "hồ sơ thủ tục hành chính"),
        ("Sở Xây dựng", "hồ sơ thủ tục hành chính"),
    ]
    assert [listed.columns[n].kind for n in (3, 7)] == ["date", "date"] and listed.rows[2][7] == date(2026, 10, 20)
    assert [r.full_name for r in shown.ordered(WORLD, "2026-10")][:3] == ["Xã Lìa", "Xã Lao Bảo", "Sở Xây dựng"]


def test_one_cycle_is_a_typed_table_with_file_and_load() -> None:
    found = shown.cycle_table(WORLD, "2026-10", VI)
    by_unit = {row[0]: row for row in found.rows}
    assert [row[0] for row in found.rows][:2] == ["Xã Lìa", "Xã Lao Bảo"]
    assert by_unit["Xã Khe Sanh"][4:10] == (date(2026, 11, 6), DUE, 2, date(2026, 10, 31), "a.csv", 8)
    assert "tệp a.csv, lần nạp 8" in shown.figure(WORLD, VI).data[0].hovertext[2][0]


def test_the_letter_groups_by_area_and_leaves_the_copies_to_be_filled_in() -> None:
    letter = reminder.letter([WORLD, board([unit("Xã Lìa", SILENT)], "reception")], "2026-10", VI)
    lines = letter.splitlines()
    assert lines[0] == (
        "Kính gửi: Ủy ban nhân dân các xã, phường, đặc khu và các cơ quan, đơn vị có tên trong danh sách"
    )
    assert "còn 03 đơn vị" in letter and "tính đến ngày 12/11/2026" in letter
    some = "mới có số liệu đến ngày 20/10/2026; hạn gửi: ngày 04/11/2026; chưa có kỳ nào gửi đủ"
    part = f"- Hồ sơ thủ tục hành chính: {some}."
    at = lines.index("I. Địa bàn huyện Hướng Hóa (trước 01/7/2025)")
    assert lines[at + 1 : at + 6] == [
        "1. Xã Lìa",
        "- Hồ sơ thủ tục hành chính: chưa gửi; hạn gửi: ngày 04/11/2026; kỳ gần nhất đã gửi đủ: 08/2026.",
        "- Sổ tiếp công dân: chưa gửi; hạn gửi: ngày 04/11/2026; chưa có kỳ nào gửi đủ.",
        "2. Xã Lao Bảo",
        part,
    ]
    assert "II. Sở, ban, ngành và cơ quan khác" in lines and "3. Sở Xây dựng" in lines
    assert lines[-4:] == ["Nơi nhận:", "- Như trên;", "- ……………………;", "- Lưu: VT, ……"]
    assert "Khe Sanh" not in letter and "Đông Hà" not in letter


def test_a_letter_to_communes_only_is_not_addressed_to_departments_and_without_any_there_is_none() -> None:
    assert "Kính gửi: Ủy ban nhân dân các xã, phường, đặc khu có tên" in reminder.letter(
        [board([unit("Xã Lìa", SILENT)])], "2026-10", VI
    )
    assert reminder.letter([board([unit("Xã A", sent(DUE))])], "2026-10", VI) == (
        "Tính đến ngày 12/11/2026, không còn đơn vị nào quá hạn gửi số liệu tháng 10/2026."
    )


def test_the_letter_has_no_vietnamese_words_of_ours_in_english() -> None:
    letter = reminder.letter([WORLD], "2026-10", EN)
    assert "chưa" not in letter and "hạn" not in letter
    assert "1. Xã Lìa\n- Cases: not sent; due 04/11/2026; last complete period: 08/2026." in letter


def test_a_report_month_says_so_and_terms_that_no_document_gives_are_said_to_be_provisional() -> None:
    report = board([unit("Xã Lìa", SILENT)], calendar="report")
    assert "tháng 10/2026 (kỳ báo cáo)" in shown.title(report, "2026-10", VI)
    assert "chốt ngày 14" in shown.subtitle(report, VI)
    assert shown.notes(report, VI) and not shown.notes(board([], is_confirmed=True), VI)
