"""The history of a published index as a line that breaks where it is measured otherwise, and its tables. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from metrics.analysis.published import Published
from metrics.indices import component_label, components
from ui import charts, numbers, tables, theme
from ui.indices import crossed, document, hover, period_name, short_period, unit_name
from ui.text import Text

DASHES = ("solid", "dash", "dot", "dashdot")
"""One a unit: lines of several units can be told apart without colour."""


LEGEND = {
    "orientation": "h",
    "y": -0.15,
    "yanchor": "top",
    "x": 0,
    "xanchor": "left",
    "title": None,
    "itemclick": False,
    "itemdoubleclick": False,
}


@dataclass(frozen=True)
class Point:
    """One published value; None where the document has none."""

    label: str
    value: float | None
    half: float
    """Half the width of its interval, 0 where no error was published."""
    hover: str


@dataclass(frozen=True)
class Run:
    """Values of one unit between two breaks: one line."""

    name: str
    points: tuple[Point, ...]


def history(found: Published, component_id: str, text: Text) -> go.Figure:
    """Return a part's published values by period, a line per unit, parted where the index is measured otherwise."""
    series = [s for s in found.scores if s.component_id == component_id]
    units = {s.unit_id: unit_name(s, text) for s in series}
    starts = {short_period(s.period): s.start for s in sorted(series, key=lambda s: (s.start, s.end))}
    rules = tuple(
        (no, sum(start < b.since for start in starts.values())) for no, b in enumerate(crossed(found, series), 1)
    )
    runs = tuple(
        Run(
            name if len(units) > 1 else "",
            tuple(
                Point(short_period(s.period), s.value, s.half or 0.0, hover(s, text))
                for s in series
                if (s.unit_id, s.side) == (unit_id, side)
            ),
        )
        for unit_id, name in units.items()
        for side in sorted({s.side for s in series if s.unit_id == unit_id})
    )
    return _history(runs, tuple(starts), rules, text.lang)


@lru_cache(maxsize=64)
def _history(
    runs: tuple[Run, ...], labels: tuple[str, ...], rules: tuple[tuple[int, int], ...], lang: str
) -> go.Figure:
    names = list(dict.fromkeys(run.name for run in runs))
    firsts = {run.name: run for run in reversed(runs)}
    known = [p for run in runs for p in run.points if p.value is not None]
    low, high = _scale([v for p in known for v in (p.value - p.half, p.value + p.half)])  # type: ignore[operator]
    lines, notes = _rules(rules)
    axis = {"fixedrange": True, "automargin": True, "zeroline": False, "title": None, "tickfont": charts.QUIET}
    return go.Figure(
        {
            "data": [
                _line(run, DASHES[names.index(run.name) % len(DASHES)], is_named=run is firsts[run.name])
                for run in runs
            ],
            "layout": charts.layout(
                charts.Style(unit="score", lang=lang),
                300 + (24 * len(names) if len(names) > 1 else 0),
                showlegend=len(names) > 1,
                legend=LEGEND,
                margin={"l": 8, "r": 64, "t": 30, "b": 8},
                xaxis=axis
                | {
                    "type": "category",
                    "categoryorder": "array",
                    "categoryarray": list(labels),
                    "showgrid": False,
                    "range": [-0.5, len(labels) - 0.6],
                }
                | charts.spaced(labels, 8),
                yaxis=axis | {"range": [low, high], "showgrid": True, "nticks": 5},
                shapes=lines,
                annotations=[*notes, *_ends(runs, labels, lang)],
            ),
        }
    )


def _scale(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the axis: around the values, yet so wide that a difference of little does not look like much.

    >>> [round(v, 2) for v in _scale([82.66, 83.94])], _scale([])
    ([79.13, 87.47], (0.0, 1.0))
    """
    if not values:
        return 0.0, 1.0
    low, high = charts.zoom(values, "score")
    middle = (low + high) / 2
    half = max((high - low) / 2, abs(middle) * 0.05)
    return middle - half, middle + half


def _line(run: Run, dash: str, is_named: bool) -> dict[str, Any]:
    return {
        "name": run.name,
        "showlegend": is_named,
        "type": "scatter",
        "mode": "lines+markers",
        "x": [p.label for p in run.points],
        "y": [p.value for p in run.points],
        "error_y": {
            "type": "data",
            "array": [p.half for p in run.points],
            "visible": any(p.half for p in run.points),
            "color": theme.ORDINARY,
            "thickness": 1.5,
            "width": 4,
        },
        "line": {"color": theme.ACCENT, "width": 2, "dash": dash},
        "marker": {"size": 8, "color": theme.ACCENT},
        "hovertext": [p.hover for p in run.points],
        "hoverinfo": "text",
        "connectgaps": False,
        "cliponaxis": False,
    }


def _ends(runs: Sequence[Run], labels: Sequence[str], lang: str) -> list[dict[str, Any]]:
    """Return the newest value beside its point; the names of several lines stand in the legend."""
    known = [p for run in runs for p in run.points if p.value is not None]
    newest = max((labels.index(p.label) for p in known), default=-1)
    return [
        {
            "x": newest,  # a year in words would be taken for a number of the axis
            "y": p.value,
            "xanchor": "left",
            "xshift": 8,
            "yshift": 8,
            "showarrow": False,
            "text": f"<b>{numbers.decimal(p.value, 2, lang)}</b>",
            "font": {"color": theme.INK, "size": 12},
        }
        for p in known
        if labels.index(p.label) == newest
    ]


def _rules(rules: Sequence[tuple[int, int]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a dotted rule per break with its number; the words stand below the chart."""
    lines, notes = [], []
    for no, before in rules:
        at = before - 0.5
        lines.append(
            {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper",
             "line": {"color": theme.ORDINARY, "width": 1, "dash": "dot"}}
        )  # fmt: skip
        notes.append(
            {"x": at, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": f"({no})",
             "font": {"color": theme.ORDINARY, "size": 12}}
        )  # fmt: skip
    return lines, notes


def history_table(found: Published, text: Text) -> tables.Table:
    """Return every published value, newest period first, with its error, interval and document."""
    names: tuple[tuple[str, tables.Kind], ...] = (
        ("column.period", "text"), ("column.unit", "text"), ("indices.column.component", "text"),
        ("indices.column.score", "score"), ("indices.column.max_score", "score"),
        ("indices.column.standard_error", "score"), ("column.lower", "score"), ("column.upper", "score"),
        ("indices.column.document", "text"), ("indices.column.published_on", "date"), ("indices.column.older", "text"),
    )  # fmt: skip
    order = {c: i for i, c in enumerate(components(found.index.index_id))}
    rows = [
        (
            period_name(s.period, text), unit_name(s, text), component_label(s.index_id, s.component_id, text.lang),
            s.value, s.max_score, s.standard_error, s.lower, s.upper,
            s.document.number or None, s.document.published_on,
            "; ".join(f"{numbers.decimal(v, 2, text.lang)} ({document(d, text)})" for d, v in s.older) or None,
        )
        for s in sorted(
            found.scores,
            key=lambda s: (-s.end.toordinal(), s.unit_name, order.get(s.component_id, len(order)), s.component_id),
        )
    ]  # fmt: skip
    return tables.Table(tuple(tables.Column(text(key), kind) for key, kind in names), tuple(rows))


def units_table(found: Published, names: dict[str, str], text: Text, until: date) -> tables.Table:
    """Return the newest published value of each part for many units, in the order given; as published, no rank."""
    shown = [c for c in found.components() if c in components(found.index.index_id)]
    columns = [tables.Column(text("column.unit")), tables.Column(text("column.period"))]
    columns += [tables.Column(component_label(found.index.index_id, c, text.lang), "score") for c in shown]
    columns.append(tables.Column(text("indices.column.document")))
    rows = []
    for unit_id, name in names.items():
        latest = {s.component_id: s for s in found.latest(unit_id, until)}
        known = [latest[c] for c in shown if c in latest]
        if known:
            values = [latest[c].value if c in latest else None for c in shown]
            rows.append((name, period_name(known[0].period, text), *values, document(known[0].document, text)))
    return tables.Table(tuple(columns), tuple(rows))
