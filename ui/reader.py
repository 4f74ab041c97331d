"""What pages read beside answers: units to choose from, the data's dates, loads, rejects, coverage. SQL in ui/sql."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

SQL = Path(__file__).parent / "sql"
CHANGE_DAY = date(2025, 7, 1)
"""Two tiers since this day; units on either side are different bodies even where the code is the same."""


class Source(Protocol):
    """A snapshot that can be read: its name is the cache key of everything read from it."""

    @property
    def name(self) -> str: ...
    def cursor(self) -> Any: ...


@dataclass(frozen=True)
class Unit:
    """A unit that can be chosen, with the days between which it is in force."""

    unit_id: str
    code: str
    level: str
    name: str
    full_name: str
    type_name: str | None
    province_id: str
    lat: float | None
    lon: float | None
    valid_from: date
    valid_to: date | None

    def is_in_force(self, start: date, end: date) -> bool:
        """Return whether the unit lives on any day of the period."""
        return self.valid_from <= end and (self.valid_to is None or self.valid_to > start)


@dataclass(frozen=True)
class Places:
    """Every unit of the provinces that have data, and which area a commune lies in."""

    units: tuple[Unit, ...]
    areas: tuple[tuple[str, str], ...]
    homes: tuple[str, ...] = ()
    """Provinces, the one that most bodies sent for first."""

    def in_force(self, level: str, start: date, end: date) -> list[Unit]:
        """Return the units of a level that live in the period, in Vietnamese order, a body once."""
        found = {u.unit_id: u for u in self.units if u.level == level and u.is_in_force(start, end)}
        return list(found.values())

    def get(self, unit_id: str) -> Unit | None:
        """Return the unit's newest version."""
        found = [u for u in self.units if u.unit_id == unit_id]
        return max(found, key=lambda u: u.valid_from) if found else None

    def by_code(self, code: str, start: date, end: date) -> str:
        """Return the id of the unit in force with this official code, for a link written by hand; else nothing."""
        return next((u.unit_id for u in self.units if u.code == code and u.is_in_force(start, end)), "")

    def start(self, start: date, end: date) -> Unit | None:
        """Return where a reader starts: the province in force that most bodies have sent for."""
        offered = {u.unit_id: u for u in self.in_force("province", start, end)}
        return next((offered[h] for h in self.homes if h in offered), next(iter(offered.values()), None))

    def area_of(self, unit_id: str) -> Unit | None:
        """Return the district, or the former district's area, that a commune lies in."""
        area = dict(self.areas).get(unit_id)
        return self.get(area) if area else None


@cache
def statement(name: str) -> str:
    """Return the text of a query file; a line `{other}` in it stands for the query of that name."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r"^\{(\w+)\}$", lambda other: statement(other[1]), text, flags=re.MULTILINE)


def rows(source: Source, name: str, **values: object) -> list[dict[str, Any]]:
    """Return the rows of a query file as dictionaries."""
    cursor = source.cursor()
    try:
        result = cursor.execute(statement(name), values) if values else cursor.execute(statement(name))
        columns = [c[0] for c in result.description]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    finally:
        cursor.close()


def info(source: Source) -> dict[str, str]:
    """Return the facts of the snapshot: when it was built, the data's date, whether it is a sample."""
    return {str(r["key"]): str(r["value"]) for r in rows(source, "info")}


def is_demo(facts: dict[str, str]) -> bool:
    """Return whether the snapshot holds sample data."""
    return facts.get("is_demo", "").lower() in ("true", "1")


def extent(source: Source) -> dict[str, tuple[date, date]]:
    """Return first and last day of each dataset."""
    return {r["dataset"]: (r["first_on"], r["last_on"]) for r in rows(source, "extent")}


def places(source: Source) -> Places:
    """Return the units to choose from; a former district stays, as an area, after the change of tiers."""
    units = [Unit(**r) for r in rows(source, "units")]
    districts = {u.unit_id: i for i, u in enumerate(units) if u.level == "district"}
    for group in rows(source, "groups"):
        is_district = group["grouping"] == "district"
        old = units[districts[group["group_id"]]] if group["group_id"] in districts else None
        area = Unit(
            group["group_id"],
            group["group_code"],
            "district" if is_district else group["grouping"],
            old.name if old else group["group_name"],
            old.full_name if old else group["group_name"],
            old.type_name if old else None,
            group["province_id"],
            None,
            None,
            old.valid_from if old else group["valid_from"],
            group["valid_to"],
        )
        if old:
            units[districts[group["group_id"]]] = area
        else:
            units.append(area)
    known = {u.unit_id for u in units}
    areas = [(r["unit_id"], r["ancestor_id"]) for r in rows(source, "memberships") if r["unit_id"] in known]
    return Places(tuple(units), tuple(areas), tuple(r["unit_id"] for r in rows(source, "home")))


def in_force_last(places: Places, extent: dict[str, tuple[date, date]], levels: Sequence[str]) -> dict[str, str]:
    """Return the units of these levels in force on the last day with data, code → name, in Vietnamese order."""
    last = max(day for _, day in extent.values())
    return {u.code: u.full_name for level in levels for u in places.in_force(level, last, last)}


def names(places: Places) -> dict[str, str]:
    """Return the full name of every unit by its id and by its code; of a code that was used again the newest."""
    oldest_first = sorted(places.units, key=lambda u: u.valid_from)
    return {key: u.full_name for u in oldest_first for key in (u.code, u.unit_id)}


def relatives(source: Source, unit_id: str) -> tuple[list[str], list[str]]:
    """Return the ids of the units it came from, and of those that follow it."""
    found = rows(source, "relatives", unit_id=unit_id)
    before = [r["unit_id"] for r in found if r["successor_id"] == unit_id]
    after = [r["successor_id"] for r in found if r["unit_id"] == unit_id]
    return before, after
