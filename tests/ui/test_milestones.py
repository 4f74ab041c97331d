"""Events and targets as a chart draws and says them: numbers where words would overlap, the same ones beneath."""

from __future__ import annotations

import doctest
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from metrics.analysis.events import Event
from metrics.analysis.trend import ControlChart
from metrics.plan import Target
from tests.ui.test_control_chart import EN, RATE, STEADY, VI, on_time, traces
from ui import charts, control_chart, control_words, milestones
from ui.text import plainly

SPRING = Event(
    date(2026, 3, 15), (("vi", "Quy trình mới"), ("en", "New procedure")), "12/QĐ-UBND", True, owner="Sở Nội vụ",
    who="lan", number=1, rebases=False,
)  # fmt: skip
AUTUMN = replace(SPRING, day=date(2026, 9, 1), reason=(("vi", "Phần mềm <b>mới</b> [x]"),), cite="", number=2)


def at_top(chart: ControlChart) -> list[Any]:
    """Return the labels above the rules."""
    return [a for a in traces(chart)[1]["annotations"] if a.get("yref") == "paper" and a.get("xref") != "paper"]


def drawn(*events: Event, counts: Sequence[int] = STEADY * 2, **more: Any) -> ControlChart:
    return on_time(counts, events=events, **more)


def test_the_examples_of_milestones_hold() -> None:
    assert doctest.testmod(milestones).failed == 0


def test_one_event_has_its_words_at_its_rule_and_does_not_break_the_line() -> None:
    chart = drawn(SPRING)
    (label,) = at_top(chart)
    assert label["text"] == "03/2026: Quy trình mới" and 15.5 < label["x"] < 16.5  # the middle of the 17th month
    assert len([t for t in traces(chart)[0] if t["mode"] == "lines" and t["line"].get("width") == 1.5]) == 1
    assert "15/03/2026: Quy trình mới (12/QĐ-UBND; Sở Nội vụ)." in control_words.sentences(chart, RATE, VI)
    assert any("New procedure" in s for s in control_words.sentences(chart, RATE, EN))


def test_several_events_are_numbered_in_order_and_the_sentences_have_the_same_numbers() -> None:
    chart = drawn(AUTUMN, SPRING)
    assert [a["text"] for a in at_top(chart)] == ["<b>①</b>", "<b>②</b>"]
    said = control_words.sentences(chart, RATE, VI)
    assert [s[:12] for s in said if s[0] in "①②"] == ["① 15/03/2026", "② 01/09/2026"]


def test_numbers_that_would_touch_are_lifted_and_events_of_one_day_share_a_rule() -> None:
    near = [replace(SPRING, day=date(2026, 4 + n, 15), number=n) for n in range(3)]
    chart = drawn(*near, replace(near[0], number=9))
    tops = at_top(chart)
    assert [a["text"] for a in tops] == ["<b>①②</b>", "<b>③</b>", "<b>④</b>"]
    placed = [(a["x"], a["yshift"]) for a in tops]
    for (x, y), (other_x, other_y) in itertools.pairwise(placed):
        assert y != other_y or other_x - x >= milestones.APART
    margin = traces(chart)[1]["margin"]["t"]
    assert margin == traces(drawn(SPRING))[1]["margin"]["t"] + max(y for _, y in placed)


def test_a_long_label_is_a_number_too() -> None:
    chart = drawn(replace(SPRING, reason=(("vi", "Rất dài " * 12),)))
    assert [a["text"] for a in at_top(chart)] == ["<b>①</b>"]


def test_signs_in_what_somebody_wrote_make_no_markup() -> None:
    (label,) = at_top(drawn(AUTUMN))
    assert "<b>" not in label["text"] and "&lt;b&gt;" in label["text"]
    said = " ".join(control_words.sentences(drawn(AUTUMN), RATE, VI))
    assert plainly("Phần mềm <b>mới</b> [x]") in said and "[x]" not in said


def test_the_table_names_the_event_in_its_own_month() -> None:
    found = control_chart.table(drawn(SPRING), RATE, VI)
    assert found.columns[-1].label == "Mốc sự kiện"
    assert [(r[0], r[-1]) for r in found.rows if r[-1]] == [("03/2026", "15/03/2026: Quy trình mới")]
    assert "Mốc sự kiện" not in [c.label for c in control_chart.table(drawn(), RATE, VI).columns]


def test_anothers_event_that_is_not_told_says_only_that_limits_begin_anew() -> None:
    chart = drawn(replace(AUTUMN, reason=(), rebases=True, owner="", day=date(2025, 6, 1)))
    assert any("mốc tính lại giới hạn" in s for s in control_words.sentences(chart, RATE, VI))


def test_a_target_that_changed_is_drawn_in_steps_and_says_from_when() -> None:
    set_by = Target("on_time_rate", "commune", "u", 0.97, date(2026, 9, 1), source="12/QĐ", is_confirmed=True,
                    who="so.noi.vu", set_on=date(2026, 8, 20), number=1)  # fmt: skip
    chart = drawn(target=0.97, target_set=set_by, targets=(None,) * 10 + (0.95,) * 12 + (0.97,) * 2)
    lines = [(s["x0"], s["x1"], s["y0"]) for s in traces(chart)[1]["shapes"]]
    assert lines == [(9.5, 21.5, 95.0), (21.5, 23.5, 97.0)]
    assert "┄ Chỉ tiêu 97,0 % từ 09/2026" in [a["text"] for a in traces(chart)[1]["annotations"]]
    said = "Chỉ tiêu 97,0 % do so.noi.vu đặt ngày 20/08/2026, áp dụng từ 01/09/2026, căn cứ 12/QĐ."
    assert said in control_words.sentences(chart, RATE, VI)


def test_a_target_without_a_document_is_said_to_be_unconfirmed_on_the_line_and_beneath() -> None:
    set_by = Target("on_time_rate", "commune", "u", 0.97, date(2024, 1, 1), who="lan", set_on=date(2026, 8, 20))
    chart = drawn(target=0.97, target_set=set_by, is_target_confirmed=False, targets=(0.97,) * 24)
    assert "┄ Chỉ tiêu 97,0 % (chưa xác nhận)" in [a["text"] for a in traces(chart)[1]["annotations"]]
    assert any("chưa xác nhận vì chưa ghi văn bản" in s for s in control_words.sentences(chart, RATE, VI))
    assert any("not confirmed" in s for s in control_words.sentences(chart, RATE, EN))


def test_a_line_of_quarters_has_the_change_of_units_and_the_events_where_they_lie() -> None:
    quarters = tuple(
        charts.Point(f"Q{1 + n % 4}/{2025 + n // 4}", date(2025 + n // 4, 1 + 3 * (n % 4), 1), 0.9, side=int(n >= 2))
        for n in range(8)
    )
    filed = Event(date(2025, 7, 1), (("vi", "Chính quyền 2 cấp"),))
    found = milestones.of_points([filed, SPRING, AUTUMN], quarters, date(2026, 12, 31), VI)
    assert [(one.number, round(one.at, 2)) for one in found] == [(1, 1.5), (2, 4.31), (3, 6.17)]
    figure = charts.trend(quarters, charts.Style(), found).to_plotly_json()["layout"]
    assert [s["x0"] for s in figure["shapes"]] == [one.at for one in found]
    assert [a["text"] for a in figure["annotations"]][:3] == ["<b>①</b>", "<b>②</b>", "<b>③</b>"]
    assert milestones.sentences(found)[1].startswith("② 15/03/2026: Quy trình mới")
    assert milestones.of_points([filed], quarters, date(2026, 12, 31), VI)[0].number == 0
