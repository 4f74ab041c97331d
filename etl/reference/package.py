"""Places as the package `vietnamadminunits` knows them: the old tiers on 30/06/2025, the new ones on 01/07/2025."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.place_names import normal

TYPES = ("Thị trấn", "Thị xã", "Thành phố", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")


@dataclass(frozen=True)
class Place:
    """One unit of one regime, with the codes of the units it lies in."""

    code: str
    level: str
    name: str
    type_name: str
    province_code: str
    district_code: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True)
class Edge:
    """One old commune (or island district) that went, whole or in part, into a new commune."""

    old_code: str
    new_code: str
    is_default: bool


def split_type(full_name: str) -> tuple[str, str]:
    """Return (type, name); a name that is only a number keeps its type.

    >>> split_type("Thị Trấn Ái Tử"), split_type("Phường 4")
    (('Thị trấn', 'Ái Tử'), ('Phường', 'Phường 4'))
    """
    full_name = normal(full_name)
    for type_name in TYPES:
        if full_name.casefold().startswith(type_name.casefold() + " "):
            name = full_name[len(type_name) + 1 :]
            name = name[0].upper() + name[1:]
            return type_name, f"{type_name} {name}" if name.isdigit() else name
    raise ValueError(f"No type word in {full_name!r}; known: {', '.join(TYPES)}")


class Package:
    """The data files of the installed package, read without importing it (its parser takes a second)."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            spec = importlib.util.find_spec("vietnamadminunits")
            if spec is None or spec.origin is None:
                raise SystemExit("vietnamadminunits is not installed: pip install -r requirements-dev.lock")
            folder = Path(spec.origin).parent / "data"
        database = sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True)
        database.row_factory = sqlite3.Row
        self._old = [dict(row) for row in database.execute("SELECT * FROM admin_units_legacy")]
        self._new = [dict(row) for row in database.execute("SELECT * FROM admin_units")]
        database.close()
        with (folder / "converter_2025.json").open(encoding="utf-8") as file:
            self._converter: dict[str, dict[str, Any]] = json.load(file)

    def old_places(self) -> list[Place]:
        """Return the provinces, districts and communes of 30/06/2025, sorted by level and code."""
        return _places(self._old, has_districts=True)

    def new_places(self) -> list[Place]:
        """Return the provinces and communes of 01/07/2025, sorted by level and code."""
        return _places(self._new, has_districts=False)

    def province_edges(self) -> list[tuple[str, str]]:
        """Return (old province code, new province code); no province was split."""
        old = {row["provinceKey"]: row["provinceCode"] for row in self._old}
        new = {row["provinceKey"]: row["provinceCode"] for row in self._new}
        merged = self._converter["DICT_PROVINCE"]
        return sorted((old[key], new[name]) for name, keys in merged.items() for key in keys)

    def edges(self) -> list[Edge]:
        """Return every edge old commune → new commune, sorted; five island districts stand for themselves."""
        old = {
            f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": row["wardCode"] or row["districtCode"]
            for row in self._old
        }
        new = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in self._new}
        found = [
            Edge(old[key], new[province, name], True)
            for province, targets in self._converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items()
            for name, keys in targets.items()
            for key in keys
        ]
        found += [
            Edge(old[key], new[province, target["newWardKey"]], bool(target["isDefaultNewWard"]))
            for province, sources in self._converter["DICT_PROVINCE_WARD_DIVIDED"].items()
            for key, targets in sources.items()
            for target in targets
        ]
        return sorted(found, key=lambda edge: (edge.old_code, edge.new_code))


def _places(rows: list[dict[str, Any]], has_districts: bool) -> list[Place]:
    found: dict[tuple[int, str], Place] = {}

    def add(rank: int, level: str, prefix: str, row: dict[str, Any], district: str) -> None:
        code = row[f"{prefix}Code"]
        if code and (rank, code) not in found:
            type_name, name = split_type(row[prefix])
            lat, lon = row[f"{prefix}Lat"], row[f"{prefix}Lon"]
            found[rank, code] = Place(code, level, name, type_name, row["provinceCode"], district, lat, lon)

    for row in rows:
        add(0, "province", "province", row, "")
        if has_districts:
            add(1, "district", "district", row, row["districtCode"])
        add(2, "commune", "ward", row, row["districtCode"] if has_districts else "")
    return [found[key] for key in sorted(found)]


def by_code(places: list[Place], level: str) -> dict[str, Place]:
    """Return the places of one level by their code."""
    return {place.code: place for place in places if place.level == level}


def island_codes(places: list[Place]) -> Iterator[str]:
    """Yield the codes of districts without communes (five islands, đặc khu since 01/07/2025)."""
    with_communes = {place.district_code for place in places if place.level == "commune"}
    yield from (place.code for place in places if place.level == "district" and place.code not in with_communes)
