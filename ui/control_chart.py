"""A control chart as a plotly figure with its table; its words: `ui/control_words.py`. Pure; cached by what goes in.

Grey is ordinary variation, blue a change for the better, orange one of concern; a signal also has an icon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from metrics.analysis.trend import ControlChart, Point
from metrics.model import Metric, Query
from metrics.stats.verdict import Variation
from ui import charts, control_words, numbers, standings, tables, theme
from ui import view as choices
from ui.charts import Style, scaled
from ui.text import Text
from ui.view import short_label

ICONS: dict[Variation, str] = {"improvement": "✓", "concern": "!", "high": "▲", "low": "▼"}
COLOURS: dict[Variation, str] = {
    "improvement": theme.IMPROVEMENT, "concern": theme.CONCERN, "high": theme.INK, "low": theme.INK,
    "ordinary": theme.ORDINARY, "none": theme.ORDINARY,
}  # fmt: skip
HEIGHT = 340


@dataclass(frozen=True)
class Dot:
    """One month as drawn."""

    label: str
    value: float | None
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    word: Variation = "none"
    side: int = 0
    segment: int = 0
    is_trial: bool = False
    is_hollow: bool = False
    """Provisional, or of too few cases."""
    hover: str = ""


@dataclass(frozen=True)
class Break:
    """A dotted rule before a month, with its label."""

    label: str
    before: int


def question(page: Any, name: str, months: int = 24) -> Query:
    """Return a page's question for a control chart: on today's boundaries where its months reach back before them."""
    earliest = (page.period.end - timedelta(days=31 * months)).replace(day=1)
    limits = choices.boundaries(page.unit, max(earliest, page.first_day))
    query: Query = page.query([name], boundaries=limits)
    return query


def figure(chart: ControlChart, metric: Metric, text: Text) -> go.Figure:
    """Return the chart: band of limits, mean, months with their signals, target, labelled breaks."""
    unit = metric.unit if chart.nature != "count" else "per_day"
    has_target = chart.target is not None and chart.nature != "count"
    style = Style(
        unit=unit,
        lang=text.lang,
        target=chart.target if has_target else None,
        target_label=text("chart.target", value=numbers.number(chart.target, metric.unit, text.lang)),
    )
    dots = tuple(dot(chart, metric, p, text) for p in chart.points)
    return drawn(dots, breaks(chart, text), style)


def dot(chart: ControlChart, metric: Metric, point: Point, text: Text) -> Dot:
    """Return a month as drawn, with what it says when pointed at."""
    segment = chart.segments[point.segment]
    return Dot(
        short_label(point.token),
        point.value,
        point.centre,
        point.lower,
        point.upper,
        point.word,
        point.side,
        point.segment,
        segment.is_trial,
        point.is_provisional or point.is_small,
        control_words.hover(chart, metric, point, text),
    )


def breaks(chart: ControlChart, text: Text) -> tuple[Break, ...]:
    """Return where the line breaks: the change of units, and logged events, whether limits begin anew there or not."""
    found: dict[int, str] = {}
    for segment in chart.segments:
        if segment.opens == "boundary":
            found[segment.first] = text("control.break")
    for event in chart.events:
        at = next((i for i, p in enumerate(chart.points) if p.starts_on >= event.day), None)
        if at:
            found.setdefault(at, f"{event.day:%m/%Y}: {event.text(text.lang)}")
    return tuple(Break(label, at) for at, label in sorted(found.items()))


@lru_cache(maxsize=128)
def drawn(dots: tuple[Dot, ...], rules: tuple[Break, ...], style: Style) -> go.Figure:
    """Return the figure of months and breaks."""
    order = [d.label for d in dots]
    data: list[dict[str, Any]] = []
    for no in sorted({d.segment for d in dots}):
        data += _limits([d for d in dots if d.segment == no and d.lower is not None], style)
    for first, last in _stretches(dots, rules):
        data.append(_line(dots[first:last], style))
    data.append(_dots(dots, style))
    lines, notes = charts._guides(style, vertical=False)
    for rule in rules:
        at = rule.before - 0.5
        # a label right of the middle is written to the left of its rule, so that it does not leave the figure
        is_late = rule.before > len(dots) / 2
        lines.append({"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper",
                      "line": {"color": theme.ORDINARY, "width": 1, "dash": "dot"}})  # fmt: skip
        side = "right" if is_late else "left"
        notes.append({"x": at, "y": 1, "yref": "paper", "xanchor": side, "yanchor": "bottom", "showarrow": False,
                      "text": rule.label, "font": {"color": theme.ORDINARY, "size": 12}})  # fmt: skip
    known = [d for d in dots if d.value is not None]
    if known:
        last_dot = known[-1]
        words = (
            control_words.per_day(last_dot.value, Text.of(style.lang))
            if style.unit == "per_day"
            else numbers.number(last_dot.value, style.unit, style.lang)
        )
        notes.append({"x": last_dot.label, "y": scaled(last_dot.value, style.unit), "xshift": 9, "showarrow": False,
                      "xanchor": "left", "text": f"<b>{words}</b>", "font": {"color": theme.INK}})  # fmt: skip
    values = [v for d in dots for v in (d.value, d.lower, d.upper)]
    low, high = charts.zoom(values, style.unit, style.target)
    if style.unit != "percent":
        low = 0.0
    return go.Figure(
        {
            "data": data,
            "layout": charts.layout(
                style,
                HEIGHT,
                margin={"l": 8, "r": 64, "t": 46, "b": 8},
                xaxis={"range": [-0.6, len(order) - 0.6], "type": "category", "categoryorder": "array",
                       "categoryarray": order, "fixedrange": True, "automargin": True, "showgrid": False,
                       "title": None, "tickfont": charts.QUIET} | charts.spaced(order, 8),
                yaxis=charts._axis(style, range=[low, high], showgrid=True, nticks=5),
                shapes=lines,
                annotations=notes,
            ),
        }
    )  # fmt: skip


def _limits(dots: list[Dot], style: Style) -> list[dict[str, Any]]:
    """Return the band and the mean of one stretch; trial limits are dotted, without a band."""
    if not dots:
        return []
    x = [d.label for d in dots]
    upper, lower = [scaled(d.upper, style.unit) for d in dots], [scaled(d.lower, style.unit) for d in dots]
    mean = {"type": "scatter", "mode": "lines", "x": x, "y": [scaled(d.centre, style.unit) for d in dots],
            "line": {"color": theme.ORDINARY, "width": 1}, "hoverinfo": "skip"}  # fmt: skip
    if dots[0].is_trial:
        dotted = {"color": theme.ORDINARY, "width": 1, "dash": "dot"}
        ends = [{"type": "scatter", "mode": "lines", "x": x, "y": y, "line": dotted, "hoverinfo": "skip"}
                for y in (upper, lower)]  # fmt: skip
        return [*ends, mean]
    band = {"type": "scatter", "mode": "lines", "x": x + x[::-1], "y": upper + lower[::-1], "line": {"width": 0},
            "fill": "toself", "fillcolor": theme.BAND, "opacity": 0.75, "hoverinfo": "skip"}  # fmt: skip
    return [band, mean]


def _stretches(dots: tuple[Dot, ...], rules: tuple[Break, ...]) -> list[tuple[int, int]]:
    """Return the stretches between breaks, in which the line is drawn through."""
    ends = [0, *(r.before for r in rules), len(dots)]
    return list(pairwise(ends))


def _line(dots: tuple[Dot, ...], style: Style) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": [d.label for d in dots],
        "y": [scaled(d.value, style.unit) for d in dots], "line": {"color": theme.RULE, "width": 1.5},
        "connectgaps": False, "hoverinfo": "skip",
    }  # fmt: skip


def _dots(dots: tuple[Dot, ...], style: Style) -> dict[str, Any]:
    colours = [COLOURS[d.word] for d in dots]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "cliponaxis": False,
        "x": [d.label for d in dots],
        "y": [scaled(d.value, style.unit) for d in dots],
        "text": [f"<b>{ICONS[d.word]}</b>" if d.word in ICONS else "" for d in dots],
        "textposition": ["top center" if d.side >= 0 else "bottom center" for d in dots],
        "textfont": {"color": colours, "size": 13},
        "hovertext": [d.hover or d.label for d in dots],
        "hoverinfo": "text",
        "marker": {
            "size": [10 if d.word in ICONS else 7 for d in dots],
            "color": colours,
            "symbol": ["circle-open" if d.is_hollow or d.word == "none" else "circle" for d in dots],
            "line": {"width": 1.5, "color": colours},
        },
    }


def table(chart: ControlChart, metric: Metric, text: Text) -> tables.Table:
    """Return the table twin: each month's figure, parts, limits and verdict."""
    kind = standings.value_kind(metric) if chart.nature != "count" else "decimal"
    label = metric.label[text.lang] if chart.nature != "count" else text("control.column.per_day")
    columns = [tables.Column(text("column.period")), tables.Column(label, kind)]
    if chart.nature == "share":
        columns += [tables.Column(text(f"column.{n}"), "count") for n in ("numerator", "denominator")]
    if chart.nature == "count":
        columns += [tables.Column(text(f"control.column.{n}"), "count") for n in ("count", "days")]
    columns += [tables.Column(text(f"control.column.{n}"), kind) for n in ("lower", "centre", "upper")]
    columns += [tables.Column(text(f"control.column.{n}")) for n in ("word", "rule")]
    columns.append(tables.Column(text("column.note")))
    rows = []
    for p in chart.points:
        cells: list[Any] = [short_label(p.token), p.value]
        cells += [] if chart.nature == "value" else [p.count, p.of]
        cells += [p.lower, p.centre, p.upper]
        word = text(f"control.mark.{p.word}") if p.word != "none" else None
        note = p.row.note_in(text.lang) if p.row is not None else ""
        rows.append((*cells, word, text(f"control.named.{p.rule}") or None, note or None))
    return tables.Table(tuple(columns), tuple(rows))
