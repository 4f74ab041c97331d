"""Boundary files of the data folder: which outlines they have of the units shown, and what is wrong with a file. Pure.

A wrong file is a sentence, never an error: the tiles need no file.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ui import sentences
from ui.text import Text

MEGABYTE = 1_000_000
Point = tuple[float, float]


@dataclass(frozen=True)
class Outline:
    """One unit's rings by polygon, the outer one first, in degrees."""

    code: str
    polygons: tuple[tuple[tuple[Point, ...], ...], ...]

    def middle(self) -> Point:
        """Return the centroid of the largest polygon.

        >>> square = ((0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (2.0, 0.0), (0.0, 0.0))
        >>> Outline("1", ((square,),)).middle()
        (1.0, 1.0)
        """
        ring = max((polygon[0] for polygon in self.polygons), key=lambda r: abs(_area(r)))
        whole = _area(ring)
        if not whole:
            return ring[0]
        return tuple(  # type: ignore[return-value]
            sum((a[i] + b[i]) * (a[0] * b[1] - b[0] * a[1]) for a, b in _edges(ring)) / (6 * whole) for i in (0, 1)
        )


@dataclass(frozen=True)
class Problem:
    """Why a file is not drawn: a key of `overview.outlines`, and the file's name under the folder."""

    why: str
    file: str = ""


@dataclass(frozen=True)
class Outlines:
    """What the files have of the units asked for; none where too few of them are in any file."""

    drawn: tuple[Outline, ...] = ()
    problems: tuple[Problem, ...] = ()


@cache
def rules() -> dict[str, Any]:
    """Return the settings of `outlines.toml`."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def find(root: Path, codes: frozenset[str], province_code: str, is_old: bool) -> Outlines:
    """Return the outlines of these units, from the files of the right era under the folder, and what is wrong.

    The province's own file comes first; several files are put together where areas come from several old provinces.
    """
    if not codes or not root.is_dir():
        return Outlines()
    found: dict[str, Outline] = {}
    problems: list[Problem] = []
    files = [f for f in sorted(root.rglob("*.geojson")) if _is_of_era(str(f.relative_to(root)), is_old)]
    for file in sorted(files, key=lambda f: f.stem != province_code):
        outlines, why = _read(file, file.stat().st_mtime_ns)
        if why:
            problems.append(Problem(why, str(file.relative_to(root))))
        for one in outlines:
            if one.code in codes:
                found.setdefault(one.code, one)
        if len(found) == len(codes):
            break
    if len(found) < max(1, math.ceil(len(codes) * rules()["least_share"])):
        return Outlines((), (*problems, *([Problem("no_units")] if files and not problems else ())))
    return Outlines(tuple(found.values()), tuple(problems))


def _is_of_era(path: str, is_old: bool) -> bool:
    before, since = rules()["era"]["before"], rules()["era"]["since"]
    return before in path if is_old else before not in path or since in path


@lru_cache(maxsize=128)
def _read(file: Path, _changed: int) -> tuple[tuple[Outline, ...], str]:
    """Return the outlines of a file, and a key of `overview.outlines` where something is wrong with it."""
    if file.stat().st_size > rules()["most_megabytes"] * MEGABYTE:
        return (), "too_big"
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        outlines = tuple(_outline(one) for one in features)
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return (), "not_geojson"
    if not outlines:
        return (), "not_geojson"
    if not any(one.code for one in outlines):
        return (), "no_codes"
    if not all(_is_on_earth(point) for one in outlines for p in one.polygons for ring in p for point in ring):
        return (), "not_degrees"
    return tuple(one for one in outlines if one.code and one.polygons), ""


def _outline(feature: dict[str, Any]) -> Outline:
    properties = feature.get("properties") or {}
    named = (feature.get("id"), *(properties.get(name) for name in rules()["code_properties"]))
    code = next((str(value) for value in named if value not in (None, "")), "")
    geometry = feature.get("geometry") or {"type": "MultiPolygon", "coordinates": []}
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(geometry["type"])
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = (tuple(_ring(ring) for ring in polygon) for polygon in polygons)
    return Outline(code, tuple(polygon for polygon in rings if polygon and len(polygon[0]) > 3))


def _ring(points: Iterable[Any]) -> tuple[Point, ...]:
    """Return a ring with as many decimals as can be seen, without the points that fall together."""
    n = rules()["decimals"]
    kept: list[Point] = []
    for point in points:
        one = (round(float(point[0]), n), round(float(point[1]), n))
        if not kept or kept[-1] != one:
            kept.append(one)
    return tuple(kept)


def _is_on_earth(point: Point) -> bool:
    """Return whether these are degrees: a projected file (VN-2000) has metres."""
    return abs(point[0]) <= 180 and abs(point[1]) <= 90


def _edges(ring: tuple[Point, ...]) -> Iterator[tuple[Point, Point]]:
    return zip(ring, (*ring[1:], ring[0]), strict=True)


def _area(ring: tuple[Point, ...]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _edges(ring)) / 2


def collection(drawn: Iterable[Outline]) -> dict[str, Any]:
    """Return the outlines as GeoJSON, each feature with its unit's code as `id`."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": one.code, "properties": {},
             "geometry": {"type": "MultiPolygon", "coordinates": one.polygons}}
            for one in drawn
        ],
    }  # fmt: skip


# In words -------------------------------------------------------------------------------------------------------------


def wrong(found: Outlines, text: Text) -> list[str]:
    """Return what is wrong with the files and what to do, a sentence each; the tiles stay."""
    most = rules()["most_megabytes"]
    return [text(f"overview.outlines.{p.why}", file=p.file, n=most) for p in found.problems]


def left_out(found: Outlines, names: dict[str, str], text: Text) -> str:
    """Return which of the units (code → name) have no outline and are in the table only."""
    drawn = {one.code for one in found.drawn}
    absent = [name for code, name in names.items() if code not in drawn]
    return text("overview.outlines.absent", n=len(absent), names=sentences.some(absent)) if absent else ""
