"""What a page answers, in one or two sentences computed from the data; never more than the data say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics.model import Metric
from metrics.periods import parse
from ui import charts, figures, numbers
from ui.text import Text
from ui.view import mid_sentence


def rate(text: Text, metric: Metric, row: Any, unit: str, period: str) -> str:
    """Return the sentence of a rate with its parts, or why there is none."""
    if row is None or row.value is None or not row.is_shown:
        reason = figures.detail_text(metric, row, text)
        reason = figures.going_on(reason)
        return text("sentence.no_value", unit=unit, period=period, label=metric.label[text.lang].lower(), reason=reason)
    return text(
        "sentence.rate",
        unit=unit,
        period=period,
        label=metric.label[text.lang].lower(),
        share=numbers.share(row.value, row.numerator, row.denominator, text.lang),
        provisional=text("sentence.provisional") if row.status == "provisional" else "",
    )


def change(text: Text, comparison: figures.Comparison, name: str, unit: str) -> str:
    """Return how a figure moved, with "within the usual range" when noise explains it."""
    if comparison.delta is None:
        return ""
    if not comparison.is_clear:
        return text("sentence.within_noise", name=name)
    size = numbers.difference(abs(comparison.delta), unit, text("figure.points"), text.lang).lstrip("+")
    return text("sentence.higher" if comparison.delta > 0 else "sentence.lower", name=name, size=size)


def moved(text: Text, metric: Metric, row: Any, card: figures.Figure) -> str:
    """Return how the figure moved since the period before; of too few cases only that they are too few."""
    if row is None or row.value is None or not row.is_shown:
        return ""
    if row.is_small:
        return text("sentence.own_small", n=numbers.integer(row.denominator, text.lang))
    return " ".join(change(text, c, text(f"figure.{c.word}").lower(), metric.unit) for c in card.comparisons[:1])


def some(names: Sequence[str], most: int = 5) -> str:
    """Return the first few names in mid-sentence case.

    >>> some(["Xã Lìa", "Phường Đông Hà"]), some(["Xã A", "Xã B"], 1)
    ('xã Lìa, phường Đông Hà', 'xã A, …')
    """
    listed = ", ".join(mid_sentence(n) for n in names[:most])
    return f"{listed}, …" if len(names) > most else listed


def trend_title(text: Text, metric: Metric, rows: Sequence[Any], unit: str) -> str:
    """Return the finding of a series: where the last value stands among those before it."""
    known = [r for r in rows if r is not None and r.value is not None and r.is_shown]
    label = metric.label[text.lang]
    if not known:
        return text("title.no_data", label=label)
    value = figures.value_text(metric, known[-1], text.lang)
    before = figures.spread([r.value for r in known[:-1]])
    if before is None:
        return text("title.single", label=label, value=value)
    low, high = (numbers.number(v, metric.unit, text.lang, figures.is_whole(metric)) for v in before)
    last = known[-1].value
    key = "title.highest" if last > before[1] else "title.lowest" if last < before[0] else "title.between"
    return text(key, label=label, value=value, low=low, high=high, n=len(known) - 1)


def denunciations(text: Text, row: Any, quarter: str) -> str:
    """Return the count of a quarter, or why it is not shown."""
    if row is None or row.value is None or not row.is_shown:
        reason = row.note_in(text.lang) if row is not None else text("status.not_available")
        return text("letters.denunciations_none", reason=reason)
    n = numbers.integer(row.value, text.lang)
    return text("letters.denunciations", n=n, period=mid_sentence(parse(quarter).name(text.lang)))


def backlog(text: Text, metric: Metric, pending: Any, overdue: Any) -> str:
    """Return what is pending and how much of it is overdue; nothing where neither is known."""
    if pending is None or pending.value is None or not pending.is_shown:
        return ""
    given = {"pending": pending, "overdue": overdue}
    return text("sentence.backlog", **{k: figures.value_text(metric, r, text.lang) for k, r in given.items()})


def for_others(text: Text, row: Any) -> str:
    """Return how many cases were received for other bodies, which answer for them; nothing when there are none."""
    return text("sentence.for_others", n=numbers.integer(row.value, text.lang)) if row is not None and row.value else ""


def survey(
    text: Text, unit: str, period: str, total: Any, satisfied: Any, of_total: Metric, of_satisfied: Metric
) -> str:
    """Return the total with its respondents, or why there is none; and satisfaction, where it was asked."""
    values = {"unit": unit, "period": period}
    if total.value is None or not total.is_shown:
        reason = figures.detail_text(of_total, total, text)
        said = text("sentence.survey_partial", reason=mid_sentence(reason), **values)
    else:
        shown = figures.value_text(of_total, total, text.lang)
        said = text("sentence.survey", total=shown, n=numbers.integer(total.denominator, text.lang), **values)
    if satisfied.value is not None and satisfied.is_shown:
        share = figures.value_text(of_satisfied, satisfied, text.lang)
        return f"{said} {text('sentence.satisfied', satisfied=share)}"
    is_silent = any(r.code == "survey_none" for r in satisfied.reasons)
    return f"{said} {text('sentence.satisfied_none')}" if is_silent else said


def named(mark: charts.Mark, unit: str, text: Text) -> str:
    """Return "name (value)" for a finding."""
    return f"{mark.label} ({numbers.number(mark.value, unit, text.lang)})"


def factor(text: Text, name: str | None) -> str:
    """Return a factor of satisfaction in words."""
    key = f"factor.{name}"
    return text(key) if text.has(key) else name or text("chart.no_field")
