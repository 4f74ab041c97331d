"""Units in two freely chosen periods side by side: what hinders a comparison, the figures, what chance explains. Pure.

A difference is the first period less the second one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from metrics import catalogue, compare, dictionary, periods
from metrics.compare import Change
from metrics.model import Calendar, Metric
from metrics.periods import NoPeriod, Period
from metrics.viewer import Viewer
from ui import figures, numbers, standings, tables, theme
from ui import view as choices
from ui.reader import CHANGE_DAY
from ui.text import Text
from ui.view import mid_sentence

MOST = 10
"""Figures compared at a time."""
JUDGED = ("improvement", "concern", "ordinary")
FLOWS = frozenset({"count", "distinct", "rate", "derived"})
"""Kinds that grow with the length of a period: of periods of different length they have no difference."""


@dataclass(frozen=True)
class Pair:
    """One figure of one unit in both periods."""

    unit: str
    metric: Metric
    first: Any
    second: Any
    change: Change | None
    verdict: str
    """`improvement`, `concern`, `ordinary`, or the reason there is none: a key of `overview.pair.verdict`."""


# What can be chosen ---------------------------------------------------------------------------------------------------


def offered_periods(first: date, last: date, calendar: Calendar, text: Text) -> dict[str, str]:
    """Return every period that the data touch, of all kinds, by token: its name."""
    return {
        token: periods.parse(token, calendar).name(text.lang)
        for kind in choices.KINDS
        for token in choices.tokens(kind, first, last)
    }


def offered_metrics(viewer: Viewer, text: Text) -> dict[str, str]:
    """Return the figures that the viewer may ask for, by topic."""
    topics = list(dictionary.TITLES)
    found = [
        m
        for m in catalogue.metrics().values()
        if not m.is_component and (m.viewers != "province" or viewer.sees_province)
    ]
    found.sort(key=lambda m: topics.index(dictionary.section(m)) if dictionary.section(m) in topics else len(topics))
    return {m.name: m.label[text.lang] for m in found}


def counterpart(period: Period, earliest: date) -> Period | None:
    """Return the same period of the year before, else the period before, as far as there are data."""
    for other in (periods.same_last_year(period, earliest), periods.previous(period, earliest)):
        if not isinstance(other, NoPeriod):
            return other
    return None


# What hinders ---------------------------------------------------------------------------------------------------------


def overlap(one: Period, other: Period) -> tuple[date, date] | None:
    """Return the days that both periods have."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    return (start, end) if start <= end else None


def is_of_one_length(one: Period, other: Period) -> bool:
    """Return whether both are as many months long."""
    return periods.months(one) == periods.months(other)


def warnings(one: Period, other: Period, text: Text) -> list[str]:
    """Return what stands in the way of comparing the two, each in a sentence."""
    said = []
    if one.token == other.token:
        return [text("overview.pair.warn.same")]
    if common := overlap(one, other):
        said.append(text("overview.pair.warn.overlap", start=numbers.day(common[0]), end=numbers.day(common[1])))
    if not is_of_one_length(one, other):
        lengths = {"first": periods.months(one), "second": periods.months(other)}
        said.append(text("overview.pair.warn.lengths", **lengths))
    start, end = min(one.start, other.start), max(one.end, other.end)
    if start < CHANGE_DAY <= end:
        key = "change" if not any(p.start < CHANGE_DAY <= p.end for p in (one, other)) else "cut"
        said.append(text(f"overview.pair.warn.{key}"))
    return said


# The figures ----------------------------------------------------------------------------------------------------------


def pairs(
    names: Sequence[str],
    units: Mapping[str, str],
    first: Mapping[tuple[str, str], Any],
    second: Mapping[tuple[str, str], Any],
    one: Period,
    other: Period,
) -> list[Pair]:
    """Return each figure of each unit in both periods; rows are given by unit and metric."""
    made = []
    for unit_id, unit in units.items():
        for name in names:
            metric = catalogue.metric(name)
            now, then = first.get((unit_id, name)), second.get((unit_id, name))
            found = compare.change(metric, now, then) if now is not None and then is not None else None
            verdict = _verdict(metric, now, then, found, one, other)
            if verdict in ("lengths", "overlap"):
                found = None
            made.append(Pair(unit, metric, now, then, found, verdict))
    return made


def _verdict(metric: Metric, now: Any, then: Any, found: Change | None, one: Period, other: Period) -> str:
    if found is None:
        return "absent"
    if overlap(one, other):
        return "overlap"
    if metric.kind in FLOWS and not is_of_one_length(one, other):
        return "lengths"
    if metric.direction == "neutral":
        return "neutral"
    if found.is_clear is None:
        return "count"
    if now.is_small or then.is_small:
        return "small"
    return theme.for_change(found.value, metric.direction, found.is_clear).word


def sign(pair: Pair, text: Text) -> str:
    """Return the verdict in words, with its sign where there is one."""
    words = text(f"overview.pair.verdict.{pair.verdict}")
    known = {s.word: s.icon for s in theme.SIGNS.values() if s.word in JUDGED}
    return f"{known[pair.verdict]} {words}" if pair.verdict in known else words


def sentence(found: Sequence[Pair], one: Period, other: Period, text: Text) -> str:
    """Return how many differences chance does not explain, of how many that were judged."""
    judged = [p for p in found if p.verdict in JUDGED]
    when = {"first": mid_sentence(one.name(text.lang)), "second": mid_sentence(other.name(text.lang))}
    if not judged:
        return text("overview.pair.say_none", **when)
    better, worse = (sum(p.verdict == word for p in judged) for word in ("improvement", "concern"))
    return text("overview.pair.say", better=better, worse=worse, of=len(judged), **when)


def difference_lines(pair: Pair, text: Text) -> list[str]:
    """Return the signed difference, its interval where there is one, and what it means."""
    if pair.change is None:
        return [numbers.MISSING, sign(pair, text)]
    unit, points = pair.metric.unit, text("figure.points")
    said = [numbers.difference(pair.change.value, unit, points, text.lang, whole=figures.is_whole(pair.metric))]
    if pair.change.lower is not None and pair.change.upper is not None:
        low, high = (numbers.difference(v, unit, "", text.lang).strip() for v in (pair.change.lower, pair.change.upper))
        said.append(text("overview.pair.span", low=low, high=high))
    return [*said, sign(pair, text)]


def value_lines(pair: Pair, row: Any, text: Text) -> list[str]:
    """Return a value with its parts, or why there is none."""
    value = figures.value_text(pair.metric, row, text.lang)
    if value == numbers.MISSING:
        return [value, figures.detail_text(pair.metric, row, text)]
    mark = text("sentence.provisional").strip() if row.status == "provisional" else ""
    return [value, figures.parts_text(pair.metric, row, text.lang), mark]


def groups(found: Sequence[Pair]) -> list[tuple[str, list[Pair]]]:
    """Return the pairs in small tables: of one unit one table of its figures, of several one table a figure."""
    units = list(dict.fromkeys(p.unit for p in found))
    if len(units) == 1:
        return [(units[0], list(found))]
    names = dict.fromkeys(p.metric.name for p in found)
    return [("", [p for p in found if p.metric.name == name]) for name in names]


def small_table(group: tuple[str, list[Pair]], one: Period, other: Period, text: Text) -> tuple[str, str]:
    """Return a small table as HTML, which wraps on a phone and prints whole, with its title."""
    unit, some = group
    title = unit or some[0].metric.label[text.lang]
    heads = (
        text("column.metric") if unit else text("column.unit"), one.name(text.lang), other.name(text.lang),
        text("overview.pair.column.difference"),
    )  # fmt: skip
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(p.metric.label[text.lang] if unit else p.unit)}</th>'
        + "".join(
            _cell(lines)
            for lines in (value_lines(p, p.first, text), value_lines(p, p.second, text), difference_lines(p, text))
        )
        + "</tr>"
        for p in some
    )
    caption = f"<caption>{escape(title)}</caption>"
    return title, f'<table class="pair">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(lines: Sequence[str]) -> str:
    """Return a cell whose first line is the figure; a percentage is not parted from its sign."""
    kept = [escape(line.replace(" %", "\u00a0%").replace(" điểm", "\u00a0điểm")) for line in lines if line]
    return f"<td><b>{kept[0]}</b>{''.join(f'<br><span>{line}</span>' for line in kept[1:])}</td>"


def table(found: Sequence[Pair], one: Period, other: Period, text: Text) -> tables.Table:
    """Return the table behind it, typed: both values with their parts, the difference with its interval."""
    first, second = one.name(text.lang), other.name(text.lang)
    columns = [tables.Column(text(f"column.{n}")) for n in ("unit", "metric")]
    for when in (first, second):
        columns.append(tables.Column(when, "each"))
        columns += [
            tables.Column(f"{when}: {text(f'column.{n}').lower()}", "count") for n in ("numerator", "denominator")
        ]
    columns += [tables.Column(text(f"overview.pair.column.{n}"), "each") for n in ("difference", "lower", "upper")]
    columns.append(tables.Column(text("overview.pair.column.verdict")))
    return tables.Table(tuple(columns), tuple(_row(p, text) for p in found))


def _row(pair: Pair, text: Text) -> tuple[Any, ...]:
    metric, change = pair.metric, pair.change
    kind: tables.Kind = "count" if figures.is_whole(metric) else standings.value_kind(metric)
    # between shares percentage points, as on the page
    scale, apart = (100, "decimal") if metric.unit == "percent" else (1, kind)

    def each(value: float | None, of: Any, times: float = 1) -> tables.Each | None:
        return None if value is None else tables.Each(float(value) * times, of)

    cells: list[Any] = [pair.unit, metric.label[text.lang]]
    for row in (pair.first, pair.second):
        is_there = row is not None and row.is_shown and row.value is not None
        cells += [each(row.value, kind), *_parts(metric, row)] if is_there else [None, None, None]
    told = (change.value, change.lower, change.upper) if change is not None else (None, None, None)
    return (*cells, *(each(v, apart, scale) for v in told), sign(pair, text))


def _parts(metric: Metric, row: Any) -> tuple[Any, Any]:
    return (row.numerator, row.denominator) if metric.is_share else (None, None)
