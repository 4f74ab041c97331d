"""Day arithmetic on whole columns: days and minutes since 1 January 2020, working days by the reference calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from warehouse.calendar import WorkingCalendar
from warehouse.paths import DataDir

EPOCH = date(2020, 1, 1)
LAST_OF_TABLE = date(2027, 12, 31)
N_DAYS = (LAST_OF_TABLE - EPOCH).days + 1
NONE = -1
"""A date or time that is not known; columns are whole numbers, so there is no other empty value."""

Ints = npt.NDArray[np.int64]


def day(value: date) -> int:
    """Return the day number of a date.

    >>> day(date(2020, 1, 3))
    2
    """
    return (value - EPOCH).days


def as_date(number: int) -> date:
    """Return the date of a day number."""
    return EPOCH + timedelta(days=int(number))


def day_of(minutes: Ints) -> Ints:
    """Return the day numbers of times given in minutes; an unknown time has an unknown day."""
    return np.where(minutes >= 0, minutes // 1440, NONE)


def at(days: Ints, minute_of_day: Ints) -> Ints:
    """Return times in minutes from day numbers and minutes of the day; an unknown day gives an unknown time."""
    return np.where(days >= 0, days * 1440 + minute_of_day, NONE)


def to_datetime64(minutes: Ints) -> npt.NDArray[np.datetime64]:
    """Return times as numpy sees them, NaT where unknown."""
    result = np.datetime64(EPOCH, "m") + minutes.astype("timedelta64[m]")
    return np.where(minutes >= 0, result, np.datetime64("NaT"))


@dataclass(frozen=True)
class WorkingDays:
    """The working calendar as arrays."""

    is_working: npt.NDArray[np.bool_]
    number: Ints
    """Working days up to and including each day: a difference counts the working days in (a, b]."""
    day_of_number: Ints
    """The day on which each working day number is reached."""

    def add(self, days: Ints, n: Ints | int) -> Ints:
        """Return the day `n` working days after each day (before it when negative); the start is not counted."""
        target = np.clip(self.number[days] + n, 1, len(self.day_of_number) - 1)
        result: Ints = self.day_of_number[target]
        return result

    def between(self, start: Ints, end: Ints) -> Ints:
        """Return the working days in (start, end]."""
        result: Ints = self.number[end] - self.number[start]
        return result


@lru_cache(maxsize=2)
def working_days(data_dir: DataDir) -> WorkingDays:
    """Return the reference calendar of a data folder as arrays."""
    calendar = WorkingCalendar.load(data_dir)
    is_working = np.array([calendar.is_working_day(EPOCH + timedelta(days=i)) for i in range(N_DAYS)])
    number = np.cumsum(is_working).astype(np.int64)
    day_of_number = np.concatenate([[0], np.flatnonzero(is_working)]).astype(np.int64)
    return WorkingDays(is_working, number, day_of_number)
