"""Periods by token, in two calendars: calendar months, and report months from the 15th to the 14th.

A report month is named after the month in which it ends, so 15/12 opens the next report year.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from metrics.model import Calendar

PeriodKind = Literal["month", "quarter", "half", "nine_months", "year", "ytd"]
Language = Literal["vi", "en"]

REPORT_STARTS_ON = 15
TWO_TIERS_FROM = date(2025, 7, 1)
"""The day on which the districts ended and all communes changed: a period that contains it has two sides."""

_TOKEN = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:-(?:(?P<month>0[1-9]|1[0-2])(?P<ytd>-YTD)?|Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<nine>9M)))?"
)
_STEP: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "half": 6, "nine_months": 12, "year": 12, "ytd": 1}
_DAY = timedelta(days=1)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


class PeriodError(ValueError):
    """A period that cannot be understood; names the token and gives examples, in both languages."""

    def __init__(self, key: str, **values: Any) -> None:
        values["examples"] = ", ".join(_words()["examples"])
        self.messages = {lang: _words()[lang][key].format(**values) for lang in ("vi", "en")}
        super().__init__(self.messages["en"])


@dataclass(frozen=True)
class Period:
    """Days `start` to `end`, both counted; or one side of a token's days, cut at a change of units."""

    token: str
    calendar: Calendar
    start: date
    end: date

    @property
    def kind(self) -> PeriodKind:
        return _split(self.token)[0]

    @property
    def year(self) -> int:
        return _split(self.token)[1]

    def dates(self, lang: Language = "vi") -> str:
        """Return "từ ngày dd/mm/yyyy đến ngày dd/mm/yyyy", which every title prints."""
        text: str = _words()[lang]["dates"]
        return text.format(start=f"{self.start:%d/%m/%Y}", end=f"{self.end:%d/%m/%Y}")

    def name(self, lang: Language = "vi") -> str:
        """Return the short name: "Tháng 10/2026", "Quý IV/2026 (kỳ báo cáo)"."""
        kind, year, _, last = _split(self.token)
        words = _words()[lang]
        key = f"half_{last // 6}" if kind == "half" else kind
        quarter = words["quarters"][last // 3 - 1] if kind == "quarter" else ""
        name: str = words[key].format(year=year, month=last, quarter=quarter)
        return words["report"].format(name=name) if self.calendar == "report" else name

    def title(self, lang: Language = "vi") -> str:
        """Return the name with its days."""
        return f"{self.name(lang)}, {self.dates(lang)}"


@dataclass(frozen=True)
class NoPeriod:
    """Why there is no period to compare with, in both languages."""

    reason: dict[str, str]


def _split(token: str) -> tuple[PeriodKind, int, int, int]:
    """Return kind, year, first and last month."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise PeriodError("bad_token", token=token)
    year = int(found["year"])
    if found["month"]:
        month = int(found["month"])
        return ("ytd", year, 1, month) if found["ytd"] else ("month", year, month, month)
    if found["quarter"]:
        last = 3 * int(found["quarter"])
        return "quarter", year, last - 2, last
    if found["half"]:
        last = 6 * int(found["half"])
        return "half", year, last - 5, last
    return ("nine_months", year, 1, 9) if found["nine"] else ("year", year, 1, 12)


def _token(kind: PeriodKind, year: int, last: int) -> str:
    return {
        "month": f"{year}-{last:02d}",
        "quarter": f"{year}-Q{last // 3}",
        "half": f"{year}-H{last // 6}",
        "nine_months": f"{year}-9M",
        "year": f"{year}",
        "ytd": f"{year}-{last:02d}-YTD",
    }[kind]


def _first_day(year: int, month: int, calendar: Calendar) -> date:
    if calendar == "calendar":
        return date(year, month, 1)
    return date(year - (month == 1), (month - 2) % 12 + 1, REPORT_STARTS_ON)


def _month_after(year: int, month: int) -> tuple[int, int]:
    return year + month // 12, month % 12 + 1


def parse(token: str, calendar: Calendar = "calendar") -> Period:
    """Return the period of a token.

    >>> parse("2026-Q1", "report").dates("en")
    'from 15/12/2025 to 14/03/2026'
    >>> parse("2026-10-YTD").dates("en")
    'from 01/01/2026 to 31/10/2026'
    """
    if calendar not in ("calendar", "report"):
        raise PeriodError("bad_calendar", calendar=calendar)
    _, year, first, last = _split(token)
    end = _first_day(*_month_after(year, last), calendar) - _DAY
    return Period(token, calendar, _first_day(year, first, calendar), end)


def _shift(period: Period, steps: int) -> Period:
    """Return the period that many steps later; a step is one period, a year for those counted from its start."""
    kind, year, _, last = _split(period.token)
    month = year * 12 + last - 1 + steps * _STEP[kind]
    return parse(_token(kind, month // 12, month % 12 + 1), period.calendar)


def series(first: str, last: str, calendar: Calendar = "calendar") -> list[Period]:
    """Return the periods of one kind from the first token to the last.

    >>> [period.token for period in series("2025-Q4", "2026-Q2")]
    ['2025-Q4', '2026-Q1', '2026-Q2']
    """
    period, final = parse(first, calendar), parse(last, calendar)
    if period.kind != final.kind:
        raise PeriodError("mixed_kinds", token=first, last=last)
    if period.end > final.end:
        raise PeriodError("backwards", token=first, last=last)
    found = [period]
    while found[-1].token != final.token:
        found.append(_shift(found[-1], 1))
    return found


def _reason(key: str, **values: Any) -> NoPeriod:
    return NoPeriod({lang: _words()[lang][key].format(**values) for lang in ("vi", "en")})


def _is_cut(period: Period) -> bool:
    whole = parse(period.token, period.calendar)
    return (period.start, period.end) != (whole.start, whole.end)


def _within(found: Period, earliest: date | None) -> Period | NoPeriod:
    if earliest is None or found.start >= earliest:
        return found
    first = f"{earliest:%d/%m/%Y}"
    return NoPeriod(
        {
            "vi": _words()["vi"]["before_data"].format(first=first, dates=found.dates("vi")),
            "en": _words()["en"]["before_data"].format(first=first, dates=found.dates("en")),
        }
    )


def previous(period: Period, earliest: date | None = None) -> Period | NoPeriod:
    """Return kỳ trước, or why there is none; `earliest` is the first day for which there are data."""
    if _is_cut(period):
        return _reason("cut")
    if period.kind in ("nine_months", "ytd"):
        return _reason("no_previous")
    return _within(_shift(period, -1), earliest)


def same_last_year(period: Period, earliest: date | None = None) -> Period | NoPeriod:
    """Return cùng kỳ năm trước, or why there is none."""
    if _is_cut(period):
        return _reason("cut")
    kind, year, _, last = _split(period.token)
    return _within(parse(_token(kind, year - 1, last), period.calendar), earliest)


def last_complete(today: date, kind: PeriodKind = "month", calendar: Calendar = "calendar") -> Period:
    """Return the last period of that kind that ended before `today`.

    >>> last_complete(date(2026, 11, 1)).token, last_complete(date(2026, 11, 15), "month", "report").token
    ('2026-10', '2026-11')
    """
    period = parse(_token(kind, today.year + 1, 9 if kind == "nine_months" else 12), calendar)
    while period.end >= today:
        period = _shift(period, -1)
    return period


def sides(period: Period, change_days: Sequence[date] = (TWO_TIERS_FROM,)) -> list[Period]:
    """Return the period cut at each change of units: one piece when it contains none.

    >>> [side.dates("en") for side in sides(parse("2025-07", "report"))]
    ['from 15/06/2025 to 30/06/2025', 'from 01/07/2025 to 14/07/2025']
    """
    starts = [period.start, *sorted({day for day in change_days if period.start < day <= period.end})]
    ends = [day - _DAY for day in starts[1:]] + [period.end]
    return [replace(period, start=start, end=end) for start, end in zip(starts, ends, strict=True)]


def months(period: Period) -> int:
    """Return how many months a period is long.

    >>> months(parse("2026-Q3")), months(parse("2026-01", "report")), months(parse("2026-10-YTD"))
    (3, 1, 10)
    """
    return (
        (period.end.year - period.start.year) * 12
        + period.end.month
        - period.start.month
        + (period.calendar == "calendar")
    )


def half_months(period: Period) -> list[date] | None:
    """Return the first days (1st or 15th) of the half-months that make up the period exactly, else None.

    >>> [str(day) for day in half_months(parse("2026-10", "report"))]
    ['2026-09-15', '2026-10-01']
    """
    if period.start.day not in (1, REPORT_STARTS_ON) or (period.end + _DAY).day not in (1, REPORT_STARTS_ON):
        return None
    found, day = [], period.start
    while day <= period.end:
        found.append(day)
        following = _month_after(day.year, day.month)
        day = day.replace(day=REPORT_STARTS_ON) if day.day == 1 else date(*following, 1)
    return found
