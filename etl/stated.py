"""What the lines above a table say about all of its rows: the period of a form II.06a and the unit that sends it."""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from etl.extract import Sheet
from etl.layouts import Layout
from etl.periods import read_period
from etl.receipt import Choice, Question
from etl.text import clean, fold

OF_TITLE = ("settlement_summary",)
"""Datasets whose files have a period and a unit in their title."""
FIRST_MONTHS = {"H1": (1, 6), "H2": (7, 12), "9M": (1, 9)}


@dataclass(frozen=True)
class Period:
    """A period as a title states it: two days, or a name that two calendars read differently."""

    start: date | None = None
    end: date | None = None
    token: str = ""

    def days(self, kind: str) -> tuple[date, date]:
        """Return the first and last day; `kind` (calendar or report) matters for a name only.

        >>> Period(token="2026-Q3").days("report")
        (datetime.date(2026, 6, 15), datetime.date(2026, 9, 14))
        >>> Period(token="2026").days("calendar")
        (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
        """
        if self.start and self.end:
            return self.start, self.end
        year, first, last = _months(self.token)
        if kind == "report":
            before = date(year, first, 1) - timedelta(days=1)
            return date(before.year, before.month, 15), date(year, last, 14)
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _months(token: str) -> tuple[int, int, int]:
    year, _, part = token.partition("-")
    if not part:
        return int(year), 1, 12
    if part.startswith("Q"):
        last = 3 * int(part[1])
        return int(year), last - 2, last
    if part in FIRST_MONTHS:
        return int(year), *FIRST_MONTHS[part]
    return int(year), int(part[:2]), int(part[:2])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "stated.toml").read_text("utf-8"))


def _lines(sheet: Sheet, last_header_row: int) -> Iterable[list[str]]:
    for row in sheet.preview[:last_header_row]:
        cells = [clean(cell) for cell in row if cell and clean(cell)]
        if cells:
            yield cells


def stated_period(sheet: Sheet, last_header_row: int) -> Period | None:
    """Return the period that the lines above the header state, if any; from-to days go before a name."""
    rule = _words()["period"]
    folded = [fold(" ".join(cells)) for cells in _lines(sheet, last_header_row)]
    for line in folded:
        found = re.search(rule["span"], line)
        if found:
            d1, m1, y1, d2, m2, y2 = found.groups()
            try:
                last = date(int(y2), int(m2), int(d2))
                first = date(int(y1 or (last.year if int(m1) <= last.month else last.year - 1)), int(m1), int(d1))
            except ValueError:
                continue
            if first <= last:
                return Period(first, last)
    for line in folded:
        plain = line
        for pattern in rule["passed_over"]:
            plain = re.sub(pattern, " ", plain)
        for found in re.finditer(rule["named"], plain):
            if found[1] == "nam" and not re.search(rule["year_after"], plain[: found.start()]):
                continue
            token = read_period(f"{found[1]} nam {found[2]}" if found[1] != "nam" else found[2])
            if token:
                return Period(token=token)
    return None


def stated_unit(sheet: Sheet, last_header_row: int) -> str:
    """Return the name of the unit that the lines above the header say the table is of; empty: none or several."""
    rule = _words()["unit"]
    label = re.compile(rf"^[\s*+\-]*(?:{'|'.join(rule['labels'])})\s*[:：]\s*(.+)$", re.IGNORECASE)
    begun: set[str] = set()
    for cells in _lines(sheet, last_header_row):
        for at, cell in enumerate(cells):
            found = label.match(cell)
            if found:
                return clean(found[1].strip(" .:"))
            if label.match(cell + " x") and at + 1 < len(cells):
                return cells[at + 1]
            if re.search(rule["begins"], fold(cell)):
                begun.add(cell)
    return begun.pop() if len(begun) == 1 else ""


def told_fields(dataset: str, sheet: Sheet, last_header_row: int) -> frozenset[str]:
    """Return the fields that the title of a sheet gives, for the recognition of its layout."""
    if dataset not in OF_TITLE:
        return frozenset()
    found = {"period_start", "period_end"} if stated_period(sheet, last_header_row) else set()
    return frozenset(found | ({"unit_name", "unit_code"} if stated_unit(sheet, last_header_row) else set()))


@dataclass(frozen=True)
class Told:
    """Fields that are the same in every row, and what has to be asked before they are known."""

    constants: Mapping[str, str]
    questions: tuple[Question, ...] = ()


def told(layout: Layout, sheet: Sheet, last_header_row: int, mapped: Iterable[str], answers: Mapping[str, str]) -> Told:
    """Return what the title says of fields that no column is mapped to; days as ISO texts."""
    if layout.dataset not in OF_TITLE:
        return Told({})
    has = set(mapped)
    constants: dict[str, str] = {}
    questions: list[Question] = []
    if not has & {"unit_code", "unit_name"} and (unit := stated_unit(sheet, last_header_row)):
        constants["unit_name"] = unit
    if not has & {"period_start", "period_end"} and (period := stated_period(sheet, last_header_row)):
        kind = answers.get("period_calendar") or layout.period_calendar
        if period.token and kind not in ("report", "calendar"):
            questions.append(_calendar_question(period))
        first, last = period.days(kind or "report")
        constants |= {"period_start": first.isoformat(), "period_end": last.isoformat()}
    return Told(constants, tuple(questions))


def _calendar_question(period: Period) -> Question:
    choices = []
    for kind in ("report", "calendar"):
        first, last = period.days(kind)
        values = {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
        choices.append(Choice(kind, code=f"period_{kind}", values=values))
    return Question("period_calendar", "", {"period": period.token}, "period_calendar", choices, "report")
