"""Reads a table of the corpus as the intake does: up to the mapping, or to the stored rows."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from corpus.judge import Outcome, hold_columns, hold_rows, nothing_read
from corpus.model import Table
from corpus.oracle import Oracle
from corpus.records import LETTER_FIELDS, PROCEDURES, STEPS
from corpus.write import write
from etl.extract import Sheet, Stored, Unreadable, open_sheets
from etl.intake import load_files
from etl.learned import remember
from etl.recognise import Match, recognise
from warehouse.paths import DataDir

ROUNDS = 5
LEFT_BY_A_LOAD = ("loads", "inbox", "waiting", "work", "returned", "candidate", "arrivals")


class Reader:
    """Reads tables in one data folder of its own, with a layout learned before or with none."""

    def __init__(self, root: Path) -> None:
        self.data_dir, self.files, self.kept = _with_catalogues(root / "data"), root / "files", root / "kept"
        (self.files / "aside").mkdir(parents=True)

    def opened(self, table: Table) -> Sheet | str:
        """Return the one sheet of the table's file, or why it cannot be read."""
        path = write(table, self.files, "table")
        try:
            (sheet,) = open_sheets(Stored(path.name, path, f"{table.name}-{table.mutation}"), self.files / "aside")
        except Unreadable as error:
            return f"unreadable: {error.code}"
        return sheet

    def mapped(self, table: Table, sheet: Sheet | str | None = None) -> Outcome:
        """Return the outcome of recognition alone: which column was taken for which field."""
        outcome, _ = self._recognised(table, sheet or self.opened(table))
        return outcome

    def learn(self, base: Table, by_load: bool = False, beside: bool = False) -> Outcome:
        """Read last month's file and keep what was learned from it, `beside` what was learned before or alone."""
        if not beside:
            self.forget()
        if by_load:
            outcome = self.loaded(base)
        else:
            outcome, match = self._recognised(base, self.opened(base))
            if match is not None:
                remember(self.data_dir, match, outcome.answers, _file_name(base), date(2026, 11, 1))
        if self._learned.is_dir():
            shutil.copytree(self._learned, self.kept, dirs_exist_ok=True)
        return outcome

    def forget(self) -> None:
        """Take every layout for new again."""
        for folder in (self._learned, self.kept):
            shutil.rmtree(folder, ignore_errors=True)

    def loaded(self, table: Table) -> Outcome:
        """Return the outcome of a load: every stored value held against the truth."""
        self._as_learned()
        outcome, oracle = Outcome(table), Oracle(table)
        path = write(table, self.files, _file_name(table))
        for _ in range(ROUNDS):
            self._clear_loads()
            receipts = load_files([path], self.data_dir, answers=outcome.answers)
            questions = [q for r in receipts for q in r.questions]
            new = oracle.answer(questions, outcome.answers) if questions else {}
            if not new:
                break
            outcome.answers |= new
        outcome.asked, outcome.no_true_choice = oracle.asked, oracle.no_true_choice
        outcome.stopped = sorted({q.code for q in questions})
        staged = [r for r in receipts if r.load_no is not None]
        return hold_rows(outcome, staged, self.data_dir.loads) if staged else nothing_read(outcome)

    def _recognised(self, table: Table, sheet: Sheet | str) -> tuple[Outcome, Match | None]:
        outcome, oracle = Outcome(table), Oracle(table)
        if isinstance(sheet, str):
            outcome.stopped.append(sheet)
            return nothing_read(outcome), None
        for _ in range(ROUNDS):
            found = recognise(sheet, self.data_dir, answers=outcome.answers)
            if isinstance(found, Match):
                outcome.asked, outcome.no_true_choice = oracle.asked, oracle.no_true_choice
                return hold_columns(outcome, found), found
            new = oracle.answer(found.questions, outcome.answers)
            if not new:
                break
            outcome.answers |= new
        outcome.asked, outcome.no_true_choice = oracle.asked, oracle.no_true_choice
        outcome.stopped = sorted(set(oracle.unanswerable)) or ["asked without end"]
        return nothing_read(outcome), None

    @property
    def _learned(self) -> Path:
        return self.data_dir.root / "learned"

    def _as_learned(self) -> None:
        """Put back what was learned from the base alone: one mutation must not teach the next."""
        shutil.rmtree(self._learned, ignore_errors=True)
        if self.kept.is_dir():
            shutil.copytree(self.kept, self._learned)

    def _clear_loads(self) -> None:
        """Forget loads, waiting files and bytes, keep what was learned."""
        for name in LEFT_BY_A_LOAD:
            shutil.rmtree(self.data_dir.root / name, ignore_errors=True)


def _file_name(table: Table) -> str:
    return f"bao-cao-{table.name.partition('-')[0]}-thang-{'09' if table.mutation == 'base' else '10'}"


def _with_catalogues(root: Path) -> DataDir:
    """Return a data folder with the catalogues from which the corpus takes its words."""
    folder = root / "reference"
    folder.mkdir(parents=True)
    lines = ["procedure_code,procedure_name,field_name,level,valid_from,valid_to"]
    lines += [f'{code},"{name}",{field},commune,2020-01-01,' for code, name, field in PROCEDURES]
    (folder / "procedures.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "complaint_fields.csv").write_text("field_name\n" + "".join(f"{f}\n" for f in LETTER_FIELDS), "utf-8")
    (folder / "case_steps.csv").write_text("step_name,role_name\n" + "".join(f"{s},\n" for s in STEPS), "utf-8")
    return DataDir(root)
