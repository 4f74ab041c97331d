"""Labels such as "Đã trả": told by a result date, else asked once, never stored in silence as either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from etl_drawn import HEADER, reasons, table

from etl import messages
from etl.intake import load_files
from etl.receipt import Receipt
from etl.types import is_plain_label
from warehouse.paths import DataDir

Load = Callable[..., Receipt]


def case(n: int, status: str, completed: str = "") -> str:
    return f"H44.12-261001-{n:04d},19432,2026-10-01,2026-10-05,{completed},{status}\n"


def statuses(data_dir: DataDir, receipt: Receipt) -> list[str | None]:
    return [row["status"] for row in table(data_dir, receipt)]


@pytest.mark.parametrize("label", ["Đã trả", "Trả hồ sơ", "TRẢ", "Đã trả công dân"])
def test_beside_a_result_date_the_label_means_settled_and_nothing_is_asked(
    load_text: Load, data_dir: DataDir, label: str
) -> None:
    receipt = load_text(HEADER + case(1, label, "2026-10-03"))
    assert receipt.questions == [] and statuses(data_dir, receipt) == ["completed"]
    assert receipt.sheets[0].unknown_labels == {}


def test_without_a_result_date_the_label_is_asked_about_and_nothing_is_stored(
    load_text: Load, data_dir: DataDir
) -> None:
    receipt = load_text(HEADER + case(1, "Đã trả", "2026-10-03") + case(2, "Đã trả") + case(3, "đã  trả"))
    (question,) = receipt.questions
    assert (question.code, question.key, question.values["n"]) == ("status_meaning", "status:da tra", "2")
    assert [c.value for c in question.choices] == ["completed", "returned", ""]
    assert receipt.load_no is None
    for lang in messages.LANGUAGES:
        assert "Đã trả" in messages.question(question, "a.csv", lang)
        assert [c.code for c in question.choices if messages.text("choice", c.code, lang) == c.code] == []


@pytest.mark.parametrize(("answer", "stored"), [("returned", "returned"), ("completed", "completed"), ("", None)])
def test_the_answer_holds_for_the_rows_without_a_date_only(
    load_text: Load, data_dir: DataDir, answer: str, stored: str | None
) -> None:
    text = HEADER + case(1, "Đã trả", "2026-10-03") + case(2, "Đã trả")
    receipt = load_text(text, answers={"status:da tra": answer})
    assert statuses(data_dir, receipt) == ["completed", stored]
    # An end without its date is pending, and said (product.md §4).
    warned = [(3, "status", "ended_without_date")] if stored else []
    assert reasons(data_dir, receipt, "warnings") == warned


def test_an_answered_label_is_all_that_is_remembered_of_a_known_layout(load_text: Load, data_dir: DataDir) -> None:
    # Neither the order of its dates nor a field that the file never had is asked about the month after.
    header = "Mã hồ sơ;Tên thủ tục;Cơ quan giải quyết;Ngày tiếp nhận;Ngày hẹn trả;Ngày có kết quả;Trạng thái\n"
    row = "H44.12-26{0}01-0001;x;UBND xã Lao Bảo;01/{0}/2026;05/{0}/2026;;Đã trả\n"
    first = load_text(header + row.format(10), name="T10.csv", answers={"status:da tra": "returned"})
    second = load_text(header + row.format(11), name="T11.csv")
    assert (first.questions, second.questions) == ([], [])
    assert statuses(data_dir, second) == ["returned"]


def test_an_answer_that_is_no_choice_is_no_answer(load_text: Load) -> None:
    receipt = load_text(HEADER + case(1, "Trả hồ sơ"), answers={"status:tra ho so": "processing"})
    assert [q.code for q in receipt.questions] == ["status_meaning"]


def test_all_labels_of_a_file_are_asked_about_at_once(load_text: Load) -> None:
    receipt = load_text(HEADER + case(1, "Đã trả") + case(2, "Trả hồ sơ") + case(3, "Đã trả kết quả"))
    assert sorted(q.key for q in receipt.questions) == ["status:da tra", "status:tra ho so"]


@pytest.mark.parametrize("folder", ["reference", "learned"])
def test_the_data_folders_own_labels_decide_and_a_changed_file_is_read_anew(
    load_text: Load, data_dir: DataDir, folder: str
) -> None:
    assert load_text(HEADER + case(1, "Đã trả"), name="a.csv").load_no is None
    (data_dir.root / folder).mkdir(parents=True, exist_ok=True)
    (data_dir.root / folder / "labels.toml").write_text('[status]\nreturned = ["Đã trả"]\n', "utf-8")
    receipt = load_text(HEADER + case(2, "Đã trả"), name="b.csv")
    assert statuses(data_dir, receipt) == ["returned"]


def test_labels_that_say_which_are_read_as_they_say(load_text: Load, data_dir: DataDir) -> None:
    labels = {"Đã trả kết quả": "completed", "Trả lại hồ sơ": "returned", "Đã trả lại": "returned"}
    receipt = load_text(HEADER + "".join(case(n, label) for n, label in enumerate(labels)))
    assert statuses(data_dir, receipt) == list(labels.values())


def test_unknown_labels_are_collected_where_they_name_nobody(load_text: Load, data_dir: DataDir) -> None:
    rows = case(1, "Chờ lãnh đạo phê duyệt") + case(2, "Chờ lãnh đạo phê duyệt") + case(3, "Chờ bà Hoa ký")
    receipt = load_text(HEADER + rows)
    assert receipt.sheets[0].unknown_labels == {"status": {"Chờ lãnh đạo phê duyệt": 2}}
    assert [r[2] for r in reasons(data_dir, receipt, "warnings")] == ["unknown_label"] * 3
    assert not is_plain_label("Trần Thị Ví Dụ", data_dir)


def test_the_sheets_of_a_workbook_are_asked_about_once(data_dir: DataDir, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for n, sheet in enumerate((book.active, book.create_sheet("T11"))):
        sheet.append(HEADER.strip().split(","))
        sheet.append([f"H44.12-261001-000{n}", "19432", date(2026, 10, 1), date(2026, 10, 5), None, "Đã trả"])
    book.save(tmp_path / "a.xlsx")
    (receipt,) = load_files([tmp_path / "a.xlsx"], data_dir)
    assert [q.key for q in receipt.questions] == ["status:da tra"]
