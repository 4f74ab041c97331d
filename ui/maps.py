"""Maps: equal tiles that need no boundary file, and the choropleth where boundary files lie in the data folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from ui import charts, numbers, outlines, theme, tiles

GAP = 0.94
DEEP = 6
"""The step of the ten from which light letters stand out more than dark ones, in light and in dark mode alike."""


SMALL, SILENT = "▨", "▩"
"""What stands on a grey outline, as in the key: few cases, nothing sent."""


@dataclass(frozen=True)
class Spot:
    """A unit's value on a map."""

    unit_id: str
    code: str
    name: str
    value: float | None
    hover: str
    is_small: bool = False
    is_chosen: bool = False


def steps(values: list[float | None]) -> tuple[float, float]:
    """Return the ends of the colour scale: the data's own range, so that a narrow spread can still be seen.

    >>> steps([0.9, None, 0.95])
    (0.9, 0.95)
    """
    known = [v for v in values if v is not None]
    if not known:
        return (0.0, 1.0)
    low, high = min(known), max(known)
    return (low, high) if high > low else (low - 0.005, high + 0.005)


def colour_of(value: float | None, low: float, high: float) -> str:
    """Return the step of the ten blues a value falls in."""
    if value is None:
        return theme.NO_DATA
    return theme.SEQUENTIAL[min(9, max(0, int((value - low) / (high - low) * 10)))]


def _key(low: float, high: float, style: charts.Style, absent: str) -> list[dict[str, Any]]:
    """Return the two ends of the scale in words below the map; the steps themselves are drawn as shapes."""
    ends = [
        (0.0, "left", numbers.number(low, style.unit, style.lang)),
        (0.46, "right", numbers.number(high, style.unit, style.lang)),
    ]
    made = [
        {
            "x": x,
            "xref": "paper",
            "y": -0.005,
            "yref": "paper",
            "xanchor": anchor,
            "yanchor": "top",
            "showarrow": False,
            "yshift": -18,
            "text": text,
            "font": {"size": 12, "color": theme.ORDINARY},
        }
        for x, anchor, text in ends
    ]
    if absent:
        made.append(made[0] | {"x": 0.52, "yshift": -4, "align": "left", "text": absent})
    return made  # fmt: skip


def _key_steps() -> list[dict[str, Any]]:
    """Return the ten blues as small boxes."""
    boxes = [(0.046 * i, 0.046 * (i + 1), colour) for i, colour in enumerate(theme.SEQUENTIAL)]
    return [
        {"type": "rect", "xref": "paper", "yref": "paper", "x0": x0, "x1": x1, "y0": 0, "y1": 0, "yanchor": 0,
         "ysizemode": "pixel", "fillcolor": colour, "line": {"width": 0}}
        | {"y0": -18, "y1": -8}
        for x0, x1, colour in boxes
    ]  # fmt: skip


@lru_cache(maxsize=128)
def tile_map(
    spots: tuple[Spot, ...], places: tuple[tiles.Place, ...], style: charts.Style, absent: str = ""
) -> go.Figure:
    """Return one equal tile per unit near its true place, coloured by value; `customdata` tells which was clicked."""
    grid = {t.unit_id: t for t in tiles.layout(places)}
    shown = [s for s in spots if s.unit_id in grid]
    low, high = steps([None if s.is_small else s.value for s in shown])
    rows = max((t.row for t in grid.values()), default=0) + 1
    columns = max((t.column for t in grid.values()), default=0) + 1
    dark = [s for s in shown if _is_deep(s, low, high)]
    data = []
    for group, ink in (([s for s in shown if s not in dark], theme.INK), (dark, theme.NO_DATA)):
        if not group:
            continue
        spot = [grid[s.unit_id] for s in group]
        data.append(
            {
                "type": "bar",
                "x": [t.column for t in spot],
                "base": [rows - 1 - t.row - GAP / 2 for t in spot],
                "y": [GAP] * len(spot),
                "width": [GAP] * len(spot),
                "customdata": [s.unit_id for s in group],
                "text": [tiles.abbreviate(s.name, 6 if columns <= 11 else 3) for s in group],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "constraintext": "none",
                "textfont": {"size": 11, "color": ink},
                "hovertext": [s.hover for s in group],
                "hoverinfo": "text",
                "marker": {
                    "color": [theme.NO_DATA if s.is_small else colour_of(s.value, low, high) for s in group],
                    # hatched, so that "no figure" cannot be taken for "low" on paper or by a colour-blind reader
                    "pattern": {
                        "shape": ["/" if s.is_small else "x" if s.value is None else "" for s in group],
                        "fgcolor": theme.FAINT,
                        "size": 6,
                        "solidity": 0.25,
                        "fillmode": "overlay",
                    },
                    "line": {
                        "color": [theme.INK if s.is_chosen else theme.FAINT for s in group],
                        "width": [2.5 if s.is_chosen else 0.5 for s in group],
                    },
                },
                "selected": {"marker": {"opacity": 1}},
                "unselected": {"marker": {"opacity": 1}},
            }
        )
    bare = {"visible": False, "fixedrange": True, "showgrid": False, "zeroline": False}
    return go.Figure(
        {
            "data": data,
            "layout": charts.layout(
                style,
                max(180, 44 * rows + 50),
                barmode="overlay",
                bargap=0,
                margin={"l": 0, "r": 0, "t": 4, "b": 44},
                xaxis=bare | {"range": [-0.55, columns - 0.45]},
                yaxis=bare | {"range": [-0.55, rows - 0.45]},
                shapes=_key_steps(),
                annotations=_key(low, high, style, absent),
                uniformtext={"minsize": 10, "mode": "show"},
            ),
        }
    )


def _is_deep(spot: Spot, low: float, high: float) -> bool:
    """Return whether the tile is deep enough to need light lettering."""
    if spot.is_small or spot.value is None:
        return False
    return theme.SEQUENTIAL.index(colour_of(spot.value, low, high)) >= DEEP


@lru_cache(maxsize=16)
def choropleth(
    spots: tuple[Spot, ...], drawn: tuple[outlines.Outline, ...], style: charts.Style, absent: str = ""
) -> go.Figure:
    """Return the units' true outlines in the tiles' ten blues; small and missing ones are grey and carry a sign."""
    by_code = {one.code: one for one in drawn}
    shown = [s for s in spots if s.code in by_code]
    rated = [s for s in shown if s.value is not None and not s.is_small]
    others = [s for s in shown if s.value is None or s.is_small]
    low, high = steps([s.value for s in rated])
    chosen = [s for s in shown if s.is_chosen]
    # ten even steps as on the tiles, not a run of colours: the same value has the same blue on both maps
    blues = [[at / 10, colour] for i, colour in enumerate(theme.SEQUENTIAL) for at in (i, i + 1)]
    grey, clear = ([[0, colour], [1, colour]] for colour in (theme.NO_DATA, "rgba(0,0,0,0)"))
    shared = {"type": "choropleth", "geojson": outlines.collection(by_code[s.code] for s in shown), "showscale": False}
    kept = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
    thin, thick = ({"line": {"color": theme.FAINT, "width": 0.6}}, {"line": {"color": theme.INK, "width": 2.5}})
    data: list[dict[str, Any]] = [
        shared
        | {"locations": [s.code for s in group], "z": z, "zmin": ends[0], "zmax": ends[1], "colorscale": scale}
        | {"customdata": [s.unit_id for s in group], "hovertext": [s.hover for s in group], "hoverinfo": "text"}
        | {"marker": marker} | kept
        for group, scale, z, ends, marker in (
            (rated, blues, [s.value for s in rated], (low, high), thin),
            (others, grey, [0.0] * len(others), (0, 1), thin),
            (chosen, clear, [0.0] * len(chosen), (0, 1), thick),
        )
        if group
    ]  # fmt: skip
    if others:
        middles = [by_code[s.code].middle() for s in others]
        data.append(
            {
                "type": "scattergeo",
                "mode": "text",
                "lon": [x for x, _ in middles],
                "lat": [y for _, y in middles],
                "text": [SMALL if s.is_small else SILENT for s in others],
                "textfont": {"size": 14, "color": theme.INK},
                "customdata": [s.unit_id for s in others],
                "hovertext": [s.hover for s in others],
                "hoverinfo": "text",
            }
        )
    geo = {"visible": False, "fitbounds": "geojson", "projection": {"type": "mercator"}, "bgcolor": "rgba(0,0,0,0)"}
    return go.Figure(
        {
            "data": data,
            "layout": charts.layout(
                style,
                560,
                geo=geo,
                margin={"l": 0, "r": 0, "t": 4, "b": 44},
                shapes=_key_steps(),
                annotations=_key(low, high, style, absent),
            ),
        }
    )
