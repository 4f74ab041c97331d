"""Periods: what each token means in both calendars, and the laws that hold for all of them."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.model import Calendar
from metrics.periods import (
    NoPeriod,
    Period,
    PeriodError,
    half_months,
    last_complete,
    parse,
    previous,
    same_last_year,
    series,
    sides,
)

YEARS = st.integers(2020, 2027)
TOKENS = st.one_of(
    st.builds("{}-{:02d}".format, YEARS, st.integers(1, 12)),
    st.builds("{}-Q{}".format, YEARS, st.integers(1, 4)),
    st.builds("{}-H{}".format, YEARS, st.integers(1, 2)),
    st.builds("{}-9M".format, YEARS),
    st.builds("{}".format, YEARS),
    st.builds("{}-{:02d}-YTD".format, YEARS, st.integers(1, 12)),
)
CALENDARS: st.SearchStrategy[Calendar] = st.sampled_from(["calendar", "report"])


@pytest.mark.parametrize(
    ("token", "calendar", "start", "end"),
    [
        ("2026-10", "calendar", "2026-10-01", "2026-10-31"),
        ("2026-10", "report", "2026-09-15", "2026-10-14"),
        ("2026-01", "report", "2025-12-15", "2026-01-14"),
        ("2026-Q1", "report", "2025-12-15", "2026-03-14"),
        ("2026-Q4", "report", "2026-09-15", "2026-12-14"),
        ("2026-Q4", "calendar", "2026-10-01", "2026-12-31"),
        ("2026-H1", "report", "2025-12-15", "2026-06-14"),
        ("2026-H2", "calendar", "2026-07-01", "2026-12-31"),
        ("2026-9M", "report", "2025-12-15", "2026-09-14"),
        ("2026-9M", "calendar", "2026-01-01", "2026-09-30"),
        ("2026", "report", "2025-12-15", "2026-12-14"),
        ("2026", "calendar", "2026-01-01", "2026-12-31"),
        ("2026-10-YTD", "calendar", "2026-01-01", "2026-10-31"),
        ("2026-10-YTD", "report", "2025-12-15", "2026-10-14"),
        ("2024-02", "calendar", "2024-02-01", "2024-02-29"),
    ],
)
def test_a_token_means_these_days(token: str, calendar: Calendar, start: str, end: str) -> None:
    period = parse(token, calendar)
    assert (str(period.start), str(period.end)) == (start, end)


def test_the_fifteenth_of_december_opens_the_next_report_year() -> None:
    assert parse("2026", "report").end + timedelta(days=1) == date(2026, 12, 15) == parse("2027", "report").start


def test_titles_print_the_days_from_and_to() -> None:
    period = parse("2026-Q4", "report")
    assert period.dates("vi") == "từ ngày 15/09/2026 đến ngày 14/12/2026"
    assert period.dates("en") == "from 15/09/2026 to 14/12/2026"
    assert period.title("vi") == "Quý IV/2026 (kỳ báo cáo), từ ngày 15/09/2026 đến ngày 14/12/2026"
    assert parse("2026-H1").name("vi") == "6 tháng đầu năm 2026"


@pytest.mark.parametrize("token", ["", "2026-13", "2026-Q5", "26-10", "2026-3M", "10/2026", "2026-Q1-YTD", "2026-1"])
def test_an_unknown_token_is_named_with_examples_in_both_languages(token: str) -> None:
    with pytest.raises(PeriodError) as caught:
        parse(token)
    for lang in ("vi", "en"):
        assert repr(token) in caught.value.messages[lang]
        assert "2026-10-YTD" in caught.value.messages[lang]


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(PeriodError, match="lunar"):
        parse("2026-10", "lunar")  # type: ignore[arg-type]


@given(TOKENS, CALENDARS)
def test_half_months_make_up_every_period_exactly(token: str, calendar: Calendar) -> None:
    period = parse(token, calendar)
    starts = half_months(period)
    assert starts is not None
    days = [starts[0] + timedelta(days=n) for n in range((period.end - period.start).days + 1)]
    assert days[-1] == period.end
    assert [day for day in days if day.day in (1, 15)] == starts


def test_a_stretch_that_cuts_a_half_month_has_none() -> None:
    whole = parse("2026-10")
    assert half_months(Period(whole.token, "calendar", date(2026, 10, 2), whole.end)) is None
    assert half_months(Period(whole.token, "calendar", whole.start, date(2026, 10, 30))) is None


@given(TOKENS, CALENDARS)
def test_the_period_before_ends_on_the_day_before_and_is_of_the_same_kind(token: str, calendar: Calendar) -> None:
    period, before = parse(token, calendar), previous(parse(token, calendar))
    if period.kind in ("nine_months", "ytd"):
        assert isinstance(before, NoPeriod)
        assert "cùng kỳ" in before.reason["vi"]
    else:
        assert isinstance(before, Period)
        assert before.end + timedelta(days=1) == period.start
        assert (before.kind, before.calendar) == (period.kind, calendar)


@given(TOKENS, CALENDARS)
def test_the_same_period_last_year_lies_a_year_earlier(token: str, calendar: Calendar) -> None:
    period, last_year = parse(token, calendar), same_last_year(parse(token, calendar))
    assert isinstance(last_year, Period)
    assert (last_year.kind, last_year.year) == (period.kind, period.year - 1)
    assert last_year.start == period.start.replace(year=period.start.year - 1)


def test_a_comparison_before_the_data_begin_gives_the_reason() -> None:
    found = same_last_year(parse("2025-10"), earliest=date(2025, 1, 1))
    assert isinstance(found, NoPeriod)
    assert "01/01/2025" in found.reason["vi"]
    assert "01/10/2024" in found.reason["vi"]
    assert previous(parse("2025-02"), earliest=date(2025, 1, 1)) == parse("2025-01")


@given(TOKENS, CALENDARS, st.integers(1, 14))
def test_a_series_is_a_chain_without_gaps_where_periods_follow_each_other(
    token: str, calendar: Calendar, n: int
) -> None:
    chain = [parse(token, calendar)]
    while len(chain) < n and isinstance(before := previous(chain[0]), Period):
        chain.insert(0, before)
    assert series(chain[0].token, token, calendar) == chain


def test_a_series_of_cumulative_periods_goes_month_by_month() -> None:
    assert [p.token for p in series("2025-11-YTD", "2026-02-YTD")] == [
        "2025-11-YTD", "2025-12-YTD", "2026-01-YTD", "2026-02-YTD",
    ]  # fmt: skip
    assert [p.token for p in series("2024-9M", "2026-9M")] == ["2024-9M", "2025-9M", "2026-9M"]


@pytest.mark.parametrize(("first", "last"), [("2026-01", "2026-Q2"), ("2026-10", "2026-01")])
def test_a_series_of_mixed_kinds_or_backwards_is_refused(first: str, last: str) -> None:
    with pytest.raises(PeriodError, match=first):
        series(first, last)


@given(st.dates(date(2020, 1, 1), date(2027, 12, 31)), CALENDARS)
def test_the_last_complete_period_has_ended_and_the_next_has_not(today: date, calendar: Calendar) -> None:
    for kind in ("month", "quarter", "half", "year", "ytd"):
        period = last_complete(today, kind, calendar)  # type: ignore[arg-type]
        assert period.kind == kind
        assert period.end < today
        following = next(p for p in series(period.token, _much_later(period), calendar) if p.token != period.token)
        assert following.end >= today


def _much_later(period: Period) -> str:
    return f"{int(period.token[:4]) + 2}{period.token[4:]}"


def test_chairs_open_on_the_last_whole_month_and_official_tables_on_the_report_period() -> None:
    assert last_complete(date(2026, 11, 1)).token == "2026-10"
    assert last_complete(date(2026, 11, 14), "month", "report").token == "2026-10"
    assert last_complete(date(2026, 11, 15), "month", "report").token == "2026-11"
    assert last_complete(date(2026, 9, 30), "nine_months").token == "2025-9M"


def test_a_period_that_contains_the_change_of_units_has_two_sides() -> None:
    month, year = sides(parse("2025-07", "report")), sides(parse("2025"))
    assert [(str(s.start), str(s.end)) for s in month] == [("2025-06-15", "2025-06-30"), ("2025-07-01", "2025-07-14")]
    assert [(str(s.start), str(s.end)) for s in year] == [("2025-01-01", "2025-06-30"), ("2025-07-01", "2025-12-31")]
    assert sides(parse("2025-07")) == [parse("2025-07")]
    assert sides(parse("2026-10")) == [parse("2026-10")]
    assert half_months(month[0]) == [date(2025, 6, 15)]


def test_one_side_of_a_cut_period_is_not_compared_with_a_whole_one() -> None:
    side = sides(parse("2025-07", "report"))[1]
    assert isinstance(previous(side), NoPeriod)
    assert isinstance(same_last_year(side), NoPeriod)


@given(TOKENS, CALENDARS, st.lists(st.dates(date(2020, 1, 1), date(2027, 12, 31)), max_size=3))
def test_sides_share_no_day_and_lose_none(token: str, calendar: Calendar, changes: list[date]) -> None:
    period = parse(token, calendar)
    parts = sides(period, changes)
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    for a, b in itertools.pairwise(parts):
        assert a.end + timedelta(days=1) == b.start
        assert b.start in changes
