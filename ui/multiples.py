"""Units side by side over the same periods on one scale, a small chart each with the whole behind it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from metrics.model import Metric
from ui import charts, numbers, standings, tables, theme
from ui.text import Text

MOST = 8
COLUMNS = 2
HEIGHT, HEAD = 150, 42


@dataclass(frozen=True)
class Panel:
    """One unit's line."""

    name: str
    points: tuple[charts.Point, ...]


def _known(panels: Sequence[Panel]) -> list[float | None]:
    return [v for panel in panels for p in panel.points for v in (p.value, p.lower, p.upper)]


@lru_cache(maxsize=64)
def figure(panels: tuple[Panel, ...], whole: Panel, style: charts.Style) -> go.Figure:
    """Return one small chart a unit, all on the same scale; the whole is the dotted line in each of them."""
    known = _known((*panels, whole))
    low, high = charts.zoom(known, style.unit)
    rows = -(-len(panels) // COLUMNS) or 1
    height = rows * (HEIGHT + HEAD) + 20
    data: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    notes: list[dict[str, Any]] = []
    for n, panel in enumerate(panels):
        at = "" if n == 0 else str(n + 1)
        row, column = divmod(n, COLUMNS)
        top = 1 - (row * (HEIGHT + HEAD) + HEAD) / height
        bottom = top - (HEIGHT - 34) / height
        left, right = column / COLUMNS + (0.05 if column else 0), (column + 1) / COLUMNS - 0.05
        for one, line, mark in (
            (whole, {"color": theme.ORDINARY, "width": 1, "dash": "dot"}, None),
            (panel, {"color": theme.ACCENT, "width": 2}, 6),
        ):
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers" if mark else "lines",
                    "x": [p.label for p in one.points],
                    "y": [charts.scaled(p.value, style.unit) for p in one.points],
                    "line": line,
                    "marker": {"size": mark or 0, "color": theme.ACCENT},
                    "hovertext": [f"{one.name}<br>{p.hover}" for p in one.points],
                    "hoverinfo": "text",
                    "connectgaps": False,
                    "cliponaxis": False,
                    "xaxis": f"x{at}",
                    "yaxis": f"y{at}",
                }
            )
        axis = {"fixedrange": True, "title": None, "zeroline": False, "tickfont": charts.QUIET}
        labels = [p.label for p in whole.points]
        layout[f"xaxis{at}"] = (
            axis | {"domain": [left, right], "anchor": f"y{at}", "type": "category", "showgrid": False}
        ) | charts.spaced(labels, 3)
        layout[f"yaxis{at}"] = axis | {
            "domain": [bottom, top], "anchor": f"x{at}", "range": [low, high], "nticks": 3,
            "ticksuffix": (" %" if style.lang == "vi" else "%") if style.unit == "percent" else "",
        }  # fmt: skip
        last = next((p for p in reversed(panel.points) if p.value is not None), None)
        value = numbers.number(last.value, style.unit, style.lang) if last else numbers.MISSING
        notes.append(
            {"x": left, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper", "yanchor": "bottom",
             "text": f"<b>{panel.name}</b>  {value}", "showarrow": False, "font": {"color": theme.INK, "size": 13}}
        )  # fmt: skip
    margin = {"l": 44, "r": 8, "t": 4, "b": 24}
    return go.Figure({"data": data, "layout": charts.layout(style, height, margin=margin, annotations=notes, **layout)})


def table(metric: Metric, panels: Sequence[Panel], rows: Mapping[str, Sequence[Any]], text: Text) -> tables.Table:
    """Return one row per unit and period with the value, its parts and its interval."""
    kind = standings.value_kind(metric)
    columns = [tables.Column(text("column.unit")), tables.Column(text("column.period"))]
    columns += standings.figure_columns(metric.label[text.lang], kind, text)
    made = []
    for panel in panels:
        for point, row in zip(panel.points, rows[panel.name], strict=True):
            shown = [row.numerator, row.denominator, row.lower, row.upper] if point.value is not None else [None] * 4
            made.append((panel.name, point.label, point.value, *shown))
    return tables.Table(tuple(columns), tuple(made))
