"""Holds what was read against what the file truly holds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from corpus.model import Column, Table
from corpus.oracle import SIBLINGS, Oracle
from etl.receipt import Receipt
from etl.recognise import Match
from etl.values import OUTSIDE

STORED = {
    "unit_code": "unit_id",
    "unit_name": "unit_id",
    "receiving_unit_code": "receiving_unit_id",
    "receiving_unit_name": "receiving_unit_id",
}
NUMBERED = re.compile(r"\w+-\d+-\d+")
"""What stands for respondents whose codes may be personal: a number of the load."""
NOT_OF_THE_SENDER = {"source_sheet", "source_row", "row_flags", "source_file", "load_no"}


@dataclass
class Outcome:
    """What became of one file."""

    table: Table
    n_right: int = 0
    n_truth: int = 0
    n_left_out: int = 0
    """Cells of columns that were not read, which the receipt lists as not read."""
    misreads: Counter[str] = field(default_factory=Counter)
    """What was taken for what -> cells, where nobody was asked and nobody is told."""
    wrong: Counter[str] = field(default_factory=Counter)
    """The same where a question or a warning pointed at it."""
    lost: Counter[str] = field(default_factory=Counter)
    """Cells of the file whose value is not in the store."""
    rejects: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    no_true_choice: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    """Codes of questions that no choice answers: the file is not read."""
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.table.name} {self.table.mutation}"


def nothing_read(outcome: Outcome) -> Outcome:
    """Count every cell of a file that was stopped as left out, unless it lacks what each row needs."""
    table = outcome.table
    if not table.may_stop:
        outcome.n_truth = outcome.n_left_out = table.n_records * len(table.carried())
    return outcome


def hold_columns(outcome: Outcome, match: Match) -> Outcome:
    """Judge a mapping: each field must be read from a column that holds it."""
    table, n = outcome.table, outcome.table.n_records
    made = {target: split for split in match.splits for target in split.targets}
    taken: set[str] = set()
    for name, at in match.fields.items():
        sources = made[at].sources if at in made else (at,)
        columns = [table.columns[s] for s in sources if s < len(table.columns)]
        # Cells that stand beside their headers are judged by the rows: a mapping of them may reject every one.
        if table.is_judged_by_rows or any({name, SIBLINGS.get(name, name)} & set(c.truth) for c in columns):
            taken.add(name)
            continue
        what = f"{name} <- {' | '.join(c.header for c in columns) or at}"
        (outcome.wrong if _told(outcome, name, columns) else outcome.misreads)[what] += n
    if table.may_stop:
        return outcome
    for name in sorted(table.carried()):
        outcome.n_truth += n
        if name in taken or SIBLINGS.get(name) in taken:
            outcome.n_right += n
        else:
            outcome.n_left_out += n
            outcome.lost[f"{name} not read from {table.holding(name)[0].header}"] += n
    return outcome


def _told(outcome: Outcome, name: str, columns: list[Column]) -> bool:
    oracle = Oracle(outcome.table)
    keys = {f"field:{name}", *(f"column:{header}" for c in columns for header in oracle.headers_of(c))}
    return bool(keys & outcome.answers.keys())


def hold_rows(outcome: Outcome, receipts: list[Receipt], loads: Path) -> Outcome:
    """Judge stored rows: each value must be the one that the sender's row holds."""
    table = outcome.table
    truth = {STORED.get(name, name): values for c in table.columns for name, values in c.truth.items()}
    headers = {STORED.get(name, name): c.header for c in table.columns for name in c.truth}
    right: Counter[str] = Counter()
    for receipt in receipts:
        folder = loads / f"{receipt.load_no:06d}"
        outcome.rejects.update(r["reason"] for r in pq.read_table(folder / "rejects.parquet").to_pylist())
        if receipt.dataset != table.dataset:
            outcome.misreads[f"dataset {receipt.dataset}"] += receipt.n_accepted
            continue
        right += _rows(outcome, folder, truth, headers)
    if table.may_stop:
        return outcome
    read = {STORED.get(f, f) for r in receipts for s in r.sheets for f in s.fields}
    for name, values in truth.items():
        n = sum(v is not None for v in values)
        outcome.n_truth += n
        outcome.n_right += min(right[name], n)
        if right[name] >= n:
            continue
        if name in read:
            outcome.lost[f"{name} in {headers[name]}"] += n - right[name]
        else:
            outcome.n_left_out += n
            outcome.lost[f"{name} not read from {headers[name]}"] += n
    return outcome


def _rows(outcome: Outcome, folder: Path, truth: dict[str, list[Any]], headers: dict[str, str]) -> Counter[str]:
    table = outcome.table
    number = {row: n for n, row in enumerate(table.row_of)}
    warned = {(w["row"], w["field"]) for w in pq.read_table(folder / "warnings.parquet").to_pylist()}
    right: Counter[str] = Counter()
    for row in pq.read_table(folder / "rows.parquet").to_pylist():
        at = number.get(row["source_row"])
        if at is None:
            outcome.misreads["a row that is no record"] += 1
            continue
        for name, stored in row.items():
            if name in NOT_OF_THE_SENDER or stored is None or stored == OUTSIDE or name in table.constants:
                continue
            true = truth[name][at] if name in truth and not table.is_shifted else None
            if same(stored, true) or (name == "respondent_id" and true and NUMBERED.fullmatch(str(stored))):
                right[name] += 1
                continue
            names = (name, *(f for f, s in STORED.items() if s == name))
            is_told = any((row["source_row"], f) in warned for f in names) or _asked_about(names, outcome)
            what = f"{name} in {headers.get(name, 'no column')}: {_shown(stored)} for {_shown(true)}"
            (outcome.wrong if is_told else outcome.misreads)[what] += 1
    return right


def _shown(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def _asked_about(names: tuple[str, ...], outcome: Outcome) -> bool:
    answers = outcome.answers
    return (
        any(f"field:{name}" in answers for name in names)
        or any(key.startswith("column:") and value in names for key, value in answers.items())
        or ("status" in names and any(key.startswith("status:") for key in answers))
    )


def same(stored: Any, true: Any) -> bool:
    """Return whether a stored value is the true one; an hour that a file leaves out is no error."""
    if isinstance(true, datetime):
        if isinstance(stored, datetime):
            is_bare = (stored.hour, stored.minute) == (0, 0)
            return stored.date() == true.date() and (is_bare or abs(stored - true) < timedelta(minutes=1))
        return isinstance(stored, date) and stored == true.date()
    if isinstance(true, int | float) and isinstance(stored, int | float):
        return abs(stored - true) < 1e-6
    return bool(stored == true)
