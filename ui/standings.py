"""Units side by side: marks, tiles and table rows from the answer rows of many units. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics.model import Metric
from ui import charts, figures, tables, theme, tiles
from ui.reader import Unit
from ui.text import Text
from ui.view import short_label


def words(metric: Metric, rows: Sequence[Any], overall: Any) -> list[theme.Word]:
    """Return where each unit stands against the whole."""
    return [figures.standing(metric, r, overall) for r in rows]


def hover(metric: Metric, row: Any, word: theme.Word, text: Text) -> str:
    """Return what a tile or a dot says of its unit."""
    lines = [
        f"<b>{row.unit_name}</b>",
        figures.value_text(metric, row, text.lang),
        figures.detail_text(metric, row, text),
    ]
    if word not in ("unknown", "neutral"):
        lines.append(f"{theme.SIGNS[word].icon} {text(f'word.{word}')}")
    return "<br>".join(line for line in lines if line)


def places(rows: Sequence[Any], units: dict[str, Unit]) -> tuple[tiles.Place, ...]:
    """Return the units whose centroid is known."""
    found = [units[r.unit_id] for r in rows if r.unit_id in units]
    return tuple(tiles.Place(u.unit_id, u.name, u.lat, u.lon) for u in found if u.lat is not None and u.lon is not None)


def mark(
    metric: Metric, row: Any, word: theme.Word, text: Text, is_chosen: bool = False, label: str = ""
) -> charts.Mark:
    """Return one dot with its whisker; the sign stands before the name, so that colour is not alone."""
    name = label or row.unit_name
    icon = f"{theme.SIGNS[word].icon} " if word in ("concern", "improvement") else ""
    value = row.value if row.is_shown else None
    return charts.Mark(
        row.unit_id, f"{icon}{name}", value, row.lower if value is not None else None,
        row.upper if value is not None else None, word, hover(metric, row, word, text), row.is_small, is_chosen,
    )  # fmt: skip


def table(metric: Metric, rows: Sequence[Any], overall: Any, text: Text) -> tables.Table:
    """Return the table twin of a map or ranking: every unit, its parts, interval and standing."""
    kind: tables.Kind = value_kind(metric)
    columns = [tables.Column(text("column.unit")), tables.Column(text("column.code")),
               tables.Column(metric.label[text.lang], kind)]  # fmt: skip
    has_parts = metric.is_share or metric.kind == "rate"
    if has_parts:
        columns += [
            tables.Column(text("column.numerator"), "count"),
            tables.Column(text("column.denominator"), "count"),
        ]
    has_span = any(r.lower is not None for r in rows)
    if has_span:
        columns += [tables.Column(text("column.lower"), kind), tables.Column(text("column.upper"), kind)]
    if metric.direction != "neutral":
        columns.append(tables.Column(text("column.standing")))
    columns.append(tables.Column(text("column.note")))
    made = []
    for row, word in zip(rows, words(metric, rows, overall), strict=True):
        shown = row.value if row.is_shown else None
        cells: list[Any] = [row.unit_name, row.unit_code, shown]
        if has_parts:
            cells += [row.numerator, row.denominator] if row.is_shown else [None, None]
        if has_span:
            cells += [row.lower, row.upper] if shown is not None else [None, None]
        if metric.direction != "neutral":
            cells.append(f"{theme.SIGNS[word].icon} {text(f'word.{word}')}")
        cells.append(row.note_in(text.lang) or None)
        made.append(tuple(cells))
    return tables.Table(tuple(columns), tuple(made))


def figure_columns(
    label: str, kind: tables.Kind, text: Text, span: tuple[str, str] = ("column.lower", "column.upper")
) -> list[tables.Column]:
    """Return the columns of a figure in every table: its value, the parts it is made of, and its interval."""
    return [
        tables.Column(label, kind),
        *(tables.Column(text(f"column.{n}"), "count") for n in ("numerator", "denominator")),
        *(tables.Column(text(n), kind) for n in span),
    ]


def series_table(
    metrics: Sequence[Metric], tokens: Sequence[str], rows: dict[str, list[Any]], text: Text
) -> tables.Table:
    """Return the table twin of lines over periods: value and interval of each metric."""
    columns = [tables.Column(text("column.period"))]
    for m in metrics:
        own = figure_columns(m.label[text.lang], value_kind(m), text)
        columns += own if m.interval != "none" and len(metrics) == 1 else own[:1]
    columns.append(tables.Column(text("column.note")))
    made = []
    for i, token in enumerate(tokens):
        cells: list[Any] = [short_label(token)]
        notes = []
        for m in metrics:
            row = rows[m.name][i]
            value = row.value if row is not None and row.is_shown else None
            cells.append(value)
            if m.interval != "none" and len(metrics) == 1:
                cells += [row.numerator, row.denominator, row.lower, row.upper] if value is not None else [None] * 4
            if row is not None and (note := row.note_in(text.lang)) and note not in notes:
                notes.append(note)
        made.append((*cells, "; ".join(notes) or None))
    return tables.Table(tuple(columns), tuple(made))


def value_kind(metric: Metric) -> tables.Kind:
    """Return how a metric's values are printed in a table."""
    if metric.unit == "percent":
        return "share"
    return "count" if figures.is_whole(metric) else "score" if metric.unit == "score" else "decimal"
