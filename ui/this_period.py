"""The month of one unit in words and small tables that print: findings, its like, lateness, what people say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from metrics.analysis.casemix import CaseMix, Procedure
from metrics.analysis.peers import Peers
from metrics.analysis.standing import Standing, UnitStanding
from metrics.analysis.this_period import Carrier, Finding, Steps
from metrics.answer import Row
from metrics.model import Metric
from ui import charts, figures, numbers, standings, survey, tables, theme, tiers
from ui.text import Text
from ui.view import mid_sentence

WORDS: dict[str, theme.Word] = {"watch": "concern", "fine": "improvement", "plain": "ordinary"}
MOST = 5
"""Fields and procedures named on the page; the table behind them has all."""


def title(found: Sequence[Finding], text: Text) -> str:
    """Return how many findings call for attention and how many are fine."""
    watch, fine = (sum(f.word == word for f in found) for word in ("watch", "fine"))
    if not watch and not fine:
        return text("month.findings.title_none")
    return text("month.findings.title" if watch else "month.findings.title_fine", watch=watch, fine=fine)


def listed(found: Sequence[Finding], metrics: Mapping[str, Metric], text: Text) -> str:
    """Return the findings line by line, each with its sign, so that colour is not needed."""
    return "  \n".join(
        f"**{theme.SIGNS[WORDS[f.word]].icon}** {said(f, metrics[f.metric], text)}"
        for f in found
        if f.metric in metrics
    )


def said(found: Finding, metric: Metric, text: Text) -> str:
    """Return one finding in words."""
    label = metric.label[text.lang]
    key = f"month.finding.{found.code}"
    if found.code.startswith("target"):
        target = numbers.number(found.of, metric.unit, text.lang)
        target = target if found.is_confirmed else f"{target} ({text('plan.unconfirmed')})"
        return text(key, label=label, value=numbers.number(found.n, metric.unit, text.lang), target=target)
    if text.has(f"{key}_of.{metric.name}"):
        key = f"{key}_of.{metric.name}"
    return text(key, label=label, n=numbers.integer(found.n, text.lang), of=numbers.integer(found.of, text.lang))


def silent(rows: Mapping[str, Row], metrics: Mapping[str, Metric], text: Text) -> str:
    """Return of which figures there are no data, each by its name; nothing where all are there."""
    absent = [mid_sentence(m.label[text.lang]) for n, m in metrics.items() if n in rows and is_absent(rows[n])]
    return text("month.silent", names="; ".join(absent)) if absent else ""


def is_absent(row: Row) -> bool:
    """Return whether there is no figure because nothing was sent or nothing can be computed."""
    return row.value is None and row.status in ("not_sent", "not_available")


# Like communes --------------------------------------------------------------------------------------------------------


def alike(standing: Standing, similar: Peers) -> list[UnitStanding]:
    """Return the unit and those most like it that are placed in the month, the best value first."""
    wanted = (similar.unit_id, *(p.unit_id for p in similar.peers))
    found = [u for unit_id in wanted if (u := standing.of(unit_id)) is not None and u.value is not None]
    return sorted(found, key=lambda u: (-(u.value or 0.0), u.unit_name))


def alike_marks(units: Sequence[UnitStanding], metric: Metric, own: str, text: Text) -> tuple[charts.Mark, ...]:
    """Return a dot with its whisker per unit, with its tier as a sign before the name."""
    made = []
    for unit in units:
        tier = unit.tier
        icon = f"{tiers.ICONS[tier]} " if tier in ("top", "bottom") else ""
        sign = tiers.WORDS[tier] if tier else "unknown"
        share = numbers.share(unit.value, unit.numerator, unit.denominator, text.lang)
        hover = f"<b>{unit.unit_name}</b><br>{share}<br>{tiers.word(unit, text)}"
        made.append(
            charts.Mark(unit.unit_id, f"{icon}{unit.unit_name}", unit.value, unit.lower, unit.upper, sign, hover,
                        not unit.is_judged, unit.unit_id == own)
        )  # fmt: skip
    return tuple(made)


def alike_title(units: Sequence[UnitStanding], own: str, text: Text) -> str:
    """Return between which values those most like the unit lie, and where its own interval is."""
    mine = next((u for u in units if u.unit_id == own), None)
    others = [u for u in units if u.unit_id != own and u.value is not None]
    if mine is None or not others:
        return text("month.alike.title_none")
    low, high = (numbers.percent(f(u.value or 0.0 for u in others), text.lang) for f in (min, max))
    value = numbers.percent(mine.value, text.lang)
    return text("month.alike.title", value=value, n=len(others), low=low, high=high)


def alike_table(units: Sequence[UnitStanding], metric: Metric, text: Text) -> tables.Table:
    """Return the table twin: value, parts, interval, tier and rank interval; never a bare rank."""
    columns = (
        *(tables.Column(text(f"column.{n}")) for n in ("unit", "code")),
        *standings.figure_columns(metric.label[text.lang], "share", text),
        tables.Column(text("standing.column_tier")),
        tables.Column(text("standing.column_rank_interval")),
    )
    return tables.Table(
        columns,
        tuple(
            (u.unit_name, u.unit_code, u.value, u.numerator, u.denominator, u.lower, u.upper, tiers.word(u, text),
             tiers.rank_interval(u) or None)
            for u in units
        ),
    )  # fmt: skip


# What carries the lateness --------------------------------------------------------------------------------------------


def late_title(found: Sequence[Carrier], text: Text) -> str:
    """Return how many cases were late, and which field has most of them."""
    late, settled = sum(c.late for c in found), sum(c.settled for c in found)
    if not settled:
        return text("month.late.title_nothing")
    if not late:
        return text("month.late.title_none", settled=numbers.integer(settled, text.lang))
    first = found[0]
    return text(
        "month.late.title",
        late=numbers.integer(late, text.lang),
        n=numbers.integer(first.late, text.lang),
        name=mid_sentence(first.name) or text("chart.no_field"),
    )


def late_procedures(mix: CaseMix) -> list[Procedure]:
    """Return the procedures with late cases, most of them first."""
    return sorted((p for p in mix.procedures if p.late), key=lambda p: (-p.late, -p.settled, p.name))


def procedures_table(found: Sequence[Procedure], text: Text, is_compared: bool = True) -> tables.Table:
    """Return late cases per procedure; of a part of the province beside what its rates lead one to expect."""
    columns = [
        tables.Column(text("standing.column_procedure")),
        tables.Column(text("column.settled"), "count"),
        tables.Column(text("standing.column_late"), "count"),
    ]
    if is_compared:
        columns.append(tables.Column(text("standing.column_expected"), "decimal"))
    rows = tuple((p.name, p.settled, p.late, p.expected)[: len(columns)] for p in found)
    return tables.Table(tuple(columns), rows)


def fields_table(found: Sequence[Carrier], text: Text) -> tables.Table:
    """Return settled and late cases per field."""
    columns = (
        tables.Column(text("column.field_name")),
        tables.Column(text("column.settled"), "count"),
        tables.Column(text("standing.column_late"), "count"),
        tables.Column(f"{text('standing.column_late')} (%)", "share"),
    )
    none = text("chart.no_field")
    return tables.Table(columns, tuple((c.name or none, c.settled, c.late, c.late / c.settled) for c in found))


def steps_said(found: Steps, settled: int, text: Text) -> str:
    """Return in which step late cases stayed longer than others, or why that is not known."""
    if found.why_not is not None:
        return text("month.steps.hidden", reason=mid_sentence(found.why_not.text(text.lang)))
    if not found.steps:
        return text("month.steps.none")
    first = found.steps[0]
    known = {"known": numbers.integer(found.n_cases, text.lang), "settled": numbers.integer(settled, text.lang)}
    if first.more is None or first.more <= 0:
        return text("month.steps.alike", **known)
    late, other = (numbers.decimal(d, 1, text.lang) for d in (first.days_late, first.days_in_time))
    return text("month.steps.longer", step=mid_sentence(first.name), late=late, other=other, **known)


def steps_table(found: Steps, text: Text) -> tables.Table:
    """Return the average working days of each step, of late cases and of the others."""
    names = ("step", "days_late", "days_in_time", "n_late", "n_in_time")
    kinds: tuple[tables.Kind, ...] = ("text", "decimal", "decimal", "count", "count")
    columns = tuple(tables.Column(text(f"month.steps.column.{n}"), k) for n, k in zip(names, kinds, strict=True))
    return tables.Table(
        columns, tuple((s.name, s.days_late, s.days_in_time, s.n_late, s.n_in_time) for s in found.steps)
    )


# What people say ------------------------------------------------------------------------------------------------------


def voice_table(rows: Sequence[Row], metrics: Mapping[str, Metric], text: Text) -> tables.Table:
    """Return each figure with its parts and its interval, short enough for a phone; or why there is none."""
    columns = tuple(tables.Column(text(f"month.voice.column.{n}")) for n in ("name", "value", "interval"))
    made = []
    for row in rows:
        metric = metrics[row.metric]
        value = figures.value_text(metric, row, text.lang)
        if value == numbers.MISSING:
            made.append((metric.label[text.lang], value, figures.detail_text(metric, row, text)))
            continue
        of = _of(metric, row, text)
        span = numbers.span(row.lower, row.upper, metric.unit, text.lang)
        pieces = [span, text("month.voice.small") if row.is_small else "", _state(row, text)]
        made.append((metric.label[text.lang], f"{value} ({of})" if of else value, " ".join(p for p in pieces if p)))
    return tables.Table(columns, tuple(made))


def _of(metric: Metric, row: Row, text: Text) -> str:
    """Return the parts of a share; of a survey how many people answered."""
    if metric.source == figures.SURVEY:
        n = survey.respondents(row)
        return text("month.voice.people", n=numbers.integer(n, text.lang)) if n is not None else ""
    return figures.parts_text(metric, row, text.lang)


def _state(row: Row, text: Text) -> str:
    return f"({text('status.provisional')})" if row.status == "provisional" else ""


def voice_details(rows: Sequence[Row], metrics: Mapping[str, Metric], text: Text) -> tables.Table:
    """Return the table twin: each figure with its number, interval and all that is noted of it."""
    names = ("name", "number", "numerator", "denominator", "lower", "upper", "note")
    kinds: tuple[tables.Kind, ...] = ("text", "score", "count", "count", "score", "score", "text")
    columns = tuple(tables.Column(text(f"month.voice.column.{n}"), k) for n, k in zip(names, kinds, strict=True))
    made = []
    for row in rows:
        known = (row.value, row.numerator, row.denominator, row.lower, row.upper) if row.is_shown else (None,) * 5
        made.append((metrics[row.metric].label[text.lang], *known, row.note_in(text.lang) or None))
    return tables.Table(columns, tuple(made))


def markdown(table: tables.Table, lang: str, most: int = 0) -> str:
    """Return a table as Markdown: it wraps on a phone and prints whole, as a scrolling grid does not.

    >>> markdown(tables.Table((tables.Column("A"), tables.Column("B", "count")), (("x|y", 1200),)), "vi")
    '| A | B |\\n| :-- | --: |\\n| x\\\\|y | 1.200 |'
    """
    rows = table.rows[:most] if most else table.rows
    lines = [
        "| " + " | ".join(c.label for c in table.columns) + " |",
        "| " + " | ".join(":--" if c.kind == "text" else "--:" for c in table.columns) + " |",
    ]
    for row in rows:
        cells = (_cell(v, c.kind, lang) for v, c in zip(row, table.columns, strict=True))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: Any, kind: tables.Kind, lang: str) -> str:
    return tables.shown(value, kind, lang).replace("|", "\\|").replace("\n", " ").replace(" %", "\u00a0%")
