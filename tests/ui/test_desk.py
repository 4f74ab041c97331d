"""What the Data page says of files, questions, differences, slips and history, on records drawn here."""

from __future__ import annotations

import doctest
from datetime import date
from typing import Any

import pytest

from metrics import catalogue
from ui import desk, desk_history, desk_moves, desk_questions, desk_slips
from ui.jobs import Progress
from ui.text import Text

VI, EN = Text.of("vi"), Text.of("en")
WORDS = desk.Words(
    {
        "reason": {"no_code": "Thiếu mã."},
        "question": {"broken_workbook": "{file}: tệp hỏng.", "unknown_layout": "{file}{sheet}: chưa có mẫu."},
        "mapping": {"sure_header": "tiêu đề quen thuộc"},
        "choice": {"handed_over": "Đã trả cho dân ({n} dòng)"},
        "set_aside": {"total_row": "dòng cộng"},
    }
)


def receipt(name: str, load_no: int | None = None, read: int = 0, rejected: int = 0, **more: Any) -> dict[str, Any]:
    """Return a receipt as `gandan load --format json` prints it."""
    return {
        "file_name": name, "sha256": f"sha-{name}", "load_no": load_no, "dataset": "case", "layout": "canonical",
        "n_read": read, "n_accepted": read - rejected, "n_rejected": rejected, "n_warned": 0, "sheets": [],
        "questions": [], "is_repeat": False, "waiting_id": "", **more,
    }  # fmt: skip


def rows(table: Any, *names: str) -> list[tuple[Any, ...]]:
    """Return these columns of a table, by their Vietnamese heads."""
    heads = [c.label for c in table.columns]
    return [tuple(row[heads.index(n)] for n in names) for row in table.rows]


@pytest.mark.parametrize("module", [desk, desk_moves, desk_history])
def test_the_examples_in_the_documentation_hold(module: Any) -> None:
    assert not doctest.testmod(module).failed


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (receipt("a", 1, 10), "loaded"),
        (receipt("a", 2, 10), "published"),
        (receipt("a", 3, 10, 10), "nothing"),
        (receipt("a", 1, 10, is_repeat=True), "repeat"),
        (receipt("a", waiting_id="w1"), "waiting"),
        (receipt("a", waiting_id="w9"), "answered"),
        (receipt("a", 1, 10, waiting_id="w1"), "partly"),
        (receipt("a", questions=[{"code": "broken_workbook"}]), "refused"),
    ],
)
def test_each_file_is_in_one_state(given: dict[str, Any], state: str) -> None:
    assert desk.state_of(given, waiting=["w1"], published=[2]) == state


def test_read_is_accepted_plus_rejected_in_the_sentence_and_repeats_are_not_counted_again() -> None:
    totals = {"set_aside": {"total_row": 2, "note_row": 1}}
    given = [
        receipt("a.csv", 1, 100, 3, sheets=[totals]),
        receipt("b.csv", 2, 1000, 0),
        receipt("c.csv", 7, 500, 0, is_repeat=True),
        receipt("d.xlsx", waiting_id="w"),
    ]
    said = desk.say(VI, given, waiting=["w"])
    assert "**4** tệp" in said and "1 chờ trả lời" in said and "1 đã nạp trước đó" in said
    assert "**1.100** dòng = **1.097** hợp lệ + **3** bị loại; để riêng 3 dòng" in said


def test_the_table_of_files_starts_with_what_needs_a_person() -> None:
    given = [receipt("a.csv", 1, 5), receipt("b.xlsx", waiting_id="w"), receipt("c.xls", questions=[{"code": "x"}])]
    table = desk.files(VI, given, WORDS, ["w"])
    assert rows(table, "Tệp", "Trạng thái", "Đã đọc") == [
        ("c.xls", "bị từ chối", None), ("b.xlsx", "chờ trả lời", None), ("a.csv", "nạp xong", 5),
    ]  # fmt: skip


def test_an_answered_file_takes_the_place_of_the_waiting_one_and_keeps_the_part_loaded_before() -> None:
    first = [receipt("a.xlsx", 1, 5, waiting_id="w"), receipt("b.csv", waiting_id="v")]
    later = [receipt("a.xlsx", 2, 7), receipt("b.csv", 3, 9)]
    found = desk.batch([first, later])
    assert [(r["file_name"], r["load_no"]) for r in found] == [("a.xlsx", 1), ("a.xlsx", 2), ("b.csv", 3)]


def test_a_refused_file_says_why_in_the_words_of_the_intake() -> None:
    broken = receipt("hỏng.xlsx", questions=[{"code": "broken_workbook", "values": {}}])
    assert desk.refusals([broken, receipt("b", 1, 2)], WORDS) == ["hỏng.xlsx: tệp hỏng."]


def test_only_loads_that_take_part_and_are_not_in_the_snapshot_wait_for_a_publish() -> None:
    loads = [{"load_no": n, "state": state, "n_accepted": 5, "file_name": f"{n}.csv"}
             for n, state in ((1, "staged"), (2, "staged"), (3, "withheld"), (4, "withdrawn"))]  # fmt: skip
    loads.append({"load_no": 5, "state": "staged", "n_accepted": 0, "file_name": "5.csv"})
    assert [one["load_no"] for one in desk.unpublished(loads, [1])] == [2]
    assert [one["load_no"] for one in desk.withheld(loads)] == [3]


def test_progress_says_for_whom_it_waits_or_how_far_it_is_and_what_is_left() -> None:
    assert desk.progress(VI, Progress(waits_for="công bố, lan")) == "Đang chờ: công bố, lan"
    said = desk.progress(VI, Progress(3, 120, "a.csv", "validate", "", 42.0))
    assert said == "tệp 3/120: kiểm tra, a.csv; còn khoảng 40 giây"
    assert desk.progress(VI, Progress(1, 0, "a.csv", "extract")) == "đọc tệp, a.csv"
    assert desk.duration(VI, 130) == "2 phút"


# Questions ----------------------------------------------------------------------------------------------------------

WAITING = {
    "id": "abc", "file_name": "moi.xlsx", "until": "2026-12-21T09:00:00",
    "receipts": [
        {
            "file_name": "moi.xlsx",
            "sheets": [
                {
                    "sheet": "T10", "header_row": 3,
                    "columns": [
                        {"column_no": 1, "header": "Mã HS", "field": "case_code", "confidence": 0.99,
                         "reason": "sure_header", "examples": ["A##.##"]},
                        {"column_no": 2, "header": "Ghi chú", "field": "", "confidence": 0, "reason": "x"},
                        {"column_no": 3, "header": "Ngày trả", "field": "", "confidence": 0, "reason": "asked"},
                    ],
                }
            ],
            "questions": [
                {"code": "column", "key": "column:ngay tra", "text": "moi.xlsx: cột “Ngày trả” là ngày nào?",
                 "sheet": "T10", "suggested": "completed_at",
                 "choices": [{"value": "completed_at"}, {"value": "x", "text": "Ngày dân nhận"}, {"value": ""}]},
                {"code": "status", "key": "status:da tra", "text": "“Đã trả” nghĩa là gì?", "sheet": "",
                 "choices": [{"value": "completed", "code": "handed_over", "values": {"n": "12"}}]},
                {"code": "unknown_layout", "values": {}},
            ],
        }
    ],
}  # fmt: skip


def test_a_question_marks_the_suggested_answer_and_words_the_others() -> None:
    first, second, third = desk_questions.asked(VI, WAITING, WORDS)
    assert first.question == "Cột “Ngày trả” là ngày nào?" and first.suggested == 0
    assert first.values == ("completed_at", "x", "")
    assert first.labels[0].endswith("(đề xuất)") and first.labels[1:] == ("Ngày dân nhận", "Không dùng cột này")
    assert second.labels == ("Đã trả cho dân (12 dòng)",) and second.suggested is None
    assert third.values == () and third.question == "Chưa có mẫu."


def test_an_answer_becomes_the_words_of_the_command_line_and_none_may_be_missing() -> None:
    questions = desk_questions.asked(VI, WAITING, WORDS)
    given: dict[str, str | None] = {"column:ngay tra": "", "status:da tra": None}
    assert not desk_questions.is_complete(questions, given)
    given["status:da tra"] = "completed"
    assert desk_questions.is_complete(questions, given)
    answers = {k: v for k, v in given.items() if v is not None}
    assert desk_questions.arguments("abc", answers) == [
        "answer", "abc", "--answer", "column:ngay tra=", "--answer", "status:da tra=completed",
    ]  # fmt: skip


def test_each_column_says_as_what_it_is_read_how_surely_and_why() -> None:
    (sheet,) = desk_questions.sheets(WAITING)
    table = desk_questions.readings(VI, sheet, WORDS)
    assert rows(table, "Tiêu đề cột", "Được đọc là", "Mức chắc chắn", "Vì sao", "Dạng giá trị") == [
        ("Mã HS", "Mã hồ sơ", "99 %", "tiêu đề quen thuộc", "A##.##"),
        ("Ghi chú", "Không dùng", "–", "x", ""),
        ("Ngày trả", "Chờ trả lời", "–", "asked", ""),
    ]
    assert desk_questions.counted(VI, sheet) == "Dòng tiêu đề: 3. 1 cột được đọc, 2 cột không dùng."


# Differences --------------------------------------------------------------------------------------------------------

CAUSE = {"load_no": 4, "file_name": "xa_a.xlsx", "n_new": 3, "n_changed_end": 12}


def figure(metric: str, before: float | None, after: float | None, unit: str = "u1", **more: Any) -> dict[str, Any]:
    """Return a figure of `gandan preview --format json`."""
    return {
        "metric": metric, "unit_id": unit, "unit_name": f"Xã {unit}", "level": "commune", "period": "2026-09",
        "before": before, "after": after, "kind": "moved", "because": [CAUSE], **more,
    }  # fmt: skip


def test_the_difference_says_how_many_figures_move_and_because_of_which_file() -> None:
    found = {"state": "compared", "n_moved": 13, "n_gone": 1, "n_new": 5, "n_past": 2, "loads": [CAUSE], "figures": []}
    said = desk_moves.sentence(VI, found, 1)
    assert said.startswith("**14** con số đang công bố sẽ thay đổi, do tệp xa_a.xlsx (3 mới, 12 đổi ngày kết thúc).")
    assert "2 con số của kỳ đã qua" in said and "5 con số trước chưa có" in said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"state": "first"}, "bản đầu tiên, gồm 3 lần nạp"),
        ({"state": "other_schema"}, "không so sánh được"),
        ({"state": "compared", "n_moved": 0, "n_gone": 0, "n_new": 0}, "Không con số nào thay đổi"),
        ({"state": "compared", "n_moved": 0, "n_gone": 0, "n_new": 7}, "**7** con số trước chưa có"),
    ],
)
def test_a_difference_that_moves_nothing_says_so(found: dict[str, Any], said: str) -> None:
    assert said in desk_moves.sentence(VI, found, 3)
    assert desk_moves.sentence(EN, found, 3)


def test_the_table_of_differences_shows_shares_in_points_counts_whole_and_no_value_as_a_dash() -> None:
    given = [figure("on_time_rate", 0.9, 0.95), figure("settled", 10, 12), figure("settled", 10, None, kind="gone")]
    table = desk_moves.table(VI, given, catalogue.metric)
    assert rows(table, "Đang công bố", "Sẽ là", "Chênh lệch", "Loại thay đổi") == [
        ("90,0 %", "95,0 %", "+5,0 điểm %", "thay đổi"), ("10", "12", "+2", "thay đổi"), ("10", "–", "–", "không còn"),
    ]  # fmt: skip


def test_differences_are_filtered_by_unit_and_the_province_is_offered_first() -> None:
    found = {"figures": [figure("settled", 1, 2, "u1"), figure("settled", 3, 4, "p", level="province")]}
    assert list(desk_moves.units(found)) == ["p", "u1"]
    assert [f["unit_id"] for f in desk_moves.figures(found, "u1")] == ["u1"]


# Slips and history --------------------------------------------------------------------------------------------------


def test_a_slip_counts_what_is_still_to_be_corrected_and_gives_the_senders_cells() -> None:
    slip = {
        "kind": "unit", "unit_name": "Xã A", "unit_code": "19432", "n_read": 12, "n_accepted": 10, "n_rejected": 2,
        "n_mended": 1, "n_open": 1, "set_aside": {"total_row": 1}, "months": [
            {"month": "2026-10", "n_received": 9, "n_settled": 4}],
        "rejected": [
            {"sheet": "T10", "row": 12, "cell": "D12", "column": "Ngày nhận", "value": "##/##", "reason": "no_code",
             "state": "mended", "by_load": 5}],
    }  # fmt: skip
    assert "Đọc **12** dòng = **10** hợp lệ + **2** bị loại" in desk_slips.counts(VI, slip)
    assert "Còn **1** dòng phải sửa, 1 dòng đã sửa" in desk_slips.counts(VI, slip)
    assert "10/2026: tiếp nhận 9, giải quyết 4" in "\n".join(desk_slips.facts(VI, slip, WORDS))
    table = desk_slips.findings(VI, slip, WORDS)
    assert rows(table, "Ô", "Lý do", "Trạng thái") == [("D12", "Thiếu mã.", "đã sửa ở lần nạp 5")]
    assert desk_slips.reasons(slip, "rejected") == ["no_code"]
    assert not len(desk_slips.findings(VI, slip, WORDS, reason="other"))
    assert desk_slips.file_name(slip, 4, "xlsx") == "phieu-4-19432.xlsx"
    assert desk_slips.unit_name(VI, {"kind": "restricted"}).startswith("Các dòng chỉ được đếm")
    assert desk_slips.unit_name(VI, slip) == "Xã A (1 dòng phải sửa)"


def test_the_slips_with_rows_to_correct_come_first_and_each_names_its_unit_to_the_command() -> None:
    slips = [{"kind": "unit", "unit_code": "1"}, {"kind": "unknown", "unit_code": "", "n_open": 3}]
    whole = {"kind": "file", "unit_code": ""}
    found = desk_slips.listed({"slips": slips, "file": whole})
    assert found == [slips[1], slips[0], whole]
    assert [desk_slips.unit_option(one) for one in found] == [["--unit", "unknown"], ["--unit", "1"], []]
    assert desk_slips.listed({"slips": slips[:1], "file": whole}) == slips[:1]


def test_a_withdrawn_load_says_when_and_why() -> None:
    loads = [
        receipt("a.csv", 1, 5, state="staged", loaded_at="2026-11-01T08:00:00"),
        receipt("b.csv", 2, 5, state="withdrawn", withdrawn={"since": "2026-11-20T08:00:00", "reason": "nhầm tháng"}),
    ]
    table = desk_history.loads(VI, loads, [1], WORDS, {1: 3})
    assert rows(table, "Lần nạp", "Trạng thái", "Còn phải sửa", "Ghi chú") == [
        (2, "đã rút", None, "rút ngày 20/11/2026: nhầm tháng"), (1, "đã công bố", 3, None),
    ]  # fmt: skip


def test_a_learned_layout_shows_which_header_is_which_field() -> None:
    layout = {"columns": {"case_code": ["Số HS", "Mã HS"]}, "not_used": ["ghi chu"]}
    assert desk_history.layout_columns(VI, layout, WORDS).rows == (
        ("Số HS, Mã HS", "Mã hồ sơ"), ("ghi chu", "Không dùng"),
    )  # fmt: skip


def change(kind: str, field: str, before: str | None, after: str | None, **more: Any) -> dict[str, Any]:
    return {
        "case_code": "H1", "unit_name": "Xã A", "kind": kind, "field": field, "before": before, "after": after,
        "is_moved_without_slip": False, "corrected_by": None, "load_before": 1, "load_after": 2, "file_after": "b.csv",
        "source_row": 4, **more,
    }  # fmt: skip


def test_a_due_date_moved_without_a_slip_is_marked_and_new_cases_are_not_changes() -> None:
    given = [
        change("changed", "due_on", "2026-10-05", "2026-10-20", is_moved_without_slip=True),
        change("changed", "status", "processing", "completed"),
        change("new", "case", None, "received"),
    ]
    table = desk_history.changes(VI, given)
    assert rows(table, "Loại thay đổi", "Trước", "Sau", "Lưu ý")[:2] == [
        ("đổi ngày hẹn trả", "05/10/2026", "20/10/2026", "dời hẹn không có phiếu"),
        ("đổi trạng thái", VI("value.status.processing"), VI("value.status.completed"), None),
    ]
    said = desk_history.change_counts(VI, given)
    assert said.startswith("Đổi ngày hẹn trả: 1") and "1 ngày hẹn bị dời" in said and "hồ sơ mới" not in said
    assert desk_history.change_counts(VI, given[2:]) == VI("desk.history.changes_none")


def test_labels_that_no_table_knows_are_counted_over_files() -> None:
    sheet = {"unknown_labels": {"status": {"Xong rồi": 2}}}
    given = [receipt("a", 1, 5, sheets=[sheet]), receipt("b", 2, 5, sheets=[sheet])]
    assert desk.unknown_labels(given) == [("status", "Xong rồi", 4)]


def test_a_label_is_offered_until_somebody_says_what_it_means() -> None:
    tables: dict[str, Any] = {"tables": {"status": {"completed": ["da tra"], "returned": []}}, "learned": {}}
    unknown = [("status", "Xong rồi", 4), ("note", "x", 9)]
    assert desk_questions.to_explain(unknown, tables) == [("status", "Xong rồi", 4, ["completed", "returned"])]
    tables["learned"] = {"status": {"completed": ["Xong rồi"]}}
    assert desk_questions.to_explain(unknown, tables) == []


def test_the_states_of_a_case_say_which_file_and_row_said_what() -> None:
    given = [
        {"is_current": True, "status": "completed", "received_on": date(2026, 10, 1), "due_on": date(2026, 10, 9),
         "completed_on": date(2026, 10, 8), "load_no": 2, "file_name": "b.csv", "source_row": 7,
         "data_on": date(2026, 10, 31), "corrected_by": "c1"},
    ]  # fmt: skip
    table = desk_history.states(VI, given)
    assert rows(table, "Hiện hành", "Trạng thái", "Tệp", "Dòng", "Lưu ý") == [
        ("có", VI("value.status.completed"), "b.csv", 7, "đính chính c1"),
    ]
