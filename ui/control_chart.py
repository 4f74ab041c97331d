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
from ui import charts, control_words, milestones, numbers, standings, tables, theme
from ui import view as choices
from ui.charts import Style, scaled
from ui.milestones import Milestone
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
        target_label=control_words.target_label(chart, metric, text),
    )
    dots = tuple(dot(chart, metric, p, text) for p in chart.points)
    return drawn(dots, milestones.of(chart, text), style, chart.targets if has_target else ())


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


@lru_cache(maxsize=128)
def drawn(
    dots: tuple[Dot, ...], rules: tuple[Milestone, ...], style: Style, targets: tuple[float | None, ...] = ()
) -> go.Figure:
    """Return the figure of months, events, and the target that held in each month."""
    order = [d.label for d in dots]
    data: list[dict[str, Any]] = []
    for no in sorted({d.segment for d in dots}):
        data += _limits([d for d in dots if d.segment == no and d.lower is not None], style)
    for first, last in _stretches(dots, rules):
        data.append(_line(dots[first:last], style))
    data.append(_dots(dots, style))
    lines, notes = charts._guides(style, vertical=False)
    if len(set(targets)) > 1:
        lines = _steps(targets, style)
    marks, words_at, lift = milestones.drawn(rules, len(dots))
    lines += marks
    notes = [note | {"yshift": note["yshift"] + lift} for note in notes] + words_at
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
    known_targets = [t for t in targets if t is not None]
    low, high = charts.zoom([*values, *known_targets], style.unit, style.target)
    if style.unit != "percent":
        low = 0.0
    return go.Figure(
        {
            "data": data,
            "layout": charts.layout(
                style,
                HEIGHT + lift,
                margin={"l": 8, "r": 64, "t": 46 + lift, "b": 8},
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


def _steps(targets: tuple[float | None, ...], style: Style) -> list[dict[str, Any]]:
    """Return the line of a target that changed, a piece for each stretch of months with the same one."""
    pieces: list[dict[str, Any]] = []
    for at, target in enumerate(targets):
        level = scaled(target, style.unit)
        if level is None:
            continue
        if pieces and pieces[-1]["y0"] == level and pieces[-1]["x1"] == at - 0.5:
            pieces[-1]["x1"] = at + 0.5
        else:
            pieces.append({"type": "line", "x0": at - 0.5, "x1": at + 0.5, "y0": level, "y1": level, "layer": "above",
                           "line": {"color": theme.ORDINARY, "width": 1, "dash": "dash"}})  # fmt: skip
    return pieces


def _stretches(dots: tuple[Dot, ...], rules: tuple[Milestone, ...]) -> list[tuple[int, int]]:
    """Return the stretches between breaks, in which the line is drawn through."""
    ends = [0, *sorted({round(r.at + 0.5) for r in rules if r.breaks}), len(dots)]
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
    happened = milestones.of(chart, text)
    if chart.events:
        columns.append(tables.Column(text("plan.column")))
    rows = []
    for p in chart.points:
        cells: list[Any] = [short_label(p.token), p.value]
        cells += [] if chart.nature == "value" else [p.count, p.of]
        cells += [p.lower, p.centre, p.upper]
        word = text(f"control.mark.{p.word}") if p.word != "none" else None
        note = p.row.note_in(text.lang) if p.row is not None else ""
        cells += [word, text(f"control.named.{p.rule}") or None, note or None]
        cells += [milestones.within(happened, p.starts_on, p.ends_on) or None] if chart.events else []
        rows.append(tuple(cells))
    return tables.Table(tuple(columns), tuple(rows))
