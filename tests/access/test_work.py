"""Marks on rows, conclusions of a meeting and doubts about figures: kept, scoped, never a person in words."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from metrics.viewer import PROVINCE, Viewer
from ui.access import audit, notes, opinions, work
from ui.access.store import Store, open_store
from ui.access.work import Line, Row
from warehouse.paths import DataDir

OWN, OTHER = "19432-20250701", "19333-20250701"
CHAIR = Viewer("unit", frozenset({OWN}), name="unit:19432")
AUDITOR = Viewer("auditor", name="auditor")
ROW = Row(OWN, "H50.19.27-260901-0001")
FIGURE = opinions.Figure("settled_late", OWN, "2026-10", "calendar", "20261121T093000Z-abcdef")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return opinions.prepare(work.prepare(open_store(DataDir(tmp_path))))


def again(store: Store) -> Store:
    """Return the same file opened anew, as after a refresh or a restart."""
    return Store(store.path)


def test_a_mark_is_there_after_a_restart_with_who_and_when(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-02")
    work.mark(
        store, CHAIR, "chi.hoa", "case", [ROW], reason="other_body", note="Chờ ý kiến Sở Xây dựng",
        owner="role:office_chief", due_on=date(2026, 11, 5),
    )  # fmt: skip
    found = work.marks(again(store), CHAIR, "case", [ROW])[ROW]
    assert (found.reason, found.note, found.owner) == ("other_body", "Chờ ý kiến Sở Xây dựng", "role:office_chief")
    assert (found.due_on, found.who, found.at[:10]) == (date(2026, 11, 5), "chi.hoa", "2026-11-02")


def test_a_later_mark_stands_and_the_earlier_one_can_still_be_read(store: Store) -> None:
    work.mark(store, CHAIR, "a", "case", [ROW], reason="staff")
    work.mark(store, PROVINCE, "b", "case", [ROW], reason="checked")
    assert work.marks(store, CHAIR, "case", [ROW])[ROW].reason == "checked"
    assert [m.reason for m in work.history(store, CHAIR, "case", ROW)] == ["checked", "staff"]


def test_what_is_not_given_anew_stays_as_it_stands(store: Store) -> None:
    work.mark(store, CHAIR, "a", "case", [ROW], reason="staff", note="Mất điện")
    work.mark(store, CHAIR, "b", "case", [ROW], owner="role:economy", due_on=date(2026, 11, 9))
    found = work.marks(store, CHAIR, "case", [ROW])[ROW]
    assert (found.reason, found.note, found.owner, found.who) == ("staff", "Mất điện", "role:economy", "b")


def test_a_cleared_row_shows_nothing_and_keeps_its_history(store: Store) -> None:
    work.mark(store, CHAIR, "a", "case", [ROW], reason="staff")
    work.clear(store, CHAIR, "b", "case", [ROW])
    assert work.marks(store, CHAIR, "case", [ROW]) == {}
    assert [m.who for m in work.history(store, CHAIR, "case", ROW)] == ["b", "a"]
    with pytest.raises(work.NotAllowed):
        work.clear(store, AUDITOR, "x", "case", [ROW])


def test_a_unit_neither_writes_to_nor_reads_at_rows_of_another(store: Store) -> None:
    foreign = Row(OTHER, ROW.code)
    with pytest.raises(work.NotAllowed):
        work.mark(store, CHAIR, "a", "case", [ROW, foreign], reason="staff")
    assert work.marks(store, PROVINCE, "case", [ROW, foreign]) == {}, "one of them was kept all the same"
    work.mark(store, PROVINCE, "b", "case", [foreign], reason="staff")
    assert work.marks(store, CHAIR, "case", [foreign]) == {} and work.history(store, CHAIR, "case", foreign) == []


def test_an_auditor_writes_nothing(store: Store) -> None:
    with pytest.raises(work.NotAllowed):
        work.mark(store, AUDITOR, "a", "case", [ROW], reason="staff")


def test_a_letter_takes_a_preset_reason_and_no_word_of_our_own(store: Store) -> None:
    with pytest.raises(work.BadChoice):
        work.mark(store, CHAIR, "a", "letter", [ROW], reason="difficult", note="đã hẹn")
    with pytest.raises(work.BadChoice):
        work.mark(store, CHAIR, "a", "letter", [ROW], reason="applicant")
    work.mark(store, CHAIR, "a", "letter", [ROW], reason="difficult")
    assert work.marks(store, CHAIR, "case", [ROW]) == {}, "the mark of a letter shows at a case of the same code"
    assert work.marks(store, CHAIR, "letter", [ROW])[ROW].reason == "difficult"


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("gọi 0912 345 678", "number"),
        ("CCCD 045085001234", "number"),
        ("gửi vào hoa.nt@example.vn", "number"),
        ("gửi lại Nguyễn Thị Hoa", "name"),
        ("nguyen van nam hẹn lại", "name"),
        ("bà Hoa chưa nộp", "name"),
        ("Trần Hoa xin rút", "name"),
        ("Phạm Văn An đã nhận", "name"),
        ("LÊ VĂN NAM", "name"),
        ("nhà ông ở cuối xóm", "address"),
        ("số nhà 12", "address"),
        ("dài " * 60, "too_long"),
    ],
)
def test_a_note_that_may_point_to_a_person_is_refused(store: Store, note: str, code: str) -> None:
    with pytest.raises(notes.Refused) as refused:
        work.mark(store, CHAIR, "a", "case", [ROW], note=note)
    assert refused.value.code == code
    assert work.marks(store, CHAIR, "case", [ROW]) == {}


@pytest.mark.parametrize(
    "note",
    [
        "Chờ Sở Nông nghiệp và Môi trường xác nhận ranh giới",
        "Đã có kết quả ngày 03/11/2026, chưa cập nhật",
        "Lỗi đồng bộ, xem lại hồ sơ H50.19.27-260901-0001",
        "Thiếu trích đo; hẹn 05/11/2026",
        "Chuyển Chi nhánh Văn phòng đăng ký đất đai Hướng Hóa",
        "Do mất điện 2 ngày",
        "Công chức thụ lý nghỉ ốm",
        "Anh em trong tổ đã họp",
    ],
)
def test_an_ordinary_note_is_kept_word_for_word(note: str) -> None:
    assert notes.checked(note) == note


def test_the_example_of_a_note_holds() -> None:
    result = doctest.testmod(notes)
    assert result.attempted and not result.failed


def test_conclusions_come_back_at_the_next_meeting_and_only_what_changed_is_new(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-02")
    first = [Line(1, "Xử lý hết hồ sơ quá hạn lĩnh vực đất đai", "Phòng Kinh tế", date(2026, 11, 9))]
    work.write_lines(store, CHAIR, "a", OWN, [*first, Line(2, "Rà soát phiếu xin lỗi", "Văn phòng", None)])
    monkeypatch.setenv("GANDAN_TODAY", "2026-12-02")
    work.write_lines(store, CHAIR, "b", OWN, [*first, Line(2, "Gửi đủ phiếu xin lỗi", "Văn phòng", None)])
    found = work.read_lines(again(store), CHAIR, OWN)
    assert [(x.number, x.conclusion, x.who, x.at[:10]) for x in found] == [
        (1, "Xử lý hết hồ sơ quá hạn lĩnh vực đất đai", "a", "2026-11-02"),
        (2, "Gửi đủ phiếu xin lỗi", "b", "2026-12-02"),
    ]
    assert work.read_lines(store, Viewer("unit", frozenset({OTHER})), OWN) == []
    with pytest.raises(notes.Refused):
        work.write_lines(store, CHAIR, "a", OWN, [Line(1, "Giao bà Hoa", "", None)])


def test_a_doubt_keeps_the_rows_meant_and_is_answered_and_closed(store: Store) -> None:
    number = opinions.raise_one(store, CHAIR, "a", FIGURE, "Hai hồ sơ đã trả đúng hạn", ["C1", "C2"])
    (waiting,) = opinions.seen_by(again(store), PROVINCE)
    assert (waiting.state, waiting.codes, waiting.figure) == ("open", ("C1", "C2"), FIGURE)
    opinions.answer(store, PROVINCE, "tinh", number, "Đã yêu cầu cập nhật ngày kết thúc", is_closed=False)
    opinions.answer(store, PROVINCE, "tinh", number, "", is_closed=True)
    (closed,) = opinions.seen_by(store, CHAIR)
    assert closed.state == "closed"
    assert [(x.words, x.state) for x in closed.answers] == [
        ("Đã yêu cầu cập nhật ngày kết thúc", "answered"),
        ("", "closed"),
    ]


def test_a_doubt_is_of_the_own_unit_and_is_answered_by_the_province(store: Store) -> None:
    other = Viewer("unit", frozenset({OTHER}))
    with pytest.raises(work.NotAllowed):
        opinions.raise_one(store, other, "x", FIGURE, "Sai", [])
    number = opinions.raise_one(store, CHAIR, "a", FIGURE, "Số này chưa đúng", [])
    assert opinions.seen_by(store, other) == [] and opinions.seen_by(store, AUDITOR) == []
    with pytest.raises(work.NotAllowed):
        opinions.answer(store, CHAIR, "a", number, "Đúng rồi", is_closed=True)
    with pytest.raises(opinions.Empty):
        opinions.raise_one(store, CHAIR, "a", FIGURE, "  ", [])
    with pytest.raises(notes.Refused):
        opinions.raise_one(store, CHAIR, "a", FIGURE, "Bà Hoa nói sai", [])


def test_what_was_written_is_in_the_audit_trail_without_a_word_of_it(store: Store) -> None:
    said: list[Callable[[], object]] = [
        lambda: work.mark(store, CHAIR, "a", "case", [ROW], reason="staff", note="Mất điện"),
        lambda: work.write_lines(store, CHAIR, "a", OWN, [Line(1, "Họp lại", "", None)]),
        lambda: opinions.raise_one(store, CHAIR, "a", FIGURE, "Chưa đúng", [ROW.code]),
        lambda: opinions.answer(store, PROVINCE, "b", 1, "Đã xem", is_closed=True),
    ]
    for do in said:
        do()
    entries = audit.entries(store)
    assert [e.action for e in entries] == ["rows_marked", "meeting_lines_written", "opinion_raised", "opinion_closed"]
    told = str([e.details for e in entries])
    assert not any(word in told for word in ("Mất điện", "Họp lại", "Chưa đúng", "Đã xem", ROW.code))
    assert audit.verify(store) is None
