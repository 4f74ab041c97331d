"""What a control chart draws and says, on planted series in both languages: true, and no more than the data say."""

from __future__ import annotations

import doctest
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from metrics import catalogue
from metrics.analysis import trend
from metrics.analysis.events import Event
from metrics.analysis.months import Month
from metrics.stats.choice import Nature
from ui import control_chart, control_words, theme
from ui.text import Text

VI, EN = Text.of("vi"), Text.of("en")
RATE, LATE = catalogue.metric("on_time_rate"), catalogue.metric("late_rate")
FEEDBACK = catalogue.metric("feedback_received")
STEADY = (3, 2, 4, 3, 2, 3, 4, 2, 3, 3, 4, 2)
FALL = (*STEADY, *STEADY[:11], 14)
RISE = (*(8, 7, 9, 8, 7, 8, 9, 7, 8, 9, 8, 7), *(8, 7, 9, 8, 8), *(3, 4, 3, 5, 4, 3, 4))


def month(at: int, last: tuple[int, int] = (2026, 10)) -> tuple[str, date, date]:
    """Return token and days of the month so many before the last one."""
    n = 12 * last[0] + last[1] - 1 - at
    year, of_year = n // 12, n % 12 + 1
    return f"{year}-{of_year:02d}", date(year, of_year, 1), date(year, of_year, monthrange(year, of_year)[1])


def drawn(
    counts: Sequence[int | None],
    of: float = 60,
    metric: Any = RATE,
    nature: Nature = "share",
    events: Sequence[Event] = (),
    provisional: int = 0,
    **given: Any,
) -> trend.ControlChart:
    """Return the chart of counts per month, the last of them October 2026; the newest may be provisional."""
    months = []
    for i, n in enumerate(counts):
        token, start, end = month(len(counts) - 1 - i)
        value = None if n is None else n / of
        count = None if n is None else float(n)
        months.append(Month(token, start, end, value, count, of, is_provisional=i >= len(counts) - provisional))
    blank = trend.ControlChart(metric.name, "commune", "u", "Xã A", "calendar", nature, **given)
    return trend.judge(blank, months, metric, events)


def on_time(late: Sequence[int | None], **more: Any) -> trend.ControlChart:
    """Return the chart of so many late cases of sixty a month, as the share on time."""
    return drawn([None if n is None else 60 - n for n in late], **more)


def said(chart: trend.ControlChart, text: Text, metric: Any = RATE) -> str:
    return " ".join([control_words.title(chart, metric, text), *control_words.sentences(chart, metric, text)])


def traces(chart: trend.ControlChart, metric: Any = RATE, text: Text = VI) -> tuple[list[Any], Any]:
    made = control_chart.figure(chart, metric, text).to_plotly_json()
    return made["data"], made["layout"]


def test_the_examples_of_control_words_hold() -> None:
    assert doctest.testmod(control_words).failed == 0


@pytest.mark.parametrize(("text", "words"), [(VI, "trong khoảng dao động bình thường"), (EN, "within ordinary")])
def test_a_stable_series_is_said_to_be_ordinary_and_nothing_else(text: Text, words: str) -> None:
    found = said(on_time(STEADY * 2), text)
    assert words in found
    assert not any(w in found for w in ("cần lưu ý", "theo hướng tốt", "concern", "better", "Tín hiệu", "Signal"))


def test_a_planted_fall_is_of_concern_in_both_languages_and_names_its_limit() -> None:
    chart = on_time(FALL)
    assert "dưới giới hạn dưới" in control_words.title(chart, RATE, VI) and "cần lưu ý" in said(chart, VI)
    assert "below the lower limit" in control_words.title(chart, RATE, EN) and "of concern" in said(chart, EN)
    assert "76,7 % (46/60)" in said(chart, VI)


def test_the_same_rise_is_of_concern_where_lower_is_better() -> None:
    chart = drawn(FALL, metric=LATE)
    assert chart.variation == "concern" and "vượt giới hạn trên" in said(chart, VI, LATE)


def test_a_planted_rise_is_for_the_better_and_counts_its_months_truly() -> None:
    chart = on_time(RISE)
    assert (chart.variation, chart.points[-1].rule, chart.in_a_row()) == ("improvement", 2, 7)
    assert "7 tháng liền cao hơn mức trung bình" in said(chart, VI)
    assert "7 months in a row above the mean" in said(chart, EN)
    above = [p.value > p.centre for p in chart.points]  # type: ignore[operator]
    assert above[-7:] == [True] * 7 and not above[-8]


def test_a_trend_is_said_with_its_own_length() -> None:
    chart = on_time((*STEADY, 9, 8, 7, 6, 5, 4, 3, 2))
    assert chart.points[-1].rule == 3 and chart.in_a_row() == 8
    assert "8 tháng liền tăng" in said(chart, VI)


def test_how_many_months_chance_alone_would_mark_is_said() -> None:
    chart = on_time(FALL)
    assert chart.expected_marked is not None
    expected = control_words.chance(chart.expected_marked, VI)
    assert f"24 tháng được xét có 1 tháng mang tín hiệu; nếu không có gì thay đổi, riêng ngẫu nhiên tạo ra {expected}" in said(chart, VI)  # fmt: skip  # noqa: E501
    assert "không tháng nào mang tín hiệu" in said(on_time(STEADY * 2), VI)


def test_a_season_is_told_before_a_signal_is_taken_for_one() -> None:
    late = [3] * 13
    late[0], late[12] = 13, 14
    season = on_time(late)
    assert season.is_seasonal and "như cùng kỳ năm trước" in control_words.title(season, RATE, VI)
    assert "có thể do mùa vụ" in said(season, VI)
    assert "có thể do mùa vụ" in control_words.brief(season, RATE, "2026-10", VI)
    assert "khác biệt ngoài dao động ngẫu nhiên" in said(on_time(FALL), VI)


def test_a_run_that_is_longer_than_a_year_is_no_season() -> None:
    chart = on_time((*[9] * 11, *(2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2)))
    assert chart.last_year is not None and chart.last_year.is_alike and chart.points[-1].rule == 2
    assert not chart.is_seasonal and "mùa vụ" not in said(chart, VI)


def test_trial_limits_are_said_and_drawn_without_a_band() -> None:
    chart = on_time((*STEADY[:7], 20))
    assert "mới có 8 tháng, chưa kết luận" in control_words.title(chart, RATE, VI)
    assert "trial limits" in said(chart, EN) and "cần lưu ý" not in said(chart, VI)
    data, _ = traces(chart)
    assert data[0]["line"]["dash"] == "dot" and "fill" not in data[0]


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        (drawn([19, 20] * 12, of=20), "ít hồ sơ mỗi tháng"),
        (drawn([300] * 12, of=300), "quá ít trường hợp mỗi tháng"),
        (on_time(STEADY[:3]), "chưa đủ số tháng"),
        (on_time([3, 2, None, 4]), "chưa đủ số tháng"),
    ],
)
def test_a_series_without_limits_says_why(chart: trend.ControlChart, words: str) -> None:
    assert words in control_words.title(chart, RATE, VI)
    assert "không tính" in said(chart, VI) or "giới hạn" in said(chart, VI)
    under = control_words.subtitle(chart, "Xã A", VI)
    assert under.endswith("Không vẽ giới hạn dao động.")
    assert len(traces(chart)[0]) == 2  # the line and its points


def test_a_provisional_month_is_hollow_and_left_out_of_what_is_said() -> None:
    chart = on_time((*STEADY * 2, 40), provisional=1)
    found = said(chart, VI)
    assert "Tháng 9/2026" in found and "tạm tính, không xét: 10/2026" in found and "cần lưu ý" not in found
    dots = traces(chart)[0][-1]
    assert dots["marker"]["symbol"][-1] == "circle-open" and dots["text"][-1] == ""


def test_a_series_that_cannot_be_judged_is_not_said_to_be_without_data() -> None:
    assert "chưa có số liệu" in control_words.title(on_time((None, None)), RATE, VI)
    chart = on_time(STEADY[:3])
    few = replace(chart, points=tuple(replace(p, is_small=True) for p in chart.points), latest=None)
    assert "ít hồ sơ, chưa tháng nào đủ để xét" in control_words.title(few, RATE, VI)
    assert "only provisional" in control_words.title(on_time(STEADY[:2], provisional=2), RATE, EN)


def test_a_finding_of_an_older_month_names_it() -> None:
    chart = on_time((*STEADY * 2, 40), provisional=1)
    assert "(tháng 9/2026)" in control_words.title(chart, RATE, VI)
    whole = on_time(STEADY)
    assert "(tháng" not in control_words.title(whole, RATE, VI, whole.points[-1].ends_on)
    assert "(month 10/2026)" in control_words.title(whole, RATE, EN, date(2026, 12, 31))


def test_signals_have_an_icon_beside_their_colour() -> None:
    dots = traces(on_time(FALL))[0][-1]
    assert dots["text"][-1] == "<b>!</b>" and dots["marker"]["color"][-1] == theme.CONCERN
    assert dots["textposition"][-1] == "bottom center" and dots["text"][0] == ""
    better = traces(on_time(RISE))[0][-1]
    assert better["text"][-1] == "<b>✓</b>" and better["marker"]["color"][-1] == theme.IMPROVEMENT


def test_numbers_of_letters_are_never_coloured_and_a_surge_is_called_one_only_beyond_its_limit() -> None:
    calm = (10, 12, 9, 11, 10, 8, 12, 11, 9, 10, 12, 10, 9)
    surge = drawn((*calm, 40), of=21, metric=FEEDBACK, nature="count")
    dots = traces(surge, FEEDBACK)[0][-1]
    assert dots["text"][-1] == "<b>▲</b>"
    assert set(dots["marker"]["color"]) <= {theme.INK, theme.ORDINARY}
    assert "Tăng đột biến: vượt giới hạn trên" in said(surge, VI, FEEDBACK)
    assert "**40** trong 21 ngày làm việc, bình quân **1,9** mỗi ngày" in said(surge, VI, FEEDBACK)
    more = drawn((*(8, 9, 7, 8, 9, 8, 7, 9, 8), *[12] * 7), of=21, metric=FEEDBACK, nature="count")
    assert more.variation == "high" and more.points[-1].rule == 2
    assert "7 tháng liền cao hơn" in said(more, VI, FEEDBACK) and "đột biến" not in said(more, VI, FEEDBACK)
    usual = drawn((*calm, 11), of=21, metric=FEEDBACK, nature="count")
    assert "đột biến" not in said(usual, VI, FEEDBACK) and "surge" not in said(usual, EN, FEEDBACK)


def test_the_line_breaks_at_a_logged_event_with_its_label_and_limits_of_its_own() -> None:
    event = Event(date(2025, 7, 1), (("vi", "Chính quyền 2 cấp"), ("en", "Two tiers")))
    chart = on_time((*[9] * 8, *STEADY, *STEADY[:4]), events=[event])
    data, layout = traces(chart)
    assert [s.opens for s in chart.segments] == ["start", "event"]
    assert "07/2025: Chính quyền 2 cấp" in [a["text"] for a in layout["annotations"]]
    lines = [t for t in data if t["mode"] == "lines" and t["line"].get("width") == 1.5]
    assert [t["x"][0] for t in lines] == ["11/2024", "07/2025"]
    assert "Giới hạn tính lại từ 01/07/2025: chính quyền 2 cấp." in said(chart, VI)


def test_an_event_without_a_year_after_it_is_shown_and_changes_no_limits() -> None:
    event = Event(date(2026, 6, 1), (("vi", "Phần mềm mới"), ("en", "New software")))
    chart = on_time(STEADY * 2, events=[event])
    assert len(chart.segments) == 1 and "chưa đủ 12 tháng để tính lại giới hạn" in said(chart, VI)


def test_the_target_is_said_with_what_may_be_expected_and_that_it_is_unconfirmed() -> None:
    chart = on_time(STEADY * 2, target=0.95, is_target_confirmed=False)
    assert "chỉ tiêu 95,0 % (chỉ tiêu tham chiếu, chưa xác nhận) lúc đạt, lúc không" in said(chart, VI)
    assert "met steadily" in said(on_time(STEADY * 2, target=0.8), EN)
    assert "chỉ tiêu" not in said(on_time(STEADY * 2), VI)


def test_a_shares_limits_stay_within_zero_and_one_hundred() -> None:
    chart = on_time(STEADY * 2)
    assert all(p.upper == 1.0 for p in chart.points)
    assert traces(chart)[1]["yaxis"]["range"][1] <= 100


def test_the_table_has_each_months_parts_limits_and_verdict() -> None:
    chart = on_time((*FALL[:20], None, *FALL[21:]))
    table = control_chart.table(chart, RATE, VI)
    named = dict(zip([c.label for c in table.columns], table.rows[-1], strict=True))
    assert (named["Kỳ"], named["Tử số"], named["Mẫu số"]) == ("10/2026", 46.0, 60)
    assert named["Nhận xét"] == "! cần lưu ý" and named["Dấu hiệu"] == "ngoài giới hạn"
    assert table.rows[20][1] is None and len(table) == 24


def test_months_that_follow_each_other_are_listed_as_a_stretch() -> None:
    points = drawn([50] * 24).points
    assert control_words.listed([*points[0:3], points[5]]) == "11/2024–01/2025, 04/2025"
