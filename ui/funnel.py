"""So sánh theo số lượng hồ sơ: each unit's share against how many cases it has, between the limits of chance. Pure.

`figure(standing, text)`, `title`, `subtitle`, `sentence` and `table` are all that a page needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go

from metrics import catalogue
from metrics.analysis.standing import Standing, UnitStanding
from metrics.stats import funnel
from ui import charts, labels, numbers, sentences, standings, tables, theme
from ui.text import Text

POINTS = 80
"""Numbers of cases at which the limits are drawn."""
NEARBY = (0.94, 0.97, 1.0, 1.03, 1.06)
LOG_FROM = 6
"""One unit with so many times the usual number of cases would press all others to the edge of even steps."""
LETTERS = "fct_complaint"
LIMITS = ("standing.column_limit_lower", "standing.column_limit_upper")
MOST_LABELS = 8
HEIGHT = 380
PHONE = 300
"""Width of the plot on a phone: labels that do not overlap there do not overlap on a desk."""
TOP, BOTTOM = 30, 46


def confidence(value: float, text: Text) -> str:
    """Return 0.998 as "99,8 %", 0.95 as "95 %"."""
    return numbers.percent(value, text.lang, 0 if round(value * 100, 6) == round(value * 100) else 1)


def sides(standing: Standing, outer: bool = True) -> tuple[tuple[UnitStanding, ...], tuple[UnitStanding, ...]]:
    """Return the units beyond the limits: those below the centre and those above it, furthest first."""
    found = standing.beyond(outer=outer)
    middle = standing.centre or 0.0
    below = tuple(u for u in found if (u.value or 0.0) < middle)
    return below, tuple(u for u in found if (u.value or 0.0) > middle)


def named(units: Sequence[UnitStanding], most: int = 5) -> str:
    """Return the first few names in brackets, nothing for none."""
    return f" ({sentences.some([u.unit_name for u in units], most)})" if units else ""


def chance_text(expected: float, text: Text, is_estimate: bool = False) -> str:
    """Return about how many chance alone gives; less than a tenth is said so, and what is an estimate needs no "about".

    >>> chance_text(1.14, Text("vi")), chance_text(0.01, Text("vi")), chance_text(1.14, Text("en"), True)
    ('khoảng 1,1', 'dưới 0,1', '1.1')
    """
    if expected < 0.05:
        return text("funnel.few")
    n = numbers.decimal(expected, 1, text.lang)
    return n if is_estimate else text("funnel.about", n=n)


def things(standing: Standing, text: Text) -> str:
    """Return what is counted: cases or letters."""
    return text("funnel.letters" if catalogue.metric(standing.metric).source == LETTERS else "funnel.cases")


def title(standing: Standing, text: Text) -> str:
    """Return the finding."""
    below, above = sides(standing)
    counted = things(standing, text)
    if len(standing.judged) < 2:
        return text("funnel.title_empty", things=counted)
    key = "funnel.title" if below or above else "funnel.title_none"
    return text(key, things=counted, below=len(below), above=len(above), outer=confidence(funnel.OUTER, text))


def subtitle(standing: Standing, text: Text, when: str) -> str:
    """Return what, where, when and by which rule."""
    metric = catalogue.metric(standing.metric)
    said = text(
        "funnel.subtitle",
        label=metric.label[text.lang],
        level=labels.level(standing.level, text),
        when=when,
        things=things(standing, text),
        centre=numbers.number(standing.centre, metric.unit, text.lang),
        n=len(standing.judged),
        inner=confidence(funnel.INNER, text),
        outer=confidence(funnel.OUTER, text),
    )
    return f"{said} {text('funnel.widened')}" if standing.tau2 > 0 else said


def sentence(standing: Standing, text: Text) -> str:
    """Return who lies beyond the limits, beside how many chance alone would put there."""
    if len(standing.judged) < 2:
        return text("funnel.sentence_empty")
    below, above = sides(standing)
    return text(
        "funnel.sentence" if below or above else "funnel.sentence_none",
        n=len(standing.judged),
        below=len(below),
        above=len(above),
        below_names=named(below),
        above_names=named(above),
        chance=chance_text(standing.expected(), text),
        inner_n=len(standing.beyond(outer=False)),
        inner_chance=chance_text(standing.expected(outer=False), text),
        inner=confidence(funnel.INNER, text),
        outer=confidence(funnel.OUTER, text),
    )


def position(unit: UnitStanding, standing: Standing, text: Text) -> str:
    """Return where a unit lies in words, with its icon."""
    if unit.position is None:
        return f"{theme.SIGNS['unknown'].icon} {text('tier.none')}"
    if unit.position == "inside":
        return f"{theme.SIGNS['ordinary'].icon} {text('funnel.inside')}"
    which = funnel.OUTER if unit.position == "beyond_outer" else funnel.INNER
    name = "outer" if unit.position == "beyond_outer" else "inner"
    side = text("funnel.lower_side" if (unit.value or 0) < (standing.centre or 0) else "funnel.higher_side")
    words = text(f"funnel.beyond_{name}", **{name: confidence(which, text)})
    return f"{SYMBOLS[_group(unit)].icon} {side}, {words}"


@dataclass(frozen=True)
class Symbol:
    """How a group of units is drawn: colour, shape, and the icon that says the same in text."""

    colour: str
    shape: str
    icon: str
    size: int


SYMBOLS = {
    "unknown": Symbol(theme.FAINT, "circle-open", "○", 8),
    "inside": Symbol(theme.ORDINARY, "circle", "●", 7),
    "inner": Symbol(theme.ORDINARY, "diamond", "◆", 9),
    "neutral": Symbol(theme.INK, "square", "■", 10),
    "worse": Symbol(theme.CONCERN, "triangle-down", "▼", 12),
    "better": Symbol(theme.IMPROVEMENT, "triangle-up", "▲", 12),
}


def _group(unit: UnitStanding) -> str:
    if unit.position is None:
        return "unknown"
    if unit.position == "inside":
        return "inside"
    if unit.position == "beyond_inner":
        return "inner"
    return unit.side or "neutral"


@dataclass(frozen=True)
class _Axis:
    """Numbers of cases from left to right: even steps, or even ratios where one unit has many times the usual."""

    low: float
    high: float
    is_log: bool

    @classmethod
    def of(cls, counts: Sequence[float]) -> _Axis:
        is_log = max(counts) > LOG_FROM * float(np.median(counts))
        low = 0.8 * min(counts) if is_log else 0.0
        return cls(max(low, 0.8 if is_log else 0.0), (1.25 if is_log else 1.06) * max(counts), is_log)

    def share(self, n: float) -> float:
        """Return where a number lies between the two ends, 0–1."""
        if self.is_log:
            return float(np.log(n / self.low) / np.log(self.high / self.low))
        return (n - self.low) / (self.high - self.low)

    def at(self, n: float) -> float:
        """Return the axis' own coordinate of a number, as annotations want it."""
        return float(np.log10(n)) if self.is_log else float(n)

    def grid(self) -> list[float]:
        """Return whole numbers of cases at which the limits are drawn."""
        start = max(1.0, self.low)
        points = np.geomspace(start, self.high, POINTS)
        return [float(v) for v in np.unique(np.round(points))]


@lru_cache(maxsize=64)
def figure(standing: Standing, text: Text, chosen: str = "") -> go.Figure:
    """Return the funnel: points, limits, centre, target; only units beyond the limits and the chosen one are named."""
    metric = catalogue.metric(standing.metric)
    style = charts.Style(unit=metric.unit, lang=text.lang)
    drawn = [u for u in standing.units if u.value is not None and u.denominator]
    if not drawn or standing.centre is None:
        hidden = {"visible": False}
        return go.Figure({"data": [], "layout": charts.layout(style, 40, xaxis=hidden, yaxis=hidden)})
    axis = _Axis.of([float(u.denominator or 1) for u in drawn])
    judged = [u for u in drawn if u.is_judged] or drawn
    target = standing.target.value if standing.target else None
    low, high = charts.zoom([*(u.value for u in judged), standing.centre], metric.unit, target)
    data = [*_limits(standing, axis.grid()), *_marks(drawn, chosen, standing, text, low)]
    across = {"x0": 0, "x1": 1, "xref": "paper", "type": "line", "layer": "below"}
    lines = [across | _at(standing.centre) | {"line": {"color": theme.ORDINARY, "width": 1.5}}]
    notes = [_note(text("funnel.centre", value=numbers.number(standing.centre, metric.unit, text.lang)), 1, "right")]
    if target is not None and standing.target is not None:
        lines.append(across | _at(target) | {"line": {"color": theme.ORDINARY, "width": 1, "dash": "dash"}})
        key = "funnel.target" if standing.target.is_confirmed else "funnel.target_unconfirmed"
        notes.append(_note(f"┄ {text(key, value=numbers.number(target, metric.unit, text.lang))}", 0, "left"))
    return go.Figure(
        {
            "data": data,
            "layout": charts.layout(
                style,
                HEIGHT,
                margin={"l": 8, "r": 12, "t": TOP, "b": 8},
                xaxis=_x_axis(axis, text, things(standing, text)),
                yaxis=charts._axis(style, range=[low, high + 0.015 * (high - low)], showgrid=True, nticks=6),
                shapes=lines,
                annotations=[*notes, *_names(standing, drawn, chosen, axis, (low, high))],
            ),
        }
    )


def _x_axis(axis: _Axis, text: Text, counted: str) -> dict[str, Any]:
    words = text("funnel.axis_log" if axis.is_log else "funnel.axis", things=counted)
    base = {
        "tickfont": charts.QUIET,
        "title": {"text": words, "font": charts.QUIET, "standoff": 6},
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
    }  # fmt: skip
    if not axis.is_log:
        return base | {"range": [axis.low, axis.high], "nticks": 6, "tickformat": ",d"}
    ticks = [t * 10**e for e in range(6) for t in (1, 3) if axis.low <= t * 10**e <= axis.high]
    return base | {
        "type": "log",
        "range": [axis.at(axis.low), axis.at(axis.high)],
        "tickvals": ticks,
        "ticktext": [numbers.integer(t, text.lang) for t in ticks],
    }


def _at(value: float) -> dict[str, float]:
    return {"y0": value * 100, "y1": value * 100}


def _note(words: str, x: int, anchor: str) -> dict[str, Any]:
    """Return a label above the plot: on a line it would lie on the points."""
    return {"x": x, "xref": "paper", "y": 1, "yref": "paper", "xanchor": anchor, "yanchor": "bottom", "yshift": 8,
            "showarrow": False, "text": words, "font": charts.QUIET}  # fmt: skip


def _limits(standing: Standing, grid: list[float]) -> list[dict[str, Any]]:
    outer_low, outer_high = _smooth(standing, grid, funnel.OUTER)
    inner_low, inner_high = _smooth(standing, grid, funnel.INNER)
    quiet = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    band = quiet | {
        "x": grid + grid[::-1],
        "y": [v * 100 for v in outer_high + outer_low[::-1]],
        "fill": "toself",
        "fillcolor": theme.BAND,
        "line": {"width": 0},
        "opacity": 0.55,
    }
    dashed = {"color": theme.ACCENT_SOFT, "width": 1.2, "dash": "dash"}
    return [
        band,
        *(quiet | {"x": grid, "y": [v * 100 for v in side], "line": dashed} for side in (inner_low, inner_high)),
    ]


def _smooth(standing: Standing, grid: Sequence[float], confidence: float) -> tuple[list[float], list[float]]:
    """Return the limits as lines: exact ones have teeth less than a case deep, which a line would turn into noise."""
    near = [[float(max(1, round(n * step))) for n in grid] for step in NEARBY]
    each = [standing.limits(ns, confidence) for ns in near]
    lower, upper = (np.mean([pair[end] for pair in each], axis=0).tolist() for end in (0, 1))
    return lower, upper


def _marks(
    drawn: Sequence[UnitStanding], chosen: str, standing: Standing, text: Text, low: float
) -> list[dict[str, Any]]:
    """Return one trace a group, so that each has its shape; a small unit below the axis stands on its edge."""
    made = []
    for name, symbol in SYMBOLS.items():
        group = [u for u in drawn if _group(u) == name]
        if not group:
            continue
        made.append(
            {
                "type": "scatter",
                "mode": "markers",
                "cliponaxis": False,
                "x": [u.denominator for u in group],
                "y": [max((u.value or 0.0) * 100, low) for u in group],
                "customdata": [u.unit_id for u in group],
                "hovertext": [hover(u, standing, text) for u in group],
                "hoverinfo": "text",
                "marker": {
                    "symbol": symbol.shape,
                    "opacity": 0.75 if name == "inside" else 1,
                    "color": symbol.colour,
                    "size": [symbol.size + 4 * (u.unit_id == chosen) for u in group],
                    "line": {
                        "color": [theme.INK if u.unit_id == chosen else symbol.colour for u in group],
                        "width": [2 if u.unit_id == chosen else 1 for u in group],
                    },
                },
            }
        )
    return made


def hover(unit: UnitStanding, standing: Standing, text: Text) -> str:
    """Return what a point says of its unit."""
    metric = catalogue.metric(standing.metric)
    value = numbers.share(unit.value, unit.numerator, unit.denominator, text.lang)
    span = numbers.span(unit.lower, unit.upper, metric.unit, text.lang)
    lines = [f"<b>{unit.unit_name}</b>", value, text("figure.interval", span=span) if span else ""]
    lines.append(unit.why_not.text(text.lang) if unit.why_not else position(unit, standing, text))
    return "<br>".join(line for line in lines if line)


def _names(
    standing: Standing, drawn: Sequence[UnitStanding], chosen: str, axis: _Axis, y_range: tuple[float, float]
) -> list[dict[str, Any]]:
    """Return the names beside their points, none over another on a phone's width."""
    wanted = [u for u in drawn if u.unit_id == chosen]
    wanted += [u for u in standing.beyond() if u.unit_id != chosen]
    plot_height = HEIGHT - TOP - BOTTOM

    def pixels(unit: UnitStanding) -> tuple[float, float]:
        value = max((unit.value or 0.0) * 100, y_range[0])
        across = axis.share(float(unit.denominator or 1)) * PHONE
        return across, (1 - (value - y_range[0]) / (y_range[1] - y_range[0])) * plot_height

    wanted = wanted[: MOST_LABELS + 1]
    spots = [labels.Spot(u.unit_id, u.unit_name, *pixels(u)) for u in wanted]
    others = [pixels(u) for u in drawn if u not in wanted]
    by_id = {u.unit_id: u for u in drawn}
    made = []
    for label in labels.placed(spots, PHONE, plot_height, others):
        unit = by_id[label.key]
        name = f"<b>{unit.unit_name}</b>" if unit.unit_id == chosen else unit.unit_name
        made.append(
            {
                "x": axis.at(float(unit.denominator or 1)),
                "y": max((unit.value or 0.0) * 100, y_range[0]),
                "text": name,
                "showarrow": False,
                "xanchor": label.x_anchor,
                "yanchor": label.y_anchor,
                "xshift": label.x_shift,
                "yshift": -label.y_shift,
                "font": {"color": theme.INK, "size": 12},
            }
        )
    return made


def table(standing: Standing, text: Text, order: Sequence[str] = ()) -> tables.Table:
    """Return the table twin: every unit with its parts, its own limits, and where it lies."""
    metric = catalogue.metric(standing.metric)
    columns = (
        *(tables.Column(text(f"column.{n}")) for n in ("unit", "code")),
        *standings.figure_columns(metric.label[text.lang], "share", text, LIMITS),
        tables.Column(text("standing.column_position")),
        tables.Column(text("column.note")),
    )
    judged = standing.judged if standing.centre is not None else ()
    lower, upper = standing.limits([float(u.denominator or 1) for u in judged], funnel.OUTER) if judged else ([], [])
    at = {unit_id: i for i, unit_id in enumerate(order)}
    limits = {u.unit_id: (a, b) for u, a, b in zip(judged, lower, upper, strict=True)}
    rows = tuple(
        (
            u.unit_name,
            u.unit_code,
            u.value,
            u.numerator,
            u.denominator,
            *limits.get(u.unit_id, (None, None)),
            position(u, standing, text),
            u.why_not.text(text.lang) if u.why_not else None,
        )
        for u in sorted(standing.units, key=lambda u: at.get(u.unit_id, len(at)))
    )
    return tables.Table(columns, rows)
