"""A file that waits for an answer: its questions with their choices, and how its columns are read so far. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ui import numbers, tables
from ui.desk import Record, Words, question_text
from ui.text import Text


@dataclass(frozen=True)
class Asked:
    """A question as it is put: the key an answer is filed under, and what can be chosen."""

    key: str
    question: str
    sheet: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    suggested: int | None
    """Which of the choices the evidence speaks for."""


def asked(text: Text, waiting: Record, words: Words) -> list[Asked]:
    """Return the questions of a waiting file, one per key; those that no choice answers have no choices."""
    found: dict[str, Asked] = {}
    for receipt in waiting.get("receipts", []):
        for question in receipt.get("questions", []):
            key = str(question.get("key") or f"!{len(found)}")
            if key in found:
                continue
            choices = question.get("choices", []) if question.get("key") else []
            values = tuple(str(c["value"]) for c in choices)
            suggested = question.get("suggested", "")
            at = values.index(suggested) if suggested and suggested in values else None
            labels = tuple(
                text("desk.ask.suggested", text=label) if n == at else label
                for n, label in enumerate(_upper(choice_text(text, key, c, words)) for c in choices)
            )
            said = question_text(receipt, question, words).removeprefix(f"{waiting.get('file_name')}: ")
            found[key] = Asked(key, _upper(said), str(question.get("sheet", "")), values, labels, at)
    return list(found.values())


def choice_text(text: Text, key: str, choice: Mapping[str, Any], words: Words) -> str:
    """Return an answer in words: its own text, else what the intake calls its code; an empty value is “none”."""
    if choice.get("text"):
        return str(choice["text"])
    if choice.get("code") and words.has("choice", str(choice["code"])):
        return words("choice", str(choice["code"]), **choice.get("values", {}))
    if not choice["value"]:
        return text("desk.ask.nothing" if key.startswith("column:") else "desk.ask.none_such")
    return field_name(text, str(choice["value"]), words)


def field_name(text: Text, name: str, words: Words) -> str:
    """Return what a field is called on the pages, else by the intake."""
    for kind in ("field", "choice"):
        if words.has(kind, name):
            return words(kind, name)
    return text(f"column.{name}") if text.has(f"column.{name}") else name


def to_explain(
    unknown: Sequence[tuple[str, str, int]], tables: Mapping[str, Any]
) -> list[tuple[str, str, int, list[str]]]:
    """Return (field, label, rows, meanings to choose from) of labels that have a table and are not explained yet.

    `tables` is what `gandan labels --format json` says: {tables: {table: {value: labels}}, learned: the same}.
    """
    learned = {(t, said) for t, values in tables["learned"].items() for all_ in values.values() for said in all_}
    return [
        (name, label, n, list(tables["tables"][name]))
        for name, label, n in unknown
        if name in tables["tables"] and (name, label) not in learned
    ]


def readings(text: Text, sheet: Record, words: Words) -> tables.Table:
    """Return how each column of a sheet is read: as what, how surely, why, and the shapes of some cells."""
    columns = (
        tables.Column(text("column.column_no"), "count"),
        tables.Column(text("column.header")),
        tables.Column(text("column.read_as")),
        tables.Column(text("column.confidence")),
        tables.Column(text("column.why")),
        tables.Column(text("column.examples")),
    )
    rows = tuple(
        (
            c.get("column_no"),
            c.get("header", ""),
            _read_as(text, c, words),
            numbers.percent(c.get("confidence"), text.lang, 0) if c.get("field") else numbers.MISSING,
            words("mapping", str(c.get("reason", ""))),
            " · ".join(map(str, c.get("examples", [])[:3])),
        )
        for c in sheet.get("columns", [])
    )
    return tables.Table(columns, rows)


def sheets(waiting: Record) -> list[Record]:
    """Return the sheets of a waiting file of which the columns are known."""
    return [s for r in waiting.get("receipts", []) for s in r.get("sheets", []) if s.get("columns")]


def counted(text: Text, sheet: Record) -> str:
    """Return where the header lies and how many columns are read."""
    given = sheet.get("columns", [])
    read = sum(1 for c in given if c.get("field"))
    row = sheet.get("header_row") or numbers.MISSING
    return text("desk.ask.reading_found", row=row, read=read, unread=len(given) - read)


def is_about_columns(questions: Sequence[Asked]) -> bool:
    """Return whether a question is of what a column means: the reader then wants to see all of them."""
    return any(q.key.partition(":")[0] in ("column", "field", "layout", "dataset") for q in questions)


def arguments(waiting_id: str, answers: Mapping[str, str]) -> list[str]:
    """Return the words of the command line that answer a file."""
    return ["answer", waiting_id, *(part for key, value in answers.items() for part in ("--answer", f"{key}={value}"))]


def is_complete(questions: Sequence[Asked], answers: Mapping[str, str | None]) -> bool:
    """Return whether every question that has choices is answered."""
    return all(answers.get(q.key) is not None for q in questions if q.values)


def _read_as(text: Text, column: Record, words: Words) -> str:
    """Return what a column is read as: a field, nothing, or what the answer will say."""
    if column.get("field"):
        return _upper(field_name(text, str(column["field"]), words))
    return text("desk.ask.open" if column.get("reason") == "asked" else "desk.ask.unused")


def _upper(said: str) -> str:
    return said[:1].upper() + said[1:]
