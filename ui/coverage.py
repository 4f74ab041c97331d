"""Who sent what for which month: a matrix of units and months, drawn and as a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import plotly.graph_objects as go

from metrics import periods
from ui import charts, tables, theme
from ui.text import Text
from ui.view import short_label

Cell = Literal["sent", "part", "none", "outside"]
_LEVEL: dict[Cell, int | None] = {"sent": 2, "part": 1, "none": 0, "outside": None}
_SIGN: dict[Cell, str] = {"sent": "", "part": "◐", "none": "×", "outside": ""}
ROW = 20


@dataclass(frozen=True)
class Matrix:
    """One row per unit, one cell per month."""

    units: tuple[str, ...]
    months: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @property
    def silent(self) -> int:
        """How many units have a month without any day sent."""
        return sum("none" in row for row in self.cells)


def matrix(rows: Sequence[dict[str, Any]], months: Sequence[str], last_day: date) -> Matrix:
    """Return the matrix from each unit's stretches of days; a month still running counts up to the data's last day."""
    units: dict[str, dict[str, Any]] = {}
    for row in rows:
        unit = units.setdefault(row["unit_id"], {**row, "stretches": []})
        if row["first_on"] is not None:
            unit["stretches"].append((row["first_on"], row["last_on"]))
    cells = tuple(tuple(_cell(unit, month, last_day) for month in months) for unit in units.values())
    return Matrix(tuple(u["full_name"] for u in units.values()), tuple(months), cells)


def _cell(unit: dict[str, Any], month: str, last_day: date) -> Cell:
    period = periods.parse(month)
    start, end = max(period.start, unit["valid_from"]), min(period.end, last_day)
    if unit["valid_from"] > period.end or (unit["valid_to"] is not None and unit["valid_to"] <= period.start):
        return "outside"
    touching = [(a, b) for a, b in unit["stretches"] if a <= end and b >= start]
    if not touching:
        return "none"
    return "sent" if max(b for _, b in touching) >= end else "part"


def figure(found: Matrix, text: Text) -> go.Figure:
    """Return the matrix as a heat map; what is missing carries a sign, so that colour is not alone."""
    months = [short_label(m) for m in found.months]
    empty, part, whole = theme.CONCERN, theme.BAND, theme.ACCENT_SOFT
    words = [[text(f"coverage.{c}") for c in row] for row in found.cells]
    hover = [
        [f"<b>{unit}</b><br>{month}: {said}" for month, said in zip(months, row, strict=True)]
        for unit, row in zip(found.units, words, strict=True)
    ]
    data = {
        "type": "heatmap",
        "x": months,
        "y": list(found.units),
        "z": [[_LEVEL[c] for c in row] for row in found.cells],
        "zmin": 0,
        "zmax": 2,
        "colorscale": [[0, empty], [0.33, empty], [0.33, part], [0.67, part], [0.67, whole], [1, whole]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "text": [[_SIGN[c] for c in row] for row in found.cells],
        "texttemplate": "%{text}",
        "textfont": {"size": 12},
        "hovertext": hover,
        "hoverinfo": "text",
    }
    names = charts.NAMES | {"size": 11}
    axis = {"fixedrange": True, "automargin": True, "showgrid": False, "zeroline": False, "title": None}
    return go.Figure(
        {
            "data": [data],
            "layout": charts.layout(
                charts.Style(lang=text.lang),
                60 + ROW * max(len(found.units), 1),
                xaxis=axis | {"type": "category", "side": "top", "tickfont": charts.QUIET} | charts.spaced(months, 7),
                yaxis=axis | {"type": "category", "autorange": "reversed", "dtick": 1, "tickfont": names},
            ),
        }
    )


def table(found: Matrix, text: Text) -> tables.Table:
    """Return the matrix in words."""
    columns = (tables.Column(text("column.unit")), *(tables.Column(short_label(m)) for m in found.months))
    rows = tuple((u, *(text(f"coverage.{c}") for c in row)) for u, row in zip(found.units, found.cells, strict=True))
    return tables.Table(columns, rows)
