"""Small columns under each other, one row per series: kinds of letters that may not be added up. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from ui import charts, numbers, theme


@lru_cache(maxsize=256)
def panels(series: tuple[tuple[str, tuple[charts.Point, ...]], ...], style: charts.Style) -> go.Figure:
    """Return one row of columns per series, each from zero on its own scale: kinds that may not be added up."""
    data: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    notes: list[dict[str, Any]] = []
    n = max(len(series), 1)
    for i, (name, points) in enumerate(series):
        suffix = "" if i == 0 else str(i + 1)
        top = 1 - i / n
        tallest = max([p.value or 0 for p in points] or [0])
        axes[f"yaxis{suffix}"] = {
            "domain": [top - 1 / n + 0.03, top - 0.085],
            "fixedrange": True,
            "showgrid": False,
            "showticklabels": False,
            "range": [0, max(tallest, 1) * 1.3],
            "zeroline": True,
            "title": None,
        }
        data.append(
            {
                "type": "bar",
                "x": [p.label for p in points],
                "y": [p.value for p in points],
                "yaxis": f"y{suffix}",
                "marker": {"color": [theme.ACCENT_SOFT if p.is_provisional else theme.ACCENT for p in points]},
                "text": [
                    numbers.integer(p.value, style.lang) if p.value is not None else numbers.MISSING for p in points
                ],
                "textposition": "outside",
                "textfont": {"size": 11, "color": theme.INK},
                "cliponaxis": False,
                "hovertext": [p.hover or p.label for p in points],
                "hoverinfo": "text",
            }
        )
        notes.append(
            {"x": 0, "xref": "paper", "y": top, "yref": "paper", "xanchor": "left", "yanchor": "top",
             "showarrow": False, "text": f"<b>{name}</b>", "font": {"color": theme.INK}}
        )  # fmt: skip
    order = [p.label for p in series[0][1]] if series else []
    xaxis = {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": order,
        "fixedrange": True,
        "showgrid": False,
        "automargin": True,
        "anchor": f"y{n if n > 1 else ''}",
        "tickfont": charts.QUIET,
        "title": None,
    } | charts.spaced(order, 8)
    layout = charts.layout(style, 130 * n + 30, bargap=0.35, xaxis=xaxis, annotations=notes, **axes)
    return go.Figure({"data": data, "layout": layout})
