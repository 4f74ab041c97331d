"""From a field to its procedures: what can be chosen, and the table of a field's procedures. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from metrics.model import Metric
from ui import standings, tables
from ui.text import Text

NO_FIELD = "-"
"""How the address names the cases that do not say their field; an empty choice is all of them."""


def fields(rows: Sequence[Any], text: Text) -> dict[str, str]:
    """Return the fields in which cases were settled, most cases first: how the address names each → its name."""
    counted = sorted((r for r in rows if r.denominator), key=lambda r: -r.denominator)
    return {r.split_value or NO_FIELD: r.split_value or text("overview.fields.none") for r in counted}


def split(field: str) -> str:
    """Return the value of the split that the address names."""
    return "" if field == NO_FIELD else field


def settled(rows: Sequence[Any], names: Mapping[str, str]) -> list[Any]:
    """Return the rows of these procedures with cases, most cases first."""
    return sorted((r for r in rows if r.split_value in names and r.denominator), key=lambda r: -r.denominator)


def table(metric: Metric, rows: Sequence[Any], names: Mapping[str, str], text: Text) -> tables.Table:
    """Return one row per procedure: its share with parts and interval."""
    kind = standings.value_kind(metric)
    columns = [tables.Column(text("column.procedure_name")), tables.Column(text("column.code"))]
    columns += standings.figure_columns(metric.label[text.lang], kind, text)
    columns += [tables.Column(text("column.note"))]
    made = tuple(
        (names[r.split_value], r.split_value, r.value, r.numerator, r.denominator, r.lower, r.upper,
         r.note_in(text.lang) or None)
        for r in rows
    )  # fmt: skip
    return tables.Table(tuple(columns), made)
