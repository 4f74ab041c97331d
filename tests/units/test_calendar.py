"""Working days: every vector of the regulations note, and the rules that hold for all days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.calendar import BeyondCalendar, SpecialDay, WorkingCalendar
from warehouse.paths import REPOSITORY, DataDir

CALENDAR = WorkingCalendar.load(DataDir(REPOSITORY / "data"))
DAYS = st.dates(date(2020, 1, 2), date(2027, 12, 30))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-01-09", 1, "2026-01-10"),  # the swapped Saturday works
        ("2026-01-10", 1, "2026-01-12"),
        ("2026-02-12", 5, "2026-02-26"),  # Tết
        ("2026-04-24", 2, "2026-04-29"),  # 27/4 off for Sunday 26/4
        ("2026-08-20", 5, "2026-08-26"),  # Saturday 22/8 works
        ("2026-08-28", 3, "2026-09-07"),  # 31/8–2/9 off
        ("2026-11-23", 1, "2026-11-25"),  # 24/11 off, 23/11 not: its swap is only proposed
        ("2025-04-24", 5, "2025-05-05"),
        ("2024-04-26", 3, "2024-05-04"),
        ("2023-01-18", 3, "2023-01-30"),
    ],
)
def test_adding_working_days_gives_the_result_of_the_regulations_note(start: str, n: int, end: str) -> None:
    assert CALENDAR.add_working_days(date.fromisoformat(start), n) == date.fromisoformat(end)
    assert CALENDAR.working_days_between(date.fromisoformat(start), date.fromisoformat(end)) == n


@pytest.mark.parametrize(("year", "n"), [(2023, 249), (2024, 251), (2025, 250), (2026, 249)])
def test_a_year_has_as_many_working_days_as_the_regulations_note_counts(year: int, n: int) -> None:
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == n


def test_the_proposed_swap_of_november_2026_is_listed_and_not_in_force() -> None:
    assert [row.date for row in CALENDAR.proposals()] == [date(2026, 11, 23), date(2026, 11, 28)]
    assert CALENDAR.is_working_day(date(2026, 11, 23))
    assert not CALENDAR.is_working_day(date(2026, 11, 28))
    by_day = {day.date: day for day in CALENDAR.table()}
    assert (by_day[date(2026, 11, 23)].status, by_day[date(2026, 11, 23)].is_working_day) == ("tentative", True)


def test_a_term_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    assert CALENDAR.working_day_on_or_after(date(2026, 2, 16)) == date(2026, 2, 23)
    assert CALENDAR.working_day_on_or_after(date(2026, 8, 22)) == date(2026, 8, 22)


@given(DAYS, st.integers(1, 120))
def test_the_nth_working_day_is_a_working_day_with_n_working_days_up_to_it(start: date, n: int) -> None:
    try:
        end = CALENDAR.add_working_days(start, n)
    except BeyondCalendar:
        assert CALENDAR.working_days_between(start, CALENDAR.last) < n
        return
    assert CALENDAR.is_working_day(end)
    counted = sum(CALENDAR.is_working_day(start + timedelta(days=d)) for d in range(1, (end - start).days + 1))
    assert counted == n == CALENDAR.working_days_between(start, end)


@given(DAYS, DAYS, DAYS)
def test_working_days_between_add_up_and_change_sign(a: date, b: date, c: date) -> None:
    between = CALENDAR.working_days_between
    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


@given(DAYS, st.integers(1, 60))
def test_counting_back_lands_on_a_working_day_that_far_before(start: date, n: int) -> None:
    try:
        day = CALENDAR.add_working_days(start, -n)
    except BeyondCalendar:
        return
    assert CALENDAR.is_working_day(day)
    assert CALENDAR.working_days_between(day, start) == n


def test_the_numbers_of_dim_date_count_the_working_days_between_two_dates() -> None:
    table = list(CALENDAR.table())
    assert (table[0].date, table[-1].date, len(table)) == (date(2020, 1, 1), date(2027, 12, 31), 2922)
    by_day = {day.date: day for day in table}
    for a, b in [(date(2025, 4, 24), date(2025, 5, 5)), (date(2026, 1, 1), date(2026, 1, 12))]:
        difference = by_day[b].working_day_number - by_day[a].working_day_number
        assert difference == CALENDAR.working_days_between(a, b)
    halves = {day.half_month_start.day for day in table}
    assert halves == {1, 15}
    assert by_day[date(2026, 10, 14)].half_month_start == date(2026, 10, 1)
    assert by_day[date(2026, 10, 15)].half_month_start == date(2026, 10, 15)


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2028, 1, 1)])
def test_a_date_beyond_the_table_names_the_file_to_edit_in_both_languages(day: date) -> None:
    with pytest.raises(BeyondCalendar) as caught:
        CALENDAR.is_working_day(day)
    for lang in ("vi", "en"):
        assert "calendar.csv" in caught.value.messages[lang]
        assert f"{day:%d/%m/%Y}" in caught.value.messages[lang]
    with pytest.raises(BeyondCalendar):
        CALENDAR.add_working_days(date(2027, 12, 31), 1)
    with pytest.raises(BeyondCalendar):
        CALENDAR.working_days_between(date(2026, 1, 1), day)


def test_a_year_left_out_of_the_middle_is_refused_rather_than_taken_for_a_year_without_holidays() -> None:
    rows = [SpecialDay(date(year, 1, 1), "holiday", "Tết Dương lịch", False, "confirmed", "") for year in (2024, 2026)]
    with pytest.raises(ValueError, match="2025"):
        WorkingCalendar(rows, Path("calendar.csv"))


def test_a_calendar_in_the_data_folder_replaces_the_repositorys(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "calendar.csv").write_text(
        "date,kind,name_vi,is_working_day,status,source\n2030-01-01,holiday,Tết Dương lịch,false,confirmed,\n"
    )
    own = WorkingCalendar.load(DataDir(tmp_path))
    assert (own.first, own.last) == (date(2030, 1, 1), date(2030, 12, 31))


@pytest.mark.shared
def test_the_calendar_agrees_with_the_collected_holidays_on_every_day(shared: Path) -> None:
    import csv

    with (shared / "calendar" / "vn_holidays_2020_2027.csv").open(encoding="utf-8") as file:
        listed = {date.fromisoformat(row["date"]): row["is_working_day"] == "1" for row in csv.DictReader(file)}
    differing = [
        day.date for day in CALENDAR.table() if day.is_working_day != listed.get(day.date, day.date.weekday() < 5)
    ]
    assert differing == []
