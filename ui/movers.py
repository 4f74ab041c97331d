"""Who moved since the period before beyond chance: sentences, and columns for a table of units. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics import catalogue
from metrics.analysis.movers import Mover, Movers
from ui import funnel, numbers, tables, theme
from ui.text import Text
from ui.view import mid_sentence

MOST = 5


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
    key = "movers.chance" if movers.n_single else "movers.chance_none"
    return text(key, single=movers.n_single, expected=expected, of=len(movers.units))


def one(unit: Mover, movers: Movers, text: Text) -> str:
    """Return "xã A (93,2 % → 87,2 %)"."""
    measure = catalogue.metric(movers.metric).unit
    before, now = (numbers.number(v, measure, text.lang) for v in (unit.before, unit.now))
    return text("movers.one", unit=mid_sentence(unit.unit_name), before=before, now=now)


def beside(table: tables.Table, unit_ids: Sequence[str], movers: Movers, text: Text) -> tables.Table:
    """Return a table of units with each one's value before and its change; the note stays last."""
    columns = (
        tables.Column(text("standing.column_before"), "share"),
        tables.Column(text("standing.column_change"), "decimal"),
        tables.Column(text("standing.column_change_lower"), "decimal"),
        tables.Column(text("standing.column_change_upper"), "decimal"),
        tables.Column(text("standing.column_is_beyond")),
    )
    by_id = {u.unit_id: u for u in movers.units}
    rows = tuple(
        (*row[:-1], *_cells(by_id.get(unit_id), text), row[-1])
        for row, unit_id in zip(table.rows, unit_ids, strict=True)
    )
    return tables.Table((*table.columns[:-1], *columns, table.columns[-1]), rows)


def _cells(unit: Mover | None, text: Text) -> tuple[Any, ...]:
    if unit is None:
        return (None,) * 5
    return (unit.before, *(100 * v for v in (unit.difference, unit.lower, unit.upper)), _word(unit, text))


def _word(unit: Mover, text: Text) -> str:
    """Return whether a unit moved beyond chance, and which way, with an icon of its own."""
    if not unit.is_beyond:
        return text("standing.no")
    icon = theme.SIGNS["improvement" if unit.is_better else "concern"].icon
    return f"{icon} {text('standing.yes')}, {text('movers.up' if unit.difference > 0 else 'movers.down')}"
