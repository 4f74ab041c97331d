"""Answers a question as the sender would: from what the file truly holds, never from what the reader hopes."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.model import Column, Table
from corpus.write import spoilt
from etl.receipt import Question
from etl.text import fold

SIBLINGS = {
    "unit_code": "unit_name",
    "unit_name": "unit_code",
    "receiving_unit_code": "receiving_unit_name",
    "receiving_unit_name": "receiving_unit_code",
}
"""A body by code or by name: one meaning, two ways of writing."""


@dataclass
class Oracle:
    """Knows one table; counts what it was asked and notes what it could not say."""

    table: Table
    asked: list[str] = field(default_factory=list)
    unanswerable: list[str] = field(default_factory=list)
    no_true_choice: list[str] = field(default_factory=list)
    """Keys of questions whose choices leave the truth out."""

    def answer(self, questions: list[Question], known: dict[str, str]) -> dict[str, str]:
        """Return the answers to those questions that are not yet answered."""
        found = {}
        for one in questions:
            if not one.key or one.key in known:
                self.unanswerable.append(one.code)
                continue
            value = self._value(one)
            if value is None:
                self.unanswerable.append(one.code)
                continue
            self.asked.append(one.key)
            found[one.key] = value
        return found

    def column_of(self, folded: str) -> Column | None:
        """Return the column that goes by this folded header."""
        return next((c for c in self.table.columns if folded in self.headers_of(c)), None)

    def headers_of(self, column: Column) -> set[str]:
        """Return the folded headers by which a column may be called; a second one of the same name is "name 2"."""
        before = 0
        for one in self.table.columns:
            if one is column:
                break
            before += fold(one.header) == fold(column.header) and fold(one.upper) == fold(column.upper)
        texts = {column.header, f"{column.upper}: {column.header}" if column.upper else column.header}
        names = {fold(t) for t in texts} | {fold(spoilt(t, self.table)) for t in texts}
        return {f"{name} {before + 1}" for name in names} if before else names

    def _value(self, one: Question) -> str | None:
        kind, _, about = one.key.partition(":")
        offered = [c.value for c in one.choices]
        if kind == "column":
            return self._column(one, about, offered)
        if kind == "field":
            return self._field(one, about, offered)
        truth = {
            "date_order": self.table.date_order,
            "date_cells": "turn" if self.table.are_cells_turned else "keep",
            "dataset": self.table.dataset,
            "era": "2tier",
            "constant": self.table.constants.get(about),
            "status": self._status(about),
            "unit": next((u for name, u in self.table.units.items() if fold(name) == about), None),
        }.get(kind)
        if truth is not None and offered and truth not in offered:
            self.no_true_choice.append(one.key)
            return "" if "" in offered else None
        return truth

    def _column(self, one: Question, about: str, offered: list[str]) -> str | None:
        column = self.column_of(about)
        if column is None:
            return None
        fields = [*column.fields, *(SIBLINGS[f] for f in column.fields if f in SIBLINGS)]
        for name in fields:
            if not offered or name in offered:
                return name
        if not column.fields:
            return ""
        self.no_true_choice.append(one.key)
        return "" if "" in offered else None

    def _field(self, one: Question, about: str, offered: list[str]) -> str | None:
        names = {about, SIBLINGS.get(about, about)}
        for column in self.table.columns:
            if names & set(column.truth):
                known = self.headers_of(column)
                value = next((v for v in offered if v in known), None)
                if value is not None or not offered:
                    return value or sorted(known)[0]
                self.no_true_choice.append(one.key)
                return "" if "" in offered else None
        return ""

    def _status(self, about: str) -> str | None:
        for label, value in self.table.meanings.items():
            if fold(label) == about:
                return value
        for column in self.table.holding("status"):
            for cell, value in zip(column.cells, column.truth["status"], strict=True):
                if fold(cell) == about:
                    return str(value)
        return None
