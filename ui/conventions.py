"""The three rules of "on time" side by side, what each lets pass, and the portal's own figure beside ours. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from metrics import catalogue
from metrics.analysis.conventions import FIRST_PROMISE, FORM, Conventions, Rule, Tiers
from metrics.analysis.published import Portal, Score
from metrics.answer import Row
from ui import charts, figures, numbers, sentences, standings, tables, tiers
from ui.text import Text
from ui.view import mid_sentence


def _label(name: str, text: Text) -> str:
    label = catalogue.metric(name).label[text.lang]
    return text("conventions.form", label=label) if name == FORM else label


def _shown(row: Row, text: Text) -> str:
    metric = catalogue.metric(row.metric)
    if row.value is None or not row.is_shown:
        return figures.detail_text(metric, row, text) or numbers.MISSING
    if metric.is_share:
        return numbers.share(row.value, row.numerator, row.denominator, text.lang)
    return figures.value_text(metric, row, text.lang)


def title(found: Conventions, text: Text) -> str:
    """Return how far the rules lie apart."""
    valued = [r.row for r in found.rules if r.row.value is not None and r.row.is_shown]
    if not valued:
        return text("conventions.title_none")
    if found.spread is None:
        return text("conventions.title_one", label=_label(valued[0].metric, text), value=_shown(valued[0], text))
    low, high = (numbers.percent(f(float(r.value or 0) for r in valued), text.lang) for f in (min, max))
    gap = numbers.difference(found.spread, "percent", text("figure.points"), text.lang).lstrip("+")
    return text("conventions.title", low=low, high=high, gap=gap)


def figure(found: Conventions, text: Text) -> go.Figure:
    """Return a dot with its whisker per rule, the form's first; no rule is better than another, so none is coloured."""
    marks = []
    for rule in found.rules:
        row = rule.row
        known = row.value is not None and row.is_shown
        hover = f"<b>{_label(row.metric, text)}</b><br>{_shown(row, text)}"
        marks.append(
            charts.Mark(
                row.metric,
                text(f"conventions.short.{row.metric}"),
                float(row.value) if known and row.value is not None else None,
                row.lower if known else None,
                row.upper if known else None,
                "neutral",
                hover,
                row.is_small,
                row.metric == FORM,
            )
        )
    return charts.ranking(tuple(marks), charts.Style(unit="percent", lang=text.lang))


def _parts(rows: Sequence[Row], text: Text) -> str:
    found = [r for r in rows if r.value]
    return "; ".join(
        text(
            "conventions.part",
            n=numbers.integer(r.value, text.lang),
            label=mid_sentence(_label(r.metric, text)),
        )
        for r in found
    )


def sentence(rule: Rule, text: Text) -> str:
    """Return a rule's figure with the cases that it lets pass and those that it turns down."""
    metric = catalogue.metric(rule.metric)
    passed, refused = _parts(rule.lets_pass, text), _parts(rule.turns_down, text)
    is_law = rule.metric != FIRST_PROMISE  # an internal convention has no text to be checked against
    unchecked = is_law and not any(r.is_confirmed for r in metric.regulation)
    return text(
        "conventions.rule",
        label=_label(rule.metric, text),
        share=_shown(rule.row, text),
        passed=text("conventions.passed", parts=passed) if passed else "",
        refused=text("conventions.refused", parts=refused) if refused else "",
        unconfirmed=text("conventions.unconfirmed") if unchecked else "",
    )


def listed(found: Conventions, text: Text) -> str:
    """Return the rules' sentences as one list."""
    return "\n".join(f"- {sentence(rule, text)}" for rule in found.rules)


def promises(found: Conventions, text: Text) -> str:
    """Return what became of promised dates: moved, re-appointed, apologised for; a figure not recorded is not told."""
    parts = [
        text("conventions.promise", label=mid_sentence(_label(r.metric, text)), value=_shown(r, text))
        for r in found.promises
        if r.value is not None and r.is_shown
    ]
    return text("conventions.promises", parts="; ".join(parts)) if parts else ""


def table(found: Conventions, text: Text) -> tables.Table:
    """Return one row per rule: its parts, interval, and what it lets pass and turns down."""
    columns = (
        tables.Column(text("column.metric")),
        *standings.figure_columns(text("column.value"), "share", text),
        tables.Column(text("conventions.passed_column")),
        tables.Column(text("conventions.refused_column")),
        tables.Column(text("column.note")),
    )
    rows: list[tuple[Any, ...]] = []
    for rule in found.rules:
        row = rule.row
        cells = [row.value, row.numerator, row.denominator, row.lower, row.upper] if row.is_shown else [None] * 5
        parts = [_parts(rule.lets_pass, text) or None, _parts(rule.turns_down, text) or None]
        rows.append((_label(row.metric, text), *cells, *parts, row.note_in(text.lang) or None))
    return tables.Table(columns, tuple(rows))


def changed(found: Tiers, text: Text) -> str:
    """Return how many units stand in another tier under another rule, and which."""
    if not found.n_judged:
        return ""
    if not found.changes:
        return text("conventions.changed_none", of=found.n_judged)
    names = f" ({sentences.some([c.unit_name for c in found.changes])})"
    return text("conventions.changed", n=len(found.changes), of=found.n_judged, names=names)


def changed_table(found: Tiers, text: Text) -> tables.Table:
    """Return the units that change tier, with their tier by each rule."""
    names = [_label(one.metric, text) for one in found.standings]
    columns = (tables.Column(text("column.unit")), *(tables.Column(name) for name in names))
    rows = tuple((c.unit_name, *(_tier(t, text) for t in c.tiers)) for c in found.changes)
    return tables.Table(columns, rows)


def _tier(tier: Any, text: Text) -> str:
    return text("tier.none") if tier is None else f"{tiers.ICONS[tier]} {text(f'tier.{tier}')}"


def portal(found: Portal | None, others: Sequence[Score], text: Text) -> str:
    """Return the portal's figure beside ours with the difference in cases; or that there is none, and when there is."""
    if found is None:
        said = text("portal.none")
        periods = ", ".join(dict.fromkeys(s.period for s in others[:6]))
        return f"{said} {text('portal.other_periods', periods=periods)}" if periods else said
    document = found.theirs.document
    source = document.number
    if document.published_on is not None:
        source = f"{source}, {numbers.day(document.published_on)}"
    cases = numbers.difference(found.cases, "cases", "", text.lang)
    if found.is_counted and found.settled is not None and found.late is not None:
        on_time, settled = (numbers.integer(n, text.lang) for n in (found.settled - found.late, found.settled))
        difference = text("portal.counted", on_time=on_time, settled=settled, cases=cases)
    else:
        difference = text("portal.estimated", cases=cases)
    return text(
        "portal.found",
        theirs=numbers.percent(found.rate, text.lang),
        ours=_shown(found.ours, text),
        difference=numbers.difference(found.difference, "percent", text("figure.points"), text.lang),
        cases=difference,
        document=source,
    )
