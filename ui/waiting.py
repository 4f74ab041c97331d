"""Waiting at the counters by unit: median and 90th percentile with their intervals, the finding, the table. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from metrics.model import Metric
from ui import charts, figures, numbers, tables, theme
from ui.text import Text

MEDIAN, P90 = "waiting_minutes_median", "waiting_minutes_p90"
MOST = 16
"""Units drawn at most; the table has all."""
ROW = 34
OUTSIDE = 0.05
"""The share of 95 % intervals that miss the true value, at most."""


@dataclass(frozen=True)
class Span:
    """A value in minutes with its interval, where there are enough tickets for one."""

    value: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Wait:
    """One unit's wait: its median, its 90th percentile, and how it stands against the whole."""

    unit_id: str
    name: str
    n: int
    median: Span
    p90: Span
    word: theme.Word
    is_chosen: bool = False


def waits(metric: Metric, rows: Sequence[Any], whole: Mapping[str, Any], chosen: str) -> tuple[Wait, ...]:
    """Return the units with a median, shortest wait first; `whole` has the rows of all units together."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.is_shown and row.value is not None:
            found.setdefault(row.unit_id, {})[row.metric] = row
    made = []
    for unit_id, own in found.items():
        if MEDIAN in own and P90 in own:
            row = own[MEDIAN]
            word = figures.standing(metric, row, whole.get(MEDIAN))
            median, p90 = (Span(r.value, r.lower, r.upper) for r in (row, own[P90]))
            made.append(Wait(unit_id, row.unit_name, int(row.denominator), median, p90, word, unit_id == chosen))
    return tuple(sorted(made, key=lambda w: (w.median.value, w.p90.value)))


def apart(found: Sequence[Wait]) -> tuple[Wait, ...]:
    """Return the units that chance does not put at the whole's median, and the chosen one; never a bare rank of all."""
    kept = [w for w in found if w.word in ("concern", "improvement") or w.is_chosen]
    if len(kept) <= MOST:
        return tuple(kept)
    half = MOST // 2
    return tuple(w for i, w in enumerate(kept) if i < half or i >= len(kept) - half or w.is_chosen)


def title(whole: Mapping[str, Any], text: Text) -> str:
    """Return the finding: what half of the waits and nine in ten of them do not exceed."""
    median, p90 = whole.get(MEDIAN), whole.get(P90)
    if median is None or median.value is None or p90 is None or p90.value is None:
        return text("friendly.waiting.title_none")
    return text("friendly.waiting.title", median=minutes(median.value, text), p90=minutes(p90.value, text))


def subtitle(found: Sequence[Wait], whole: Mapping[str, Any], where: str, when: str, text: Text) -> str:
    """Return what, where and when, and which units are drawn."""
    row = whole.get(MEDIAN)
    n = numbers.integer(row.denominator if row is not None else None, text.lang)
    rest = len(found) - len(apart(found))
    said = text("friendly.waiting.subtitle", where=where, when=when, n=n)
    return f"{said} {text('friendly.waiting.rest', rest=rest)}" if rest else said


def sentence(found: Sequence[Wait], text: Text) -> str:
    """Return how many units stand apart from the whole, and how many of them chance alone could put there."""
    judged = [w for w in found if w.word in ("concern", "improvement", "ordinary")]
    if len(judged) < 2:
        return ""
    words = [w.word for w in judged]
    given = {"above": words.count("concern"), "below": words.count("improvement")}
    return text("friendly.waiting.chance", n=len(judged), expected=math.ceil(len(judged) * OUTSIDE), **given)


def minutes(value: float, text: Text) -> str:
    """Return minutes, whole where they are."""
    return numbers.number(value, "minutes", text.lang, whole=float(value).is_integer())


@lru_cache(maxsize=64)
def figure(found: tuple[Wait, ...], overall: float | None, text: Text) -> go.Figure:
    """Return a dot for the median and a diamond for the 90th percentile of each unit, with their intervals."""
    names = [_name(w) for w in found]
    data: list[dict[str, Any]] = []
    for wait, name in zip(found, names, strict=True):
        for span, colour in ((wait.median, theme.SIGNS[wait.word].colour), (wait.p90, theme.ORDINARY)):
            if span.lower is not None and span.upper is not None:
                data.append(
                    {"type": "scatter", "mode": "lines", "x": [span.lower, span.upper], "y": [name, name],
                     "hoverinfo": "skip", "line": {"color": colour, "width": 2}, "opacity": 0.65}
                )  # fmt: skip
    for spans, symbol, colours in (
        ([w.median for w in found], "circle", [theme.SIGNS[w.word].colour for w in found]),
        ([w.p90 for w in found], "diamond-open", [theme.ORDINARY] * len(found)),
    ):
        data.append(
            {"type": "scatter", "mode": "markers", "x": [s.value for s in spans], "y": names, "cliponaxis": False,
             "marker": {"size": 10, "symbol": symbol, "color": colours, "line": {"width": 1.5, "color": colours}},
             "hovertext": [_hover(w, text) for w in found], "hoverinfo": "text"}
        )  # fmt: skip
    notes: list[dict[str, Any]] = [
        {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 12, "y": name, "showarrow": False,
         "font": {"color": theme.INK, "size": 12},
         "text": f"{minutes(w.median.value, text)} · {minutes(w.p90.value, text)}"}
        for w, name in zip(found, names, strict=True)
    ]  # fmt: skip
    lines = []
    if overall is not None:
        lines.append({"type": "line", "x0": overall, "x1": overall, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
                      "line": {"color": theme.ORDINARY, "width": 1, "dash": "dot"}})  # fmt: skip
        notes.append({"x": overall, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
                      "text": text("friendly.waiting.overall", value=minutes(overall, text)),
                      "font": {"color": theme.ORDINARY, "size": 12}})  # fmt: skip
    high = max((v for w in found for v in (w.p90.value, w.p90.upper or 0.0, w.median.upper or 0.0)), default=1.0)
    axis = {"fixedrange": True, "automargin": True, "zeroline": False, "title": None}
    return go.Figure(
        {
            "data": data,
            "layout": charts.layout(
                charts.Style(unit="minutes", lang=text.lang),
                70 + ROW * max(len(found), 2),
                margin={"l": 8, "r": 76, "t": 26, "b": 8},
                xaxis=axis | {"range": [0, high * 1.05], "showgrid": True, "nticks": 6, "tickfont": charts.QUIET,
                              "title": {"text": text("friendly.waiting.axis"), "font": charts.QUIET}},
                yaxis=axis | {"autorange": "reversed", "type": "category", "categoryarray": names, "ticksuffix": "  ",
                              "tickfont": charts.NAMES, "showgrid": False, "dtick": 1},
                shapes=lines,
                annotations=notes,
            ),
        }
    )  # fmt: skip


def _name(wait: Wait) -> str:
    icon = f"{theme.SIGNS[wait.word].icon} " if wait.word in ("concern", "improvement") else ""
    name = charts.folded(f"{icon}{wait.name}")
    return f"<b>{name}</b>" if wait.is_chosen else name


def _hover(wait: Wait, text: Text) -> str:
    lines = [f"<b>{wait.name}</b>"]
    for key, span in (("median", wait.median), ("p90", wait.p90)):
        interval = numbers.span(span.lower, span.upper, "minutes", text.lang)
        said = text(f"friendly.waiting.{key}", value=minutes(span.value, text))
        lines.append(f"{said} ({text('figure.interval', span=interval)})" if interval else said)
    lines.append(text("friendly.waiting.tickets", n=numbers.integer(wait.n, text.lang)))
    if wait.word in ("concern", "improvement", "ordinary"):
        lines.append(f"{theme.SIGNS[wait.word].icon} {text(f'word.{wait.word}')}")
    return "<br>".join(lines)


def table(found: Sequence[Wait], rows: Sequence[Any], text: Text) -> tables.Table:
    """Return every unit with its tickets, median, 90th percentile and their intervals; silent ones with the reason."""
    known = {w.unit_id: w for w in found}
    columns = [tables.Column(text("column.unit")), tables.Column(text("friendly.waiting.n"), "count")]
    for key in ("median", "p90"):
        columns += [
            tables.Column(text(f"friendly.waiting.{key}_column"), "decimal"),
            tables.Column(f"{text(f'friendly.waiting.{key}_short')}: {text('column.lower').lower()}", "decimal"),
            tables.Column(f"{text(f'friendly.waiting.{key}_short')}: {text('column.upper').lower()}", "decimal"),
        ]
    columns += [tables.Column(text("column.standing")), tables.Column(text("column.note"))]
    made: list[tuple[Any, ...]] = []
    for row in (r for r in rows if r.metric == MEDIAN):
        wait = known.get(row.unit_id)
        note = row.note_in(text.lang) or None
        if wait is None:
            made.append((row.unit_name, row.denominator if row.is_shown else None, *[None] * 7, note))
            continue
        spans = [v for s in (wait.median, wait.p90) for v in (s.value, s.lower, s.upper)]
        made.append((row.unit_name, wait.n, *spans, f"{theme.SIGNS[wait.word].icon} {text(f'word.{wait.word}')}", note))
    return tables.Table(tuple(columns), tuple(made))
