"""Every unit a file may name: places, the agencies of a province, and one unallocated line per province."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from etl.place_names import ascii_key
from warehouse.paths import DataDir

UNALLOCATED_CODE = "{province}-CPB"
UNALLOCATED_NAME = "Chưa phân bổ"


class Unit(NamedTuple):
    """One row of `dim_unit`."""

    unit_id: str
    code: str
    level: str
    kind: str
    name: str
    full_name: str
    type_name: str
    search_key: str
    province_id: str
    district_id: str | None
    parent_id: str | None
    area_id: str | None
    lat: float | None
    lon: float | None
    valid_from: date
    valid_from_is_exact: bool
    valid_to: date | None

    def is_in_force(self, day: date) -> bool:
        """Return whether the day lies in [valid_from, valid_to)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Succession(NamedTuple):
    """One row of `unit_succession`."""

    unit_id: str
    successor_id: str
    relation: str
    changed_on: date
    is_main: bool
    note: str | None


@dataclass
class Places:
    """What the reference files say about units, and what in them could not be used."""

    units: list[Unit] = field(default_factory=list)
    succession: list[Succession] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, data_dir: DataDir) -> Places:
        """Return the units of a data folder; takes about a tenth of a second."""
        days: dict[str, date] = {}
        units = list(_places(data_dir.reference("units.csv"), days))
        extra = data_dir.reference("units_extra.csv")
        if extra.exists():
            units.extend(_places(extra, days))
        places = cls(units, list(_succession(data_dir.reference("unit_succession.csv"), days)))
        agencies = data_dir.reference("agencies.csv")
        if agencies.exists():
            _Agencies(places, agencies).add()
        versions: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            if unit.level == "province":
                versions[unit.unit_id].append(unit)
        places.units.extend(_unallocated(found[0], found[-1].valid_to) for found in versions.values())
        return places


def _day(text: str, known: dict[str, date]) -> date:
    found = known.get(text)
    if found is None:
        found = known[text] = date.fromisoformat(text)
    return found


def _places(path: Path, days: dict[str, date]) -> Iterator[Unit]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = tuple(next(reader))
        if header != Unit._fields:
            raise ValueError(
                f"{path}: columns must be {', '.join(Unit._fields)}; run python -m etl.reference.build_units"
            )
        for row in reader:
            unit_id, code, level, kind, name, full_name, type_name, search_key, province_id = row[:9]
            yield Unit(
                unit_id, code, level, kind, name, full_name, type_name, search_key, province_id,
                row[9] or None, row[10] or None, row[11] or None,
                float(row[12]) if row[12] else None, float(row[13]) if row[13] else None,
                _day(row[14], days), row[15] == "true", _day(row[16], days) if row[16] else None,
            )  # fmt: skip


def _succession(path: Path, days: dict[str, date]) -> Iterator[Succession]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        if tuple(next(reader)) != Succession._fields:
            raise ValueError(f"{path}: columns must be {', '.join(Succession._fields)}")
        for row in reader:
            yield Succession(row[0], row[1], row[2], _day(row[3], days), row[4] == "true", row[5] or None)


def _unallocated(province: Unit, ends: date | None) -> Unit:
    """Return the line of what no body of the province is known to answer for, with the province's own lifetime."""
    code = UNALLOCATED_CODE.format(province=province.code)
    first = province.unit_id.rsplit("-", 1)[1]
    return Unit(
        f"{code}-{first}", code, "agency", "unallocated", UNALLOCATED_NAME, UNALLOCATED_NAME, "",
        ascii_key(UNALLOCATED_NAME), province.unit_id, None, province.unit_id, None, None, None, province.valid_from,
        province.valid_from_is_exact, ends,
    )  # fmt: skip


class _Agencies:
    """Rows of agencies.csv; one with `each = commune` stands for one agency per commune of the province."""

    def __init__(self, places: Places, path: Path) -> None:
        self.places = places
        self.name = path.name
        with path.open(encoding="utf-8-sig", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.by_code: dict[str, list[Unit]] = defaultdict(list)
        self.communes: dict[str, list[Unit]] = defaultdict(list)
        for unit in places.units:
            self.by_code[unit.code].append(unit)
            if unit.level == "commune":
                self.communes[unit.province_id].append(unit)
        self.whole = {row.unit_id: row.successor_id for row in places.succession if row.relation == "whole"}

    def add(self) -> None:
        """Add units first, then successions, which may point to a row further down."""
        built = [
            (row, unit, area)
            for number, row in enumerate(self.rows, start=2)
            for unit, area in self._units(row, number)
        ]
        for _, unit, _ in built:
            if any(other.unit_id == unit.unit_id for other in self.by_code[unit.code]):
                self._warn(f"{unit.code} is listed twice from {unit.valid_from:%d/%m/%Y}; the first row counts")
                continue
            self.by_code[unit.code].append(unit)
            self.places.units.append(unit)
        for row, unit, area in built:
            self._succeed(row, unit, area)

    def _warn(self, message: str) -> None:
        self.places.warnings.append(f"{self.name}: {message}")

    def _find(self, code: str, day: date) -> Unit | None:
        """Return the unit of that code in force on the day; an old district code also names its area afterwards."""
        found = [unit for unit in self.by_code[code] if unit.is_in_force(day)]
        found = found or [unit for unit in self.by_code[code] if unit.level == "district"]
        return found[0] if found else None

    def _units(self, row: dict[str, str], number: int) -> Iterator[tuple[Unit, Unit | None]]:
        starts = date.fromisoformat(row["valid_from"])
        province = self._find(row["province_code"], starts)
        if province is None:
            self._warn(f"line {number}: no province {row['province_code']!r} on {starts:%d/%m/%Y}; row left out")
            return
        if row["each"] == "commune":
            for commune in self.communes[province.unit_id]:
                if commune.is_in_force(starts):
                    yield self._unit(row, number, starts, province, commune), commune
            return
        area = self._find(row["area_code"], starts) if row["area_code"] else None
        if row["area_code"] and area is None:
            self._warn(f"line {number}: no unit {row['area_code']!r} on {starts:%d/%m/%Y}; the area is left empty")
        yield self._unit(row, number, starts, province, area), area

    def _unit(self, row: dict[str, str], number: int, starts: date, province: Unit, area: Unit | None) -> Unit:
        code, name = _fill(row["code"], area), _fill(row["name"], area)
        parent = f"{row['parent_code']}-{starts:%Y%m%d}" if row["parent_code"] else province.unit_id
        if row["parent_code"] and not any(r["code"] == row["parent_code"] for r in self.rows):
            self._warn(f"line {number}: no agency {row['parent_code']!r}; its parent is the province")
            parent = province.unit_id
        return Unit(
            f"{code}-{starts:%Y%m%d}", code, "agency", "agency", name, name, row["type_name"], ascii_key(name),
            province.unit_id, None, parent, area.unit_id if area else None,
            area.lat if area else None, area.lon if area else None, starts, row["valid_from_is_exact"] == "true",
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )  # fmt: skip

    def _succeed(self, row: dict[str, str], unit: Unit, area: Unit | None) -> None:
        if not row["successor_code"] or unit.valid_to is None:
            return
        code = row["successor_code"]
        if row["each"] == "commune" and area is not None:
            if area.unit_id not in self.whole:
                return  # a split commune: nobody can say which body took over, so its cases stay unallocated
            code = code.replace("{code}", self.whole[area.unit_id].rsplit("-", 1)[0])
        found = [other for other in self.by_code[code] if other.is_in_force(unit.valid_to)]
        if found:
            self.places.succession.append(
                Succession(unit.unit_id, found[0].unit_id, "whole", unit.valid_to, True, None)
            )
        else:
            self._warn(f"{unit.code}: no successor {code!r} on {unit.valid_to:%d/%m/%Y}")


def _fill(pattern: str, area: Unit | None) -> str:
    if area is None or "{" not in pattern:
        return pattern
    full_name = area.full_name[0].lower() + area.full_name[1:]
    return pattern.replace("{code}", area.code).replace("{full_name}", full_name)
