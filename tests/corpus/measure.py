"""Reads a table of the corpus as the intake does and holds every cell against the truth."""

from __future__ import annotations

import inspect
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from corpus.model import Table
from corpus.oracle import SIBLINGS, Oracle
from corpus.write import write
from etl.extract import Sheet, Stored, Unreadable, open_sheets
from etl.intake import load_files
from etl.receipt import Question, Receipt
from etl.recognise import Match, recognise
from etl.values import OUTSIDE
from warehouse.paths import DataDir

ROUNDS = 5
STORED = {
    "unit_code": "unit_id",
    "unit_name": "unit_id",
    "receiving_unit_code": "receiving_unit_id",
    "receiving_unit_name": "receiving_unit_id",
}
NOT_OF_THE_SENDER = {"source_sheet", "source_row", "row_flags", "source_file", "load_no"}


@dataclass
class Outcome:
    """What became of one file."""

    table: Table
    n_right: int = 0
    n_truth: int = 0
    n_left_out: int = 0
    """Cells of columns that were not read, and that the receipt says were not read."""
    misreads: Counter[str] = field(default_factory=Counter)
    """Field and what was taken for it -> cells; nobody was asked, nobody is told."""
    wrong: Counter[str] = field(default_factory=Counter)
    """The same where a question or a warning pointed at it."""
    lost: Counter[str] = field(default_factory=Counter)
    """Field -> cells of a column that was read, without their value."""
    rejects: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    no_true_choice: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    """Codes of questions that no choice answers: the file is not read."""
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.table.name} {self.table.mutation}"


def same(stored: Any, true: Any) -> bool:
    """Return whether a stored value is the true one; an hour that a file leaves out is no error."""
    if isinstance(true, datetime):
        if isinstance(stored, datetime):
            if stored.date() != true.date():
                return False
            is_bare = (stored.hour, stored.minute) == (0, 0)
            return is_bare or abs(stored - true) < timedelta(minutes=1)
        return isinstance(stored, date) and stored == true.date()
    if isinstance(true, int | float) and isinstance(stored, int | float):
        return abs(stored - true) < 1e-6
    return bool(stored == true)


class Reader:
    """Reads tables in one data folder, with or without a layout learned before."""

    def __init__(self, data_dir: DataDir, files: Path) -> None:
        self.data_dir, self.files = data_dir, files
        self.takes_answers = "answers" in inspect.signature(load_files).parameters

    def read(self, table: Table, level: str) -> Outcome:
        """Return the outcome at a level: mapped (columns to fields) or loaded (every stored cell)."""
        self._as_learned()
        return self.mapped(table) if level == "mapped" else self.loaded(table)

    def learn(self, base: Table, level: str = "mapped") -> Outcome:
        """Read last month's file and keep what was learned from it for all that follow, until `forget`."""
        self.forget()
        outcome = self.mapped(base, learn=True) if level == "mapped" else self.loaded(base)
        if self._learned.is_dir():
            shutil.copytree(self._learned, self._kept)
        return outcome

    def forget(self) -> None:
        """Take every layout for new again."""
        for folder in (self._learned, self._kept):
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def _learned(self) -> Path:
        return self.data_dir.root / "learned"

    @property
    def _kept(self) -> Path:
        return self.files / "kept"

    def _as_learned(self) -> None:
        """Put back what was learned from the base alone: one mutation must not teach the next."""
        shutil.rmtree(self._learned, ignore_errors=True)
        if self._kept.is_dir():
            shutil.copytree(self._kept, self._learned)

    # -- up to the mapping

    def mapped(self, table: Table, learn: bool = False) -> Outcome:
        """Return the outcome of recognition alone: which column was taken for which field."""
        outcome, oracle = Outcome(table), Oracle(table)
        path = write(table, self.files, "table")
        aside = self.files / "aside"
        aside.mkdir(exist_ok=True)
        try:
            (sheet,) = open_sheets(Stored(path.name, path, f"{table.name}-{table.mutation}"), aside)
        except (Unreadable, ValueError) as error:
            outcome.stopped.append(f"unreadable:{error}")
            return self._nothing(outcome)
        found = self._recognised(sheet, outcome, oracle)
        if not isinstance(found, Match):
            return self._nothing(outcome)
        if learn:
            from etl.learned import remember

            remember(self.data_dir, found, outcome.answers, path.name, date(2026, 11, 1))
        return self._held_against(found, outcome)

    def _recognised(self, sheet: Sheet, outcome: Outcome, oracle: Oracle) -> Match | None:
        for _ in range(ROUNDS):
            found = recognise(sheet, self.data_dir, answers=outcome.answers)
            if isinstance(found, Match):
                outcome.asked, outcome.no_true_choice = oracle.asked, oracle.no_true_choice
                return found
            questions: list[Question] = (
                found if isinstance(found, list) else getattr(found, "questions", None) or [found]
            )  # type: ignore[list-item]
            new = oracle.answer(questions, outcome.answers)
            outcome.answers.update(new)
            if not new:
                break
        outcome.asked, outcome.no_true_choice = oracle.asked, oracle.no_true_choice
        outcome.stopped = oracle.unanswerable or ["asked without end"]
        return None

    def _nothing(self, outcome: Outcome) -> Outcome:
        if not outcome.table.may_stop:
            outcome.n_truth = outcome.n_left_out = outcome.table.n_records * len(outcome.table.carried())
        return outcome

    def _held_against(self, match: Match, outcome: Outcome) -> Outcome:
        table, n = outcome.table, outcome.table.n_records
        made = {t: s for s in getattr(match, "splits", []) for t in s.targets}
        taken: set[str] = set()
        for name, at in match.fields.items():
            sources = made[at].sources if at in made else (at,)
            columns = [table.columns[s] for s in sources if s < len(table.columns)]
            holds = any({name, SIBLINGS.get(name, name)} & set(c.truth) for c in columns)
            if holds and not table.is_shifted:
                taken.add(name)
                continue
            told = {f"field:{name}", *(f"column:{h}" for c in columns for h in Oracle(table).headers_of(c))}
            what = f"{name} <- {' | '.join(c.header for c in columns) or at}"
            if table.is_shifted:
                continue  # judged by the rows: a mapping of empty columns is a file of rejects, not a misreading
            (outcome.wrong if told & outcome.answers.keys() else outcome.misreads)[what] += n
        if not table.may_stop:
            true = table.carried()
            read = {f for f in true if f in taken or SIBLINGS.get(f) in taken}
            outcome.n_truth = n * len(true)
            outcome.n_right = n * len(read)
            outcome.n_left_out = n * len(true - read)
            for name in sorted(true - read):
                outcome.lost[f"{name} not read from {table.holding(name)[0].header}"] += n
        return outcome

    # -- to the stored rows

    def loaded(self, table: Table) -> Outcome:
        """Return the outcome of a load: every stored value held against the truth."""
        outcome, oracle = Outcome(table), Oracle(table)
        path = write(table, self.files, f"thang-{'1' if table.mutation == 'base' else '2'}")
        for _ in range(ROUNDS):
            self.clear_loads()
            options: dict[str, Any] = {"answers": outcome.answers} if self.takes_answers else {}
            receipts = load_files([path], self.data_dir, **options)
            questions = [q for r in receipts for q in r.questions]
            new = oracle.answer(questions, outcome.answers) if questions else {}
            outcome.answers.update(new)
            if not new:
                break
        outcome.asked, outcome.no_true_choice = oracle.asked, oracle.no_true_choice
        outcome.stopped = sorted({q.code for q in questions})
        staged = [r for r in receipts if r.load_no is not None]
        if not staged:
            return self._nothing(outcome)
        self._compare(staged, outcome)
        return outcome

    def clear_loads(self) -> None:
        """Forget loads, waiting files and bytes, keep what was learned."""
        for name in ("loads", "inbox", "waiting", "work", "returned", "candidate"):
            shutil.rmtree(self.data_dir.root / name, ignore_errors=True)

    def _compare(self, receipts: list[Receipt], outcome: Outcome) -> None:
        table = outcome.table
        number = {row: n for n, row in enumerate(table.row_of)}
        truth: dict[str, list[Any]] = {}
        headers: dict[str, str] = {}
        for column in table.columns:
            for name, values in column.truth.items():
                truth[STORED.get(name, name)] = values
                headers[STORED.get(name, name)] = column.header
        seen: set[int] = set()
        right: Counter[str] = Counter()
        read = {STORED.get(f, f) for r in receipts for s in r.sheets for f in s.fields}
        for receipt in receipts:
            folder = self.data_dir.loads / f"{receipt.load_no:06d}"
            warned = {(w["row"], w["field"]) for w in pq.read_table(folder / "warnings.parquet").to_pylist()}
            outcome.rejects.update(r["reason"] for r in pq.read_table(folder / "rejects.parquet").to_pylist())
            if receipt.dataset != table.dataset:
                outcome.misreads[f"dataset {receipt.dataset}"] += receipt.n_accepted
            for row in pq.read_table(folder / "rows.parquet").to_pylist():
                at = number.get(row["source_row"])
                if at is None:
                    outcome.misreads["a row that is no record"] += 1
                    continue
                seen.add(at)
                for name, stored in row.items():
                    if name in NOT_OF_THE_SENDER or stored is None or stored == OUTSIDE or name in table.constants:
                        continue
                    true = truth[name][at] if name in truth and not table.is_shifted else None
                    if same(stored, true):
                        right[name] += 1
                        continue
                    what = f"{name} in {headers.get(name, 'no column')}: {stored} for {true}"
                    is_told = any((row["source_row"], f) in warned for f in (name, *_names(name)))
                    (outcome.wrong if is_told or self._was_asked(name, outcome) else outcome.misreads)[what] += 1
        if table.may_stop:
            return
        for name, values in truth.items():
            n = sum(v is not None for v in values)
            outcome.n_truth += n
            outcome.n_right += min(right[name], n)
            if right[name] < n:
                if name not in read:
                    outcome.n_left_out += n
                    outcome.lost[f"{name} not read from {headers[name]}"] += n
                else:
                    outcome.lost[f"{name} in {headers[name]}"] += n - right[name]

    def _was_asked(self, stored_name: str, outcome: Outcome) -> bool:
        names = {stored_name, *_names(stored_name)}
        keys = {f"field:{n}" for n in names}
        keys |= {k for k, v in outcome.answers.items() if k.startswith("column:") and v in names}
        keys |= {k for k in outcome.answers if k.startswith("status:") and stored_name == "status"}
        return bool(keys & outcome.answers.keys())


def _names(stored: str) -> list[str]:
    return [f for f, s in STORED.items() if s == stored]


def with_catalogues(root: Path) -> DataDir:
    """Return a data folder with the catalogues from which the corpus takes its words."""
    from corpus.records import LETTER_FIELDS, PROCEDURES, STEPS

    folder = root / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "procedure_code,procedure_name,field_name,level,deadline_days,is_fee_bearing,is_online,is_full_online,valid_from,valid_to"
    ]
    lines += [
        f'{code},"{name}",{field_name},commune,5,false,true,true,2020-01-01,' for code, name, field_name in PROCEDURES
    ]
    (folder / "procedures.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "complaint_fields.csv").write_text("field_name\n" + "".join(f"{f}\n" for f in LETTER_FIELDS), "utf-8")
    (folder / "case_steps.csv").write_text("step_name,role_name\n" + "".join(f"{s},\n" for s in STEPS), "utf-8")
    return DataDir(root)
