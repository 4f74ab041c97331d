"""The survey as marks, tables and sentences: of how many, which may be ranked, who is too few to publish. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from metrics import catalogue
from metrics.answer import Row
from metrics.model import Metric
from metrics.notes import word
from metrics.survey import PUBLISH
from ui import charts, figures, numbers, sentences, standings, tables
from ui.text import Text
from ui.view import mid_sentence

DIMENSIONS = tuple(f"survey_d{i}" for i in range(1, 9))
TOTAL, SATISFIED, OVERALL = "survey_total", "satisfaction_rate", "friendly_overall"
FRIENDLY = (
    "friendly_listen", "friendly_explain", "friendly_keep_word", "friendly_apologise", "friendly_thank",
    "friendly_respect", "friendly_civil", "friendly_close", OVERALL,
)  # fmt: skip
"""Five knows, three shows, and the whole: in the order of the motto, not of the scores."""
OF_N = ("survey_n", "survey_reference", "survey_reference_effective")
"""Reasons that carry the number of respondents."""


def respondents(row: Row) -> int | None:
    """Return how many people a figure rests on."""
    said = [dict(r.values)["n"] for r in row.reasons if r.code in OF_N]
    return int(said[0]) if said else None


def is_rankable(row: Row) -> bool:
    """Return whether enough people answered for the unit to be set against others."""
    return is_shown(row) and any(r.code == "survey_n" for r in row.reasons)


def is_shown(row: Row) -> bool:
    """Return whether the row has a figure."""
    return row.is_shown and row.value is not None


def parts_of(dimension: str) -> tuple[str, ...]:
    """Return the sub-dimensions of a dimension.

    >>> parts_of("survey_d8")
    ('survey_s81', 'survey_s82', 'survey_s83')
    """
    number = dimension.removeprefix("survey_d")
    return tuple(name for name in catalogue.metrics() if name.startswith(f"survey_s{number}"))


def marks(metrics: Sequence[Metric], rows: dict[str, Row], text: Text) -> tuple[charts.Mark, ...]:
    """Return a dot per metric in the order given; a question asked of some names how many."""
    found = []
    for metric in metrics:
        row = rows[metric.name]
        label = metric.label[text.lang]
        if metric.options.get("is_conditional") and (n := respondents(row)) is not None:
            label = text("survey.asked_of", label=label, n=numbers.integer(n, text.lang))
        found.append(standings.mark(metric, row, "neutral", text, label=label))
    return tuple(found)


def finding(metrics: Sequence[Metric], rows: dict[str, Row], text: Text) -> str:
    """Return the highest and the lowest of several scores, and whether the draw of the sample explains it."""
    known = [(m, rows[m.name]) for m in metrics if is_shown(rows[m.name])]
    if not known:
        return text("survey.nothing")
    high, low = max(known, key=lambda k: k[1].value or 0), min(known, key=lambda k: k[1].value or 0)
    if len(known) == 1:
        return text("survey.only", one=_named(*high, text))
    if high[1].value == low[1].value:
        return text("survey.alike", value=figures.value_text(*high, text.lang))
    return text(_verdict(high[1], low[1]), high=_named(*high, text), low=_named(*low, text))


def factor_finding(metric: Metric, rows: Sequence[Row], text: Text) -> str:
    """Return the highest and the lowest factor of satisfaction, and whether the draw explains it."""
    ordered = sorted(rows, key=lambda r: -(r.value or 0))
    names = [
        f"{sentences.factor(text, r.split_value)} ({figures.value_text(metric, r, text.lang)})"
        for r in (ordered[0], ordered[-1])
    ]
    if len(rows) == 1:
        return text("survey.only", one=names[0])
    if ordered[0].value == ordered[-1].value:
        return text("survey.alike", value=figures.value_text(metric, ordered[0], text.lang))
    return text(_verdict(ordered[0], ordered[-1]), high=names[0], low=names[1])


def _named(metric: Metric, row: Row, text: Text) -> str:
    return f"{metric.label[text.lang]} ({figures.value_text(metric, row, text.lang)})"


def _verdict(high: Row, low: Row) -> str:
    """Return the words for a highest and a lowest figure; figures for reference are not set against each other."""
    if high.is_small or low.is_small:
        return "survey.reference"
    return "survey.apart" if _is_apart(high, low) else "survey.close"


def hollow(rows: Sequence[Row], text: Text) -> str:
    """Return what a hollow ring means, where one is drawn."""
    return f" {text('survey.hollow')}" if any(is_shown(r) and r.is_small for r in rows) else ""


def _is_apart(high: Row, low: Row) -> bool:
    return high.lower is not None and low.upper is not None and high.lower > low.upper


def populations(metric: Metric, rows: Sequence[Row], text: Text) -> str:
    """Return each population's figure with its respondents; nothing where only one was asked."""
    shown = [r for r in rows if is_shown(r)]
    if len(shown) < 2:
        return ""
    pieces = [
        text(
            "survey.of_population",
            who=mid_sentence(
                word("population", r.split_value, text.lang) if r.split_value else text("survey.unstated")
            ),
            value=figures.value_text(metric, r, text.lang),
            n=numbers.integer(respondents(r), text.lang),
        )
        for r in shown
    ]
    return text("survey.populations", label=metric.label[text.lang], apart="; ".join(pieces))


def _who(population: str | None, text: Text) -> str:
    return mid_sentence(word("population", population, text.lang)) if population else text("survey.unstated")


def conditional(metric: Metric, row: Row, text: Text) -> str:
    """Return of how many a question for some was asked, or that nobody was."""
    n = respondents(row)
    values = {"label": metric.label[text.lang]}
    if n is not None:
        return text("survey.conditional", n=numbers.integer(n, text.lang), **values)
    few = next((dict(r.values)["n"] for r in row.reasons if r.code in ("survey_few", "survey_pooled")), None)
    return text("survey.conditional_few", n=few, **values) if few else text("survey.conditional_none", **values)


def metrics_table(metrics: Sequence[Metric], rows: dict[str, Row], text: Text) -> tables.Table:
    """Return one row per metric with its respondents."""
    named = [(m.label[text.lang], rows[m.name]) for m in metrics]
    return named_table(metrics[0], named, text)


def named_table(metric: Metric, named: Sequence[tuple[str, Row]], text: Text) -> tables.Table:
    """Return one row per name: figure, interval, respondents, note."""
    kind = standings.value_kind(metric)
    columns = (
        tables.Column(text("column.metric")), tables.Column(text("column.value"), kind),
        tables.Column(text("column.lower"), kind), tables.Column(text("column.upper"), kind),
        tables.Column(text("survey.respondents"), "count"), tables.Column(text("column.note")),
    )  # fmt: skip
    return tables.Table(columns, tuple((name, *cells(r, text)) for name, r in named))


def cells(row: Row, text: Text) -> tuple[Any, ...]:
    """Return figure, interval, respondents and note of a row, for a table."""
    shown = (row.value, row.lower, row.upper, respondents(row)) if is_shown(row) else (None,) * 4
    return (*shown, row.note_in(text.lang) or None)


def sampled(rows: Sequence[Row], text: Text) -> str:
    """Return that this is a sample, and how far its intervals reach; of approximate ones, that they are."""
    borrowed = any(r.code == "survey_borrowed" for row in rows for r in row.reasons)
    return text("survey.sample") + (f" {text('survey.sample_borrowed')}" if borrowed else "")


def bounds(parts: Sequence[Metric], scales: Sequence[dict[str, Any]], text: Text) -> dict[str, str]:
    """Return the ends of the scale that the parts of a dimension share, in words."""
    names = {m.options["part"] for m in parts}
    own = [s for s in scales if s["part_id"] in names]
    low, high = min(s["low"] for s in own), max(s["high"] for s in own)
    return {"low": numbers.decimal(low, 2, text.lang), "high": numbers.decimal(high, 2, text.lang)}


def most_respondents(rows: Sequence[Row], text: Text) -> str:
    """Return of how many people the figures speak at most."""
    return numbers.integer(max((respondents(r) or 0 for r in rows), default=0), text.lang)


def year_of(period: str) -> str | None:
    """Return the year that a shorter period lies in; None for a year.

    >>> year_of("2026-10"), year_of("2026")
    ('2026', None)
    """
    return period[:4] if len(period) > 4 else None


def conditions(text: Text) -> str:
    """Return the rule of publishing in words."""
    return text("survey.of_conditions", hide=PUBLISH.hide_below, pool=PUBLISH.pool_below, refer=PUBLISH.refer_below)


def factor_marks(metric: Metric, rows: Sequence[Row], text: Text) -> tuple[charts.Mark, ...]:
    """Return a dot per factor of satisfaction, highest first."""
    ordered = sorted(rows, key=lambda r: -(r.value or 0))
    return tuple(
        standings.mark(metric, r, "neutral", text, label=sentences.factor(text, r.split_value)) for r in ordered
    )


def figure(marks: tuple[charts.Mark, ...], metric: Metric, text: Text) -> go.Figure:
    """Return a dot per metric or factor, zoomed to the data: the intervals are what tells."""
    return charts.ranking(marks, charts.Style(unit=metric.unit, lang=text.lang))
