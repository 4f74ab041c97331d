"""Published indices drawn as published: the finding, its history with breaks, its parts, documents and tables. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from metrics import periods
from metrics.analysis.published import Document, Published, Score, changes
from metrics.indices import TOTAL, Break, component_label, components
from ui import charts, numbers
from ui.text import Text
from ui.view import mid_sentence, short_label

COLUMNS = "document_no, published_on, index_id, unit_code, period, component_id, score, max_score, standard_error"
"""The canonical headers of a file of published scores."""
FEW_PARTS = 2


def period_name(token: str, text: Text) -> str:
    """Return a period as a reader knows it; what the sender wrote when it is no token of ours."""
    try:
        return periods.parse(token).name(text.lang)
    except periods.PeriodError:
        return token


def short_period(token: str) -> str:
    """Return a period for an axis."""
    try:
        periods.parse(token)
    except periods.PeriodError:
        return token
    return short_label(token)


def document(found: Document, text: Text) -> str:
    """Return a document's number and day."""
    if not found.number:
        return text("indices.document_none")
    if found.published_on is None:
        return text("indices.document_no_day", number=found.number)
    return text("indices.document", number=found.number, day=numbers.day(found.published_on))


def value(score: Score, lang: str) -> str:
    """Return a published value as it stands: as many decimals as it has, at most two; with its maximum where given."""
    if score.value is None:
        return numbers.MISSING
    shown = numbers.decimal(score.value, 2, lang)
    if score.max_score is None:
        return shown
    whole = float(score.max_score).is_integer()
    return f"{shown}/{numbers.decimal(score.max_score, 0 if whole else 2, lang)}"


def unit_name(score: Score, text: Text) -> str:
    """Return the unit's name; of one that is no more with its last day, for one of the same name may follow it."""
    if score.unit_ended_on is None:
        return score.unit_name
    return text("indices.unit_until", name=score.unit_name, day=numbers.day(score.unit_ended_on - timedelta(days=1)))


def named(found: Published, text: Text) -> str:
    """Return the index's full name with its basis, where one is known."""
    name, basis = found.index.label(text.lang), found.index.basis
    return text("indices.basis", name=name, basis=basis) if basis else name


def newest(found: Published) -> Score | None:
    """Return the newest total that was published; None where only parts were: no part stands for the whole."""
    return next((s for s in reversed(found.scores) if s.component_id == TOTAL and s.value is not None), None)


def finding(found: Published, score: Score, text: Text) -> str:
    """Return the index with its newest value and its interval; of which unit, where there are several."""
    said = value(score, text.lang)
    if score.lower is not None:
        span = numbers.span(score.lower, score.upper, "score", text.lang)
        said = f"{said} ({text('indices.interval', span=span)})"
    name = found.index.short_label(text.lang)
    period = mid_sentence(period_name(score.period, text))
    if len(found.unit_ids) > 1:
        return text(
            "indices.finding_unit", index=name, period=period, value=said, unit=mid_sentence(unit_name(score, text))
        )
    return text("indices.finding", index=name, period=period, value=said)


def change(found: Published, series: Sequence[Score], text: Text) -> str:
    """Return how the newest value stands to the one before it; why not, where the series breaks between them."""
    known = [s for s in series if s.value is not None]
    if len(known) < 2:
        return ""
    before, after = known[-2:]
    period = mid_sentence(period_name(before.period, text))
    if before.side != after.side:
        between = [b for b in found.breaks if before.start < b.since <= after.start]
        return text("indices.not_compared", period=period, reason="; ".join(b.text(text.lang) for b in between))
    last = next((c for c in reversed(changes(series)) if c.after is after), None)
    if last is None:
        return ""
    size = numbers.difference(last.difference, "score", "", text.lang)
    if last.is_clear is None:
        return text("indices.unsaid", period=period, size=size)
    if not last.is_clear:
        return text("indices.within", period=period, size=size)
    bare = numbers.decimal(abs(last.difference), 2, text.lang)
    return text("indices.higher" if last.difference > 0 else "indices.lower", period=period, size=bare)


def documents_line(scores: Sequence[Score], text: Text) -> str:
    """Return the documents of the values shown, newest first, and what they replaced."""
    found = dict.fromkeys(s.document for s in scores if s.value is not None)
    newest = sorted(found, key=lambda d: (d.published_on or date.min, d.number), reverse=True)
    line = "; ".join(document(d, text) for d in newest) + "."
    older = dict.fromkeys(d for s in scores for d, _ in s.older)
    if older:
        line += " " + text("indices.older", list="; ".join(document(d, text) for d in older))
    return line


def history_subtitle(found: Published, text: Text) -> str:
    """Return what the line shows, and what the bars on it are where errors were published."""
    has_errors = any(s.half for s in found.scores if s.component_id == TOTAL)
    name = mid_sentence(component_label(found.index.index_id, TOTAL, text.lang))
    key = "indices.history_subtitle" if has_errors else "indices.history_plain"
    return text(key, index=found.index.short_label(text.lang), component=name)


def breaks_line(found: Published, component_id: str, text: Text) -> str:
    """Return the breaks that a part's chart crosses, numbered as in the chart; nothing when there are none."""
    rules = crossed(found, [s for s in found.scores if s.component_id == component_id])
    if not rules:
        return ""
    said = [
        text(
            "indices.break" if b.is_confirmed else "indices.break_unconfirmed",
            no=no, year=b.since.year, reason=b.text(text.lang),
        )
        for no, b in enumerate(rules, 1)
    ]  # fmt: skip
    return text("indices.history_breaks", list="; ".join(said))


def crossed(found: Published, series: Sequence[Score]) -> list[Break]:
    """Return the breaks that lie within a series, oldest first."""
    if not series:
        return []
    first, last = min(s.start for s in series), max(s.start for s in series)
    return [b for b in found.breaks if first < b.since <= last]


def hover(score: Score, text: Text) -> str:
    """Return what a point says: period, unit, value, interval, document."""
    lines = [f"<b>{period_name(score.period, text)}</b>", unit_name(score, text), value(score, text.lang)]
    if score.lower is not None:
        span = numbers.span(score.lower, score.upper, "score", text.lang)
        lines.append(text("indices.interval", span=span))
    return "<br>".join([*lines, document(score.document, text)])


def parts(latest: Sequence[Score], text: Text) -> tuple[charts.Mark, ...]:
    """Return the parts of one period as marks, where they share a scale; none where they do not."""
    found = [s for s in latest if s.component_id in components(s.index_id) and s.component_id != TOTAL]
    known = [s for s in found if s.value is not None]
    if len(known) < FEW_PARTS or len({s.max_score for s in known}) > 1:
        return ()
    return tuple(
        charts.Mark(
            s.component_id, component_label(s.index_id, s.component_id, text.lang), s.value, s.lower, s.upper,
            "neutral", hover(s, text),
        )
        for s in known
    )  # fmt: skip


def parts_title(found: Published, marks: Sequence[charts.Mark], period: str, text: Text) -> str:
    """Return the highest and the lowest part."""
    high, low = max(marks, key=lambda m: m.value or 0), min(marks, key=lambda m: m.value or 0)

    def named(mark: charts.Mark) -> str:
        return f"{mid_sentence(mark.label)} ({numbers.decimal(mark.value, 2, text.lang)})"

    name, when = found.index.short_label(text.lang), mid_sentence(period_name(period, text))
    return text("indices.parts_title", index=name, period=when, high=named(high), low=named(low))
