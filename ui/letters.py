"""Letters on a page: sentences, the ages of unsettled complaints, terms and results as tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from metrics.analysis.letters import LAST, WIDTH, Backlog, Surges, Term
from metrics.periods import parse
from ui import charts, control_words, figures, numbers, tables, theme
from ui.page import Page
from ui.text import Text
from ui.view import mid_sentence

KINDS = ("complaints_received", "petitions_received", "feedback_received")
OUTCOMES = ("right", "partly_right", "wrong", "upheld", "overturned", "withdrawn", "terminated", "")
HEIGHT = 330
# Hatched as well as darker, for grey print and for colour-blind readers.
PAST_DUE = {
    "color": theme.ACCENT,
    "pattern": {"shape": "/", "bgcolor": theme.ACCENT, "fgcolor": theme.BAND, "size": 8, "solidity": 0.2},
}


# What the page answers ----------------------------------------------------------------------------------------------


def answer(page: Page, rows: Mapping[str, Any]) -> list[str]:
    """Return how many letters of each kind came, what is not settled, and what lies unhandled; never a sum of kinds."""
    text = page.text
    shown = {n: figures.value_text(page.metric(n), rows.get(n), text.lang) for n in rows}
    where = {"unit": page.unit_name, "period": page.period_name}
    if all(rows[n].value == 0 for n in KINDS):
        said = [text("letters.zero", **where)]
    else:
        given = {"complaints": shown[KINDS[0]], "petitions": shown[KINDS[1]], "feedback": shown[KINDS[2]]}
        said = [text("sentence.letters", **where, **given)]
    backlog = rows["complaint_backlog"]
    if backlog.value:
        said.append(text("letters.backlog", n=shown["complaint_backlog"], late=shown["complaint_backlog_overdue"]))
    elif backlog.value == 0:
        said.append(text("letters.backlog_none"))
    if rows["letters_unhandled_over_45_days"].value:
        said.append(text("letters.unhandled", n=shown["letters_unhandled_over_45_days"]))
    return said


def surges(found: Surges, page: Page) -> list[str]:
    """Return the kinds whose newest judged month lies above its limit; of kinds that cannot be judged, nothing."""
    text, said = page.text, []
    for surge in found.above:
        value, limit = (control_words.per_day(v, text) for v in (surge.value, surge.limit))
        month = mid_sentence(parse(surge.token, page.calendar).name(text.lang))
        label = page.metric(surge.metric).label[text.lang]
        given = {"label": label, "month": month, "value": value, "limit": limit}
        if surge.last_year is None:
            said.append(text("letters.surge", **given))
        else:
            said.append(text("letters.season", then=control_words.per_day(surge.last_year, text), **given))
    if found.judged and not found.above:
        said.append(text("letters.no_surge"))
    return said


# How long complaints have waited ------------------------------------------------------------------------------------


def ageing_title(found: Backlog, text: Text) -> str:
    """Return the finding: how long half of them have waited, and how many are past their time."""
    given = {"n": numbers.integer(found.n, text.lang), "late": numbers.integer(found.n_past_due, text.lang)}
    if not found.n or found.median is None:
        return text("letters.ageing.title_none")
    if found.n == 1:
        return text("letters.ageing.title_one", **given)
    whole = float(found.median).is_integer()
    median = numbers.decimal(found.median, 0 if whole else 1, text.lang)
    return text("letters.ageing.title", median=median, **given)


def ageing_subtitle(found: Backlog, where: str, text: Text) -> str:
    """Return what, where and when, and what the hatching and the line mean."""
    said = text("letters.ageing.subtitle", where=where, day=numbers.day(found.at), width=WIDTH, last=LAST)
    if found.limit is None:
        return said
    mark = "" if found.is_limit_confirmed else text("letters.ageing.unconfirmed")
    return f"{said} {text('letters.ageing.limit', n=found.limit, mark=mark)}"


@lru_cache(maxsize=128)
def ageing(found: Backlog, text: Text) -> go.Figure:
    """Return a histogram of ages in equal classes, those past their time hatched, the ordinary limit marked."""
    style = charts.Style(unit="letters", lang=text.lang)
    middles = [c.first + WIDTH / 2 for c in found.classes]
    labels = [_age(c.first, c.last, text) for c in found.classes]
    parts = (
        ("in_time", [c.n_in_time for c in found.classes], {"color": theme.ACCENT_SOFT}),
        ("past_due", [c.n_past_due for c in found.classes], PAST_DUE),
    )
    data = [
        {
            "type": "bar",
            "name": text(f"letters.ageing.{name}"),
            "x": middles,
            "y": counts,
            "width": WIDTH * 0.9,
            "marker": marker,
            "hovertext": [
                f"{label}<br>{text(f'letters.ageing.{name}')}: {numbers.integer(n, text.lang)}"
                for label, n in zip(labels, counts, strict=True)
            ],
            "hoverinfo": "text",
        }
        for name, counts, marker in parts
    ]
    lines, notes = _limit(found, text)
    ticks = list(range(0, LAST + 1, 2 * WIDTH))
    notes += [
        {"x": middle, "y": c.n, "text": numbers.integer(c.n, text.lang), "showarrow": False, "yanchor": "bottom",
         "font": {"size": 12, "color": theme.INK}}
        for middle, c in zip(middles, found.classes, strict=True)
        if c.n
    ]  # fmt: skip
    layout = charts.layout(
        style,
        HEIGHT,
        barmode="stack",
        showlegend=True,
        legend={"orientation": "h", "y": 1.12, "yanchor": "bottom", "x": 0, "traceorder": "normal", "title": None,
                "itemclick": False, "itemdoubleclick": False},
        margin={"l": 8, "r": 16, "t": 60, "b": 8},
        xaxis={"range": [0, LAST + WIDTH], "tickvals": ticks, "fixedrange": True, "automargin": True, "showgrid": False,
               "zeroline": False, "tickfont": charts.QUIET, "ticktext": [*map(str, ticks[:-1]), f"≥ {LAST}"],
               "title": {"text": text("letters.ageing.axis"), "font": charts.QUIET}},
        yaxis={"range": [0, 1.12 * max([c.n for c in found.classes] + [1])], "fixedrange": True, "automargin": True,
               "showgrid": True, "tickfont": charts.QUIET, "title": None, "tickformat": ",d"}
        | charts.counted(max((c.n for c in found.classes), default=0)),
        shapes=lines,
        annotations=notes,
    )  # fmt: skip
    return go.Figure({"data": data, "layout": layout})


def _limit(found: Backlog, text: Text) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the line at the age from which an ordinary complaint is past its time, with its label."""
    if found.limit is None:
        return [], []
    line = {
        "type": "line", "x0": found.limit, "x1": found.limit, "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": theme.INK, "width": 1.5, "dash": "dash"},
    }  # fmt: skip
    note = {
        "x": found.limit, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": "left", "showarrow": False,
        "text": text("letters.ageing.limit_short", n=found.limit), "font": {"color": theme.INK, "size": 12},
    }  # fmt: skip
    return [line], [note]


def _age(first: int, last: int | None, text: Text) -> str:
    if last is None:
        return text("letters.ageing.open", first=first)
    return text("letters.ageing.days", first=first, last=last)


def ageing_table(found: Backlog, text: Text) -> tables.Table:
    """Return the table twin of the ages."""
    columns = [tables.Column(text("letters.ageing.age"))]
    columns += [tables.Column(text(f"letters.ageing.{n}"), "count") for n in ("in_time", "past_due", "total")]
    rows = [(_age(c.first, c.last, text), c.n_in_time, c.n_past_due, c.n) for c in found.classes]
    return tables.Table(tuple(columns), tuple(rows))


# Terms --------------------------------------------------------------------------------------------------------------


def term_words(term: Term, text: Text) -> str:
    """Return "7 ngày làm việc"."""
    return text(f"letters.term.{term.day_unit}", n=term.days)


def received_words(term: Term, text: Text) -> str:
    """Return the receipt days that the term is for."""
    first = numbers.day(term.valid_from)
    if term.valid_to is None:
        return text("letters.term.since", first=first)
    return text("letters.term.until", first=first, last=numbers.day(term.valid_to - timedelta(days=1)))


def case_words(term: Term, text: Text) -> str:
    """Return which letters the term is for: round, complexity, remoteness, where the rule tells them apart."""
    found = []
    if term.round is not None:
        found.append(text("letters.case.first" if term.round == 1 else "letters.case.second"))
    if term.is_complex is not None:
        found.append(text("letters.case.complex" if term.is_complex else "letters.case.plain"))
    if term.is_remote is not None:
        found.append(text("letters.case.remote" if term.is_remote else "letters.case.near"))
    return ", ".join(found) or text("letters.case.any")


def rules(terms: Sequence[Term], kind: str, steps: Sequence[str], text: Text) -> list[str]:
    """Return the ordinary terms of a kind in words, each with its days, its basis, and whether that was checked."""
    said = []
    for step in steps:
        for term in terms:
            if term.kind == kind and term.step == step and term.is_ordinary():
                cite = term.cite if term.is_confirmed else text("letters.rule_unconfirmed", cite=term.cite)
                given = {"step": text(f"letters.step.{step}"), "term": term_words(term, text)}
                said.append(text("letters.rule", when=received_words(term, text), cite=cite, **given))
    return said


def terms_table(terms: Sequence[Term], text: Text) -> tables.Table:
    """Return every term in force: for which letters, how long, since when, by which text, and whether checked."""
    names = ("kind", "step", "term", "received", "case", "checked", "cite")
    columns = tuple(tables.Column(text(f"letters.column.{n}")) for n in names)
    rows = tuple(
        (
            text(f"value.kind.{t.kind}"),
            text(f"letters.step.{t.step}"),
            term_words(t, text),
            received_words(t, text),
            case_words(t, text),
            text("letters.column.confirmed" if t.is_confirmed else "letters.column.unconfirmed"),
            t.cite,
        )
        for t in terms
    )
    return tables.Table(columns, rows)


# Results ------------------------------------------------------------------------------------------------------------


def outcomes_table(rows: Sequence[Any], text: Text) -> tables.Table:
    """Return how many complaints were settled with each result, in the order of the form."""
    counted = {r.split_value or "": r.value for r in rows if r.is_shown and r.value}
    columns = (tables.Column(text("letters.column.outcome")), tables.Column(text("letters.column.n"), "count"))
    known = [o for o in OUTCOMES if o in counted] + sorted(counted.keys() - set(OUTCOMES))
    return tables.Table(columns, tuple((_outcome(o, text), counted[o]) for o in known))


def _outcome(name: str, text: Text) -> str:
    key = f"value.outcome.{name}"
    return text(key) if name and text.has(key) else name or text("letters.outcome_none")
