"""Equal tiles for units: each near its true place, no two on one spot, neighbours mostly kept; no boundary file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True)
class Place:
    """A unit with its centroid in degrees."""

    unit_id: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Tile:
    """A unit's spot in the grid: column from the west, row from the north."""

    unit_id: str
    column: int
    row: int


# Spare cells let coasts and gaps show; with many more the tiles grow too small to read on a phone.
SLACK = 1.45
# Towns lie close together: places are spread this far from true distances (0) towards even ranks (1).
EVENNESS = 0.55


def _spread(values: np.ndarray) -> np.ndarray:
    """Return positions 0–1, between true distance and even rank."""
    extent = values.max() - values.min()
    true = (values - values.min()) / extent if extent else np.zeros_like(values)
    rank = values.argsort(kind="stable").argsort(kind="stable") / max(len(values) - 1, 1)
    return (1 - EVENNESS) * true + EVENNESS * rank


@lru_cache(maxsize=64)
def layout(places: tuple[Place, ...]) -> tuple[Tile, ...]:
    """Return a tile per place: the assignment to grid cells that moves the places least in all (squared distances).

    >>> west, east = Place("w", "Tây", 16.0, 106.0), Place("e", "Đông", 16.0, 107.0)
    >>> [(t.unit_id, t.column) for t in layout((west, east))]
    [('w', 0), ('e', 1)]
    """
    if not places:
        return ()
    lat = np.array([p.lat for p in places])
    lon = np.array([p.lon for p in places]) * math.cos(math.radians(float(lat.mean())))
    height, width = float(np.ptp(lat)), float(np.ptp(lon))
    # a long thin province is widened: a tile must stay readable on a phone
    ratio = (
        min(max((width / height) if height else len(places), 0.55), 1.6)
        if len(places) > 3
        else (width / height if height else len(places))
    )
    cells = len(places) * (SLACK if len(places) > 6 else 1)
    columns = max(1, min(len(places), round(math.sqrt(cells * ratio))))
    rows = math.ceil(cells / columns)
    x = _spread(lon) * (columns - 1)
    y = _spread(-lat) * (rows - 1)
    grid = np.array([(c, r) for r in range(rows) for c in range(columns)], dtype=float)
    cost = (x[:, None] - grid[None, :, 0]) ** 2 + (y[:, None] - grid[None, :, 1]) ** 2
    from scipy.optimize import linear_sum_assignment  # slow to import

    which, where = linear_sum_assignment(cost)
    chosen = grid[where]
    first_column, first_row = int(chosen[:, 0].min()), int(chosen[:, 1].min())
    return tuple(
        Tile(places[i].unit_id, int(c) - first_column, int(r) - first_row)
        for i, (c, r) in zip(which, chosen, strict=True)
    )


def abbreviate(name: str, longest: int = 6) -> str:
    """Return a name that fits a tile on two lines: whole words while they fit, initials before them.

    >>> abbreviate("Lao Bảo"), abbreviate("Nam Đông Hà"), abbreviate("Nam Hải Lăng"), abbreviate("Huế")
    ('Lao<br>Bảo', 'N.Đông<br>Hà', 'N.Hải<br>Lăng', 'Huế')
    >>> abbreviate("Quảng Trạch", 3)
    'Q.<br>Trạch'
    """
    parts = name.replace("-", " ").split()
    if len(parts) < 2:
        return name[: longest + 1]
    initials = "".join(f"{p[0].upper()}." for p in parts[:-2])[-4:]
    first = f"{initials}{parts[-2]}"
    if len(first) > longest:
        first = f"{initials}{parts[-2][:1].upper()}."
    return f"{first}<br>{parts[-1][: max(longest, 5)]}"


def neighbours_kept(places: Sequence[Place], tiles: Sequence[Tile], nearest: int = 4) -> float:
    """Return the share of each place's nearest places that lie within two tiles of it."""
    spot = {t.unit_id: (t.column, t.row) for t in tiles}
    kept = total = 0
    for place in places:
        scale = math.cos(math.radians(place.lat))

        def distance(other: Place, place: Place = place, scale: float = scale) -> float:
            return (other.lat - place.lat) ** 2 + ((other.lon - place.lon) * scale) ** 2

        for other in sorted((p for p in places if p is not place), key=distance)[:nearest]:
            (c0, r0), (c1, r1) = spot[place.unit_id], spot[other.unit_id]
            kept += max(abs(c0 - c1), abs(r0 - r1)) <= 2
            total += 1
    return kept / total if total else 1.0
