"""The order of day and month is told by the texts of a column, or asked; a column may hold dates of every kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest
from etl_drawn import HEADER, reasons, table

from etl import messages, raw
from etl.extract import Sheet
from etl.intake import load_files
from etl.layouts import canonical
from etl.raw import Raw
from etl.receipt import Receipt
from etl.recognise import Match
from etl.types import date_macros
from warehouse.paths import DataDir

Load = Callable[..., Receipt]
NAMES = ["case_code", "unit_code", "received_at", "due_at"]


def read(rows: list[list[str]], tmp_path: Path, is_new: bool = True, answers: Mapping[str, str] | None = None) -> Raw:
    """Return a sheet of these rows as it is read through a layout that was just told from it, or a known one."""
    sheet = Sheet("T10", [NAMES, *rows], rows=[NAMES, *rows])
    layout = replace(canonical("case"), is_date_order_stated=not is_new)
    match = Match(layout, 0, {n: i for i, n in enumerate(NAMES)}, list(NAMES), is_new=is_new)
    con = duckdb.connect()
    for macro in date_macros():
        con.execute(macro)
    found = raw.load(con, sheet, match, "raw_0", tmp_path, answers)
    found.days = {  # type: ignore[attr-defined]
        name: [
            f"{d[0]:%Y-%m-%d}" if d[0] else None for d in con.execute(f"SELECT {name} FROM {found.table}").fetchall()
        ]
        for name in NAMES[2:]
    }
    return found


def rows(*dates: tuple[str, str]) -> list[list[str]]:
    return [[f"H44.12-261001-{n:04d}", "19432", *pair] for n, pair in enumerate(dates, 1)]


def asked(found: Raw) -> list[tuple[str, str, str]]:
    return [(q.code, q.key, q.suggested) for q in found.orders.questions]


def test_one_text_that_can_be_read_in_one_way_only_tells_its_column_and_its_neighbours(tmp_path: Path) -> None:
    found = read(rows(("5/10/26", "7/10/26"), ("25/10/26", "8/11/26")), tmp_path)
    assert asked(found) == []
    assert found.days == {  # type: ignore[attr-defined]
        "received_at": ["2026-10-05", "2026-10-25"],
        "due_at": ["2026-10-07", "2026-11-08"],
    }
    american = read(rows(("10/5/26", "10/7/26"), ("10/25/26", "11/8/26")), tmp_path)
    assert asked(american) == [] and american.days == found.days  # type: ignore[attr-defined]


def test_dates_that_all_lie_within_twelve_are_asked_about_and_the_answer_is_used(tmp_path: Path) -> None:
    drawn = rows(("05/10/2026", "07/10/2026"), ("06/10/2026", ""))
    found = read(drawn, tmp_path)
    assert asked(found) == [("date_order", "date_order", "dmy")]
    (question,) = found.orders.questions
    assert [c.value for c in question.choices] == ["dmy", "mdy"]
    assert (question.values["n"], question.values["example"]) == ("3", "05/10/2026")
    assert read(drawn, tmp_path, answers={"date_order": "mdy"}).days["received_at"] == ["2026-05-10", "2026-06-10"]  # type: ignore[attr-defined]
    assert read(drawn, tmp_path, answers={"date_order": "dmy"}).days["received_at"] == ["2026-10-05", "2026-10-06"]  # type: ignore[attr-defined]


def test_years_of_two_digits_in_front_are_no_days(tmp_path: Path) -> None:
    found = read(rows(("26/10/05", ""), ("26/10/17", ""), ("25/12/31", "")), tmp_path)
    assert asked(found) == [("date_year_first", "", "")]
    days = read(rows(("26/10/26", ""), ("25/10/26", ""), ("24/12/25", "")), tmp_path)
    assert days.days["received_at"] == ["2026-10-26", "2026-10-25", "2025-12-24"]  # type: ignore[attr-defined]


def test_a_column_of_usual_forms_alone_is_read_as_any_other(tmp_path: Path) -> None:
    found = read(rows(("2026-10-05", "05/10/2026"), ("0026-10-05", "31/02/2026"), ("2026-13-05", "")), tmp_path, False)
    assert found.days == {  # type: ignore[attr-defined]
        "received_at": ["2026-10-05", None, None],
        "due_at": ["2026-10-05", None, None],
    }


def test_the_example_in_a_question_is_the_date_alone(tmp_path: Path) -> None:
    found = read(rows(("05/10/2026 Trần Thị Ví Dụ", "")), tmp_path)
    assert found.orders.questions[0].values["example"] == "05/10/2026"


def test_a_known_layout_states_its_order(tmp_path: Path) -> None:
    found = read(rows(("05/10/2026", "07/10/2026")), tmp_path, is_new=False)
    assert asked(found) == [] and found.days["received_at"] == ["2026-10-05"]  # type: ignore[attr-defined]


def test_iso_serials_and_equal_numbers_ask_nothing(tmp_path: Path) -> None:
    found = read(rows(("2026-10-05", "46300"), ("10/10/2026", "2026-10-07 08:00")), tmp_path)
    assert asked(found) == []
    assert found.days["received_at"] == ["2026-10-05", "2026-10-10"]  # type: ignore[attr-defined]
    assert found.days["due_at"] == ["2026-10-05", "2026-10-07"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("is_new", [True, False])
def test_two_orders_in_one_column_are_a_question_of_their_own(tmp_path: Path, is_new: bool) -> None:
    drawn = rows(("25/10/2026", ""), ("26/10/2026", ""), ("10/27/2026", ""), ("05/10/2026", ""))
    assert asked(read(drawn, tmp_path, is_new)) == [("date_order_mixed", "date_order", "dmy")]
    answered = read(drawn, tmp_path, is_new, {"date_order": "dmy"})
    assert answered.days["received_at"] == ["2026-10-25", "2026-10-26", None, "2026-10-05"]  # type: ignore[attr-defined]


def test_columns_told_apart_leave_an_untold_one_open(tmp_path: Path) -> None:
    names = [*NAMES, "completed_at"]
    sheet_rows = [["H44.12-261001-0001", "19432", "25/10/2026", "10/26/2026", "05/10/2026"]]
    sheet = Sheet("", [names, *sheet_rows], rows=[names, *sheet_rows])
    layout = replace(canonical("case"), is_date_order_stated=False)
    match = Match(layout, 0, {n: i for i, n in enumerate(names)}, names, is_new=True)
    con = duckdb.connect()
    for macro in date_macros():
        con.execute(macro)
    found = raw.load(con, sheet, match, "raw_0", tmp_path)
    assert asked(found) == [("date_order", "date_order", "dmy")]
    assert found.orders.questions[0].values["column"] == "completed_at"


def turned() -> list[list[str]]:
    """Return what Excel set to month-day leaves of 13/10, 14/10 … and 05/10, 06/10 …: the days within 12 turned."""
    texts = [(f"{day}/10/2026", "") for day in range(13, 19)]
    return rows(*texts, *((f"2026-{day:02d}-10", "") for day in range(1, 7)))


@pytest.mark.parametrize("is_new", [True, False])
def test_date_cells_that_a_spreadsheet_turned_are_asked_about(tmp_path: Path, is_new: bool) -> None:
    found = read(turned(), tmp_path, is_new)
    assert asked(found) == [("date_cells", "date_cells", "turn")]
    mended = read(turned(), tmp_path, is_new, {"date_cells": "turn"})
    assert mended.days["received_at"][-2:] == ["2026-10-05", "2026-10-06"]  # type: ignore[attr-defined]
    kept = read(turned(), tmp_path, is_new, {"date_cells": "keep"})
    assert kept.days["received_at"][-2:] == ["2026-05-10", "2026-06-10"]  # type: ignore[attr-defined]
    assert asked(read([*turned(), *rows(("05/10/2026", ""))], tmp_path, False)) == []


def test_turned_cells_are_asked_about_once_for_a_layout(data_dir: DataDir, tmp_path: Path) -> None:
    asked_of = []
    for month, answers in ((10, {}), (10, {"date_cells": "turn"}), (11, {})):
        book = openpyxl.Workbook()
        book.active.append(HEADER.strip().split(","))
        for n in range(1, 13):
            # Of 1/10 … 6/10 and 13/10 … 18/10 the first six became date cells with day and month exchanged.
            cell = datetime(2026, n, month) if n < 7 else f"{n + 6}/{month}/2026"
            book.active.append([f"H44.12-26{month}01-{n:04d}", "19432", cell])
        path = tmp_path / f"T{month}.xlsx"
        book.save(path)
        (receipt,) = load_files([path], data_dir, answers=answers)
        asked_of.append([q.key for q in receipt.questions])
    assert asked_of == [["date_cells"], [], []]
    assert {row["received_at"].month for row in table(data_dir, receipt)} == {11}


def test_the_columns_of_a_sheet_tell_together_that_their_cells_are_turned(tmp_path: Path) -> None:
    few = [("13/10/2026", "2026-05-10"), ("14/10/2026", "2026-06-10"), ("2026-07-10", "15/10/2026"),
           ("2026-08-10", "16/10/2026"), ("17/10/2026", "2026-09-10")]  # fmt: skip
    found = read(rows(*few), tmp_path, answers={"date_cells": "turn"})
    assert found.days["due_at"] == ["2026-10-05", "2026-10-06", "2026-10-15", "2026-10-16", "2026-10-09"]  # type: ignore[attr-defined]
    assert found.days["received_at"][2:4] == ["2026-10-07", "2026-10-08"]  # type: ignore[attr-defined]
    assert asked(read(rows(*few, ("2026-10-25", "")), tmp_path)) == []


def test_every_kind_of_date_may_stand_in_one_column_of_a_workbook(data_dir: DataDir, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER.strip().split(","))
    cells = [datetime(2026, 10, 25), "25/10/2026 08:05", "25/10/26", 46320, "46320", "25.10.2026",
             "2026-10-25T08:05:00", "25-10-2026 8h05"]  # fmt: skip
    for n, cell in enumerate(cells, 1):
        book.active.append([f"H44.12-261025-{n:04d}", "19432", cell])
    book.save(tmp_path / "a.xlsx")
    (receipt,) = load_files([tmp_path / "a.xlsx"], data_dir)
    assert receipt.questions == []
    assert {r["received_at"].date().isoformat() for r in table(data_dir, receipt)} == {"2026-10-25"}
    assert len(table(data_dir, receipt)) == len(cells)


def test_an_answer_given_on_the_command_line_is_used(data_dir: DataDir, load_text: Load) -> None:
    text = HEADER + "H44.12-261025-0001,19432,10/25/2026,,,\nH44.12-261025-0002,19432,10/01/2026,,,\n"
    receipt = load_text(text, answers={"date_order": "mdy"})
    assert receipt.questions == [] and reasons(data_dir, receipt) == []
    assert [r["received_at"] for r in table(data_dir, receipt)] == [datetime(2026, 10, 25), datetime(2026, 10, 1)]


def test_what_a_file_told_of_its_dates_is_known_next_month(data_dir: DataDir, load_text: Load) -> None:
    header = "Mã số hồ sơ;Cơ quan giải quyết hồ sơ;Ngày nhận hồ sơ;Ngày hẹn trả kết quả;Ngày có kết quả\n"
    row = "H44.12-2610{0:02d}-00{0:02d};UBND xã Lao Bảo;{0}/10/2026;{0}/11/2026;\n"
    first = load_text(header + "".join(row.format(day) for day in range(1, 29)), name="Lao Bảo T10.csv")
    assert (first.is_new_layout, first.questions) == (True, [])
    # In the first days of a month nothing tells the order, and nothing has to.
    second = load_text(header + row.format(6) + row.format(7), name="Lao Bảo T11.csv")
    assert second.questions == []
    assert [r["received_at"] for r in table(data_dir, second)] == [datetime(2026, 10, 6), datetime(2026, 10, 7)]


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_question_and_choice_about_dates_has_its_words(tmp_path: Path, lang: str) -> None:
    for drawn, is_new in ((rows(("05/10/2026", "")), True), (turned(), True), (rows(("10/25/2026", "")), False),
                          (rows(("10/25/2026", ""), ("25/10/2026", "")), True)):  # fmt: skip
        for question in read(drawn, tmp_path, is_new).orders.questions:
            assert "received_at" in messages.question(question, "a.xlsx", lang)
            assert [c.code for c in question.choices if messages.text("choice", c.code, lang) == c.code] == []
