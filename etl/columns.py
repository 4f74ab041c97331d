"""Columns of one sheet on their way to fields: by answers, layout, headers, cells, and by what the others are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from etl.compound import Split, cut_pattern, pair_in_cells, parts_of
from etl.datasets import Dataset
from etl.headers import EITHER, UNKNOWN, Meaning, meaning, shown
from etl.personal import is_personal_header
from etl.profile import Profile, agreement, looks_like
from etl.receipt import Choice, ColumnReading, Question
from etl.text import fold

NOT_USED = ""
TYPED = (
    "instant", "day", "code", "unit_code", "procedure_code", "integer", "number", "unit_name", "label", "catalogue",
)  # fmt: skip
"""Types that cells may contradict."""


@dataclass
class Column:
    """One column on its way to a field."""

    at: int
    header: str
    key: str
    """Folded header by which an answer names the column; a second one of the same words is told by a number."""
    cells: list[str]
    seen: Profile
    meaning: Meaning = UNKNOWN
    field: str = ""
    confidence: float = 0.0
    reason: str = "unknown"
    is_settled: bool = False
    """Answered, given by the layout, or decided: not to be looked at again."""
    may: tuple[str, ...] = ()
    """Fields it may be, where it is not sure."""


@dataclass
class Proposal:
    """What a sheet's columns would be read as, and what must be asked first."""

    dataset: str
    fields: dict[str, int] = field(default_factory=dict)
    virtual: list[str] = field(default_factory=list)
    """Headers of virtual columns, to the right of the sheet's own."""
    splits: list[Split] = field(default_factory=list)
    columns: list[ColumnReading] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    is_shifted: bool = False
    n_denied: int = 0
    """Headers over cells of another kind."""
    constants: dict[str, str] = field(default_factory=dict)
    """Fields that every row has alike."""
    provided: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    """Fields of which it was answered that the file has none."""


@dataclass(frozen=True)
class Known:
    """What is known of a sheet before its columns are looked at."""

    given: Mapping[str, int] = field(default_factory=dict)
    """Field -> column, by a known layout."""
    ignored: frozenset[str] = frozenset()
    """Folded headers that the layout leaves out."""
    items: frozenset[int] = frozenset()
    """Columns that are items of a survey."""
    lost: tuple[str, ...] = ()
    """Fields that the layout has and the sheet lacks."""
    provided: frozenset[str] = frozenset()
    """Fields that need no column."""
    is_canonical: bool = False
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Deciding:
    """Takes columns for fields, one reason after the other; what it cannot settle is left to be asked."""

    def __init__(self, dataset: Dataset, columns: list[Column], width: int, answers: Mapping[str, str], known: Known):
        self.dataset, self.columns, self.width = dataset, columns, width
        self.answers, self.known = answers, known
        self.by_field: dict[str, Column] = {}
        self.by_key = {column.key: column for column in columns}
        self.declined: set[str] = set()
        self.confirmed: set[str] = set()
        self.found = Proposal(dataset.name, provided=known.provided)
        self.n_denied = 0
        self.n_typed = 0

    # -- what is decided ---------------------------------------------------------------------------------------------

    def _take(self, column: Column, name: str, reason: str, confidence: float) -> None:
        column.field, column.reason, column.confidence, column.is_settled = name, reason, confidence, True
        self.by_field[name] = column

    def _leave(self, column: Column, reason: str, is_settled: bool = True) -> None:
        column.field, column.reason, column.confidence, column.is_settled = "", reason, 0.0, is_settled

    def _take_answers(self) -> None:
        for key, value in self.answers.items():
            if key.startswith("column:") and (column := self.by_key.get(key.removeprefix("column:"))):
                if value in self.dataset.fields:
                    self._take(column, value, "answered", 1.0)
                    self.confirmed.add(value)
                elif value == NOT_USED:
                    self._leave(column, "answered_not_used")
            elif key.startswith("constant:"):
                if value:
                    self.found.constants[key.removeprefix("constant:")] = value
            elif key.startswith("field:"):
                name = key.removeprefix("field:")
                column = self.by_key.get(value)
                if value and column and name in self.dataset.fields:
                    name = self._code_or_name(name, column)
                    self._take(column, name, "answered", 1.0)
                    self.confirmed.add(name)
                elif value == NOT_USED:
                    self.declined |= set(self._family(name))

    def _take_layout(self) -> None:
        at = {column.at: column for column in self.columns}
        for name, index in self.known.given.items():
            column = at.get(index)
            if column is None or column.is_settled or name in self.by_field or name in self.declined:
                continue
            is_denied = self._count(column, name) is False
            if is_denied and not self.known.is_canonical and not self.dataset.fields[name].is_required:
                self._doubt(column, name)
            else:
                self._take(column, name, "layout", 1.0)

    def _count(self, column: Column, name: str) -> bool | None:
        """Return whether the cells agree with the field, and keep count."""
        one = self.dataset.fields[name]
        agrees = agreement(one, column.seen)
        if one.type in TYPED:
            self.n_typed += agrees is not None
            self.n_denied += agrees is False
        return agrees

    def _family(self, name: str) -> tuple[str, ...]:
        return next((pair for pair in EITHER.values() if name in pair), (name,))

    def _code_or_name(self, name: str, column: Column) -> str:
        """Return the name of a field that goes by code or name, as the column's cells have it."""
        pair = EITHER.get(name) or (self._family(name) if len(self._family(name)) == 2 else None)
        if pair is None:
            return name
        code, text = (self.dataset.fields.get(n) for n in pair)
        if code and agreement(code, column.seen) and column.seen.share("text") < 0.5:
            return code.name
        return text.name if text else pair[0]

    def _named(self, names: Sequence[str], column: Column) -> tuple[str, ...]:
        """Return fields of the dataset for names of the dictionary."""
        found = [self._code_or_name(n, column) if n in EITHER else n for n in names]
        return tuple(dict.fromkeys(n for n in found if n in self.dataset.fields))

    def _has(self, name: str) -> bool:
        members = EITHER.get(name) or (name,)
        return any(m in self.by_field or m in self.known.provided or m in self.found.constants for m in members)

    def _join_days(self) -> None:
        """Hours in columns of their own, the day of all of them in one beside them."""
        days = [c for c in self.columns if c.meaning.kind == "day_of" and c.seen.share("date") > 0.9]
        if len(days) != 1 or days[0].is_settled:
            return
        for column in self.columns:
            name = column.meaning.fields[0] if column.meaning.kind == "sure" else ""
            one = self.dataset.fields.get(name)
            if column.is_settled or not one or one.type != "instant" or name in self.by_field:
                continue
            if column.seen.share("time") > 0.9:
                self._join(name, [days[0], column], " ")
                self._leave(column, "joined")
                column.field, column.confidence = name, 0.93
                self.by_field[name] = column
        joined = [one.fields[0] for one in self.found.splits if days[0].at in one.sources]
        if joined:
            self._leave(days[0], "joined")
            days[0].field, days[0].confidence = ", ".join(joined), 0.93

    def _take_sure(self) -> None:
        wanted: dict[str, list[Column]] = {}
        for column in self.columns:
            if column.is_settled:
                continue
            if fold(column.header) in self.known.ignored:
                self._leave(column, "ignored")
            elif column.meaning.kind in ("never", "personal") or (
                is_personal_header(column.header) and column.meaning.kind == "unknown"
            ):
                self._leave(column, "personal_header" if column.meaning.kind != "never" else "no_field")
            elif column.meaning.kind == "sure":
                (name,) = self._named(column.meaning.fields, column) or ("",)
                if name:
                    wanted.setdefault(name, []).append(column)
        for name, rivals in wanted.items():
            self._settle(name, rivals)

    def _settle(self, name: str, rivals: list[Column]) -> None:
        """One field, the columns whose headers say it: taken when the cells agree and there is one, else asked."""
        agreed = []
        for column in rivals:
            if self._count(column, name) is False:
                self._doubt(column, name)
            else:
                agreed.append(column)
        held = self.by_field.get(name)
        if held is not None:
            if agreed and held.reason == "layout" and not self._is_same(held, agreed[0]):
                self._ask_which(name, [held, *agreed])
            for column in agreed:
                self._leave(column, "second_column")
                if held.reason == "answered" and fold(column.header) == fold(held.header):
                    self._free(column)
            return
        filled = [c for c in agreed if c.seen.n_filled] or agreed
        if not filled or name in self.declined:
            for column in filled:
                self._free(column)
            return
        if len(filled) > 1 and not all(self._is_same(filled[0], c) for c in filled[1:]):
            self._ask_which(name, filled)
            for column in filled:
                self._leave(column, "two_columns")
            return
        self._take(filled[0], name, filled[0].meaning.reason, filled[0].meaning.confidence)
        for column in agreed:
            if column is not filled[0]:
                self._leave(column, "second_column")

    def _free(self, column: Column) -> None:
        """Take a header for unknown again: it was answered that the column is not what it says."""
        column.meaning, column.reason, column.is_settled = UNKNOWN, "unknown", False

    def _is_same(self, one: Column, other: Column) -> bool:
        return one.cells == other.cells and one.seen.n_filled > 1

    def _doubt(self, column: Column, name: str) -> None:
        """A header that says a field over cells that are none of it: another of its kind, if the cells say so."""
        others = [n for n in self._family(name) if n != name and n in self.dataset.fields]
        column.may = tuple(n for n in others if agreement(self.dataset.fields[n], column.seen))
        column.reason = "cells_differ"

    # -- compound columns --------------------------------------------------------------------------------------------

    def _cut_compounds(self) -> None:
        for column in self.columns:
            if (column.is_settled and column.reason != "cells_differ") or not column.header:
                continue
            for pair in parts_of(self.dataset.name, column.header):
                names = self._pair_names(pair)
                if names is None or any(n in self.by_field for n in names):
                    continue
                found = cut_pattern([self.dataset.fields[n] for n in names], [c for c in column.cells if c])
                if found:
                    self._cut(column, names[::-1] if found[1] else names, found[0])
                    break

    def _pair_names(self, pair: tuple[Meaning, Meaning]) -> tuple[str, str] | None:
        names: list[str] = []
        for at, one in enumerate(pair):
            other = pair[1 - at].fields[0]
            (name,) = one.fields
            if name in EITHER:
                # "Mã, tên đơn vị": where one half is the code, the other is the name.
                name = next((m for m in EITHER[name] if m != other), EITHER[name][1])
            names.append(name)
        if names[0] == names[1] or not all(n in self.dataset.fields for n in names):
            return None
        return names[0], names[1]

    def _cut(self, column: Column, names: Sequence[str], pattern: str) -> None:
        first = self.width + len(self.found.virtual)
        targets = tuple(range(first, first + len(names)))
        self.found.virtual += [f"{column.header}: {name}" for name in names]
        self.found.splits.append(Split("cut", (column.at,), tuple(names), targets, pattern))
        self._leave(column, "compound")
        column.field, column.confidence = ", ".join(names), 0.93
        for name in names:
            self.by_field[name] = column

    def _cut_pairs(self) -> None:
        """A unit or procedure whose cells hold code and name at once."""
        for name, column in list(self.by_field.items()):
            if column.reason == "compound" or any(one.sources[0] == column.at for one in self.found.splits):
                continue
            found = pair_in_cells(name, self.dataset.fields, [c for c in column.cells if c])
            if found:
                pattern, is_turned, pair = found
                if not any(n in self.by_field and self.by_field[n] is not column for n in pair):
                    del self.by_field[name]
                    self._cut(column, pair[::-1] if is_turned else pair, pattern)

    def _join_parts(self) -> None:
        """A date and its hour in two columns, or day, month and year in three."""
        before = {column.at + 1: column for column in self.columns}
        for column in self.columns:
            if column.is_settled:
                continue
            is_next = fold(column.header.rpartition(": ")[2]) == "gio"
            held = before.get(column.at) if is_next else self.by_field.get((column.meaning.fields or ("",))[0])
            if column.meaning.kind != "time_of" and not is_next:
                continue
            name = held.field if held else ""
            if held and name in self.by_field and column.seen.share("time") > 0.9 and held.seen.share("date") > 0.9:
                if not any(":" in cell for cell in held.cells):
                    self._join(name, [held, column], " ")
                self._leave(column, "joined")
                column.field, column.confidence = name, 0.93
            elif column.meaning.kind == "time_of" and not held and column.seen.share("date") > 0.9:
                self._take(column, column.meaning.fields[0], "known_header", 0.9)
        for first in self.columns[: max(0, len(self.columns) - 2)]:
            parts = [c for c in self.columns if first.at <= c.at <= first.at + 2]
            lowers = [fold(c.header.rpartition(": ")[2]) for c in parts]
            uppers = {c.header.rpartition(": ")[0] for c in parts}
            if lowers != ["ngay", "thang", "nam"] or len(uppers) != 1 or any(c.is_settled and c.field for c in parts):
                continue
            told = meaning(self.dataset.name, uppers.pop())
            name = told.fields[0] if told.kind == "sure" else ""
            if (
                name in self.dataset.fields
                and name not in self.by_field
                and all(c.seen.share("integer") > 0.9 for c in parts)
            ):
                self._join(name, parts, "/")
                for column in parts:
                    self._leave(column, "joined")
                    column.field, column.confidence = name, 0.93
                self.by_field[name] = first

    def _join(self, name: str, parts: Sequence[Column], joint: str) -> None:
        target = self.width + len(self.found.virtual)
        self.found.virtual.append(parts[0].header)
        self.found.splits.append(Split("joined", tuple(c.at for c in parts), (name,), (target,), joint))

    # -- what the cells or the other columns decide ------------------------------------------------------------------

    def _take_by_cells(self) -> None:
        wanted: dict[str, list[Column]] = {}
        for column in self.columns:
            if not column.is_settled and column.meaning.kind == "by_cells":
                (name,) = column.meaning.fields
                if self._has(name):
                    self._leave(column, "second_column")
                elif looks_like(self.dataset.fields[name], column.seen):
                    wanted.setdefault(name, []).append(column)
                elif not column.seen.n_filled:
                    # Nothing to see in the first rows: the header alone is not enough.
                    column.may, column.reason = (name,), "unsure_header"
                else:
                    column.reason = "cells_differ"
        for name, rivals in wanted.items():
            self._settle(name, rivals)

    def _weigh_unsure(self) -> None:
        for column in self.columns:
            if column.is_settled or column.meaning.kind != "unsure":
                continue
            names = dict(column.meaning.then)
            left = next((names[n] for n in names if self._has(n)), None)
            if left == "":
                self._leave(column, "other_column")
                continue
            for name in self._named((left,), column) if left else ():
                if name not in self.by_field and agreement(self.dataset.fields[name], column.seen) is not False:
                    self._take(column, name, "by_elimination", 0.85)
            if column.is_settled:
                continue
            may = [n for n in self._named(column.meaning.fields, column) if n not in self.by_field]
            column.may = tuple(n for n in may if self._may_be(n, column))
            if not column.may:
                self._leave(column, "cells_differ" if may else "other_column")

    def _may_be(self, name: str, column: Column) -> bool:
        one = self.dataset.fields[name]
        if one.type in ("instant", "day") and column.seen.n_filled:
            return looks_like(one, column.seen)
        return agreement(one, column.seen) is not False

    def _ask_which(self, name: str, columns: Sequence[Column]) -> None:
        if name in self.confirmed or name in self.declined or f"field:{name}" in self.answers:
            return
        suggested = max(columns, key=lambda c: (c.meaning.kind == "sure", c.confidence)).key
        self._ask("field_two_columns", f"field:{name}", name, [(c.key, c) for c in columns], suggested)

    def _ask(self, code: str, key: str, name: str, columns: Sequence[tuple[str, Column]], suggested: str = "") -> None:
        if any(q.key == key for q in self.found.questions):
            return
        choices = [Choice(value, shown(column.header) or value, "", where(column)) for value, column in columns]
        values = {"field": name}
        self.found.questions.append(
            Question(code, "", values, key, [*choices, Choice(NOT_USED, "", "no_column")], suggested)
        )


def where(column: Column) -> dict[str, str]:
    return {"column_no": str(column.at + 1), "examples": " · ".join(column.seen.examples)}
