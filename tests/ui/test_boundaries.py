"""Boundary files in the data folder are found by era and contents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui import charts, maps


def write(path: Path, *codes: str) -> Path:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}
    path.parent.mkdir(parents=True, exist_ok=True)
    features = [{"type": "Feature", "id": c, "properties": {}, "geometry": square} for c in codes]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_a_file_of_the_other_era_is_not_taken_though_codes_are_used_again(tmp_path: Path) -> None:
    old = write(tmp_path / "communes_3tier" / "45.geojson", "1", "2")
    new = write(tmp_path / "communes_2tier" / "44.geojson", "1", "2")
    assert maps.boundaries(tmp_path, frozenset({"1", "2"}), "44", "2tier") == new
    assert maps.boundaries(tmp_path, frozenset({"1", "2"}), "45", "3tier") == old


def test_a_file_without_our_units_is_no_boundary_file(tmp_path: Path) -> None:
    write(tmp_path / "44.geojson", "9")
    assert maps.boundaries(tmp_path, frozenset({"1", "2"}), "44", "2tier") is None
    assert maps.boundaries(tmp_path / "absent", frozenset({"1"}), "44", "2tier") is None


@pytest.mark.shared
def test_the_real_boundaries_of_quang_tri_draw_every_commune(shared: Path) -> None:
    folder = shared / "boundaries"
    names = json.loads((folder / "communes_2tier" / "44.geojson").read_text(encoding="utf-8"))["features"]
    codes = [f["id"] for f in names]
    file = maps.boundaries(folder, frozenset(codes), "44", "2tier")
    assert file is not None and file.parent.name == "communes_2tier"
    spots = tuple(maps.Spot(c, c, c, i / 100, c) for i, c in enumerate(codes))
    figure = maps.choropleth(spots, file, charts.Style())
    drawn = figure.to_plotly_json()["data"][0]
    assert len(drawn["locations"]) == len(drawn["geojson"]["features"]) == 78
