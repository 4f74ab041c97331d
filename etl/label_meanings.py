"""Labels that may mean several things ("Đã trả"): told by a date of their row, else asked, never guessed."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from etl.datasets import Dataset, Field
from etl.layouts import Layout
from etl.query import count
from etl.raw import TEXT, Raw
from etl.receipt import Choice, Question
from etl.text import literal, quoted
from etl.types import Ambiguous, ambiguous_labels, label_key
from etl.values import Column, distinct, meanings
from warehouse.paths import DataDir


def questions(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    dataset: Dataset,
    layout: Layout,
    data_dir: DataDir,
    answers: Mapping[str, str],
    sheet: str = "",
) -> list[Question]:
    """Return one question per label of a sheet whose rows without a date leave its meaning open."""
    asked: dict[str, Question] = {}
    for one in dataset.fields.values():
        ambiguous = ambiguous_labels(data_dir, one.labels) if one.type == "label" and one.name in raw.columns else None
        if ambiguous is None:
            continue
        known = meanings(one.labels, layout, data_dir, answers)
        for text, _ in distinct(con, raw.table, one.name):
            key = label_key(text)
            if key not in ambiguous.labels or key in known:
                continue
            undated = f"{quoted(one.name)} = {literal(text)} AND NOT ({_is_dated(raw, ambiguous)})"
            n = count(con, f"SELECT count(*) FROM {raw.table} WHERE {undated}")
            if n:
                earlier = int(asked[key].values["n"]) if key in asked else 0
                asked[key] = _question(one.labels, key, ambiguous, n + earlier, sheet)
    return list(asked.values())


def _question(table: str, key: str, ambiguous: Ambiguous, n: int, sheet: str) -> Question:
    choices = [Choice(value, code=f"{table}_{value}") for value in ambiguous.values]
    choices.append(Choice("", code=f"{table}_unknown"))
    return Question(f"{table}_meaning", sheet, {"label": ambiguous.labels[key], "n": str(n)}, f"{table}:{key}", choices)


def _is_dated(raw: Raw, ambiguous: Ambiguous, prefix: str = "") -> str:
    """Return SQL that is true of a row with one of the deciding dates."""
    present = [name for name in ambiguous.dates if name in raw.columns and name not in raw.constants]
    # A date that was written but cannot be read was there all the same.
    filled = [f"{prefix}{quoted(column)} IS NOT NULL" for name in present for column in (name, name + TEXT)]
    return " OR ".join(filled) or "FALSE"


def decide_by_dates(con: duckdb.DuckDBPyConnection, column: Column, raw: Raw, one: Field, data_dir: DataDir) -> None:
    """Let a date of the row decide what a label means that may mean several things."""
    ambiguous = ambiguous_labels(data_dir, one.labels)
    if ambiguous is None:
        return
    texts = [text for text, _ in distinct(con, raw.table, one.name) if label_key(text) in ambiguous.labels]
    if not texts:
        return
    listed = ", ".join(literal(text) for text in texts)
    decided = f"r.{quoted(one.name)} IN ({listed}) AND ({_is_dated(raw, ambiguous, 'r.')})"
    column.value = f"CASE WHEN {decided} THEN {literal(ambiguous.dated)} ELSE {column.value} END"
    # Whatever a date does not decide was asked before: nobody need say it again.
    column.unknown = {label: n for label, n in column.unknown.items() if label_key(label) not in ambiguous.labels}
    for code, when in column.marks.items():
        column.marks[code] = f"({when} AND NOT coalesce({decided}, FALSE))"
