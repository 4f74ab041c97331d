"""The tables behind the trial of Decision 766: by group with the published score, and by indicator. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics.analysis.published import Score
from metrics.analysis.score766 import Item, Trial
from ui import tables
from ui.indices import document, period_name
from ui.text import Text


def groups_table(trial: Trial, published: Sequence[Score], text: Text) -> tables.Table:
    """Return one row per group: its parts, and the published score with period, document and day."""
    marks = {s.component_id: s for s in published if s.value is not None}
    rows = []
    for group in trial.groups:
        mark = marks.get(group.group.group)
        rows.append(
            (
                f"{group.group.no}. {group.group.label(text.lang)}",
                group.group.points,
                group.reached,
                group.computable,
                group.free,
                group.without_data,
                group.unknown,
                mark.value if mark else None,
                period_name(mark.period, text) if mark else None,
                document(mark.document, text) if mark else None,
            )
        )
    names = ("group", "points", "reached", "computable", "free", "without", "unknown", "published")
    kinds: tuple[tables.Kind, ...] = ("text", *(["score"] * 7))  # type: ignore[arg-type]
    columns = [tables.Column(text(f"indices.column.{n}"), kind) for n, kind in zip(names, kinds, strict=True)]
    columns += [tables.Column(text("column.period")), tables.Column(text("indices.column.document"))]
    return tables.Table(tuple(columns), tuple(rows))


def items_table(trial: Trial, text: Text) -> tables.Table:
    """Return one row per indicator: rate with its parts, target, points, and why there are none."""
    columns = (
        tables.Column(text("indices.column.code")),
        tables.Column(text("indices.column.name")),
        tables.Column(text("indices.column.rate"), "share"),
        tables.Column(text("column.numerator"), "count"),
        tables.Column(text("column.denominator"), "count"),
        tables.Column(text("indices.column.target"), "share"),
        tables.Column(text("indices.column.points"), "score"),
        tables.Column(text("indices.column.reached"), "score"),
        tables.Column(text("column.note")),
        tables.Column(text("indices.column.confirmed")),
        tables.Column(text("indices.column.source")),
    )
    return tables.Table(columns, tuple(_row(item, text) for g in trial.groups for item in g.items))


def _row(item: Item, text: Text) -> tuple[Any, ...]:
    row, indicator = item.row, item.indicator
    # A metric that is no rate (an average time) has no place in a column of rates.
    has_rate = indicator.metric is not None and row is not None and row.value is not None
    parts = (row.numerator, row.denominator) if row is not None and indicator.metric else (None, None)
    return (
        indicator.code,
        indicator.label(text.lang),
        item.rate if has_rate else None,
        *parts,
        indicator.target,
        indicator.points,
        item.reached,
        state_note(item, text) or None,
        text(f"value.yes.{str(indicator.is_confirmed).lower()}"),
        indicator.cite,
    )


def state_note(item: Item, text: Text) -> str:
    """Return why an indicator has no points, or what to keep in mind of those it has."""
    note = item.row.note_in(text.lang) if item.row is not None else ""
    state = item.state
    if state == "computed":
        return note
    if state == "no_data" and note:
        return note
    return text(f"indices.state.{state}")
