"""Which column of a sheet is which field: proposed from headers and cells with reasons, asked where it is not sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etl.columns import NOT_USED, Column, Deciding, Known, Proposal, where
from etl.datasets import all_datasets
from etl.headers import EITHER, UNKNOWN, alike, dictionary, meaning, shown
from etl.profile import Profile, looks_like, may_be_turned, out_of_order, profile
from etl.receipt import Choice, ColumnReading, Question
from etl.text import fold

MOST_ASKED = 3
"""Questions about one sheet, answered ones included; what is left then is not read, and said so."""
MAPPING_KEYS = ("column:", "field:", "constant:", "dataset", "layout")
ORDERED = {
    "case": (
        ("received_at", "due_at"), ("received_at", "completed_at"), ("received_at", "handed_over_at"),
        ("received_at", "due_original_at"), ("received_at", "accepted_at"),
    ),
    "complaint": (("received_on", "settled_on"), ("received_on", "accepted_on")),
    "case_step": (("started_at", "ended_at"),),
    "queue_ticket": (("taken_at", "called_at"), ("called_at", "finished_at")),
    "settlement_summary": (("period_start", "period_end"),),
    "engagement": (("held_on", "replied_on"),),
}  # fmt: skip
"""Dates of which the first comes first in nearly every row; a file in which it does not is asked about."""
CONSTANTS = {("complaint", "kind"): (("phan anh",), "feedback")}
"""A register whose codes are called by these words (folded) holds one kind only."""
ENOUGH_ROWS = 4
SHIFTED = 3
"""So many headers whose cells are of another kind: the contents stand in other columns than their headers."""


def keys_of(headers: Sequence[str]) -> list[str]:
    """Return the name of each column in an answer: its folded header, numbered where it is there before.

    >>> keys_of(["Ngày trả", "STT", "Ngày trả"])
    ['ngay tra', 'stt', 'ngay tra 2']
    """
    counted: dict[str, int] = {}
    keys = []
    for at, header in enumerate(headers, 1):
        key = fold(header) or f"cot {at}"
        counted[key] = counted.get(key, 0) + 1
        keys.append(key if counted[key] == 1 else f"{key} {counted[key]}")
    return keys


def profiles(
    headers: Sequence[str], rows: Sequence[Sequence[str]], labels: Mapping[str, Mapping[str, str]]
) -> list[tuple[list[str], Profile]]:
    """Return (cells, look) of each column of the rows under a header."""
    found = []
    for at in range(len(headers)):
        cells = [row[at] if at < len(row) else "" for row in rows]
        found.append((cells, profile(cells, labels)))
    return found


def propose(
    dataset: str,
    headers: Sequence[str],
    looks: Sequence[tuple[list[str], Profile]],
    answers: Mapping[str, str],
    known: Known,
) -> Proposal:
    """Return the mapping of a sheet's columns, and what must be asked about it."""
    columns = [
        Column(at, header, key, *looks[at])
        for at, (header, key) in enumerate(zip(headers, keys_of(headers), strict=True))
        if at not in known.items
    ]
    return _Mapping(all_datasets()[dataset], columns, len(headers), answers, known).run()


class _Mapping(Deciding):
    def run(self) -> Proposal:
        for column in self.columns:
            column.meaning = meaning(self.dataset.name, column.header) if column.header else UNKNOWN
            column.reason = column.meaning.reason
        self._take_answers()
        self._take_layout()
        self._join_days()
        self._take_sure()
        self._cut_compounds()
        self._join_parts()
        self._take_by_cells()
        self._weigh_unsure()
        self._cut_pairs()
        self._ask_missing()
        self._ask_order()
        self._finish()
        return self.found

    # -- questions ---------------------------------------------------------------------------------------------------

    def _wanted(self) -> list[str]:
        """Return the fields that must not be left out in silence, the most consequential first."""
        asked = [n for n in self.dataset.required if n in ("unit_code",)]
        order = [*self._important(), *self.known.lost]
        return list(dict.fromkeys([*(n for n in order), *("unit" for _ in asked)]))

    def _ask_missing(self) -> None:
        singles: dict[str, list[str]] = {}
        for wanted in self._wanted():
            members = EITHER.get(wanted) or self._family(wanted)
            if any(self._has(m) or m in self.declined for m in members) or self._is_asked(members):
                continue
            names = [n for n in members if n in self.dataset.fields]
            candidates = {c.key: n for c in self.columns for n in names if self._is_candidate(c, n)}
            if len(candidates) == 1:
                ((key, name),) = candidates.items()
                singles.setdefault(key, []).append(name)
            elif candidates:
                first = next(iter(candidates.values()))
                suggested = next(
                    (k for k in candidates if self.by_key[k].may[:1] and self.by_key[k].may[0] in names), ""
                )
                self._ask("field_column", f"field:{first}", first, [(k, self.by_key[k]) for k in candidates], suggested)
            elif any(m in self.known.lost for m in members) and wanted in self._important():
                # Last month it was there: that it is gone would change every figure, so it is not passed over.
                self._ask("field_gone", f"field:{names[0]}", names[0], self._of_type(names))
            elif (other := self.by_field.get(self._instead(wanted))) and other.reason not in ("answered", "layout"):
                self._ask("field_column", f"field:{names[0]}", names[0], [(other.key, other)])
            else:
                self._give_constant(wanted)
        for key, names in singles.items():
            self._ask_meaning(self.by_key[key], names)

    def _instead(self, wanted: str) -> str:
        return dictionary(self.dataset.name).instead.get(wanted, "")

    def _important(self) -> tuple[str, ...]:
        return dictionary(self.dataset.name).important

    def _of_type(self, names: Sequence[str]) -> list[tuple[str, Column]]:
        """Return the columns whose cells may be a field, whatever their headers say."""
        found = []
        for column in self.columns:
            is_needed = column.field and self.dataset.fields[column.field.split(", ")[0]].is_required
            if column.meaning.kind == "personal" or is_needed or not column.header:
                continue
            if any(looks_like(self.dataset.fields[n], column.seen) for n in names):
                found.append((column.key, column))
        return found

    def _give_constant(self, name: str) -> None:
        """What every row of such a file is, where no column tells: by its headers, else asked."""
        one = self.dataset.fields.get(name)
        if one is None or not one.is_required or one.type != "label" or name in self.found.constants:
            return
        told = CONSTANTS.get((self.dataset.name, name))
        key = self.by_field.get(self.dataset.key)
        if told and key and any(w in alike(fold(key.header)) for w in told[0]):
            self.found.constants[name] = told[1]
            return
        choices = [
            Choice(value, "", f"{one.labels}_{value}")
            for value in dict.fromkeys(v for v in self.known.labels.get(one.labels, {}).values() if v)
        ]
        question = Question("constant_value", "", {"field": name}, f"constant:{name}", choices)
        self.found.questions.append(question)

    def _is_asked(self, members: Sequence[str]) -> bool:
        """Return whether a question at hand already settles it."""
        for question in self.found.questions:
            if question.key.removeprefix("field:") in members:
                return True
            if question.key.startswith("column:") and any(c.value in members for c in question.choices):
                return True
        return False

    def _is_candidate(self, column: Column, name: str) -> bool:
        if column.is_settled or column.reason == "two_columns":
            return False
        if name in column.may:
            return True
        return column.meaning.kind in ("unknown", "sure", "by_cells") and looks_like(
            self.dataset.fields[name], column.seen
        )

    def _ask_meaning(self, column: Column, names: Sequence[str]) -> None:
        may = list(dict.fromkeys([*column.may, *names]))
        values = {"column": shown(column.header), **where(column)}
        choices = [*(Choice(name) for name in may), Choice(NOT_USED, "", "not_used")]
        is_told = len(may) == 1 and column.reason == "cells_differ"
        self.found.questions.append(
            Question("column_meaning", "", values, f"column:{column.key}", choices, may[0] if is_told else "")
        )

    def _ask_order(self) -> None:
        pairs = []
        for first, second in ORDERED.get(self.dataset.name, ()):
            one, other = self.by_field.get(first), self.by_field.get(second)
            if any(may_be_turned(c.cells) for c in (one, other) if c):
                continue
            if one and other and one.reason != "compound" and other.reason != "compound":
                n, wrong = out_of_order(one.cells, other.cells)
                if n >= ENOUGH_ROWS and wrong * 2 > n:
                    pairs.append((first, second))
        if not pairs or any(name in self.confirmed for pair in pairs for name in pair):
            return
        # Which of them is wrong cannot be told: with the dates of one column in doubt all of the chain are.
        names = dict.fromkeys(name for pair in ORDERED[self.dataset.name] for name in pair if name in self.by_field)
        order = [n for n in self._important() if n in names]
        for name in order or list(names)[:MOST_ASKED]:
            wanted = self.dataset.fields[name]
            dated = [c for c in self.columns if looks_like(wanted, c.seen) and c.reason != "personal_header"]
            choices = [(c.key, c) for c in dated]
            self._ask("dates_contradict", f"field:{name}", name, choices, self.by_field[name].key)

    # -- the result --------------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        found = self.found
        known = sum(self._is_about(key) for key in self.answers)
        found.questions.sort(key=self._weight)
        asked = found.questions[: max(0, MOST_ASKED - known)]
        found.questions = asked
        found.n_denied, found.declined = self.n_denied, frozenset(self.declined)
        found.is_shifted = self.n_denied >= SHIFTED and self.n_denied * 3 > self.n_typed
        virtual = {name: at for one in found.splits for name, at in zip(one.fields, one.targets, strict=True)}
        found.fields = {name: virtual.get(name, column.at) for name, column in self.by_field.items()}
        open_keys = {q.key for q in asked} | {f"column:{c.value}" for q in asked for c in q.choices if c.value}
        for column in self.columns:
            reason = column.reason
            if not column.field:
                if f"column:{column.key}" in open_keys:
                    reason = "asked"
                elif column.may:
                    reason = "not_asked" if reason in ("unsure_header", "note_in_header") else reason
                elif not column.seen.n_filled and reason == "unknown":
                    reason = "empty_column"
                elif reason not in UNREAD:
                    reason = "unknown"
            if column.header or column.seen.n_filled:
                found.columns.append(
                    ColumnReading(
                        column.at + 1,
                        shown(column.header),
                        column.field,
                        column.confidence,
                        reason,
                        column.seen.examples,
                    )
                )

    def _is_about(self, key: str) -> bool:
        """Return whether an answer is about this sheet."""
        kind, _, name = key.partition(":")
        if kind == "column":
            return name in self.by_key
        return kind in ("dataset", "layout") or (kind in ("field", "constant") and name in self.dataset.fields)

    def _weight(self, question: Question) -> int:
        names = [question.key.removeprefix("field:"), *(c.value for c in question.choices)]
        order = [m for w in self._wanted() for m in (EITHER.get(w) or (w,))]
        return min((order.index(n) for n in names if n in order), default=len(order))


UNREAD = (
    "no_field", "personal_header", "ignored", "answered_not_used", "second_column", "two_columns", "cells_differ",
    "other_column", "unsure_header", "note_in_header", "unknown",
)  # fmt: skip
"""Reasons of a column that is not read."""
