"""The trial calculation of Decision 766 drawn by group beside the published score, its tables and sentences. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from metrics import catalogue
from metrics.analysis.published import Published, Score
from metrics.analysis.score766 import NOT_SYNCHRONISED, GroupTrial, Item, State, Trial
from ui import charts, numbers, theme
from ui.indices import document, period_name
from ui.indices_points import state_note
from ui.text import Text
from ui.view import mid_sentence

INDEX = "766"
PARTS = ("reached", "short_of", "free", "without", "unknown")
# A pattern beside the colour: the parts can be told apart in greyscale and by colour-blind readers.
FILLS = {
    "reached": (theme.ACCENT, ""),
    "short_of": (theme.ACCENT_SOFT, ""),
    "free": (theme.BAND, "/"),
    "without": (theme.NO_DATA, "."),
    "unknown": (theme.NO_DATA, "x"),
}
ROW = 40


def points(value: float | None, most: float | None, lang: str) -> str:
    """Return points with two decimals, never rounded up to a maximum that was not reached.

    >>> points(17.6, 20, "vi"), points(19.999, 20, "vi"), points(20, 20, "vi"), points(None, 20, "vi")
    ('17,60', '> 19,99', '20,00', '–')
    """
    if value is not None and most is not None and value < most and round(value, 2) >= most:
        return f"> {numbers.decimal(most - 0.01, 2, lang)}"
    return numbers.decimal(value, 2, lang)


def of_most(group: GroupTrial, lang: str) -> str:
    """Return points reached over the points that can be computed."""
    whole = numbers.decimal(group.computable, 0 if float(group.computable).is_integer() else 2, lang)
    return f"{points(group.reached, group.computable, lang)}/{whole}"


def beside(published: Published, trial: Trial) -> tuple[tuple[Score, ...], bool]:
    """Return the published group scores to put beside the trial, and whether they are of the same days.

    Of exactly the trial's days where they were published, else of the newest period that was over by its last day.
    """
    same = published.at(trial.unit_id, trial.period_start, trial.period_end)
    if any(s.value is not None for s in same):
        return same, True
    return published.latest(trial.unit_id, trial.period_end), False


def sentence(text: Text, trial: Trial, unit: str, period: str) -> str:
    """Return what each group that can be computed reaches; never their sum."""
    if not trial.computed:
        return text("indices.none", unit=unit, period=period)
    groups = "; ".join(
        text("indices.group", name=mid_sentence(g.group.label(text.lang)), points=of_most(g, text.lang))
        for g in trial.computed
    )
    said = text("indices.some", unit=unit, period=period, groups=groups)
    return f"{said} {text('indices.provisional')}" if trial.is_provisional else said


def title(text: Text, trial: Trial) -> str:
    """Return the finding: of the groups with enough cases, the one that lacks most points of those computed."""
    if not trial.computed:
        return text("indices.title_none")
    judged = [g for g in trial.computed if not g.is_small]
    if not judged:
        return text("indices.title_small")
    worst = max(judged, key=_lacking)
    if _lacking(worst) < 0.005:
        said = text("indices.title_full")
    else:
        name = mid_sentence(worst.group.label(text.lang))
        said = text("indices.title_most", group=name, points=of_most(worst, text.lang))
    return f"{said} · {text('status.provisional')}" if trial.is_provisional else said


def notes(text: Text, trial: Trial) -> list[str]:
    """Return what must be said of the points: what is not known, not sent, free, doubtful."""
    said = []
    listed: tuple[tuple[str, tuple[State, ...]], ...] = (
        ("free_note", ("free",)),
        ("missing_note", ("no_data", "not_recorded", "not_defined")),
        ("source_note", ("no_source",)),
        ("unknown_note", ("unknown",)),
    )
    for key, states in listed:
        items = [i for g in trial.groups for i in g.of(*states)]
        if items:
            codes = _coded(items, text) if key == "missing_note" else ", ".join(i.indicator.code for i in items)
            said.append(text(f"indices.{key}", codes=codes))
    small = [i for g in trial.groups for i in g.of("computed") if i.is_small]
    if small:
        said.append(text("indices.small_note", codes=_coded(small, text)))
    if any(i.indicator.code == NOT_SYNCHRONISED for g in trial.groups for i in g.of("computed")):
        said.append(text("indices.synchronised_note"))
    doubtful = [i.code for i in trial.unconfirmed if i.points is not None]
    if doubtful:
        said.append(text("indices.unconfirmed_note", codes=", ".join(doubtful)))
    return said


def definitions(trial: Trial, text: Text) -> dict[str, str]:
    """Return the metrics whose definitions stand behind the groups, with the words of their buttons."""
    return {
        m.name: text("indices.definition", name=mid_sentence(g.group.label(text.lang)))
        for g in trial.groups
        for m in catalogue.metrics().values()
        if m.kind == "score" and m.options["group"] == g.group.group
    }


def _coded(items: Sequence[Item], text: Text) -> str:
    """Return the codes with the reason they share: "3.1, 3.2 (no catalogue)"."""
    by_reason: dict[str, list[str]] = {}
    for item in items:
        by_reason.setdefault(mid_sentence(state_note(item, text)), []).append(item.indicator.code)
    return "; ".join(f"{', '.join(codes)} ({why})" for why, codes in by_reason.items())


def figure(trial: Trial, published: Sequence[Score], is_same: bool, text: Text) -> go.Figure:
    """Return one bar per group, as long as the group's maximum, parted by what is known; ◆ is the published score."""
    rows = tuple(
        (f"{g.group.no}. {g.group.label(text.lang)}", _parts(g), of_most(g, text.lang) if g.computable else "–")
        for g in trial.groups
    )
    marks = {s.component_id: s.value for s in published}
    return _figure(rows, tuple(marks.get(g.group.group) for g in trial.groups), is_same, text)


def _parts(group: GroupTrial) -> tuple[float, ...]:
    return (group.reached or 0.0, _lacking(group), group.free, group.without_data, group.unknown)


def _lacking(group: GroupTrial) -> float:
    return group.computable - (group.reached or 0.0)


@lru_cache(maxsize=64)
def _figure(
    rows: tuple[tuple[str, tuple[float, ...], str], ...], marks: tuple[float | None, ...], is_same: bool, text: Text
) -> go.Figure:
    names = [charts.folded(name, 24) for name, _, _ in rows]
    data: list[dict[str, Any]] = []
    for i, part in enumerate(PARTS):
        values = [parts[i] for _, parts, _ in rows]
        if not any(values):
            continue
        colour, shape = FILLS[part]
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": text(f"indices.{part}"),
                "x": values,
                "y": names,
                "marker": {
                    "color": colour,
                    "pattern": {"shape": shape, "fgcolor": theme.ORDINARY, "size": 6, "solidity": 0.25},
                    "line": {"width": 0.5, "color": theme.RULE},
                },
                "hovertext": [
                    f"<b>{name}</b><br>{text(f'indices.{part}')}: {numbers.decimal(v, 2, text.lang)}"
                    for (name, _, _), v in zip(rows, values, strict=True)
                ],
                "hoverinfo": "text",
            }
        )
    if any(m is not None for m in marks):
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": text("indices.published"),
                "x": list(marks),
                "y": names,
                "marker": {
                    "symbol": "diamond",
                    "size": 11,
                    "color": theme.INK if is_same else theme.NO_DATA,
                    # an edge as pale as the page sets the mark off from a dark bar
                    "line": {"width": 1.5, "color": theme.NO_DATA if is_same else theme.INK},
                },
                "hovertext": [
                    f"<b>{name}</b><br>{text('indices.published')}: {numbers.decimal(m, 2, text.lang)}"
                    for (name, _, _), m in zip(rows, marks, strict=True)
                ],
                "hoverinfo": "text",
                "cliponaxis": False,
            }
        )
    labels = [
        {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "y": name, "showarrow": False, "text": said,
         "font": {"color": theme.INK, "size": 12}}
        for name, (_, _, said) in zip(names, rows, strict=True)
    ]  # fmt: skip
    axis = {"fixedrange": True, "automargin": True, "zeroline": False, "title": None}
    longest = max(sum(parts) for _, parts, _ in rows)
    return go.Figure(
        {
            "data": data,
            "layout": charts.layout(
                charts.Style(unit="score", lang=text.lang),
                150 + ROW * len(rows),
                barmode="stack",
                bargap=0.35,
                showlegend=True,
                legend={"orientation": "h", "y": -0.1, "yanchor": "top", "x": 0, "xanchor": "left",
                        "traceorder": "normal", "title": None, "itemclick": False, "itemdoubleclick": False},
                margin={"l": 8, "r": 84, "t": 8, "b": 8},
                xaxis=axis | {"range": [0, longest], "showgrid": True, "dtick": 5, "tickfont": charts.QUIET},
                yaxis=axis | {"autorange": "reversed", "type": "category", "ticksuffix": "  ", "showgrid": False,
                              "tickfont": charts.NAMES, "dtick": 1},
                annotations=labels,
            ),
        }
    )  # fmt: skip


def mark_line(text: Text, published: Sequence[Score], is_same: bool) -> str:
    """Return which publication the marks are of, or that there is none."""
    known = [s for s in published if s.value is not None]
    if not known:
        return text("indices.published_none")
    newest = max(known, key=lambda s: (s.document.published_on is not None, s.document.published_on))
    period = mid_sentence(period_name(newest.period, text))
    line = text(
        "indices.published_mark", mark="◆" if is_same else "◇", period=period, document=document(newest.document, text)
    )
    return line if is_same else f"{line} {text('indices.published_other')}"
