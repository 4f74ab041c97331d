"""Working days of Vietnam from `calendar.csv`: weekdays, less days off, plus the Saturdays worked to make up."""

from __future__ import annotations

import csv
import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from warehouse.paths import DataDir

FILE_NAME = "calendar.csv"
TENTATIVE = "tentative"
"""Rows of this status are proposals: listed, never counted with."""
SATURDAY = 5


class BeyondCalendar(LookupError):
    """A date lies outside the table; says which file to edit. Nothing is guessed."""

    def __init__(self, day: date, first: date, last: date, path: Path) -> None:
        shown, span = f"{day:%d/%m/%Y}", f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"
        self.day = day
        self.path = path
        self.messages = {
            "vi": f"Ngày {shown} nằm ngoài lịch làm việc ({span}). Hãy bổ sung năm còn thiếu vào tệp {path}.",
            "en": f"{shown} is outside the working calendar ({span}). Add the missing year to {path}.",
        }
        super().__init__(self.messages["en"])


@dataclass(frozen=True)
class SpecialDay:
    """One row of the file: a day off, a Saturday worked to make up, or a proposal."""

    date: datetime.date
    kind: str
    name_vi: str
    is_working_day: bool
    status: str
    source: str


@dataclass(frozen=True)
class Day:
    """One row of `dim_date`."""

    date: datetime.date
    is_working_day: bool
    working_day_number: int
    iso_weekday: int
    month: datetime.date
    half_month_start: datetime.date
    status: str | None
    source: str | None


class WorkingCalendar:
    """The years from the file's first to its last; a year without any row is an error of the file."""

    def __init__(self, special: list[SpecialDay], path: Path) -> None:
        if not special:
            raise ValueError(f"{path} has no rows: the working calendar needs at least one year")
        self.path = path
        self._special = {row.date: row for row in sorted(special, key=lambda row: row.status != TENTATIVE)}
        years = {row.date.year for row in special if row.status != TENTATIVE}
        missing = sorted(set(range(min(years), max(years) + 1)) - years)
        if missing:
            raise ValueError(
                f"{path} has no rows for {', '.join(map(str, missing))}: fill in the year or end the table"
            )
        self.first = date(min(years), 1, 1)
        self.last = date(max(years), 12, 31)
        self._working = [day.toordinal() for day in self._days() if self._counts(day)]

    @classmethod
    def load(cls, data_dir: DataDir) -> WorkingCalendar:
        """Return the calendar of a data folder: its own `calendar.csv`, else the repository's."""
        path = data_dir.reference(FILE_NAME)
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                SpecialDay(
                    date.fromisoformat(row["date"]),
                    row["kind"],
                    row["name_vi"],
                    row["is_working_day"].strip().lower() == "true",
                    row["status"],
                    row["source"],
                )
                for row in csv.DictReader(file)
            ]
        return cls(rows, path)

    def is_working_day(self, day: date) -> bool:
        """Return whether the day counts in a term given in working days."""
        self._check(day)
        return self._counts(day)

    def add_working_days(self, start: date, n: int) -> date:
        """Return the n-th working day after `start`, which is day 0 itself; before it when n is negative."""
        self._check(start)
        if n == 0:
            return start
        index = self._number(start) + n - 1
        if not 0 <= index < len(self._working):
            beyond = self.last + timedelta(days=1) if n > 0 else self.first - timedelta(days=1)
            raise BeyondCalendar(beyond, self.first, self.last, self.path)
        return date.fromordinal(self._working[index])

    def working_days_between(self, a: date, b: date) -> int:
        """Return the number of working days in (a, b]; negative when b is before a."""
        self._check(a)
        self._check(b)
        return self._number(b) - self._number(a)

    def working_day_on_or_after(self, day: date) -> date:
        """Return the day itself, or the next working day: where a calendar-day term ends that falls on a day off."""
        self._check(day)
        index = bisect_left(self._working, day.toordinal())
        if index == len(self._working):
            raise BeyondCalendar(self.last + timedelta(days=1), self.first, self.last, self.path)
        return date.fromordinal(self._working[index])

    def proposals(self) -> list[SpecialDay]:
        """Return the rows that are not in force, for the page that lists open points."""
        return sorted((row for row in self._special.values() if row.status == TENTATIVE), key=lambda row: row.date)

    def table(self) -> Iterator[Day]:
        """Yield the rows of `dim_date`; the difference of two numbers counts the working days in (a, b]."""
        number = 0
        for day in self._days():
            is_working = self._counts(day)
            number += is_working
            row = self._special.get(day)
            yield Day(
                day,
                is_working,
                number,
                day.isoweekday(),
                day.replace(day=1),
                day.replace(day=1 if day.day < 15 else 15),
                row.status if row else None,
                row.source if row else None,
            )

    def _days(self) -> Iterator[date]:
        return (date.fromordinal(n) for n in range(self.first.toordinal(), self.last.toordinal() + 1))

    def _counts(self, day: date) -> bool:
        row = self._special.get(day)
        if row is None or row.status == TENTATIVE:
            return day.weekday() < SATURDAY
        return row.is_working_day

    def _number(self, day: date) -> int:
        return bisect_right(self._working, day.toordinal())

    def _check(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise BeyondCalendar(day, self.first, self.last, self.path)
