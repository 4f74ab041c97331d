"""What a new target or event changes, in words, before it is kept; lists of what was set, in both languages."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import date

import pytest

from metrics.analysis.events import Event
from metrics.plan import Target
from metrics.viewer import PROVINCE, Viewer
from ui import plan, plan_tables
from ui.access.annotations import Entry as Noted
from ui.access.targets import Entry
from ui.access.withdrawals import Turn
from ui.text import Text

VI, EN = Text.of("vi"), Text.of("en")
LEVEL = Target("on_time_rate", "commune", "", 0.95, date(2026, 1, 1), who="lan", set_on=date(2025, 12, 20), number=1)
OWN = replace(LEVEL, unit_id="a", value=0.9, number=2, source="12/QĐ", is_confirmed=True)
NAMES = {"a": "Xã A", "b": "Xã B"}


def names(key: str) -> str:
    return NAMES.get(key, key)


def said(new: Target, *known: Target, text: Text = VI) -> str:
    return " ".join(plan.preview(new, known, names, text))


def test_the_examples_of_the_plan_hold() -> None:
    assert doctest.testmod(plan).failed == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (VI, "Tỷ lệ giải quyết đúng hạn, xã A, từ 01/11/2026 đến hết 31/12/2026: 95,0 % → **97,5 %**."),
        (EN, "On-time completion rate, xã A, from 01/11/2026 to the end of 31/12/2026: 95.0% → **97.5%**."),
    ],
)
def test_a_units_new_target_is_held_against_the_one_of_its_level(text: Text, words: str) -> None:
    new = replace(OWN, value=0.975, valid_from=date(2026, 11, 1), valid_to=date(2027, 1, 1), who="")
    assert said(new, LEVEL, text=text) == words


def test_a_levels_new_target_says_how_many_units_keep_their_own() -> None:
    new = replace(LEVEL, value=0.97, valid_from=date(2026, 11, 1), source="45/KH")
    ended = replace(OWN, unit_id="b", valid_to=date(2026, 6, 1))
    assert said(new, LEVEL, OWN, ended).endswith("95,0 % → **97,0 %**. 1 đơn vị có chỉ tiêu riêng, không đổi.")


def test_a_target_already_set_for_later_and_a_missing_document_are_said() -> None:
    later = replace(LEVEL, value=0.99, valid_from=date(2027, 1, 1))
    found = said(replace(LEVEL, value=0.97, valid_from=date(2026, 11, 1)), LEVEL, later)
    assert "Từ 01/01/2027, chỉ tiêu đã đặt 99,0 % được áp dụng." in found and "chưa xác nhận" in found


def test_an_event_says_when_its_limits_can_begin_anew() -> None:
    event = Event(date(2025, 9, 15), (("vi", "Quy trình mới"),))
    last = date(2026, 10, 31)

    def told(one: Event) -> str:
        return " ".join(plan.event_preview(one, last, names, VI))

    assert "Giới hạn dao động tính lại từ tháng 10/2025;" in told(event)
    assert "khi đủ 12 tháng số liệu; nay có 11 tháng" in told(replace(event, day=date(2025, 12, 1)))
    assert told(replace(event, rebases=False)).endswith("Giới hạn dao động không thay đổi.")
    assert "mọi chỉ số, mọi đơn vị" in told(event)


def test_the_list_has_who_and_when_and_its_history_every_turn() -> None:
    turns = (Turn("minh", "2026-11-02T08:30:00", True), Turn("lan", "2026-11-03T09:00:00", False))
    kept = [Entry(LEVEL, "", "2025-12-20T10:00:00"), Entry(OWN, "Theo họp", "2025-12-21T10:00:00", turns[:1])]
    filed = Target("online_rate", "commune", "", 0.5, date(2022, 6, 23), source="766")
    lines = plan.target_lines(kept, [filed], date(2026, 11, 21))
    assert [line.state for line in lines] == ["standing", "standing", "withdrawn"]
    table = plan_tables.targets_table(lines, names, VI)
    at = {c.label: i for i, c in enumerate(table.columns)}
    assert [(r[at["Mức"]], r[at["Người ghi"]], r[at["Nguồn"]], r[at["Xác nhận"]]) for r in table.rows] == [
        (95.0, "lan", "Tỉnh ghi trên trang này", "Chưa xác nhận"),
        (50.0, None, "Tệp tham chiếu", "Chưa xác nhận"),
        (90.0, "lan", "Tỉnh ghi trên trang này", "Có văn bản"),
    ]
    history = plan_tables.history_table(lines, names, VI)
    assert [(r[2], r[4]) for r in history.rows] == [("Rút", "minh"), ("Ghi", "lan"), ("Ghi", "lan")]
    back = plan.target_lines([replace(kept[1], turns=turns)], [], date(2026, 11, 21))
    assert [r[2] for r in plan_tables.history_table(back, names, EN).rows] == ["Restored", "Withdrawn", "Set"]


def test_another_units_row_of_the_reference_files_is_in_no_list_of_a_chair() -> None:
    chair = Viewer("unit", frozenset({"a"}))
    targets = [LEVEL, OWN, replace(OWN, unit_id="b")]
    assert [t.unit_id for t in plan.seen_targets(targets, chair)] == ["", "a"]
    events = [Event(date(2026, 1, 1), (("vi", "x"),), unit_id=unit) for unit in ("", "a", "b")]
    seen = {who: [line.of.unit_id for line in plan.event_lines([], events, who, date(2026, 2, 1))]
            for who in (chair, PROVINCE)}  # fmt: skip
    assert sorted(seen[chair]) == ["", "a"] and sorted(seen[PROVINCE]) == ["", "a", "b"]


def test_a_units_own_event_is_told_from_the_provinces() -> None:
    event = Event(date(2026, 1, 1), (("vi", "x"),), unit_id="a", who="unit:1", set_on=date(2026, 1, 2), number=1)
    lines = plan.event_lines([Noted(event, "2026-01-02T08:00:00", True)], [], PROVINCE, date(2026, 2, 1))
    (row,) = plan_tables.events_table(lines, names, VI).rows
    assert row[-1] == "Đơn vị tự ghi" and VI("access.role.unit") in row
