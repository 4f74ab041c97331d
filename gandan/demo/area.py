"""The bodies of the sample province: who receives, who settles, who follows whom, and by which system they report."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from etl.reference.places import Places, Unit
from gandan.demo import stories
from warehouse.paths import DataDir

Floats = npt.NDArray[np.float64]
System = Literal["north", "south", "second", "workbook"]
Era = Literal["3tier", "2tier"]

PROVINCE, SECOND = "44", "79"
"""Quảng Trị of today; Hồ Chí Minh City, of which the sample has the former Bàu Bàng district only."""
OLD_NORTH, OLD_SOUTH, OLD_SECOND = "44", "45", "74"
"""Quảng Bình, Quảng Trị before 01/07/2025, Bình Dương."""
SECOND_DISTRICT = "Bàu Bàng"
SECOND_NEW = ("25822", "25819")
CHANGE = date(2025, 7, 1)
LAND, POLICE = "Chi nhánh Văn phòng Đăng ký đất đai", "Công an"


@dataclass(frozen=True)
class Body:
    """A body that receives or settles cases, as it stands in the reference tables."""

    unit_id: str
    code: str
    name: str
    level: str
    era: Era
    district_id: str
    area_id: str
    system: System


@dataclass
class Area:
    """All bodies of the sample, by position; positions are what the columns of cases hold."""

    bodies: list[Body]
    successor: dict[int, list[int]]
    """Old commune → communes of today, the main one first."""
    land_of: dict[int, int] = field(default_factory=dict)
    police_of: dict[int, int] = field(default_factory=dict)
    departments: dict[tuple[str, str, str], int] = field(default_factory=dict)
    population: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {body.unit_id: i for i, body in enumerate(self.bodies)}
        self.by_code = {(body.era, body.code): i for i, body in enumerate(self.bodies)}

    def communes(self, era: str) -> list[int]:
        """Return the positions of the communes of one regime."""
        return [i for i, body in enumerate(self.bodies) if body.era == era and body.level == "commune"]

    def of_today(self, code: str) -> int:
        """Return the position of a commune of today."""
        return self.by_code[("2tier", code)]

    def district_of(self, commune: int) -> int:
        """Return the position of the district of a commune before 01/07/2025."""
        return self.by_id[self.bodies[commune].district_id]

    def weight(self, era: str) -> Floats:
        """Return the share of cases each body receives in one regime, as a column over all bodies."""
        weights = np.zeros(len(self.bodies))
        for i in self.communes(era):
            weights[i] = self.population[i] ** 0.85
        return weights / weights.sum()


def read_area(data_dir: DataDir, rng: np.random.Generator) -> Area:
    """Return the bodies of the sample from the reference tables, with an invented population."""
    places = Places.load(data_dir)
    units = {unit.unit_id: unit for unit in places.units}
    bodies: list[Body] = []
    for unit in places.units:
        province = units[unit.province_id].code if unit.province_id in units else ""
        old, new = unit.valid_to == CHANGE and unit.valid_from < CHANGE, unit.is_in_force(CHANGE)
        if unit.kind == "agency":
            if (old and province in (OLD_NORTH, OLD_SOUTH)) or (new and province == PROVINCE):
                bodies.append(_body(unit, "3tier" if old else "2tier", "south"))
        elif unit.kind == "place" and unit.level in ("commune", "district"):
            district = units.get(unit.district_id or unit.unit_id)
            is_second = province == OLD_SECOND and district is not None and district.name == SECOND_DISTRICT
            if old and (province in (OLD_NORTH, OLD_SOUTH) or is_second):
                bodies.append(
                    _body(unit, "3tier", "second" if is_second else "north" if province == OLD_NORTH else "south")
                )
            elif new and (province == PROVINCE or (province == SECOND and unit.code in SECOND_NEW)):
                bodies.append(_body(unit, "2tier", "second" if province == SECOND else "south"))

    position = {body.unit_id: i for i, body in enumerate(bodies)}
    successor: dict[int, list[int]] = {}
    for row in sorted(places.succession, key=lambda r: not r.is_main):
        if row.unit_id in position and row.successor_id in position and row.changed_on == CHANGE:
            successor.setdefault(position[row.unit_id], []).append(position[row.successor_id])
    area = Area(_with_systems(bodies, successor), successor)
    area.population = _population(area, rng)
    _add_agencies(area)
    return area


def _body(unit: Unit, era: Era, system: System) -> Body:
    district = unit.district_id or ""
    return Body(unit.unit_id, unit.code, unit.full_name, unit.level, era, district, unit.area_id or "", system)


def _with_systems(bodies: list[Body], successor: dict[int, list[int]]) -> list[Body]:
    """A commune of today goes on with the system of its predecessors, unless it sends workbooks."""
    inherited: dict[int, System] = {}
    for old, news in successor.items():
        for new in news:
            inherited[new] = bodies[old].system
    result = []
    for i, body in enumerate(bodies):
        system: System = body.system if body.era == "3tier" else inherited.get(i, body.system)
        if body.era == "2tier" and body.code in stories.WORKBOOK_SENDERS:
            system = "workbook"
        result.append(Body(**{**body.__dict__, "system": system}))
    return result


def _population(area: Area, rng: np.random.Generator) -> dict[int, int]:
    """Invented numbers of people: each predecessor by chance, a commune of today as the sum of its parts."""
    population: dict[int, int] = {}
    parts: dict[int, float] = {}
    for i in area.communes("3tier"):
        is_town = area.bodies[i].name.startswith(("Phường", "Thị trấn"))
        population[i] = int(rng.lognormal(9.15 if is_town else 8.65, 0.35) // 10 * 10)
        targets = area.successor.get(i, [])
        shares = [1.0] if len(targets) < 2 else [0.85, 0.15]
        for target, share in zip(targets, shares, strict=False):
            parts[target] = parts.get(target, 0) + population[i] * share
    for i in area.communes("2tier"):
        population[i] = int(parts.get(i, 450) // 10 * 10)
    return population


def _add_agencies(area: Area) -> None:
    """Say which bodies that are not places settle for which communes, in both regimes."""
    branch_of_district: dict[tuple[str, str], int] = {}
    for i, body in enumerate(area.bodies):
        if body.level != "agency":
            continue
        if body.name.startswith(LAND):
            branch_of_district[(body.era, body.area_id)] = i
        elif body.name.startswith(POLICE) and body.area_id in area.by_id:
            area.police_of[area.by_id[body.area_id]] = i
        elif body.name.startswith("Sở "):
            area.departments[(body.code[:2], body.era, body.name)] = i
    for old in area.communes("3tier"):
        district = area.bodies[old].district_id
        if ("3tier", district) in branch_of_district:
            area.land_of[old] = branch_of_district[("3tier", district)]
        for new in area.successor.get(old, []):
            if ("2tier", district) in branch_of_district:
                area.land_of.setdefault(new, branch_of_district[("2tier", district)])
