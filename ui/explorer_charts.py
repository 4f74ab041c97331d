"""What the explorer draws, by the kind of answer: units, periods, values of a split, or two of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from metrics.analysis import events
from metrics.model import Metric
from metrics.notes import word
from ui import charts, explorer, figures, milestones, multiples, numbers, sentences, series, standings, theme
from ui.explorer import Choice
from ui.page import Page
from ui.text import Text
from ui.view import mid_sentence


@dataclass(frozen=True)
class Drawn:
    """A chart with the finding it makes, what it shows, and what it leaves out."""

    figure: go.Figure
    title: str
    subtitle: str
    note: str = ""


def _known(rows: Sequence[Any]) -> list[Any]:
    return [r for r in rows if r.is_shown and r.value is not None]


def _size(row: Any) -> float:
    """Return how much stands behind a row."""
    return float(row.denominator or row.numerator or 0)


def _style(metric: Metric, text: Text, **more: Any) -> charts.Style:
    return charts.Style(unit=metric.unit, lang=text.lang, **more)


def _value(metric: Metric, value: float, text: Text) -> str:
    return numbers.number(value, metric.unit, text.lang, figures.is_whole(metric))


# Units -------------------------------------------------------------------------------------------------------------


def units(page: Page, chosen: Choice, rows: Sequence[Any], overall: Any, what: str) -> Drawn | None:
    """Return dots with intervals, one a unit; those clearly apart from the whole are kept where not all can be drawn.

    The order is that of the names: where units cannot be told apart, a longer list would only look like a rank.
    """
    text, metric = page.text, chosen.metric
    known = _known(rows)
    if not known:
        return None
    words = dict(zip((r.unit_id for r in known), standings.words(metric, known, overall), strict=True))
    most = explorer.limits()["drawn_units"]
    apart = [r for r in known if words[r.unit_id] in ("concern", "improvement")]
    is_judged = metric.direction != "neutral" and any(r.lower is not None for r in known) and overall is not None
    kept = known
    if len(known) > most:
        first = [r for r in known if r.unit_id == page.unit.unit_id]
        rest = [*apart, *_foremost(metric, known)]
        named = list(dict.fromkeys(r.unit_id for r in [*first, *rest]))[:most]
        kept = [r for r in known if r.unit_id in named]
    marks = tuple(
        standings.mark(metric, r, words[r.unit_id], text, r.unit_id == page.unit.unit_id) for r in kept
    )  # fmt: skip
    values = [r.value for r in known]
    label = metric.label[text.lang]
    # by its name: the figure of a province holds its agencies too, the mean of the communes does not
    whole = mid_sentence(overall.unit_name) if overall is not None else ""
    if is_judged and overall.value is not None:
        title = text(
            "explorer.title.apart", label=label, n=len(apart), total=len(known),
            whole=whole, value=_value(metric, overall.value, text),
        )  # fmt: skip
    else:
        low, high = (_value(metric, v, text) for v in (min(values), max(values)))
        title = text("explorer.title.range", label=label, low=low, high=high, n=len(known))
    style = _style(metric, text, low=None if metric.unit == "percent" else 0.0)
    if is_judged:
        style = replace(style, reference=overall.value, reference_label=_value(metric, overall.value, text))
    key = "explorer.subtitle.units" if is_judged else "explorer.subtitle.plain"
    left_out = "explorer.some_apart" if is_judged else _left_out(metric)
    note = text(left_out, n=len(kept), total=len(known)) if len(kept) < len(known) else ""
    return Drawn(charts.ranking(marks, style), title, text(key, what=what, whole=whole), note)


def _foremost(metric: Metric, rows: Sequence[Any]) -> list[Any]:
    """Return the rows in the order in which they are kept for a chart: the largest numbers first.

    Of numbers of letters, visits and people, which no unit is judged by, the order of names instead.
    """
    return list(rows) if metric.direction == "neutral" else sorted(rows, key=_size, reverse=True)


def _left_out(metric: Metric) -> str:
    """Return which words say what a chart of units leaves out."""
    return "explorer.some_named" if metric.direction == "neutral" else "explorer.some_units"


# Periods -----------------------------------------------------------------------------------------------------------


def over_time(page: Page, chosen: Choice, rows: Sequence[Any], what: str) -> Drawn | None:
    """Return the line of one unit."""
    text, metric = page.text, chosen.metric
    past, points = _line(page, chosen, rows)
    if not any(p.value is not None for p in points):
        return None
    logged = events.of(metric.name, page.unit.level, page.unit.unit_id, page.planned.events)
    happened = milestones.of_points(logged, points, page.period.end, text)
    figure = charts.trend(points, _style(metric, text), happened)
    title = sentences.trend_title(text, metric, past, page.unit_name)
    told = " ".join(milestones.sentences(happened))
    return Drawn(figure, title, text("explorer.subtitle.periods", what=what), told)


def _line(page: Page, chosen: Choice, rows: Sequence[Any]) -> tuple[list[Any], tuple[charts.Point, ...]]:
    """Return the row and the point of each period."""
    tokens, metric = explorer.period_tokens(page, chosen), chosen.metric
    past = series.lined_up(rows, [metric.name], tokens, page.calendar)[metric.name]
    return past, series.points(metric, past, tokens, page.calendar, page.text)


def panels(
    page: Page, chosen: Choice, rows: Sequence[Any], overall: Sequence[Any], names: Mapping[str, str], what: str
) -> Drawn | None:
    """Return a small chart for each unit, or each value of the split, over the periods; the largest where many."""
    text, metric = page.text, chosen.metric
    by_unit = "units" in chosen.dimensions
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.unit_id if by_unit else row.split_value or "", []).append(row)
    known = {key: found for key, found in groups.items() if _known(found)}
    if not known:
        return None
    most = explorer.limits()["panels"]
    is_neutral = by_unit and metric.direction == "neutral"
    largest = list(known) if is_neutral else sorted(known, key=lambda key: -max(_size(r) for r in _known(known[key])))
    first = [key for key in known if by_unit and key == page.unit.unit_id]
    kept = set([*dict.fromkeys([*first, *largest])][:most])
    made = tuple(
        multiples.Panel(found[0].unit_name if by_unit else names.get(key, key), _line(page, chosen, found)[1])
        for key, found in known.items()
        if key in kept
    )
    whole_name = page.scope.full_name if by_unit else page.unit_name
    whole_points = _line(page, chosen, overall)[1]
    # a whole of counts lies far above its parts and would press them to the ground
    is_beside = not figures.is_whole(metric)
    if not is_beside:
        whole_points = tuple(replace(p, value=None, lower=None, upper=None) for p in whole_points)
    whole = multiples.Panel(whole_name, whole_points)
    label, k = metric.label[text.lang], len(explorer.period_tokens(page, chosen))
    if by_unit:
        title = text("explorer.title.panels", label=label, n=len(known), k=k)
    else:
        split = word("split", chosen.by, text.lang)
        title = text("explorer.title.value_panels", label=label, n=len(known), k=k, split=split)
    left_out = _left_out(metric) if by_unit else "explorer.some_values"
    note = text(left_out, n=len(made), total=len(known)) if len(made) < len(known) else ""
    whole_said = text("explorer.subtitle.panels", what=what, whole=mid_sentence(whole_name))
    subtitle = whole_said if is_beside else _plain(what, text)
    return Drawn(multiples.figure(made, whole, _style(metric, text)), title, subtitle, note)


# Values of a split -------------------------------------------------------------------------------------------------


def values(page: Page, chosen: Choice, rows: Sequence[Any], names: Mapping[str, str], what: str) -> Drawn | None:
    """Return a bar for each value of the split, the largest numbers first."""
    text, metric = page.text, chosen.metric
    known = sorted(_known(rows), key=_size, reverse=True)
    if not known:
        return None
    kept = known[: explorer.limits()["drawn_values"]]
    marks = tuple(_mark(metric, r, names.get(r.split_value, r.split_value or ""), text) for r in kept)
    judged = [r for r in known if not r.is_small] or known
    low, high = (pick(judged, key=lambda r: r.value) for pick in (min, max))
    title = text(
        "explorer.title.values", label=metric.label[text.lang],
        low=_value(metric, low.value, text), low_name=names.get(low.split_value, ""),
        high=_value(metric, high.value, text), high_name=names.get(high.split_value, ""),
    )  # fmt: skip
    has_span = any(m.lower is not None for m in marks)
    subtitle = text("explorer.subtitle.values" if has_span else "explorer.subtitle.values_plain", what=what)
    note = text("explorer.some_values", n=len(kept), total=len(known)) if len(kept) < len(known) else ""
    return Drawn(bars(marks, _style(metric, text)), title, subtitle, note)


def _mark(metric: Metric, row: Any, name: str, text: Text) -> charts.Mark:
    said = (f"<b>{name}</b>", figures.value_text(metric, row, text.lang), figures.detail_text(metric, row, text))
    hover = "<br>".join(s for s in said if s)
    return charts.Mark(row.split_value or "", name, row.value, row.lower, row.upper, "neutral", hover, row.is_small)


@lru_cache(maxsize=128)
def bars(marks: tuple[charts.Mark, ...], style: charts.Style) -> go.Figure:
    """Return horizontal bars from zero, with whiskers; small numbers are pale and outlined."""
    drawn = [charts.scaled(m.value, style.unit) or 0.0 for m in marks]
    ends = [charts.scaled(m.upper, style.unit) for m in marks]
    most = max([*drawn, *(e for e in ends if e is not None), 0.0])
    far = min(100.0, most * 1.06) if style.unit == "percent" else most * 1.06
    # one name a bar, though two values may be shown by the same words
    labels = [charts.folded(m.label) + "\u200b" * i for i, m in enumerate(marks)]
    row = charts.ROW + 4 + 12 * max((label.count("<br>") for label in labels), default=0)
    colours = [theme.ACCENT_SOFT if m.is_small else theme.ACCENT for m in marks]
    has_span = any(e is not None for e in ends)
    bar: dict[str, Any] = {
        "type": "bar", "orientation": "h", "x": drawn, "y": labels, "cliponaxis": False,
        "marker": {"color": colours, "line": {"width": 1, "color": theme.ACCENT}},
        "hovertext": [m.hover or m.label for m in marks], "hoverinfo": "text",
    }  # fmt: skip
    if has_span:
        lows = [charts.scaled(m.lower, style.unit) for m in marks]
        bar["error_x"] = {
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 4, "color": theme.INK,
            "array": [0 if e is None else e - v for e, v in zip(ends, drawn, strict=True)],
            "arrayminus": [0 if e is None else v - e for e, v in zip(lows, drawn, strict=True)],
        }  # fmt: skip
    notes = [
        {
            "x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "y": label, "showarrow": False,
            "text": numbers.number(m.value, style.unit, style.lang), "font": {"color": theme.INK, "size": 12},
        }
        for m, label in zip(marks, labels, strict=True)
    ]  # fmt: skip
    suffix = (" %" if style.lang == "vi" else "%") if style.unit == "percent" else ""
    return go.Figure(
        {
            "data": [bar],
            "layout": charts.layout(
                style,
                48 + row * max(len(marks), 2),
                margin={"l": 8, "r": 76, "t": 8, "b": 8},
                bargap=0.35,
                xaxis={
                    "fixedrange": True, "range": [0, far or 1], "ticksuffix": suffix, "nticks": 5, "zeroline": False,
                    "showgrid": True, "tickfont": charts.QUIET, "title": None, "automargin": True,
                },
                yaxis={
                    "fixedrange": True, "automargin": True, "autorange": "reversed", "type": "category",
                    "categoryarray": labels, "ticksuffix": "  ", "tickfont": charts.NAMES, "showgrid": False,
                    "title": None, "dtick": 1,
                },
                annotations=notes,
            ),
        }
    )  # fmt: skip


def units_by_value(
    page: Page, chosen: Choice, rows: Sequence[Any], names: Mapping[str, str], what: str
) -> tuple[list[Drawn], str]:
    """Return a chart of units for each of the largest values of a split, all on one scale; and what is left out."""
    text, metric, most = page.text, chosen.metric, explorer.limits()
    known = _known(rows)
    weight: dict[str, float] = {}
    for row in known:
        weight[row.split_value or ""] = weight.get(row.split_value or "", 0) + _size(row)
        weight[row.unit_id] = weight.get(row.unit_id, 0) + _size(row)
    all_values = [*dict.fromkeys(r.split_value or "" for r in known)]
    all_units = [*dict.fromkeys(r.unit_id for r in known)]
    values = sorted(all_values, key=lambda v: -weight[v])[: most["split_panels"]]
    own = [u for u in all_units if u == page.unit.unit_id]
    order = all_units if metric.direction == "neutral" else sorted(all_units, key=lambda u: -weight[u])
    units = [*dict.fromkeys([*own, *order])][: most["panels"]]
    kept = [r for r in known if (r.split_value or "") in values and r.unit_id in units]
    if not kept:
        return [], ""
    low, high = charts.zoom([v for r in kept for v in (r.value, r.lower, r.upper)], metric.unit)
    style = _style(metric, text, low=low if metric.unit == "percent" else 0.0, high=high)
    made = []
    for value in values:
        own_rows = [r for r in kept if (r.split_value or "") == value]
        marks = tuple(
            standings.mark(metric, r, "neutral", text, r.unit_id == page.unit.unit_id) for r in own_rows
        )  # fmt: skip
        title = names.get(value, value)
        made.append(Drawn(charts.ranking(marks, style), title, _plain(metric.label[text.lang], text)))
    left = []
    if len(units) < len(all_units):
        left.append(text(_left_out(metric), n=len(units), total=len(all_units)))
    if len(values) < len(all_values):
        left.append(text("explorer.some_values", n=len(values), total=len(all_values)))
    return made, " ".join(left)


def _plain(what: str, text: Text) -> str:
    return text("explorer.subtitle.plain", what=what)
