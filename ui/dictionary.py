"""The dictionary of metrics: by topic, found by words, one line each, and what a definition leaves out. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from metrics import catalogue, expression, points
from metrics.dictionary import TITLES
from metrics.dictionary import section as topic
from metrics.explain import basis
from metrics.model import Metric
from metrics.notes import word
from ui import numbers, tables
from ui.context import in_labels
from ui.text import Text
from ui.view import mid_sentence
from warehouse import clock

COLUMNS = (
    "metric", "topic", "definition", "formula", "unit", "direction", "levels", "interval", "viewers", "basis", "name",
)  # fmt: skip


def topics(metrics: Iterable[Metric]) -> tuple[str, ...]:
    """Return the topics that have a metric, in the order of the document; unknown ones last."""
    found = dict.fromkeys(topic(m) for m in metrics)
    return (*(t for t in TITLES if t in found), *(t for t in found if t not in TITLES))


def topic_name(name: str, text: Text) -> str:
    """Return a topic's name."""
    for key in (f"dictionary.topics.{name}", f"value.dataset.{name}"):
        if text.has(key):
            return text(key)
    return name


def looked_for(metrics: Iterable[Metric], words: str, lang: str, only: str = "") -> list[Metric]:
    """Return the metrics of a topic that hold every word in label, name, definition or basis, accents or none."""
    wanted = plain(words).split()

    def said(m: Metric) -> str:
        cited = " ".join(f"{b.cite} {b.article}" for b in m.regulation)
        return plain(f"{m.label[lang]} {m.name} {m.description[lang]} {cited}")

    return [m for m in metrics if (not only or topic(m) == only) and all(w in said(m) for w in wanted)]


def plain(words: str) -> str:
    """Return words in lower case without accents.

    >>> plain("Đúng hạn")
    'dung han'
    """
    spread = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    return "".join(c for c in spread if not unicodedata.combining(c))


def is_doubtful(metric: Metric) -> bool:
    """Return whether a legal basis of the metric has not been checked against its text."""
    return any(not b.is_confirmed for b in metric.regulation)


def sentence(metrics: Sequence[Metric], planned: Sequence[str], text: Text) -> str:
    """Return how many metrics there are, how many rest on unchecked texts, and how many names are still to come."""
    offered = [m for m in metrics if not m.is_component]
    doubtful = sum(map(is_doubtful, offered))
    said = text("dictionary.say", n=len(offered), unconfirmed=doubtful)
    return f"{said} {text('dictionary.say_planned', planned=len(planned))}" if planned else said


def table(metrics: Sequence[Metric], text: Text) -> tables.Table:
    """Return every definition on one line."""
    columns = tuple(tables.Column(text(f"dictionary.column.{n}")) for n in COLUMNS)
    return tables.Table(columns, tuple(_row(m, text) for m in metrics))


def _row(metric: Metric, text: Text) -> tuple[str, ...]:
    lang = text.lang
    return (
        metric.label[lang],
        topic_name(topic(metric), text),
        metric.description[lang],
        formula(metric, text),
        word("unit", metric.unit, lang),
        text(f"direction.{metric.direction}"),
        "; ".join(word("level", level, lang) for level in metric.levels),
        text(f"method.{metric.interval}"),
        word("viewers", metric.viewers, lang),
        "; ".join(basis(r, lang) for r in metric.regulation),
        metric.name,
    )


def formula(metric: Metric, text: Text) -> str:
    """Return the formula in words: over labels of other metrics where it has one, else the kind of number."""
    return in_labels(metric.expression, text) if metric.expression else text(f"metric_kind.{metric.kind}")


def beside(metric: Metric, text: Text) -> str:
    """Return, as Markdown, what the definition leaves out: unit, splits, who may see it, where it is used."""
    lang = text.lang
    splits = "; ".join(word("split", s, lang) for s in metric.splits) or text("dictionary.no_splits")
    items = [
        ("unit", word("unit", metric.unit, lang)),
        ("splits", splits),
        ("viewers", word("viewers", metric.viewers, lang)),
    ]
    if metric.kind == "score":
        items.append(("scale", scale(str(metric.options["group"]), clock.today(), text)))
    users = used_in(metric)
    if users:
        items.append(("used_in", "; ".join(u.label[lang] for u in users)))
    return "\n".join(f"- **{text(f'dictionary.{name}')}**: {said}" for name, said in items)


def scale(group: str, day: date, text: Text) -> str:
    """Return the indicators of a group of Decision 766 with their points, the rate for all of them, and doubts."""
    said = []
    for one in points.indicators(group, day):
        most = text("dictionary.unknown_points") if one.points is None else numbers.decimal(one.points, 0, text.lang)
        line = text("dictionary.indicator", code=one.code, name=mid_sentence(one.label(text.lang)), points=most)
        if one.target is not None:
            line += text("dictionary.target", target=numbers.percent(one.target, text.lang, 0))
        said.append(line if one.is_confirmed else f"{line} ({text('dictionary.doubtful')})")
    return "; ".join(said)


def used_in(metric: Metric) -> list[Metric]:
    """Return the metrics that name this one: in their formula, or as the rate of an indicator."""

    def named(m: Metric) -> tuple[str, ...]:
        if m.kind == "score":
            return points.metrics_of(str(m.options["group"]))
        return tuple(expression.names(m.expression)) if m.expression else ()

    return [m for m in catalogue.metrics().values() if metric.name in named(m)]


def planned_line(planned: Iterable[str], text: Text) -> str:
    """Return the names that are promised and have no definition yet; nothing when there are none."""
    names = ", ".join(f"`{name}`" for name in sorted(planned))
    return text("dictionary.planned", names=names) if names else ""
