"""What was answered once is written where it can be read, and is not asked again; what changes is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from sheets_drawn import CODES, N_ROWS, STATUSES, UNITS, asked, dates, fields, read, sheet

from etl import learned
from etl.layouts import all_layouts
from etl.recognise import Match
from etl.types import label_tables
from warehouse.paths import DataDir

ON = date(2026, 11, 1)
ANSWERS = {"column:ngay nop": "received_at", "column:ngay tra": "completed_at"}


def strange(**more: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the columns of a layout that needs two answers."""
    return {
        "TT": [str(n) for n in range(N_ROWS)], "Mã số HS": CODES, "CQ xử lý": UNITS,
        "Người nộp": ["Nguyễn Văn A"] * N_ROWS,
        "Ngày nộp": dates(), "Hạn xử lý": dates(9), "Ngày trả": dates(8), "TT hồ sơ": STATUSES, **more,
    }  # fmt: skip


@pytest.fixture
def learnt(data_dir: DataDir) -> Match:
    """Return the match of a layout that was answered and remembered."""
    match = read(sheet(strange()), data_dir, ANSWERS)
    assert learned.remember(data_dir, match, ANSWERS, "Xã Lao Bảo T10-2026.xlsx", ON)
    return match


def renamed(headers: Mapping[str, str]) -> dict[str, Sequence[str]]:
    return {headers.get(header, header): cells for header, cells in strange().items()}


def test_next_month_nothing_is_asked(learnt: Match, data_dir: DataDir) -> None:
    match = read(sheet(strange()), data_dir)
    assert (match.layout.name, match.is_new) == (learnt.layout.name, False)
    assert fields(match) == fields(learnt)
    assert {c.reason for c in match.columns if c.field} == {"layout"}


def test_the_file_of_a_layout_can_be_reviewed_and_holds_no_person(learnt: Match, data_dir: DataDir) -> None:
    (path,) = (data_dir.learned / "layouts").iterdir()
    text = path.read_text("utf-8")
    assert "Xã Lao Bảo" in text.splitlines()[0] and "01/11/2026" in text.splitlines()[0]
    assert f"gandan forget {learnt.layout.name}" in text and "Người nộp" not in text
    entry = tomllib.loads(text)["layout"][learnt.layout.name]
    assert entry["columns"]["received_at"] == ["Ngày nộp"] and entry["learned_on"] == "2026-11-01"
    assert list(entry["columns"]) == sorted(entry["columns"]) and "date_order" not in entry
    learned.remember(data_dir, read(sheet(strange()), data_dir, ANSWERS), ANSWERS, "Xã Lao Bảo T10-2026.xlsx", ON)
    assert path.read_text("utf-8") == text


def test_a_header_that_holds_a_name_is_never_written(data_dir: DataDir) -> None:
    columns = strange(**{"Nguyễn Thị Hoa duyệt": ["x"] * N_ROWS})
    learned.remember(data_dir, read(sheet(columns), data_dir, ANSWERS), ANSWERS, "a.xlsx", ON)
    (path,) = (data_dir.learned / "layouts").iterdir()
    assert "Hoa" not in path.read_text("utf-8")
    assert not read(sheet(columns), data_dir).is_new


def test_a_header_that_changes_is_matched_when_sure(learnt: Match, data_dir: DataDir) -> None:
    match = read(sheet(renamed({"Hạn xử lý": "Ngày hẹn trả kết quả", "Mã số HS": "Mã hồ sơ TTHC"})), data_dir)
    assert match.layout.name == learnt.layout.name
    assert fields(match)["due_at"] == "Ngày hẹn trả kết quả" and fields(match)["received_at"] == "Ngày nộp"


def test_a_header_that_changes_is_asked_about_when_not_sure(learnt: Match, data_dir: DataDir) -> None:
    drawn = sheet(renamed({"Hạn xử lý": "Mốc cuối"}))
    (question,) = asked(drawn, data_dir).questions
    assert (question.key, [c.value for c in question.choices]) == ("column:moc cuoi", ["due_at", ""])
    match = read(drawn, data_dir, {question.key: "due_at"})
    learned.remember(data_dir, match, {question.key: "due_at"}, "a.xlsx", ON)
    assert [p.stem for p in (data_dir.learned / "layouts").iterdir()] == [learnt.layout.name]
    assert fields(read(drawn, data_dir))["due_at"] == "Mốc cuối"
    assert fields(read(sheet(strange()), data_dir))["due_at"] == "Hạn xử lý"


def test_a_column_that_every_figure_needs_and_that_is_gone_is_asked_about(learnt: Match, data_dir: DataDir) -> None:
    columns = strange()
    del columns["Ngày trả"]
    (question,) = asked(sheet(columns), data_dir).questions
    assert (question.code, question.key) == ("field_gone", "field:completed_at")
    match = read(sheet(columns), data_dir, {"field:completed_at": ""})
    assert "completed_at" not in match.fields
    learned.remember(data_dir, match, {"field:completed_at": ""}, "a.xlsx", ON)
    assert "completed_at" not in read(sheet(columns), data_dir).fields


def test_the_day_of_handing_over_does_not_take_the_place_of_the_result(learnt: Match, data_dir: DataDir) -> None:
    (question,) = asked(sheet(renamed({"Ngày trả": "Ngày trả KQ"})), data_dir).questions
    assert question.key == "field:completed_at" and "ngay tra kq" in [c.value for c in question.choices]


def test_a_surer_column_beside_the_known_one_is_asked_about(learnt: Match, data_dir: DataDir) -> None:
    drawn = sheet(strange(**{"Ngày tiếp nhận": dates(1)}))
    (question,) = asked(drawn, data_dir).questions
    assert (question.key, question.suggested) == ("field:received_at", "ngay tiep nhan")
    match = read(drawn, data_dir, {"field:received_at": "ngay tiep nhan"})
    assert fields(match)["received_at"] == "Ngày tiếp nhận"


def test_the_meaning_of_a_status_is_kept_with_the_layout(learnt: Match, data_dir: DataDir) -> None:
    match = read(sheet(strange()), data_dir)
    learned.remember(data_dir, match, {"status:da tra": "completed", "era": "2tier"}, "a.xlsx", ON)
    kept = all_layouts(data_dir)[learnt.layout.name]
    assert kept.labels == {"status": {"da tra": "completed"}} and kept.era == ""
    assert kept.columns["received_at"] == ("Ngày nộp",)


def test_the_order_of_dates_is_kept_only_where_it_was_asked(learnt: Match, data_dir: DataDir) -> None:
    assert not all_layouts(data_dir)[learnt.layout.name].is_date_order_stated
    answers = {"date_order": "mdy"}
    learned.remember(data_dir, read(sheet(strange()), data_dir, answers), answers, "a.xlsx", ON)
    kept = all_layouts(data_dir)[learnt.layout.name]
    assert (kept.date_order, kept.is_date_order_stated) == ("mdy", True)


def test_a_known_layout_that_was_answered_about_is_remembered_under_a_name_of_its_own(data_dir: DataDir) -> None:
    columns = {
        "Mã HS": CODES, "Mã TTHC": ["1.004873"] * N_ROWS, "Mã ĐV": ["19432"] * N_ROWS, "Ngày TN": dates(),
        "Ngày hẹn": dates(9), "Mốc X": dates(8),
    }  # fmt: skip
    (question,) = asked(sheet(columns), data_dir).questions
    match = read(sheet(columns), data_dir, {question.key: "completed_at"})
    learned.remember(data_dir, match, {question.key: "completed_at"}, "a.csv", ON)
    again = read(sheet(columns), data_dir)
    assert again.layout.name != "onestop-basic" and fields(again)["completed_at"] == "Mốc X"
    assert all_layouts(data_dir)["onestop-basic"].columns["completed_at"][0] == "Ngày xong"


def test_a_forgotten_layout_is_asked_about_again(learnt: Match, data_dir: DataDir) -> None:
    assert learned.forget(data_dir, learnt.layout.name) and not learned.forget(data_dir, "onestop-basic")
    assert len(asked(sheet(strange()), data_dir).questions) == 2


def test_a_label_is_added_to_a_table_and_moves_when_it_is_said_anew(data_dir: DataDir) -> None:
    learned.add_label(data_dir, "status", "processing", "Chờ trình ký số")
    assert label_tables(data_dir)["status"]["cho trinh ky so"] == "processing"
    learned.add_label(data_dir, "status", "awaiting_payment", "Chờ trình ký số")
    assert learned.own_labels(data_dir) == {"status": {"awaiting_payment": ["Chờ trình ký số"]}}
    learned.add_label(data_dir, "kind", "dialogue", "Gặp gỡ nhân dân")
    assert label_tables(data_dir)["engagement"]["gap go nhan dan"] == "dialogue"


@pytest.mark.parametrize(
    ("table", "value", "text", "error"),
    [
        ("states", "processing", "x", KeyError),
        ("status", "done", "x", ValueError),
        ("status", "processing", "Nguyễn Thị Hoa", ValueError),
        ("status", "processing", " ", ValueError),
    ],
)
def test_a_label_that_may_not_be_added_is_refused(
    data_dir: DataDir, table: str, value: str, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        learned.add_label(data_dir, table, value, text)
    assert learned.own_labels(data_dir) == {}
