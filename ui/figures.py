"""A figure ready to be shown, from answer rows: value, parts, interval, history, and how it compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from metrics import compile
from metrics.answer import Row
from metrics.compare import is_clear
from metrics.model import Metric as Definition
from ui import numbers, theme
from ui.text import Text

SURVEY = "fct_survey_answer"


@dataclass(frozen=True)
class Comparison:
    """One earlier period beside this one; `word` is `previous` or `last_year`."""

    word: str
    words: str
    delta: float | None
    is_clear: bool
    sign: theme.Sign


@dataclass(frozen=True)
class Figure:
    """What one card shows."""

    metric: str
    label: str
    value: str
    detail: str
    history: tuple[float, ...]
    comparisons: tuple[Comparison, ...]
    has_cases: bool
    n_cases: int | None
    """How many rows lie behind it; None where several rows may be one of what is counted."""


def is_share(metric: Definition) -> bool:
    """Return whether the value is a share of whole things that can be printed with its parts."""
    return metric.is_share


def is_whole(metric: Definition) -> bool:
    """Return whether the value counts whole things."""
    return metric.kind in ("count", "stock", "distinct") or metric.unit in ("cases", "letters", "units")


def value_text(metric: Definition, row: Row | None, lang: str) -> str:
    """Return the value in its unit; "–" when there is none or it may not be shown."""
    if row is None or not row.is_shown or row.value is None:
        return numbers.MISSING
    return numbers.number(row.value, metric.unit, lang, whole=is_whole(metric))


def parts_text(metric: Definition, row: Row, lang: str) -> str:
    """Return "1.234/1.310" for a share."""
    if not is_share(metric) or not row.is_shown or row.numerator is None or row.denominator is None:
        return ""
    return f"{numbers.integer(row.numerator, lang)}/{numbers.integer(row.denominator, lang)}"


def answers_text(metric: Definition, row: Row, text: Text) -> str:
    """Return that the parts of a survey's share are answers; how many people gave them is in the row's note."""
    is_of_answers = metric.source == SURVEY and parts_text(metric, row, text.lang)
    return text("survey.answers") if is_of_answers else ""


def detail_text(metric: Definition, row: Row | None, text: Text) -> str:
    """Return what stands under a value: its parts, its interval, or why there is none."""
    if row is None:
        return text("status.not_available")
    if not row.is_shown or row.value is None:
        return note(row, text) or text(
            f"status.{row.status}" if text.has(f"status.{row.status}") else "status.not_available"
        )
    counted = (parts_text(metric, row, text.lang), answers_text(metric, row, text))
    pieces = [" ".join(p for p in counted if p)]
    span = numbers.span(row.lower, row.upper, metric.unit, text.lang)
    if span:
        pieces.append(text("figure.interval", span=span))
    if metric.unit not in ("percent", "cases", "letters") and text.has(f"measure.{metric.unit}"):
        pieces.append(text(f"measure.{metric.unit}"))
    pieces.append(note(row, text))
    return " · ".join(p for p in pieces if p)


def note(row: Row, text: Text) -> str:
    """Return the row's note; that some units have not sent is said once, in the context line, here "provisional"."""
    told = [text("status.provisional") if r.code == "partial" else r.text(text.lang) for r in row.reasons]
    return "; ".join([*told[:1], *(going_on(t) for t in told[1:])])


def going_on(note: str) -> str:
    """Return a note as it stands after another one; an abbreviation keeps its capitals.

    >>> going_on("Tạm tính: 2/4 chưa kết thúc"), going_on("TTHC ngoài danh mục")
    ('tạm tính: 2/4 chưa kết thúc', 'TTHC ngoài danh mục')
    """
    return note if note[1:2].isupper() else note[:1].lower() + note[1:]


def compare(metric: Definition, now: Row | None, then: Row | None, word: str, absent: str, text: Text) -> Comparison:
    """Return the comparison with an earlier period in words, or the reason there is none."""
    unknown, name = theme.SIGNS["unknown"], text(f"figure.{word}")
    if now is None or now.value is None or not now.is_shown:
        return Comparison(word, "", None, False, unknown)
    if then is None or then.value is None or not then.is_shown:
        return Comparison(word, text("figure.no_comparison", name=name, reason=going_on(absent)), None, False, unknown)
    delta = now.value - then.value
    clear = is_clear(metric, now, then)
    words = text(
        "figure.comparison",
        name=name,
        value=numbers.number(then.value, metric.unit, text.lang, whole=is_whole(metric)),
        delta=numbers.difference(delta, metric.unit, text("figure.points"), text.lang, whole=is_whole(metric)),
    )
    return Comparison(word, words, delta, clear, theme.for_change(delta, metric.direction, clear))


def build(
    metric: Definition, now: Row | None, past: Sequence[Row | None], comparisons: Sequence[Comparison], text: Text
) -> Figure:
    """Return the card of a metric."""
    history = unbroken(past)
    counted = metric.is_share or metric.kind in ("count", "stock", "distinct")
    n = None
    if now is not None and counted and now.is_shown:
        n = now.denominator if metric.is_share else now.numerator
        n = n - now.unlisted[metric.is_share] if n is not None else None  # what a unit sent as a table has no list
    has_cases = metric.rows != "none" and bool(n)
    return Figure(
        metric.name,
        metric.label[text.lang],
        value_text(metric, now, text.lang),
        detail_text(metric, now, text),
        history if len(history) > 1 else (),
        tuple(c for c in comparisons if c.words),
        has_cases,
        int(n) if n is not None and not _is_not_of_rows(metric) else None,
    )


def _is_not_of_rows(metric: Definition) -> bool:
    """Return whether it is not rows that are counted: a matter of two letters is one, a day of three visits three."""
    return any(c.kind == "distinct" or c.amount for c in compile.components(metric))


def unbroken(past: Sequence[Row | None]) -> tuple[float, ...]:
    """Return the values up to the last period without a gap: a line over months without figures would invent them."""
    values = [r.value if r is not None and r.is_shown else None for r in past]
    at = next((i for i in range(len(values), 0, -1) if values[i - 1] is None), 0)
    return tuple(v for v in values[at:] if v is not None)


def standing(metric: Definition, row: Row, reference: Row | None) -> theme.Word:
    """Return where a unit stands against the whole: apart only where its interval excludes the whole's value."""
    if row.value is None or not row.is_shown or row.is_small:
        return "unknown"
    if reference is None or reference.value is None or row.lower is None or row.upper is None:
        return "neutral"
    if row.lower <= reference.value <= row.upper:
        return "ordinary"
    return theme.for_change(row.value - reference.value, metric.direction, True).word


def spread(values: Sequence[Any]) -> tuple[float, float] | None:
    """Return the lowest and highest known value."""
    known = [v for v in values if v is not None]
    return (min(known), max(known)) if known else None
