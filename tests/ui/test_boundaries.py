"""Boundary files are found by era and contents, a wrong one is a sentence, and outlines are drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ui import charts, maps, outlines, theme
from ui.outlines import Outline, Problem
from ui.text import Text

VI = Text.of("vi")


def square(west: float = 106.0, south: float = 16.0, size: float = 1.0) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def write(path: Path, *codes: str, key: str = "id", **features: Any) -> Path:
    """Write a file with a square a unit, side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = []
    for i, code in enumerate(codes):
        one = {"type": "Feature", "properties": {}, "geometry": square(106.0 + i)} | features
        made.append(one | ({"id": code} if key == "id" else {"properties": {key: code}}))
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}))
    return path


def found(root: Path, *codes: str, province: str = "44", is_old: bool = False) -> outlines.Outlines:
    return outlines.find(root, frozenset(codes), province, is_old)


def test_a_file_of_the_other_era_is_not_taken_though_codes_are_used_again(tmp_path: Path) -> None:
    write(tmp_path / "communes_3tier" / "45.geojson", "1", "2", geometry=square(1.0))
    write(tmp_path / "communes_2tier" / "44.geojson", "1", "2", geometry=square(2.0))
    assert {one.middle()[0] for one in found(tmp_path, "1", "2").drawn} == {2.5}
    assert {one.middle()[0] for one in found(tmp_path, "1", "2", province="45", is_old=True).drawn} == {1.5}


def test_a_file_that_names_no_era_draws_the_units_of_today_only(tmp_path: Path) -> None:
    write(tmp_path / "44.geojson", "1", "2")
    assert len(found(tmp_path, "1", "2").drawn) == 2
    assert found(tmp_path, "1", "2", is_old=True) == outlines.Outlines()


def test_areas_of_two_old_provinces_are_put_together_from_two_files(tmp_path: Path) -> None:
    write(tmp_path / "districts_3tier" / "44.geojson", "450", "451")
    write(tmp_path / "districts_3tier" / "45.geojson", "461")
    assert {one.code for one in found(tmp_path, "450", "451", "461", is_old=True).drawn} == {"450", "451", "461"}


@pytest.mark.parametrize("key", ["id", "code", "ma"])
def test_the_code_is_the_feature_s_id_or_a_property(tmp_path: Path, key: str) -> None:
    write(tmp_path / "44.geojson", "19432", key=key)
    assert [one.code for one in found(tmp_path, "19432").drawn] == ["19432"]


def test_few_outlines_of_the_units_are_no_map_and_a_few_absent_ones_are_named(tmp_path: Path) -> None:
    write(tmp_path / "44.geojson", "1")
    assert found(tmp_path, "1", "2", "3").drawn == ()
    write(tmp_path / "44.geojson", "1", "2")
    some = found(tmp_path, "1", "2", "3")
    said = outlines.left_out(some, {"1": "Xã Một", "2": "Xã Hai", "3": "Xã Ba"}, VI)
    assert said == "1 đơn vị không có địa giới trong tệp, chỉ có trong bảng: xã Ba."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("no json at all", "not_geojson"),
        ('{"type": "Topology"}', "not_geojson"),
        (json.dumps({"features": [{"id": "1", "geometry": {"type": "Point", "coordinates": [1, 2]}}]}), "not_geojson"),
        (json.dumps({"features": []}), "not_geojson"),
        (json.dumps({"features": [{"id": "1", "geometry": square(560000.0, 1850000.0)}]}), "not_degrees"),
        (json.dumps({"features": [{"properties": {"ten": "A"}, "geometry": square()}]}), "no_codes"),
        (" " * 5_000_001, "too_big"),
    ],
)
def test_a_wrong_file_is_a_sentence_that_names_it_and_what_to_do(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "44.geojson").write_text(content)
    result = found(tmp_path, "1", "2")
    assert result == outlines.Outlines((), (Problem(why, "44.geojson"),))
    for lang in ("vi", "en"):
        (said,) = outlines.wrong(result, Text.of(lang))
        assert "44.geojson" in said


def test_a_file_without_our_units_is_said_once_and_a_folder_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    write(tmp_path / "44.geojson", "9")
    assert found(tmp_path, "1", "2").problems == (Problem("no_units"),)
    assert found(tmp_path / "absent", "1") == outlines.Outlines()


def test_a_file_put_in_place_of_another_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "44.geojson"
    file.write_text("wrong")
    assert found(tmp_path, "1").problems
    write(file, "1")
    assert found(tmp_path, "1").drawn and not found(tmp_path, "1").problems


def test_the_middle_of_a_unit_of_islands_lies_in_the_largest_of_them() -> None:
    big = ((0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (0.0, 0.0))
    islet = ((9.0, 9.0), (9.0, 10.0), (10.0, 10.0), (10.0, 9.0), (9.0, 9.0))
    assert Outline("1", ((islet,), (big,))).middle() == (2.0, 2.0)


def test_the_same_value_has_the_same_blue_as_on_the_tiles_and_grey_areas_carry_a_sign(tmp_path: Path) -> None:
    write(tmp_path / "44.geojson", "1", "2", "3", "4")
    drawn = found(tmp_path, "1", "2", "3", "4").drawn
    spots = (
        maps.Spot("u1", "1", "A", 0.80, "A"), maps.Spot("u2", "2", "B", 1.0, "B", is_chosen=True),
        maps.Spot("u3", "3", "C", 0.10, "C", is_small=True), maps.Spot("u4", "4", "D", None, "D"),
    )  # fmt: skip
    figure = maps.choropleth(spots, drawn, charts.Style(), "key").to_plotly_json()
    rated, grey, chosen, signs = figure["data"]
    # what is small does not stretch the scale, and each of the ten steps is one colour
    assert (rated["zmin"], rated["zmax"]) == (0.80, 1.0)
    assert [tuple(step) for step in rated["colorscale"]][:3] == [
        (0.0, theme.SEQUENTIAL[0]), (0.1, theme.SEQUENTIAL[0]), (0.1, theme.SEQUENTIAL[1]),
    ]  # fmt: skip
    assert list(rated["locations"]) == ["1", "2"] and list(grey["locations"]) == ["3", "4"]
    assert list(chosen["locations"]) == ["2"] and chosen["marker"]["line"]["width"] > 1
    assert list(signs["text"]) == [maps.SMALL, maps.SILENT]
    assert list(signs["lon"]) == [108.5, 109.5]
    assert maps.SMALL in VI("chart.absent") and maps.SILENT in VI("chart.absent")


@pytest.mark.shared
def test_the_real_boundaries_of_quang_tri_draw_every_commune(shared: Path) -> None:
    folder = shared / "boundaries"
    codes = [f["id"] for f in json.loads((folder / "communes_2tier" / "44.geojson").read_text("utf-8"))["features"]]
    result = outlines.find(folder, frozenset(codes), "44", False)
    assert not result.problems
    spots = tuple(maps.Spot(c, c, c, i / 100, c) for i, c in enumerate(codes))
    figure = maps.choropleth(spots, result.drawn, charts.Style()).to_plotly_json()["data"][0]
    assert len(figure["locations"]) == len(figure["geojson"]["features"]) == 78
