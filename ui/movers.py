"""Who moved since the period before beyond chance: a sentence and the table behind it. Pure."""

from __future__ import annotations

from metrics import catalogue
from metrics.analysis.movers import Mover, Movers
from ui import funnel, numbers, tables, theme
from ui.text import Text
from ui.view import mid_sentence

MOST = 5


def title(movers: Movers, text: Text, before: str) -> str:
    """Return the finding; `before` is the earlier period's name."""
    key = "movers.title" if movers.beyond else "movers.title_none"
    return text(key, before=mid_sentence(before), n=len(movers.beyond))


def sentence(movers: Movers, text: Text, before: str) -> str:
    """Return who moved beyond chance, or why nobody can be compared."""
    if movers.why_not is not None:
        why = mid_sentence(movers.why_not.text(text.lang)).rstrip(".")
        return text("movers.sentence_absent", reason=why)
    found = movers.beyond
    names = ", ".join(one(u, movers, text) for u in found[:MOST]) + (", …" if len(found) > MOST else "")
    key = "movers.sentence" if found else "movers.sentence_none"
    return text(key, before=mid_sentence(before), n=len(found), of=len(movers.units), names=names)


def chance(movers: Movers, text: Text) -> str:
    """Return what looking at each unit alone would have named, beside what chance alone gives."""
    if not movers.units:
        return ""
    expected = funnel.chance_text(movers.expected_single, text)
    return text("movers.chance", single=movers.n_single, expected=expected, of=len(movers.units))


def one(unit: Mover, movers: Movers, text: Text) -> str:
    """Return "xã A (93,2 % → 87,2 %)"."""
    measure = catalogue.metric(movers.metric).unit
    before, now = (numbers.number(v, measure, text.lang) for v in (unit.before, unit.now))
    return text("movers.one", unit=mid_sentence(unit.unit_name), before=before, now=now)


def table(movers: Movers, text: Text) -> tables.Table:
    """Return every unit that could be compared, the furthest moved first."""
    columns = (
        tables.Column(text("column.unit")),
        tables.Column(text("column.code")),
        tables.Column(text("standing.column_before"), "share"),
        tables.Column(text("standing.column_after"), "share"),
        tables.Column(text("standing.column_change"), "decimal"),
        tables.Column(text("standing.column_change_lower"), "decimal"),
        tables.Column(text("standing.column_change_upper"), "decimal"),
        tables.Column(text("standing.column_is_beyond")),
    )
    rows = tuple(
        (
            u.unit_name,
            u.unit_code,
            u.before,
            u.now,
            *(100 * v for v in (u.difference, u.lower, u.upper)),
            _word(u, text),
        )
        for u in movers.units
    )
    return tables.Table(columns, rows)


def _word(unit: Mover, text: Text) -> str:
    """Return whether a unit moved beyond chance, and which way, with an icon of its own."""
    if not unit.is_beyond:
        return text("standing.no")
    icon = theme.SIGNS["improvement" if unit.is_better else "concern"].icon
    return f"{icon} {text('standing.yes')}, {text('movers.up' if unit.difference > 0 else 'movers.down')}"
