"""Writes units.csv, unit_succession.csv and unit_groups.csv from the package and our reviewed files.

    python -m etl.reference.build_units            write
    python -m etl.reference.build_units --check    exit 1 when a file differs from what would be written

`unit_corrections.csv` removes edges where the package took one commune for another of the same name,
`unit_positions.csv` moves centroids that lie in another place, and `unit_changes.csv` holds what changed after
01/07/2025: edit those, never the three files written here.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from etl.place_names import ascii_key
from etl.reference.package import Edge, Package, Place, by_code, island_codes
from warehouse.paths import REPOSITORY

FOLDER = REPOSITORY / "data" / "reference"
OLD_FROM = "2020-01-01"  # the package knows the old tiers as of 30/06/2025 only: the start is not exact
NEW_FROM = "2025-07-01"  # Nghị quyết 202/2025/QH15: two tiers, no district level

UNIT_COLUMNS = (
    "unit_id", "code", "level", "kind", "name", "full_name", "type_name", "search_key", "province_id", "district_id",
    "parent_id", "area_id", "lat", "lon", "valid_from", "valid_from_is_exact", "valid_to",
)  # fmt: skip
SUCCESSION_COLUMNS = ("unit_id", "successor_id", "relation", "changed_on", "is_main", "note")
GROUP_COLUMNS = (
    "group_id", "grouping", "group_code", "group_name", "unit_id", "province_id", "valid_from", "valid_to", "is_exact",
    "note",
)  # fmt: skip

Row = dict[str, str]


def unit_id(code: str, first_day: str) -> str:
    """Return the key of a body: its code and first day.

    >>> unit_id("19432", "2025-07-01")
    '19432-20250701'
    """
    return f"{code}-{first_day.replace('-', '')}"


def full_name(place: Place) -> str:
    """Return the name with its type word, once."""
    return place.name if place.name.startswith(place.type_name + " ") else f"{place.type_name} {place.name}"


def _read(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def corrected_edges(edges: list[Edge], corrections: list[Row], old: list[Place], new: list[Place]) -> list[Edge]:
    """Return the package's edges with the reviewed corrections; one that no longer applies is an error."""
    names_old = {place.code: full_name(place) for place in old if place.level != "province"}
    names_new = {place.code: full_name(place) for place in by_code(new, "commune").values()}
    by_pair = {(edge.old_code, edge.new_code): edge for edge in edges}
    for row in corrections:
        pair = row["old_code"], row["new_code"]
        expected = names_old.get(pair[0]) == row["old_name"] and names_new.get(pair[1]) == row["new_name"]
        if not expected or (row["action"] == "drop") != (pair in by_pair):
            raise ValueError(f"unit_corrections.csv: {row['action']} {pair} no longer applies; the package has changed")
        if row["action"] == "drop":
            del by_pair[pair]
        else:
            by_pair[pair] = Edge(*pair, is_default=False)
    return [by_pair[pair] for pair in sorted(by_pair)]


def _unit(place: Place, first_day: str, starts: str, ends: str, is_exact: bool) -> Row:
    province = unit_id(place.province_code, first_day)
    district = unit_id(place.district_code, first_day) if place.district_code and place.level != "province" else ""
    parent = {"province": "", "district": province}.get(place.level, district or province)
    return {
        "unit_id": unit_id(place.code, first_day),
        "code": place.code,
        "level": place.level,
        "kind": "place",
        "name": place.name,
        "full_name": full_name(place),
        "type_name": place.type_name,
        "search_key": ascii_key(place.name),
        "province_id": province,
        "district_id": district,
        "parent_id": parent,
        "area_id": "",
        "lat": "" if place.lat is None else f"{place.lat:.5f}",
        "lon": "" if place.lon is None else f"{place.lon:.5f}",
        "valid_from": starts,
        "valid_from_is_exact": str(is_exact).lower(),
        "valid_to": ends,
    }


def placed(rows: list[Row], positions: list[Row]) -> list[Row]:
    """Return the rows with the reviewed centroids; one whose unit or name is gone is an error."""
    by_key = {(row["unit_id"], row["full_name"]): row for row in positions}
    used = set()
    for row in rows:
        position = by_key.get((row["unit_id"], row["full_name"]))
        if position:
            used.add((row["unit_id"], row["full_name"]))
            row["lat"], row["lon"] = f"{float(position['lat']):.5f}", f"{float(position['lon']):.5f}"
    if used != set(by_key):
        raise ValueError(f"unit_positions.csv names units that do not exist: {sorted(set(by_key) - used)}")
    return rows


def units(old: list[Place], new: list[Place], changes: list[Row]) -> list[Row]:
    """Return one row per unit and version; a changed body keeps its `unit_id`."""
    rows = [_unit(place, OLD_FROM, OLD_FROM, NEW_FROM, is_exact=False) for place in old]
    changed: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for change in sorted(changes, key=lambda row: row["valid_from"]):
        changed[change["level"], change["code"]].append(change)
    for place in new:
        starts = NEW_FROM
        for change in changed.pop((place.level, place.code), []):
            rows.append(_unit(place, NEW_FROM, starts, change["valid_from"], is_exact=True))
            place = replace(place, name=change["name"], type_name=change["type_name"])
            starts = change["valid_from"]
        rows.append(_unit(place, NEW_FROM, starts, "", is_exact=True))
    if changed:
        raise ValueError(f"unit_changes.csv names units that do not exist: {sorted(changed)}")
    return rows


def successions(edges: list[Edge], provinces: list[tuple[str, str]]) -> list[Row]:
    """Return one row per predecessor and successor; a predecessor with one successor went there whole."""
    targets: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        targets[edge.old_code].append(edge)
    rows = []
    for code, found in sorted(targets.items()):
        mains = [edge for edge in found if edge.is_default] or found
        for edge in found:
            rows.append(_succession(code, edge.new_code, len(found) == 1, edge is mains[0]))
    return [_succession(a, b, True, True) for a, b in provinces] + rows


def _succession(old_code: str, new_code: str, is_whole: bool, is_main: bool) -> Row:
    return {
        "unit_id": unit_id(old_code, OLD_FROM),
        "successor_id": unit_id(new_code, NEW_FROM),
        "relation": "whole" if is_whole else "part",
        "changed_on": NEW_FROM,
        "is_main": str(is_main).lower(),
        "note": "",
    }


def district_areas(edges: list[Edge], old: list[Place], new: list[Place]) -> list[Row]:
    """Return the former district in which each commune of today counts, once, so that areas add up to the province.

    Where its predecessors lay in several districts, it counts where most of them (whole before part) lay, else where
    the district's centre is nearest; such a row is not exact, and its note names the other districts.
    """
    communes, districts = by_code(old, "commune"), by_code(old, "district")
    n_targets: dict[str, int] = defaultdict(int)
    sources: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        n_targets[edge.old_code] += 1
        sources[edge.new_code].append(edge.old_code)
    rows = []
    for code, place in by_code(new, "commune").items():
        weight: dict[str, list[int]] = {}
        for source in sources[code]:
            district = communes[source].district_code if source in communes else source
            counts = weight.setdefault(district, [0, 0])
            counts[n_targets[source] > 1] += 1

        def rank(district: str, weight: dict[str, list[int]] = weight, place: Place = place) -> tuple[object, ...]:
            whole, part = weight[district]
            return -whole, -part, _distance(districts[district], place), district

        main, *others = sorted(weight, key=rank)
        names = ", ".join(full_name(districts[other]) for other in sorted(others))
        rows.append(
            {
                "group_id": unit_id(main, OLD_FROM),
                "grouping": "district",
                "group_code": main,
                "group_name": full_name(districts[main]),
                "unit_id": unit_id(code, NEW_FROM),
                "province_id": unit_id(place.province_code, NEW_FROM),
                "valid_from": NEW_FROM,
                "valid_to": "",
                "is_exact": str(not others).lower(),
                "note": f"Có phần thuộc {names}" if others else "",
            }
        )
    return sorted(rows, key=lambda row: (row["group_id"], row["unit_id"]))


def _distance(a: Place, b: Place) -> float:
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return float("inf")
    return float((a.lat - b.lat) ** 2 + (a.lon - b.lon) ** 2)


def _text(columns: tuple[str, ...], rows: Iterable[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def build() -> dict[str, str]:
    """Return the text of each generated file by its name; the same package gives the same bytes."""
    package = Package()
    old, new = package.old_places(), package.new_places()
    edges = corrected_edges(package.edges(), _read("unit_corrections.csv"), old, new)
    missing = {place.code for place in by_code(old, "commune").values()} | set(island_codes(old))
    missing -= {edge.old_code for edge in edges}
    if missing:
        raise ValueError(f"no successor for {sorted(missing)}")
    return {
        "units.csv": _text(
            UNIT_COLUMNS, placed(units(old, new, _read("unit_changes.csv")), _read("unit_positions.csv"))
        ),
        "unit_succession.csv": _text(SUCCESSION_COLUMNS, successions(edges, package.province_edges())),
        "unit_groups.csv": _text(GROUP_COLUMNS, district_areas(edges, old, new)),
    }


def main(arguments: list[str]) -> int:
    """Return 0, or 1 when `--check` finds a file that differs."""
    status = 0
    for name, text in build().items():
        path: Path = FOLDER / name
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            print(f"{path.relative_to(REPOSITORY)} differs: run python -m etl.reference.build_units", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
