"""A metric of many units over periods: the grid by level, lowest first, its finding, and the table behind it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from metrics.model import Calendar, Metric
from metrics.periods import parse
from ui import charts, figures, maps, numbers, series, standings, tables, theme
from ui.text import Text
from ui.view import mid_sentence, short_label

MOST = 40
"""Units drawn at most, half from either end; the table has all."""
ROW = 22
STEPS = 5
"""Steps of the ten blues that are used: on those beyond, the ink of the theme reads below 4.5 : 1, light or dark."""


@dataclass(frozen=True)
class Cell:
    """One unit in one period: a value, or the reason there is none to colour."""

    value: float | None
    is_small: bool = False
    hover: str = ""


@dataclass(frozen=True)
class Line:
    """One unit over the periods; `level` is its value over all of them, by which lines are ordered."""

    unit_id: str
    name: str
    level: float | None
    cells: tuple[Cell, ...]
    is_chosen: bool = False

    @property
    def is_rated(self) -> bool:
        """Return whether it has a level that rests on enough cases in any period."""
        return self.level is not None and not all(c.is_small or c.value is None for c in self.cells)


def lines(
    metric: Metric, rows: Sequence[Any], tokens: Sequence[str], calendar: Calendar, text: Text, chosen: str = ""
) -> tuple[Line, ...]:
    """Return one line a unit, in the order of its value over all periods; few cases and no value last."""
    own: dict[str, list[Any]] = {}
    for row in rows:
        own.setdefault(row.unit_id, []).append(row)
    made = []
    for unit_id, found in own.items():
        past = series.lined_up(found, [metric.name], tokens, calendar)[metric.name]
        cells = tuple(_cell(metric, found[0].unit_name, r, t, text) for r, t in zip(past, tokens, strict=True))
        made.append(Line(unit_id, found[0].unit_name, _level(past), cells, unit_id == chosen))
    # a stable sort: units of one level stay in Vietnamese order
    return tuple(sorted(made, key=lambda line: (not line.is_rated, (line.level or 0.0) if line.is_rated else 0.0)))


def _level(past: Sequence[Any]) -> float | None:
    """Return the share over all periods, so that a quiet month weighs no more than its cases."""
    known = [r for r in past if r is not None and r.is_shown and r.denominator]
    whole = sum(r.denominator for r in known)
    return sum(r.numerator for r in known) / whole if whole else None


def _cell(metric: Metric, name: str, row: Any, token: str, text: Text) -> Cell:
    head = f"<b>{name}</b><br>{short_label(token)}: {figures.value_text(metric, row, text.lang)}"
    detail = figures.detail_text(metric, row, text) if row is not None else ""
    hover = f"{head}<br>{detail}" if detail else head
    if row is None or not row.is_shown or row.value is None:
        return Cell(None, hover=hover)
    return Cell(float(row.value), row.is_small, hover)


def drawn(found: Sequence[Line]) -> list[Line]:
    """Return the lines that are drawn: all of few, else as many from either end, and the chosen one."""
    if len(found) <= MOST:
        return list(found)
    n, half = sum(line.is_rated for line in found), MOST // 2
    return [line for i, line in enumerate(found) if i < min(half, n) or n - half <= i < n or line.is_chosen]


def title(metric: Metric, found: Sequence[Line], text: Text) -> str:
    """Return the finding: between which levels the units lie over all periods."""
    rated = [line for line in found if line.is_rated]
    if not rated:
        return text("title.no_data", label=metric.label[text.lang])
    low, high = rated[0], rated[-1]
    if len(rated) == 1:
        return text("overview.heat.title_one", unit=low.name, value=_said(metric, low, text))
    return text(
        "overview.heat.title", low=mid_sentence(low.name), low_value=_said(metric, low, text),
        high=mid_sentence(high.name), high_value=_said(metric, high, text),
    )  # fmt: skip


def _said(metric: Metric, line: Line, text: Text) -> str:
    return numbers.number(line.level, metric.unit, text.lang)


def subtitle(
    metric: Metric, found: Sequence[Line], tokens: Sequence[str], calendar: Calendar, level: str, text: Text
) -> str:
    """Return what is drawn, over which periods, and what its signs say."""
    first, last = (mid_sentence(parse(t, calendar).name(text.lang)) for t in (tokens[0], tokens[-1]))
    said = text("overview.heat.subtitle", label=metric.label[text.lang], level=level, first=first, last=last)
    cut = len(drawn(found)) < len(found)
    return f"{said} {text('overview.heat.cut', n=MOST // 2)}" if cut else said


@lru_cache(maxsize=64)
def figure(found: tuple[Line, ...], tokens: tuple[str, ...], style: charts.Style) -> go.Figure:
    """Return units × periods; each cell has its number, so that colour says nothing alone; few cases in brackets."""
    shown = drawn(found)
    low, high = maps.steps([c.value for line in shown for c in line.cells if not c.is_small])
    colours = theme.SEQUENTIAL[:STEPS]
    names = [f"<b>{line.name}</b>" if line.is_chosen else line.name for line in shown]
    axis = {"fixedrange": True, "automargin": True, "showgrid": False, "zeroline": False, "title": None}
    months = [short_label(t) for t in tokens]
    data = {
        "type": "heatmap",
        "x": months,
        "y": list(range(len(shown))),
        "z": [[None if c.is_small else charts.scaled(c.value, style.unit) for c in line.cells] for line in shown],
        "zmin": charts.scaled(low, style.unit),
        "zmax": charts.scaled(high, style.unit),
        "colorscale": [[i / (len(colours) - 1), colour] for i, colour in enumerate(colours)],
        "showscale": False,
        "hoverinfo": "skip",
        "xgap": 2,
        "ygap": 2,
    }
    # a heat map takes no clicks: clear marks over its cells do, and tell what lies under the pointer
    clear = {"opacity": 0}
    spots = [(month, i, line, c) for i, line in enumerate(shown) for month, c in zip(months, line.cells, strict=True)]
    over = {
        "type": "scatter",
        "mode": "markers",
        "x": [month for month, _, _, _ in spots],
        "y": [i for _, i, _, _ in spots],
        "customdata": [line.unit_id for _, _, line, _ in spots],
        "hovertext": [c.hover for _, _, _, c in spots],
        "hoverinfo": "text",
        "marker": clear | {"size": ROW - 2, "symbol": "square", "color": theme.INK},
        "selected": {"marker": clear},
        "unselected": {"marker": clear},
    }
    labels = [
        {"x": month, "y": i, "text": _printed(cell, style), "showarrow": False,
         "font": {"size": 11, "color": theme.ORDINARY if cell.is_small or cell.value is None else theme.INK}}
        for month, i, _, cell in spots
    ]  # fmt: skip
    return go.Figure(
        {
            "data": [data, over],
            "layout": charts.layout(
                style,
                64 + ROW * max(len(shown), 2),
                xaxis=axis | {"type": "category", "side": "top", "tickfont": charts.QUIET} | charts.spaced(months, 13),
                yaxis=axis
                | {"autorange": "reversed", "tickmode": "array", "tickvals": list(range(len(shown))), "ticktext": names}
                | {"tickfont": charts.NAMES | {"size": 12}, "ticksuffix": " "},
                annotations=labels,
                shapes=_cut(found, shown),
            ),
        }
    )


def _cut(found: Sequence[Line], shown: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the rule where units in the middle are left out."""
    at = next((n for n, (one, other) in enumerate(zip(found, shown, strict=False)) if one is not other), None)
    if at is None or len(found) == len(shown):
        return []
    line = {"color": theme.ORDINARY, "width": 1, "dash": "dot"}
    return [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at - 0.5, "y1": at - 0.5, "line": line}]


def _printed(cell: Cell, style: charts.Style) -> str:
    """Return a cell's number, short: the head of the chart says per cent."""
    if cell.value is None:
        return numbers.MISSING
    number = numbers.decimal(charts.scaled(cell.value, style.unit), 0, style.lang)
    return f"({number})" if cell.is_small else number


def table(metric: Metric, found: Sequence[Line], tokens: Sequence[str], text: Text) -> tables.Table:
    """Return every unit with its level and its value in each period."""
    kind = standings.value_kind(metric)
    columns = [tables.Column(text("column.unit")), tables.Column(text("overview.heat.level"), kind)]
    columns += [tables.Column(short_label(t), kind) for t in tokens]
    return tables.Table(tuple(columns), tuple((x.name, x.level, *(c.value for c in x.cells)) for x in found))
