"""Charts as plotly figures: records, a definition, and the function that joins them. Pure; cached by what goes in.

Titles and subtitles are text of the page (they wrap on a phone, and print); a figure carries marks, scale and labels.
Shares arrive as 0–1 and are drawn as 0–100 so that the axis prints "90 %".
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from ui import milestones, numbers, theme
from ui.milestones import Milestone

# No tool bar (its words are English, its picture has no title); the stub map keeps plotly off the network.
CONFIG = {"displayModeBar": False, "scrollZoom": False, "topojsonURL": "/app/static/topojson/", "doubleClick": False}
ROW = 26
# plotly's own grey is too pale to read in light mode
QUIET = {"color": theme.ORDINARY, "size": 12}
NAMES = {"color": theme.INK, "size": 13}
LABEL = 13


@dataclass(frozen=True)
class Mark:
    """One unit, dimension or group on a scale, with its interval."""

    key: str
    label: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    sign: theme.Word = "ordinary"
    hover: str = ""
    is_small: bool = False
    is_chosen: bool = False


@dataclass(frozen=True)
class Point:
    """One period of a series; `side` tells periods before a change of units from those after it."""

    label: str
    start: date
    value: float | None
    lower: float | None = None
    upper: float | None = None
    side: int = 0
    hover: str = ""
    is_provisional: bool = False


@dataclass(frozen=True)
class Bar:
    """One horizontal bar of parts that sum to its whole."""

    label: str
    parts: tuple[float, ...]
    hover: str = ""


@dataclass(frozen=True)
class Style:
    """What the axis says: the unit, the language, a target, and the words the figure needs."""

    unit: str = "percent"
    lang: str = "vi"
    target: float | None = None
    target_label: str = ""
    reference: float | None = None
    reference_label: str = ""
    break_label: str = ""
    low: float | None = None
    high: float | None = None


def scaled(value: float | None, unit: str) -> float | None:
    """Return what is drawn for a value: shares in per cent, the rest as it is."""
    return None if value is None else value * 100 if unit == "percent" else value


def folded(label: str, width: int = 26) -> str:
    """Return a long name on two or more lines, so that a phone shows all of it.

    >>> folded("Xã Lao Bảo"), folded("Trách nhiệm giải trình với người dân")
    ('Xã Lao Bảo', 'Trách nhiệm giải trình với<br>người dân')
    """
    return "<br>".join(textwrap.wrap(label, width)) or label


def layout(style: Style, height: int, **more: Any) -> dict[str, Any]:
    """Return what every figure shares: margins, separators, no dragging (a thumb must be able to scroll past)."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "separators": ",." if style.lang == "vi" else ".,",
        # a figure of one or two rows is lower than plotly's own least, which would cut its axis off
        "minreducedheight": 24,
        "dragmode": False,
        "hoverlabel": {"align": "left"},
        "showlegend": False,
        "font": {"size": LABEL},
    } | more


def _axis(style: Style, **more: Any) -> dict[str, Any]:
    suffix = (" %" if style.lang == "vi" else "%") if style.unit == "percent" else ""
    base = {"fixedrange": True, "automargin": True, "ticksuffix": suffix, "zeroline": False, "title": None}
    return base | {"tickfont": QUIET} | more


def spaced(labels: Sequence[str], most: int) -> dict[str, Any]:
    """Return ticks that a phone has room for: at most so many, the last among them, the year on a line of its own.

    >>> spaced(["11/2025", "12/2025", "01/2026"], 2)["ticktext"]
    ['11<br>2025', '01<br>2026']
    """
    step = -(-len(labels) // most) or 1
    kept = list(labels)[::-1][::step][::-1]
    return {"tickmode": "array", "tickvals": kept, "ticktext": [k.replace("/", "<br>") for k in kept], "tickangle": 0}


def counted(most: float) -> dict[str, Any]:
    """Return the ticks of an axis of counts: whole numbers only, each of them while they are few.

    >>> counted(3), counted(60)
    ({'dtick': 1}, {'nticks': 5})
    """
    return {"dtick": 1} if most <= 5 else {"nticks": 5}


def zoom(values: Sequence[float | None], unit: str, target: float | None = None) -> tuple[float, float]:
    """Return the ends of a zoomed axis of shares: around the data and the target, never beyond 0–100.

    >>> zoom([0.91, 0.97, None], "percent", 0.98)
    (90.0, 100.0)
    """
    drawn = [d for v in (*values, target) if (d := scaled(v, unit)) is not None]
    if not drawn:
        return (0.0, 100.0 if unit == "percent" else 1.0)
    pad = max((max(drawn) - min(drawn)) * 0.12, 1.0 if unit == "percent" else 0.2)
    low, high = min(drawn) - pad, max(drawn) + pad
    if unit == "percent":
        low, high = max(0.0, 2 * (low // 2)), min(100.0, 2 * -(-high // 2))
        high = 100.0 if high > 98 else high
    return (low, high)


@lru_cache(maxsize=256)
def ranking(marks: tuple[Mark, ...], style: Style) -> go.Figure:
    """Return dots with whiskers, one row a mark, in the order given; small units are grey and hollow."""
    values = [v for m in marks for v in (m.value, m.lower, m.upper)]
    low, high = zoom(values, style.unit, style.reference if style.target is None else style.target)
    low, high = (style.low if style.low is not None else low, style.high if style.high is not None else high)
    names = [f"<b>{folded(m.label)}</b>" if m.is_chosen else folded(m.label) for m in marks]
    row = ROW + 10 * max((name.count("<br>") for name in names), default=0)
    colours = [theme.FAINT if m.is_small else theme.SIGNS[m.sign].colour for m in marks]
    data: list[dict[str, Any]] = []
    for mark, name, colour in zip(marks, names, colours, strict=True):
        if mark.lower is not None and mark.upper is not None:
            ends = [scaled(mark.lower, style.unit), scaled(mark.upper, style.unit)]
            data.append(
                {"type": "scatter", "mode": "lines", "x": ends, "y": [name, name], "hoverinfo": "skip",
                 "line": {"color": colour, "width": 2}, "opacity": 0.65}
            )  # fmt: skip
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "cliponaxis": False,
            "x": [scaled(m.value, style.unit) for m in marks],
            "y": names,
            "customdata": [m.key for m in marks],
            "hovertext": [m.hover or m.label for m in marks],
            "hoverinfo": "text",
            "marker": {
                "size": 10,
                "color": colours,
                "symbol": ["circle-open" if m.is_small else "circle" for m in marks],
                "line": {"width": 1.5, "color": colours},
            },
        }
    )
    labels = [
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "y": name,
            "showarrow": False,
            "text": numbers.number(m.value, style.unit, style.lang),
            "font": {"color": theme.INK, "size": 12},
            "xshift": 12,
        }
        for m, name in zip(marks, names, strict=True)
    ]
    lines, notes = _guides(style, vertical=True)
    head = 26 if notes else 8
    return go.Figure(
        {
            "data": data,
            "layout": layout(
                style,
                head + 34 + row * max(len(marks), 2),
                margin={"l": 8, "r": 76, "t": head, "b": 8},
                xaxis=_axis(style, range=[low, high], showgrid=True, nticks=6),
                yaxis={
                    "fixedrange": True,
                    "automargin": True,
                    "autorange": "reversed",
                    "type": "category",
                    "categoryarray": names,
                    "ticksuffix": "  ",
                    "tickfont": NAMES,
                    "showgrid": False,
                    "title": None,
                    "dtick": 1,
                },
                shapes=lines,
                annotations=labels + notes,
            ),
        }
    )


def _guides(style: Style, vertical: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the lines of a target and a reference, with their labels."""
    lines, notes = [], []
    for value, label, dash in (
        (style.target, style.target_label, "dash"),
        (style.reference, style.reference_label, "dot"),
    ):
        at = scaled(value, style.unit)
        if at is None:
            continue
        across = {"x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
        along = {"y0": at, "y1": at, "x0": 0, "x1": 1, "xref": "paper"}
        lines.append(
            {
                "type": "line",
                "line": {"color": theme.ORDINARY, "width": 1, "dash": dash},
                "layer": "below" if vertical else "above",
            }
            | (across if vertical else along)
        )
        where = (
            {"x": at, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": "center"}
            if vertical
            # above the plot: a label on the line would lie on the band
            else {
                "x": 0,
                "xref": "paper",
                "y": 1,
                "yref": "paper",
                "xanchor": "left",
                "yanchor": "bottom",
                "yshift": 18,
            }
        )
        label = label if vertical else f"┄ {label}"
        notes.append(where | {"text": label, "showarrow": False, "font": {"color": theme.ORDINARY, "size": 12}})
    return lines, notes


@lru_cache(maxsize=256)
def trend(points: tuple[Point, ...], style: Style, happened: tuple[Milestone, ...] | None = None) -> go.Figure:
    """Return a line with its band; it breaks where the units change, with a labelled rule, and names its last value.

    `happened` are the change of units and the events of the line (`milestones.of_points`), where they are told.
    """
    low, high = zoom([v for p in points for v in (p.value, p.lower, p.upper)], style.unit, style.target)
    if style.unit != "percent":
        low = 0.0
    data: list[dict[str, Any]] = []
    for side in sorted({p.side for p in points}):
        run = [p for p in points if p.side == side]
        band = [p for p in run if p.lower is not None and p.upper is not None]
        if band:
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": [p.label for p in band] + [p.label for p in reversed(band)],
                    "y": [scaled(p.upper, style.unit) for p in band]
                    + [scaled(p.lower, style.unit) for p in reversed(band)],
                    "fill": "toself",
                    "fillcolor": theme.BAND,
                    "line": {"width": 0},
                    "opacity": 0.75,
                    "hoverinfo": "skip",
                }
            )
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [p.label for p in run],
                "y": [scaled(p.value, style.unit) for p in run],
                "line": {"color": theme.ACCENT, "width": 2.5},
                "marker": {
                    "size": 7,
                    "color": theme.ACCENT,
                    "symbol": ["circle-open" if p.is_provisional else "circle" for p in run],
                },
                "hovertext": [p.hover or p.label for p in run],
                "hoverinfo": "text",
                "connectgaps": False,
                "cliponaxis": False,
            }
        )
    lines, notes = _guides(style, vertical=False)
    order = [p.label for p in points]
    lift = 0
    if happened is not None:
        rules, words, lift = milestones.drawn(happened, len(points))
        lines += rules
        notes = [note | {"yshift": note["yshift"] + lift} for note in notes] + words
    for before, after in pairwise(points):
        if before.side != after.side and happened is None:
            at = order.index(after.label) - 0.5
            lines.append(
                {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper",
                 "line": {"color": theme.ORDINARY, "width": 1, "dash": "dot"}}
            )  # fmt: skip
            notes.append(
                {"x": at, "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "bottom", "showarrow": False,
                 "text": style.break_label, "font": {"color": theme.ORDINARY, "size": 12}}
            )  # fmt: skip
    known = [p for p in points if p.value is not None]
    if known:
        last = known[-1]  # right of its point, where neither line nor band goes on
        notes.append(
            {"x": last.label, "y": scaled(last.value, style.unit), "xshift": 8, "showarrow": False, "xanchor": "left",
             "text": f"<b>{numbers.number(last.value, style.unit, style.lang)}</b>", "font": {"color": theme.INK}}
        )  # fmt: skip
    return go.Figure(
        {
            "data": data,
            "layout": layout(
                style,
                320 + lift,
                margin={"l": 8, "r": 64, "t": 46 + lift, "b": 8},
                xaxis={
                    "range": [-0.5, len(order) - 0.7],
                    "tickfont": QUIET,
                    "type": "category",
                    "categoryorder": "array",
                    "categoryarray": order,
                    "fixedrange": True,
                    "automargin": True,
                    "showgrid": False,
                    "title": None,
                }
                | spaced(order, 8),
                yaxis=_axis(style, range=[low, high], showgrid=True, nticks=5),
                shapes=lines,
                annotations=notes,
            ),
        }
    )


@lru_cache(maxsize=256)
def mix(bars: tuple[Bar, ...], names: tuple[str, ...], colours: tuple[str, ...], style: Style) -> go.Figure:
    """Return bars of parts of one whole, at most five parts, each named once above the first bar's segment."""
    wholes = [sum(b.parts) for b in bars]
    labels = [folded(b.label) for b in bars]
    data = []
    for part, (name, colour) in enumerate(zip(names, colours, strict=True)):
        shares = [b.parts[part] / whole if whole else 0.0 for b, whole in zip(bars, wholes, strict=True)]
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "y": labels,
                "x": [s * 100 for s in shares],
                "marker": {"color": colour},
                "text": [numbers.percent(s, style.lang, 0) if s >= 0.09 else "" for s in shares],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"size": 12},
                "hovertext": [
                    f"{b.label}<br>{name}: {numbers.percent(s, style.lang)}" for b, s in zip(bars, shares, strict=True)
                ],
                "hoverinfo": "text",
            }
        )
    return go.Figure(
        {
            "data": data,
            "layout": layout(
                style,
                max(64 + 30 * len(bars), 150),  # one bar alone needs room for its axis
                barmode="stack",
                bargap=0.28,
                showlegend=True,
                legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal", "title": None,
                        "itemclick": False, "itemdoubleclick": False},
                margin={"l": 8, "r": 16, "t": 30, "b": 8},
                xaxis=_axis(style, range=[0, 100], showgrid=False, nticks=5),
                yaxis={"fixedrange": True, "automargin": True, "autorange": "reversed", "type": "category",
                       "ticksuffix": "  ", "tickfont": NAMES, "title": None, "dtick": 1},
            ),
        }
    )  # fmt: skip
