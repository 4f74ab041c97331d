"""What the reader has chosen: language, unit, comparison level, period, calendar, snapshot. The URL is its home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from metrics import periods
from metrics.model import Boundaries
from metrics.viewer import Viewer
from ui.reader import CHANGE_DAY, Places, Unit
from ui.text import LANGUAGES, Text

KEYS = ("lang", "unit", "level", "period", "calendar", "asof")
KINDS = ("month", "quarter", "half", "nine_months", "year", "ytd")
LEVELS = ("commune", "district", "agency")
CALENDARS = ("calendar", "report")
# how many periods of a kind make the history beside a figure
HISTORY = {"month": 13, "quarter": 8, "half": 4, "nine_months": 3, "year": 3, "ytd": 13}


@dataclass(frozen=True)
class View:
    """One choice of everything that a page depends on."""

    lang: str = "vi"
    unit: str = ""
    level: str = "commune"
    period: str = ""
    calendar: str = "calendar"
    asof: str = ""

    @classmethod
    def read(cls, url: Mapping[str, str], kept: Mapping[str, str]) -> View:
        """Return the choice in the URL, else the one kept from the page before; nonsense falls back, never fails."""
        chosen = {k: v for k, v in {**kept, **url}.items() if k in KEYS}
        view = cls(**chosen)
        checks: dict[str, Any] = {
            "lang": view.lang in LANGUAGES,
            "level": re.fullmatch(r"\w{1,40}", view.level),
            "period": kind_of(view.period),
            "calendar": view.calendar in CALENDARS,
        }
        return replace(view, **{k: getattr(cls, k) for k, good in checks.items() if not good})

    def as_url(self) -> dict[str, str]:
        """Return the parameters that name this view; empty ones are left out."""
        return {k: v for k, v in asdict(self).items() if v}


def home(viewer: Viewer, places: Places) -> str:
    """Return where an account of a unit starts: its own unit of today; nothing for who looks at the province."""
    own = [unit for unit_id in sorted(viewer.unit_ids) if (unit := places.get(unit_id)) is not None]
    return max(own, key=lambda u: (u.valid_to is None, u.valid_from)).unit_id if own else ""


def kind_of(token: str) -> str:
    """Return the kind of a period token, or an empty text.

    >>> kind_of("2026-10"), kind_of("2026-Q4"), kind_of("2026-10-YTD"), kind_of("soon")
    ('month', 'quarter', 'ytd', '')
    """
    try:
        return periods.parse(token).kind
    except periods.PeriodError:
        return ""


def _token(kind: str, year: int, month: int) -> str | None:
    """Return the token of the period of that kind that ends in that month, if one does."""
    made = {
        "month": f"{year}-{month:02d}",
        "ytd": f"{year}-{month:02d}-YTD",
        "quarter": f"{year}-Q{month // 3}" if month % 3 == 0 else None,
        "half": f"{year}-H{month // 6}" if month % 6 == 0 else None,
        "nine_months": f"{year}-9M" if month == 9 else None,
        "year": str(year) if month == 12 else None,
    }
    return made[kind]


def tokens(kind: str, first: date, last: date) -> list[str]:
    """Return the periods of a kind that the data touch, newest first; the newest may still be running.

    >>> tokens("quarter", date(2026, 2, 3), date(2026, 7, 9))
    ['2026-Q3', '2026-Q2', '2026-Q1']
    >>> tokens("month", date(2025, 12, 31), date(2026, 2, 1))
    ['2026-02', '2026-01', '2025-12']
    """
    found = []
    month = first.year * 12 + first.month - 1
    # a running quarter or year ends up to eleven months after the last day of the data
    while month <= last.year * 12 + last.month - 1 + 11:
        year, of_year = divmod(month, 12)
        token = _token(kind, year, of_year + 1)
        if token and periods.parse(token, "calendar").start <= last:
            found.append(token)
        month += 1
    return found[::-1]


def default_period(kind: str, calendar: str, first: date, last: date) -> str:
    """Return the newest period of the kind that the data complete, else the newest they touch."""
    offered = tokens(kind, first, last)
    whole = [t for t in offered if periods.parse(t, calendar).end <= last]  # type: ignore[arg-type]
    return (whole or offered or [f"{last:%Y-%m}"])[0]


def history(token: str, first: date, last: date, kind: str = "", most: int = 0) -> list[str]:
    """Return the periods of a kind (its own unless said) up to this one, oldest first, as far as the data reach.

    >>> history("2026-Q1", date(2025, 11, 5), date(2026, 2, 10), "month")
    ['2025-11', '2025-12', '2026-01', '2026-02']
    """
    kind = kind or kind_of(token)
    offered = tokens(kind, first, min(periods.parse(token).end, last))
    if kind == kind_of(token):
        offered = [token, *(t for t in offered if periods.parse(t).end < periods.parse(token).end)]
    return offered[: most or HISTORY[kind]][::-1] or [token]


def short_label(token: str) -> str:
    """Return the period for an axis.

    >>> short_label("2026-10"), short_label("2026-Q4"), short_label("2026-10-YTD"), short_label("2026")
    ('10/2026', 'Q4/2026', '10/2026', '2026')
    """
    kind = kind_of(token)
    if kind in ("month", "ytd"):
        return f"{token[5:7]}/{token[:4]}"
    return f"{token[5:]}/{token[:4]}" if len(token) > 4 else token


def choices(places: Places, start: date, end: date) -> list[Unit]:
    """Return the units that can be chosen for a period: provinces, areas and districts, communes, then the rest."""
    others = [g for g in groupings(places) if g not in LEVELS]
    levels = ("province", "district", "commune", *others, "agency")
    return [u for level in levels for u in places.in_force(level, start, end)]


def groupings(places: Places) -> list[str]:
    """Return the levels to compare by: communes, districts or their areas, and every other grouping of the data."""
    others = {u.level for u in places.units} - {"province", *LEVELS}
    return [*LEVELS, *sorted(others)]


def unit_label(unit: Unit, period_start: date, text: Text) -> str:
    """Return the unit's full name; a former district says that it is an area now."""
    if unit.level == "district" and period_start >= CHANGE_DAY:
        return text("unit.former_district", name=_lower_first(unit.full_name))
    return unit.full_name


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def mid_sentence(name: str) -> str:
    """Return a full name as it stands inside a sentence: the type word in lower case.

    >>> mid_sentence("Xã Lao Bảo")
    'xã Lao Bảo'
    """
    return _lower_first(name)


def boundaries(unit: Unit, period_start: date) -> Boundaries:
    """Return how units across 01/07/2025 are answered: as of today for a unit in force today, else as dated."""
    is_current = unit.valid_to is None or unit.level == "district"
    return "today" if is_current and period_start < CHANGE_DAY else "dated"


def reach(extent: tuple[date, date], info: dict[str, str]) -> tuple[date, date]:
    """Return the first and last day to choose periods from: a quiet last day does not make a month unfinished."""
    data_on = info.get("data_on", "")[:10]
    return extent[0], max(extent[1], date.fromisoformat(data_on)) if data_on else extent[1]


def settled(view: View, extent: tuple[date, date], places: Places) -> View:
    """Return the view with a period and a unit: the last complete month, and the province with data."""
    first, last = extent
    if not view.period:
        view = replace(view, period=default_period("month", view.calendar, first, last))
    period = periods.parse(view.period, view.calendar)  # type: ignore[arg-type]
    if places.get(view.unit) is None:
        view = replace(view, unit=places.by_code(view.unit, period.start, period.end))
    if places.get(view.unit) is None:
        first_unit = places.start(period.start, period.end)
        view = replace(view, unit=first_unit.unit_id if first_unit else "")
    if view.level not in groupings(places):
        view = replace(view, level="commune")
    return view
