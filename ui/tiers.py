"""Nhóm: units that can be told from the middle, each with its value and rank interval; never a bare rank. Pure.

`figure(standing, text)`, `title`, `subtitle`, `sentence` and `table` are all that a page needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from metrics import catalogue
from metrics.analysis.standing import Standing, UnitStanding
from metrics.stats import ranks
from metrics.stats.tiers import Tier
from ui import charts, funnel, maps, numbers, sentences, standings, tables, theme
from ui.reader import Unit
from ui.text import Text
from ui.view import mid_sentence

TIERS: tuple[Tier, ...] = ("top", "middle", "bottom")
ICONS: dict[Tier, str] = {"top": "▲", "middle": "●", "bottom": "▼"}
WORDS: dict[Tier, theme.Word] = {"top": "improvement", "middle": "ordinary", "bottom": "concern"}
SHAPES: dict[Tier, str] = {"top": "triangle-up", "middle": "circle", "bottom": "triangle-down"}
MOST = 10
"""Units drawn of one tier; the table has all."""
ROW, HEADER = 40, 30


def word(unit: UnitStanding, text: Text) -> str:
    """Return the tier in words with its icon, so that colour is not alone."""
    if unit.tier is None:
        return f"{theme.SIGNS['unknown'].icon} {text('tier.none')}"
    return f"{ICONS[unit.tier]} {text(f'tier.{unit.tier}')}"


def rank_interval(unit: UnitStanding) -> str:
    """Return "8–19"; nothing for a unit that is not placed."""
    return f"{unit.rank_low}–{unit.rank_high}" if unit.rank_low is not None else ""


def title(standing: Standing, text: Text) -> str:
    """Return the finding."""
    if standing.why_no_tiers is not None:
        return text("tier.title_none", reason=mid_sentence(standing.why_no_tiers.text(text.lang)))
    counts = {name: len(standing.tier(name)) for name in TIERS}
    key = "tier.title" if counts["top"] or counts["bottom"] else "tier.title_alike"
    return text(key, n=len(standing.judged), **counts)


def subtitle(standing: Standing, text: Text, when: str) -> str:
    """Return what, where, when and by which rule."""
    metric = catalogue.metric(standing.metric)
    best = "tier.best_low" if standing.direction == "lower_is_better" else "tier.best_high"
    said = text(
        "tier.subtitle",
        label=metric.label[text.lang],
        when=when,
        level=funnel.confidence(ranks.LEVEL, text),
        n=len(standing.judged),
        best=text(best),
    )
    is_cut = any(len(standing.tier(name)) > MOST for name in ("top", "bottom"))
    return f"{said} {text('tier.cut', n=MOST)}" if is_cut else said


def sentence(standing: Standing, text: Text, chosen: str = "") -> str:
    """Return all that is to be said of the tiers: the finding, what chance may have put there, who is not judged."""
    return " ".join(p for p in (headline(standing, text, chosen), notes(standing, text)) if p)


def headline(standing: Standing, text: Text, chosen: str = "") -> str:
    """Return who can be told from the middle, and where the chosen unit stands."""
    pieces = [_groups(standing, text)]
    unit = standing.of(chosen) if chosen else None
    if unit is not None and unit.tier is not None:
        pieces.append(
            text("tier.own", unit=unit.unit_name, tier=text(f"tier.{unit.tier}"), low=unit.rank_low,
                 high=unit.rank_high, n=len(standing.judged))
        )  # fmt: skip
    return " ".join(pieces)


def _groups(standing: Standing, text: Text) -> str:
    if standing.why_no_tiers is not None:
        return text("tier.groups_none", reason=mid_sentence(standing.why_no_tiers.text(text.lang)))
    found = {name: standing.tier(name) for name in TIERS}
    if not found["top"] and not found["bottom"]:
        return text("tier.groups_alike", n=len(standing.judged))
    return text(
        "tier.groups",
        n=len(standing.judged),
        bottom=len(found["bottom"]),
        top=len(found["top"]),
        middle=len(found["middle"]),
        bottom_names=funnel.named(found["bottom"][::-1]),
        top_names=funnel.named(found["top"]),
    )


def notes(standing: Standing, text: Text) -> str:
    """Return how many of those outside the middle chance may have put there, and who is not judged."""
    outside = len(standing.tier("top")) + len(standing.tier("bottom"))
    wrong = funnel.chance_text(standing.expected_wrong, text, is_estimate=True)
    said = text("tier.wrong", n=outside, wrong=wrong) if outside else ""
    return " ".join(p for p in (said, left_out(standing, text)) if p)


def left_out(standing: Standing, text: Text) -> str:
    """Return how many units are not judged, and why: few cases, nothing sent, provisional figures."""
    kinds = (
        ("sentence.small", [u for u in standing.units if u.why_not and u.why_not.code == "small"]),
        ("sentence.silent", [u for u in standing.units if u.status == "not_sent"]),
        ("tier.provisional", [u for u in standing.units if u.status == "provisional"]),
    )
    return " ".join(
        text(key, n=len(units), names=sentences.some([u.unit_name for u in units])) for key, units in kinds if units
    )


def hover(unit: UnitStanding, standing: Standing, text: Text) -> str:
    """Return what a mark or a tile says of its unit."""
    metric = catalogue.metric(standing.metric)
    if unit.value is None:
        return f"<b>{unit.unit_name}</b><br>{unit.why_not.text(text.lang) if unit.why_not else numbers.MISSING}"
    span = numbers.span(unit.lower, unit.upper, metric.unit, text.lang)
    lines = [
        f"<b>{unit.unit_name}</b>",
        numbers.share(unit.value, unit.numerator, unit.denominator, text.lang),
        text("figure.interval", span=span) if span else "",
        unit.why_not.text(text.lang) if unit.why_not else "",
        word(unit, text) if unit.tier else "",
        text("tier.rank_interval", low=unit.rank_low, high=unit.rank_high) if unit.rank_low is not None else "",
    ]
    return "<br>".join(line for line in lines if line)


def drawn(standing: Standing, chosen: str) -> list[tuple[Tier, int, tuple[UnitStanding, ...]]]:
    """Return, per tier, how many it has and which are drawn: those furthest from the middle, and the chosen one."""
    found = []
    for name in TIERS:
        units = standing.tier(name)
        kept = units[:MOST] if name == "top" else units[-MOST:] if name == "bottom" else ()
        own = tuple(u for u in units if u.unit_id == chosen and u not in kept)
        kept = tuple(sorted((*kept, *own), key=lambda u: (u.rank_low or 0, u.rank_high or 0)))
        if units:
            found.append((name, len(units), kept))
    return found


@lru_cache(maxsize=64)
def figure(standing: Standing, text: Text, chosen: str = "") -> go.Figure:
    """Return dots with whiskers under the name of their tier, the rank interval below each name."""
    metric = catalogue.metric(standing.metric)
    style = charts.Style(unit=metric.unit, lang=text.lang)
    groups = drawn(standing, chosen)
    values = [v for _, _, units in groups for u in units for v in (u.value, u.lower, u.upper)]
    values += [u.value for u in standing.tier("middle")]
    low, high = charts.zoom([*values, standing.centre], metric.unit)
    data: list[dict[str, Any]] = []
    ticks: list[tuple[float, str]] = []
    at = 0.0
    notes: list[dict[str, Any]] = []
    for name, n, units in groups:
        sign = theme.SIGNS[WORDS[name]]
        header = text("tier.header", icon=ICONS[name], tier=text(f"tier.header_{name}"), n=n)
        if name == "middle":
            at += 0.5 * HEADER
            ticks.append((at, f"<b>{header}</b>"))
            data += _middle(standing.tier("middle"), at)
            at += 0.5 * HEADER
        else:
            at += 0.5 * HEADER
            ticks.append((at, f"<b>{header}</b>"))
            at += 0.5 * HEADER
        rows = [at + ROW * (i + 0.5) for i in range(len(units))]
        at += ROW * len(units) + 6
        for y, unit in zip(rows, units, strict=True):
            label = f"<b>{unit.unit_name}</b>" if unit.unit_id == chosen else unit.unit_name
            place = text("tier.rank_interval", low=unit.rank_low, high=unit.rank_high)
            ticks.append((y, f"{label}<br><span style='font-size:11px'>{place}</span>"))
            notes.append(_value(unit, y, metric.unit, text.lang))
        data += _dots(units, rows, name, sign.colour, standing, text, chosen)
    centre = [] if standing.centre is None else [standing.centre * 100]
    return go.Figure(
        {
            "data": data,
            "layout": charts.layout(
                style,
                int(at) + 64,
                margin={"l": 8, "r": 68, "t": 26, "b": 8},
                xaxis=charts._axis(style, range=[low, high], showgrid=True, nticks=5),
                yaxis={
                    "range": [at, 0],
                    "tickmode": "array",
                    "tickvals": [y for y, _ in ticks],
                    "ticktext": [label for _, label in ticks],
                    "ticksuffix": "  ",
                    "tickfont": charts.NAMES,
                    "fixedrange": True,
                    "automargin": True,
                    "showgrid": False,
                    "zeroline": False,
                    "title": None,
                },
                shapes=[
                    {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
                     "line": {"color": theme.ORDINARY, "width": 1, "dash": "dot"}}
                    for x in centre
                ],
                annotations=notes
                + [
                    {"x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": "center", "showarrow": False,
                     "text": text("funnel.centre", value=numbers.number(standing.centre, metric.unit, text.lang)),
                     "font": charts.QUIET}
                    for x in centre
                ],
            ),
        }
    )  # fmt: skip


def _middle(units: Sequence[UnitStanding], y: float) -> list[dict[str, Any]]:
    """Return one bar from the lowest to the highest value of the middle tier."""
    values = [u.value * 100 for u in units if u.value is not None]
    if not values:
        return []
    return [
        {"type": "scatter", "mode": "lines", "x": [min(values), max(values)], "y": [y, y], "hoverinfo": "skip",
         "line": {"color": theme.RULE, "width": 9}}
    ]  # fmt: skip


def _dots(
    units: Sequence[UnitStanding], rows: Sequence[float], tier: Tier, colour: str, standing: Standing, text: Text,
    chosen: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return whiskers in one broken line and the dots of a tier."""
    if not units:
        return []
    xs: list[float | None] = []
    ys: list[float | None] = []
    for unit, y in zip(units, rows, strict=True):
        if unit.lower is not None and unit.upper is not None:
            xs += [unit.lower * 100, unit.upper * 100, None]
            ys += [y, y, None]
    whiskers = {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip", "opacity": 0.65,
                "connectgaps": False, "line": {"color": colour, "width": 2}}  # fmt: skip
    dots = {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "x": [charts.scaled(u.value, "percent") for u in units],
        "y": list(rows),
        "customdata": [u.unit_id for u in units],
        "hovertext": [hover(u, standing, text) for u in units],
        "hoverinfo": "text",
        "marker": {
            "size": 10,
            "color": colour,
            "symbol": SHAPES[tier],
            "line": {
                "color": [theme.INK if u.unit_id == chosen else colour for u in units],
                "width": [2 if u.unit_id == chosen else 1 for u in units],
            },
        },
    }
    return [whiskers, dots]


def _value(unit: UnitStanding, y: float, measure: str, lang: str) -> dict[str, Any]:
    return {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 12, "y": y, "showarrow": False,
            "text": numbers.number(unit.value, measure, lang), "font": {"color": theme.INK, "size": 12}}  # fmt: skip


def spots(standing: Standing, units: Mapping[str, Unit], chosen: str, text: Text) -> tuple[maps.Spot, ...]:
    """Return the units of a map, each with its tier in its hover."""
    return tuple(
        maps.Spot(u.unit_id, u.unit_code, units[u.unit_id].name, u.value, hover(u, standing, text),
                  u.is_small and u.value is not None, u.unit_id == chosen)
        for u in standing.units
        if u.unit_id in units
    )  # fmt: skip


def spread_title(standing: Standing, text: Text) -> str:
    """Return how far the units lie apart, in one finding that names nobody."""
    metric = catalogue.metric(standing.metric)
    if standing.centre is None:
        return text("tier.spread_none", label=metric.label[text.lang])
    value = numbers.number(standing.centre, metric.unit, text.lang)
    between = standing.eight_in_ten
    if between is None:
        return text("tier.spread_few", n=len(standing.judged), value=value)
    low, high = (numbers.number(v, metric.unit, text.lang) for v in between)
    return text("tier.spread", low=low, high=high, value=value)


def ordered(standing: Standing, order: Sequence[str]) -> list[UnitStanding]:
    """Return the units in the order of a list of ids (by name), else as answered; a table is no league table."""
    at = {unit_id: i for i, unit_id in enumerate(order)}
    return sorted(standing.units, key=lambda u: at.get(u.unit_id, len(at)))


def order(standing: Standing, wanted: Sequence[str]) -> list[str]:
    """Return the ids of the table's rows."""
    return [u.unit_id for u in ordered(standing, wanted)]


def table(standing: Standing, text: Text, order: Sequence[str] = ()) -> tables.Table:
    """Return every unit: its value, parts and interval, the shrunk value beside, rank interval, tier, funnel, note."""
    metric = catalogue.metric(standing.metric)
    columns = (
        *(tables.Column(text(f"column.{n}")) for n in ("unit", "code")),
        *standings.figure_columns(metric.label[text.lang], "share", text),
        tables.Column(text("standing.column_rank_interval")),
        tables.Column(text("standing.column_tier")),
        tables.Column(text("standing.column_position")),
        tables.Column(text("standing.column_shrunk"), "share"),
        tables.Column(text("column.note")),
    )
    rows = tuple(
        (
            u.unit_name,
            u.unit_code,
            u.value,
            u.numerator,
            u.denominator,
            u.lower if u.value is not None else None,
            u.upper if u.value is not None else None,
            rank_interval(u) or None,
            word(u, text),
            funnel.position(u, standing, text),
            u.shrunk,
            u.why_not.text(text.lang) if u.why_not else None,
        )
        for u in ordered(standing, order)
    )
    return tables.Table(columns, rows)
