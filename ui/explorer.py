"""The explorer's question: what a definition allows, what was chosen of it, in words, and as a table. Pure."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from metrics import catalogue, periods
from metrics.model import GROUP, Metric, Query
from metrics.notes import word
from metrics.places import STATE_LEVELS
from ui import dictionary, drill, figures, labels, numbers, standings, tables
from ui import view as choices
from ui.page import Page
from ui.text import Text
from ui.view import mid_sentence, short_label

MAIN = "on_time_rate"
EACH = "each"
"""How the URL says that every unit of the level is asked for, not the chosen one."""
SURVEY = "fct_survey_answer"


@cache
def limits() -> dict[str, int]:
    """Return how much is asked, drawn and listed at once."""
    return dict(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")))


@dataclass(frozen=True)
class Choice:
    """What was chosen beside unit, period, calendar and snapshot, which are choices of every page."""

    metric: Metric
    is_each: bool = False
    first: str = ""
    """First period of a range that ends with the page's; empty for that period alone."""
    by: str = ""
    value: str | None = None

    @property
    def dimensions(self) -> frozenset[str]:
        """Return along what the answer has more than one row: units, periods, split."""
        found = {"units": self.is_each, "periods": bool(self.first), "split": bool(self.by) and self.value is None}
        return frozenset(name for name, is_many in found.items() if is_many)


# What is offered ---------------------------------------------------------------------------------------------------


def metrics() -> list[Metric]:
    """Return every metric, by topic in the order of the dictionary; parts that only others use stand last."""
    every = list(catalogue.metrics().values())
    order = dictionary.topics(every)
    return sorted(every, key=lambda m: order.index(dictionary.topic(m)))


def metric_label(metric: Metric, text: Text) -> str:
    """Return how a metric is offered: its topic, its name, and the name that the command line knows."""
    topic = dictionary.topic_name(dictionary.topic(metric), text)
    return f"{topic} › {metric.label[text.lang]} ({metric.name})"


def allows(metric: Metric, level: str) -> bool:
    """Return whether the definition says that the metric is counted at the level, or at groupings like it."""
    return level in metric.levels or (GROUP in metric.levels and level not in STATE_LEVELS)


def tokens(page: Page) -> list[str]:
    """Return the periods with which a range up to the page's period can begin, newest first."""
    offered = choices.tokens(choices.kind_of(page.view.period), page.first_day, page.last_day)
    return [t for t in offered if periods.parse(t, page.calendar).end < page.period.end]


def not_offered(metric: Metric, page: Page) -> list[str]:
    """Return what the definition leaves out, in sentences: levels and splits that other metrics of its source have."""
    text = page.text
    levels = [labels.level(g, text) for g in choices.groupings(page.places) if not allows(metric, g)]
    same = (m for m in catalogue.metrics().values() if m.source == metric.source)
    splits = dict.fromkeys(s for m in same for s in m.splits if s not in metric.splits)
    said = []
    if levels:
        said.append(text("explorer.no_levels", levels=", ".join(levels)))
    if splits:
        said.append(text("explorer.no_splits", splits=", ".join(word("split", s, text.lang) for s in splits)))
    return said


def follows_form(metric: Metric) -> bool:
    """Return whether the metric is nothing but what form II.06a calls early, on time and late."""
    return re.fullmatch(r"settled_class (= '\w+'|IN \([^)]*\))", metric.numerator) is not None


def why_nothing(rows: Sequence[Any], text: Text) -> str:
    """Return why no row has a figure, in the words of most of them; nothing where one has."""
    if any(r.is_shown and r.value is not None for r in rows):
        return ""
    said = Counter(figures.detail_text(catalogue.metric(r.metric), r, text) for r in rows)
    return said.most_common(1)[0][0] if said else text("status.not_available")


# What is asked -----------------------------------------------------------------------------------------------------


def query(page: Page, chosen: Choice) -> Query:
    """Return the question."""
    start = periods.parse(chosen.first, page.calendar).start if chosen.first else page.period.start
    changes: dict[str, Any] = {"boundaries": choices.boundaries(page.unit, start)}
    if chosen.first:
        changes |= {"period": chosen.first, "period_to": page.view.period}
    if chosen.is_each:
        changes |= {"level": page.view.level, "unit": None, "within": page.scope.unit_id}
    if chosen.by:
        changes |= {"by": chosen.by, "split_value": chosen.value}
    return page.query([chosen.metric.name], **changes)


def ordered(page: Page, chosen: Choice, rows: Sequence[Any]) -> list[Any]:
    """Return the rows with units in Vietnamese order; periods and values of the split stay in theirs."""
    if not chosen.is_each:
        return list(rows)
    order = {unit_id: i for i, unit_id in enumerate(page.units_below())}
    return sorted(rows, key=lambda r: order.get(r.unit_id, len(order)))


def where(page: Page, chosen: Choice) -> str:
    """Return of which units it is asked, in the middle of a sentence."""
    if not chosen.is_each:
        return mid_sentence(page.unit_name)
    scope = mid_sentence(choices.unit_label(page.scope, page.period.start, page.text))
    return page.text("explorer.of_each", level=labels.level(page.view.level, page.text), scope=scope)


def when(page: Page, chosen: Choice) -> str:
    """Return of which periods it is asked, in the middle of a sentence."""
    if not chosen.first:
        return mid_sentence(page.period.title(page.text.lang))
    first = mid_sentence(periods.parse(chosen.first, page.calendar).name(page.text.lang))
    return page.text("explorer.of_range", first=first, last=page.period_name)


def said(page: Page, chosen: Choice, names: Mapping[str, str]) -> str:
    """Return the whole question in words."""
    parts = [chosen.metric.label[page.text.lang], where(page, chosen), when(page, chosen)]
    if chosen.by:
        split = word("split", chosen.by, page.text.lang)
        if chosen.value is None:
            parts.append(page.text("explorer.of_split", split=split))
        else:
            parts.append(page.text("explorer.of_value", split=split, value=names.get(chosen.value, chosen.value)))
    return "; ".join(parts)


# Values of a split -------------------------------------------------------------------------------------------------


def value_names(page: Page, by: str, values: Sequence[str | None]) -> dict[str, str]:
    """Return the values of a split in words: how the answer names each → how it is shown."""
    text, known = page.text, _read_names(page, by) if by in ("procedure_code", "item") else {}
    return {v: known.get(v) or _value_name(text, by, v) for v in values if v is not None}


def _read_names(page: Page, by: str) -> dict[str, str]:
    if by == "item":
        return {r["item_id"]: f"{r['item_id']} {r[f'name_{page.text.lang}']}" for r in page.read("survey_items")}
    return {r["procedure_code"]: f"{r['procedure_code']} {r['procedure_name']}" for r in page.read("procedure_names")}


def _value_name(text: Text, by: str, value: str) -> str:
    if not value:
        return text("explorer.not_said")
    for key in (f"value.{by}.{value}", f"{by}.{value}"):
        if text.has(key):
            return text(key)
    return word(by, value, text.lang)


def offered_values(rows: Sequence[Any], names: Mapping[str, str]) -> dict[str, str]:
    """Return the values that can be looked at alone: how the address names each → its name, in order of name."""
    values = dict.fromkeys(r.split_value for r in rows if r.split_value is not None)
    found = {v or drill.NO_FIELD: names.get(v, v) for v in values}
    return dict(sorted(found.items(), key=lambda one: (one[0] == drill.NO_FIELD, one[1])))


# What is shown -----------------------------------------------------------------------------------------------------


def period_tokens(page: Page, chosen: Choice) -> list[str]:
    """Return the periods asked for, in order of time."""
    if not chosen.first:
        return [page.view.period]
    return [p.token for p in periods.series(chosen.first, page.view.period, page.calendar)]


def table(page: Page, chosen: Choice, rows: Sequence[Any], names: Mapping[str, str]) -> tables.Table:
    """Return every row of the answer with its days, parts, interval and note: what the command line gives."""
    text, metric = page.text, chosen.metric
    kind = standings.value_kind(metric)
    ends = {periods.parse(t, page.calendar).end: short_label(t) for t in period_tokens(page, chosen)}
    columns = [tables.Column(text("column.unit")), tables.Column(text("column.code"))]
    if chosen.first:
        columns.append(tables.Column(text("column.period")))
    columns += [tables.Column(text("explorer.column.from"), "date"), tables.Column(text("explorer.column.to"), "date")]
    if chosen.by:
        columns.append(tables.Column(first_upper(word("split", chosen.by, text.lang))))
    columns.append(tables.Column(metric.label[text.lang], kind))
    has_parts = not figures.is_whole(metric)
    if has_parts:
        columns += [tables.Column(text(f"column.{n}"), _part_kind(rows, n)) for n in ("numerator", "denominator")]
    has_span = any(r.lower is not None for r in rows)
    if has_span:
        columns += [tables.Column(text(f"column.{n}"), kind) for n in ("lower", "upper")]
    columns.append(tables.Column(text("column.note")))
    made = []
    for row in rows:
        is_shown = row.is_shown
        cells: list[Any] = [row.unit_name, row.unit_code]
        if chosen.first:
            # a period that contains 01/07/2025 has two sides: the first ends where no period does
            cells.append(ends.get(row.period_end) or text("explorer.side"))
        cells += [row.period_start, row.period_end]
        if chosen.by:
            cells.append(names.get(row.split_value, row.split_value))
        cells.append(row.value if is_shown else None)
        if has_parts:
            cells += [row.numerator, row.denominator]
        if has_span:
            cells += [row.lower, row.upper] if is_shown else [None, None]
        cells.append(row.note_in(text.lang) or None)
        made.append(tuple(cells))
    return tables.Table(tuple(columns), tuple(made))


def _part_kind(rows: Sequence[Any], part: str) -> tables.Kind:
    """Return how a part is printed: weights of a survey and points are no whole numbers."""
    found = (getattr(r, part) for r in rows)
    return "count" if all(n is None or float(n).is_integer() for n in found) else "decimal"


def first_upper(words: str) -> str:
    """Return words as they stand at the head of a column.

    >>> first_upper("lĩnh vực")
    'Lĩnh vực'
    """
    return words[:1].upper() + words[1:]


def listed(metric: Metric, rows: Sequence[Any], text: Text) -> tuple[bool, int | None]:
    """Return whether any rows lie behind the figures, and how many; None where that is not rows that are counted."""
    known = [r for r in rows if r.is_shown and (r.numerator or r.denominator)]
    built = [figures.build(metric, row, [], [], text) for row in known]
    if metric.is_share or metric.kind in ("count", "stock"):
        counts = [b.n_cases for b in built if b.has_cases]
        return bool(counts), None if None in counts else sum(n for n in counts if n is not None)
    return bool(known), None


def large(n: int, text: Text) -> str:
    """Return a number of rows for a sentence."""
    return numbers.integer(n, text.lang)
