"""Places against the official lists beside the repository: counts, names, edges; every difference explained."""

from __future__ import annotations

import csv
import itertools
import json
import math
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from etl.place_names import accented_key
from etl.reference.package import Package
from etl.reference.places import Places, Unit
from warehouse.paths import REPOSITORY, DataDir

pytestmark = pytest.mark.shared
REFERENCE = REPOSITORY / "data" / "reference"
PLACES = Places.load(DataDir(REPOSITORY / "data"))
LAST_OLD, FIRST_NEW, TODAY = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 22)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def ours(day: date) -> dict[tuple[str, str], Unit]:
    return {(u.level, u.code): u for u in PLACES.units if u.kind == "place" and u.is_in_force(day)}


def official(shared: Path, day: date) -> dict[tuple[str, str], dict[str, str]]:
    return {
        (row["level"], row["code"]): row
        for row in rows(shared / "admin_units" / "units.csv")
        if row["valid_from"] <= str(day) and (row["valid_to"] == "" or row["valid_to"] > str(day))
    }


def test_there_are_63_696_and_10035_units_on_30_june_2025_and_34_and_3321_and_no_district_on_1_july() -> None:
    def levels(day: date) -> Counter[str]:
        return Counter(level for level, _ in ours(day))

    assert levels(LAST_OLD) == {"province": 63, "district": 696, "commune": 10_035}
    assert levels(FIRST_NEW) == {"province": 34, "commune": 3_321}
    assert levels(TODAY) == {"province": 34, "commune": 3_321}


@pytest.mark.parametrize("day", [LAST_OLD, FIRST_NEW, date(2026, 4, 29), date(2026, 4, 30), TODAY])
def test_the_same_codes_are_in_force_under_the_same_province(shared: Path, day: date) -> None:
    mine, theirs = ours(day), official(shared, day)
    assert mine.keys() == theirs.keys()
    province = {u.unit_id: u.code for u in PLACES.units if u.level == "province"}
    district = {u.unit_id: u.code for u in PLACES.units if u.level == "district"}
    for key, unit in mine.items():
        assert province[unit.province_id] == theirs[key]["province_code"], key
        if unit.level == "commune" and day < FIRST_NEW:
            assert district[unit.district_id or ""] == theirs[key]["parent_code"], key


@pytest.mark.parametrize("day", [LAST_OLD, FIRST_NEW, date(2026, 4, 30), TODAY])
def test_every_name_that_differs_from_the_official_list_stands_in_unit_aliases(shared: Path, day: date) -> None:
    aliases = {(row["unit_id"], row["alias"]): row["difference"] for row in rows(REFERENCE / "unit_aliases.csv")}
    unexplained = []
    for key, row in official(shared, day).items():
        unit = ours(day)[key]
        same = accented_key(unit.full_name) == accented_key(row["full_name"])  # capitals, hyphens, tone placement
        if not same and aliases.get((unit.unit_id, row["full_name"])) not in (
            "spacing", "accents", "spelling", "abbreviation",
        ):  # fmt: skip
            unexplained.append((key, unit.full_name, row["full_name"]))
    assert unexplained == []


def test_dong_nai_is_a_city_with_ten_new_wards_since_30_april_2026_and_keeps_its_unit_ids() -> None:
    before, after = ours(date(2026, 4, 29)), ours(date(2026, 4, 30))
    changed = {key for key in before if before[key].full_name != after[key].full_name}
    assert Counter(level for level, _ in changed) == {"province": 1, "commune": 10}
    assert after["province", "75"].full_name == "Thành phố Đồng Nai"
    assert {key: before[key].unit_id for key in before} == {key: after[key].unit_id for key in after}
    kinds = Counter(unit.type_name for (level, _), unit in after.items() if level == "commune")
    assert kinds == {"Xã": 2_611, "Phường": 697, "Đặc khu": 13}


def edges() -> dict[tuple[str, str], str]:
    found = {}
    for row in PLACES.succession:
        old, new = row.unit_id.rsplit("-", 1)[0], row.successor_id.rsplit("-", 1)[0]
        if new.isdigit() and len(new) == 5:
            found[old, new] = row.relation
    return found


def test_every_edge_of_the_crosswalk_is_ours_whole_or_in_part_and_no_other(shared: Path) -> None:
    words = {"whole": "whole", "part": "part", "district_to_commune": "whole"}
    crosswalk = {
        (row["old_code"], row["new_code"]): words[row["relation"]]
        for row in rows(shared / "admin_units" / "crosswalk.csv")
    }
    assert edges() == crosswalk
    assert Counter(crosswalk.values()) == {"whole": 9_594 + 5, "part": 972}


def test_every_difference_between_the_package_and_the_crosswalk_stands_in_unit_corrections_with_its_reason(
    shared: Path,
) -> None:
    package = {(edge.old_code, edge.new_code) for edge in Package().edges()}
    crosswalk = {(row["old_code"], row["new_code"]) for row in rows(shared / "admin_units" / "crosswalk.csv")}
    explained = {(r["action"], r["old_code"], r["new_code"]) for r in rows(REFERENCE / "unit_corrections.csv")}
    assert explained == {("drop", *pair) for pair in package - crosswalk} | {("add", *p) for p in crosswalk - package}
    assert all(len(row["reason"]) > 20 for row in rows(REFERENCE / "unit_corrections.csv"))


def test_every_anomaly_of_the_sources_is_decided_as_the_reviewers_decided(shared: Path) -> None:
    anomalies = rows(shared / "admin_units" / "crosswalk_anomalies.csv")
    kept = {(row["old_code"], row["new_code"]): row["decision"].startswith("kept") for row in anomalies}
    mine = edges()
    assert {pair: pair in mine for pair in kept} == kept
    assert Counter(kept.values()) == {False: 72, True: 11}


def test_63_provinces_went_whole_into_34(shared: Path) -> None:
    official_edges = {
        (row["old_province_code"], row["new_province_code"])
        for row in rows(shared / "admin_units" / "province_crosswalk.csv")
    }
    mine = {
        (row.unit_id[:2], row.successor_id[:2]): row.relation
        for row in PLACES.succession
        if row.unit_id[2:] == "-20200101" and row.successor_id[2:] == "-20250701"
    }
    assert mine == dict.fromkeys(official_edges, "whole")


def test_the_former_district_of_a_commune_is_that_of_its_predecessors(shared: Path) -> None:
    districts: dict[str, set[str]] = {}
    for row in rows(shared / "admin_units" / "crosswalk.csv"):
        districts.setdefault(row["new_code"], set()).add(row["old_district_code"] or row["old_code"])
    areas = {row["unit_id"][:5]: row for row in rows(REFERENCE / "unit_groups.csv")}
    assert areas.keys() == districts.keys()
    for code, row in areas.items():
        assert row["group_code"] in districts[code], row
        assert (row["is_exact"] == "true") == (len(districts[code]) == 1), row
    assert len({row["group_id"] for row in areas.values()}) == 696


def test_centroids_of_todays_communes_lie_within_25_km_of_their_outline_save_truong_sa(shared: Path) -> None:
    communes = {code: unit for (level, code), unit in ours(TODAY).items() if level == "commune"}
    far = []
    for path in sorted((shared / "boundaries" / "communes_2tier").glob("*.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            unit = communes.pop(feature["properties"]["code"])
            assert unit.lat is not None and unit.lon is not None
            lat, lon = _centre(feature["geometry"])
            if math.hypot(lat - unit.lat, (lon - unit.lon) * math.cos(math.radians(lat))) * 111 > 25:
                far.append(unit.full_name)
    assert communes == {}
    assert far == ["Đặc khu Trường Sa"]  # islands over 300 km: a centre of their outline and of their seas differ


def _centre(geometry: dict[str, object]) -> tuple[float, float]:
    shapes = geometry["coordinates"]
    assert isinstance(shapes, list)
    outer = [shape[0] for shape in shapes] if geometry["type"] == "MultiPolygon" else [shapes[0]]
    area = x = y = 0.0
    for ring in outer:
        twice = [(a[0] * b[1] - b[0] * a[1], a[0] + b[0], a[1] + b[1]) for a, b in itertools.pairwise(ring)]
        sign = 1 if sum(k for k, _, _ in twice) >= 0 else -1
        area += sign * sum(k for k, _, _ in twice) / 2
        x += sign * sum(k * sx for k, sx, _ in twice) / 6
        y += sign * sum(k * sy for k, _, sy in twice) / 6
    return y / area, x / area


def test_the_seed_places_of_the_regulations_note_went_where_it_says() -> None:
    targets: dict[str, list[str]] = {}
    for old, new in edges():
        targets.setdefault(old, []).append(new)
    names = {unit.code: unit.name for unit in ours(TODAY).values()}
    old = {(u.name, u.type_name, u.district_id): u.code for u in ours(LAST_OLD).values()}

    def went(name: str, type_name: str, district: str) -> set[str]:
        return set(targets[old[name, type_name, f"{district}-20200101"]])

    assert went("Lai Uyên", "Thị trấn", "719") == {"25822", "25819"}
    assert (names["25822"], names["25819"]) == ("Bàu Bàng", "Trừ Văn Thố")
    assert went("Tân Thành", "Xã", "465") == {"19432"}
    assert went("Tương Bình Hiệp", "Phường", "718") == {"25771"}
    assert went("Lãng Công", "Xã", "253") == {"08773"}
    assert went("Cao Phong", "Xã", "253") == {"08866"}
    assert went("Bình Mỹ", "Xã", "726") == {"25915"}
