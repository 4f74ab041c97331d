"""One file on its way in, up to a folder that only lacks its number: recognise, validate, stage.

Runs beside others of its kind in processes of their own, so it takes no lock, gives no number and writes nowhere but
into its own folder under `work/`.
"""

from __future__ import annotations

import logging
import shutil
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from etl import (
    correction,
    cover,
    data_date,
    date_order,
    excel_errors,
    label_meanings,
    raw,
    returned,
    stage,
    unit_columns,
    unit_questions,
    validate,
)
from etl.codebook import read_codebook
from etl.datasets import Dataset, all_datasets
from etl.extract import Sheet, Stored, Unreadable, open_sheets
from etl.loaded import Load
from etl.personal import column_reason, rules, safe
from etl.query import first_row
from etl.receipt import DroppedColumn, Proposal, Question, Receipt, SheetReceipt
from etl.recognise import Match, recognise, stated_date
from etl.text import fold, literal, quoted
from etl.types import date_macros
from etl.unpack import unpack
from warehouse import clock
from warehouse.engines import connect_builder
from warehouse.ledger import WITHDRAWN
from warehouse.paths import DataDir

log = logging.getLogger("gandan")

MEMORY = {1: "400MB", 2: "1500MB"}
"""Of one file's database, by its threads: files side by side leave each other room within 1.5 GB."""


@dataclass(frozen=True)
class Options:
    """What the sender or the analyst said about a file."""

    dataset: str | None = None
    layout: str | None = None
    data_on: date | None = None
    codebook: Path | None = None
    covers: Sequence[str] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """One stored file that is to be read."""

    name: str
    """As it may be shown."""
    stored: Stored
    source: Path
    """Where it came from: a codebook may lie beside it."""
    options: Options
    earlier: tuple[Load, ...]
    """Loads of the same bytes."""
    work: Path
    threads: int = 2
    neighbours: tuple[str, ...] = ()
    """Units that earlier loads were of."""


@dataclass
class Outcome:
    """What became of one dataset of a file: its receipt and, when it was staged, its folder without a number."""

    receipt: Receipt
    folder: Path | None = None
    match: Match | None = None
    replaces: tuple[int, ...] = ()
    """Earlier loads of the same bytes of which nothing was accepted."""


Say = Callable[[str], None]


def read_file(data_dir: DataDir, task: Task, say: Say | None = None) -> list[Outcome]:
    """Return the outcomes of a file, one per dataset and layout in it; whatever stops it is a question in one."""
    # Cells lie here as they were sent until the file is done: for the owner alone, like the inbox.
    task.work.mkdir(parents=True, exist_ok=True)
    task.work.chmod(0o700)
    reading = _Reading(data_dir, task, say or (lambda word: None))
    try:
        return reading.run()
    except Unreadable as error:
        return [reading.stopped([Question(error.code, "", error.values)])]
    except Exception as error:
        # Whatever it was, its message may hold a value of the file: its kind and place are kept, and no more.
        log.error("load stopped: %s at %s", type(error).__name__, _place(error))
        return [reading.stopped([Question("failed", "", {"detail": type(error).__name__})])]


class _Reading:
    def __init__(self, data_dir: DataDir, task: Task, say: Say):
        self.data_dir, self.task, self.say = data_dir, task, say
        self.options = task.options
        self.fix: correction.Correction | None = None
        """A corrected workbook that came back: its rows mend rows of an earlier load."""

    def stopped(self, questions: list[Question]) -> Outcome:
        task = self.task
        found = Receipt(task.name, task.stored.sha256, questions=questions, sender=sender_of(task.name))
        found.answers = dict(self.options.answers)
        return Outcome(found)

    def run(self) -> list[Outcome]:
        sheets = open_sheets(self.task.stored, self.task.work)
        self.say("recognise")
        fix = correction.of(self.task.stored, sheets, self.data_dir)
        if isinstance(fix, Question):
            return [self.stopped([fix])]
        if fix is not None:
            self.fix = fix
            self.options = replace(self.options, answers={**fix.answers, **self.options.answers})
            return [self._dataset(fix.load.receipt.dataset, [(fix.sheet, fix.match)])]
        book = read_codebook(self.task.source, self.options.codebook)
        matched: dict[tuple[str, str], list[tuple[Sheet, Match]]] = {}
        questions: list[Question] = []
        unread: list[Question] = []
        told: list[SheetReceipt] = []
        hidden = [sheet for sheet in sheets if sheet.is_hidden]
        for sheet in (sheet for sheet in sheets if not sheet.is_hidden):
            found = recognise(
                sheet, self.data_dir, self.options.dataset, self.options.layout, book, self.options.answers
            )
            if isinstance(found, Match):
                whole = unpack(sheet, found)
                matched.setdefault((found.layout.dataset, found.layout.name), []).append((whole, found))
                continue
            # A cover sheet or a note beside real tables is no question.
            is_aside = all(q.code == "no_header" for q in found.questions)
            (unread if is_aside else questions).extend(found.questions)
            if not is_aside:
                told.append(SheetReceipt(safe(sheet.name), found.header_row, columns=found.columns))
        if not matched and not questions:
            questions += unread[:1] or [Question("only_hidden" if hidden else "no_header")]
        outcomes = [self._dataset(name, parts) for (name, _), parts in matched.items()]
        if questions:
            if not outcomes:
                outcomes.append(self.stopped([]))
            outcomes[-1].receipt.questions += _once(questions)
            outcomes[-1].receipt.sheets += told
        for outcome in outcomes[:1]:
            outcome.receipt.sheets += [SheetReceipt(safe(one.name), 0, is_hidden=True) for one in hidden]
        return outcomes

    def _dataset(self, name: str, parts: list[tuple[Sheet, Match]]) -> Outcome:
        same = [one for one in self.task.earlier if one.receipt.dataset == name]
        repeat = [one for one in same if one.receipt.n_accepted and not (one.folder / WITHDRAWN).exists()]
        if repeat:
            return Outcome(replace(repeat[0].receipt, is_repeat=True))
        outcome = self._stage(all_datasets()[name], parts)
        outcome.replaces = tuple(one.load_no for one in same if not one.receipt.n_accepted)
        return outcome

    def _stage(self, dataset: Dataset, parts: list[tuple[Sheet, Match]]) -> Outcome:
        layout, options, stored = parts[0][1].layout, self.options, self.task.stored
        receipt = self.stopped([]).receipt
        receipt.dataset, receipt.layout, receipt.due_precision = dataset.name, layout.name, layout.due_precision
        receipt.loaded_at, receipt.is_sender = clock.now(), layout.sender
        receipt.is_new_layout = any(match.is_new for _, match in parts)
        receipt.sender = self.fix.load.receipt.sender if self.fix else receipt.sender
        outcome = Outcome(receipt, match=parts[0][1])
        number = len(list(self.task.work.glob("build-*.duckdb")))
        build = self.task.work / f"build-{number}.duckdb"
        con = connect_builder(
            build, self.task.work / "spill", memory_limit=MEMORY[self.task.threads], threads=self.task.threads
        )
        try:
            for macro in date_macros():
                con.execute(macro)
            self.say("validate")
            for sheet, match in parts:
                if sheet.path is None:
                    excel_errors.mark(stored.path, sheet, match)
            tables = [
                raw.load(con, sheet, match, f"raw_{n}", self.task.work, options.answers)
                for n, (sheet, match) in enumerate(parts)
            ]
            questions = [question for table in tables for question in table.orders.questions]
            for table, (sheet, match) in zip(tables, parts, strict=True):
                date_order.keep(match, table.orders, options.answers)
                questions += label_meanings.questions(
                    con, table, dataset, match.layout, self.data_dir, options.answers, safe(sheet.name)
                )
            latest = data_date.latest(con, tables, dataset)
            stated = options.data_on or (self.fix.data_on if self.fix else None)
            stated = stated or next((d for s, m in parts if (d := stated_date(s, m))), None)
            early = data_date.ahead(stated)
            questions += [early] if early else []
            units = unit_columns.index_of(self.data_dir)
            texts = [unit_columns.texts_of(con, t.table, t.columns) for t in tables]
            every = [text for one in texts for text in one]
            receipt.era = options.answers.get("era") or unit_columns.era_of(units, every, layout, stated or latest)
            if receipt.era == "mixed":
                three, two = unit_columns.witnesses(units, every, layout)
                questions.append(unit_questions.era(three, two))
            on = unit_columns.day_of(receipt.era, stated or latest or clock.today())
            covered = cover.bodies(units, layout, options.covers, on)
            if isinstance(covered, Question):
                questions.append(covered)
            else:
                receipt.covers = covered
            known = unit_questions.Known.of(self.data_dir, receipt.sender, options.answers)
            if receipt.era != "mixed":
                questions += unit_questions.ambiguous(units, every, layout, on, known, self.task.neighbours)
            if questions:
                receipt.questions += _once(questions)
                receipt.sheets = [_sheet_receipt(dataset, sheet, match) for sheet, match in parts]
                return outcome
            outcome.folder = self._write(con, dataset, parts, tables, texts, units, on, receipt, stated, known)
        finally:
            con.close()
        return outcome

    def _write(
        self,
        con: duckdb.DuckDBPyConnection,
        dataset: Dataset,
        parts: list[tuple[Sheet, Match]],
        tables: list[raw.Raw],
        texts: list[list[unit_columns.UnitTexts]],
        units: unit_columns.UnitIndex,
        on: date,
        receipt: Receipt,
        stated: date | None,
        known: unit_questions.Known,
    ) -> Path:
        folder = self.task.work / f"load-{dataset.name}-{len(list(self.task.work.glob('load-*')))}"
        folder.mkdir()
        stage.prepare(con)
        files: list[Path] = []
        proposals: dict[tuple[str, str], Proposal] = {}
        for n, ((sheet, match), table) in enumerate(zip(parts, tables, strict=True)):
            one = _sheet_receipt(dataset, sheet, match)
            joins = {
                text.role: unit_columns.map_table(con, units, text, match.layout, on, f"{text.role}_map", known)
                for text in texts[n]
            }
            plan = validate.plan(con, table, dataset, match.layout, self.data_dir, joins, self.options.answers)
            one.fields = [name for name in dataset.fields if name in table.columns]
            self.say("stage")
            file = folder / f"part-{n}.parquet"
            stage.stage_sheet(con, table, match, plan, dataset, one, receipt.sha256[:8], file)
            files.append(file)
            receipt.sheets.append(one)
            origins = self.fix.chained if self.fix else None
            returned.note(con, table, match, plan, dataset, one, folder / f"returned-{n}.parquet", origins)
            for p in plan.proposals:
                held = proposals.get((p.field, p.text))
                proposals[(p.field, p.text)] = Proposal(p.field, p.text, p.n_cases + (held.n_cases if held else 0))
        receipt.proposals = list(proposals.values())
        listed = ", ".join(literal(str(f)) for f in files)
        source = f"read_parquet([{listed}], union_by_name = true)"
        receipt.data_on, receipt.data_on_source = data_date.data_on(
            con, source, dataset, stated, bool(self.options.data_on)
        )
        n_after = data_date.received_after_era(con, source, dataset, receipt.era)
        if n_after:
            receipt.notices["received_after_era"] = n_after
        if "unit_code" in dataset.fields:
            found = first_row(con, f"SELECT min(unit_id), max(unit_id) FROM {source}")
            receipt.sender_unit_id = found[0] if found and found[0] == found[1] else None
            receipt.units = _units(con, source, dataset)
        stage.finish(con, folder, files)
        if self.fix:
            receipt.corrects = correction.corrects(self.fix, folder)
            receipt.data_on_source = receipt.data_on_source if self.options.data_on else "corrected"
            receipt.sender_unit_id = self.fix.load.receipt.sender_unit_id
        return folder


def sender_of(file_name: str) -> str:
    """Return the words of a file's name without numbers: who sends the like of it each month.

    >>> sender_of("HSTTHC_QuangTri_T10-2026.csv"), sender_of("goi.zip/Số theo dõi 2026.xlsx")
    ('hstthc quangtri', 'so theo doi')
    """
    stem = Path(file_name.rpartition("/")[2]).stem
    return " ".join(word for word in fold(stem.replace("_", " ")).split() if not any(c.isdigit() for c in word))


def _sheet_receipt(dataset: Dataset, sheet: Sheet, match: Match) -> SheetReceipt:
    return SheetReceipt(
        safe(sheet.name),
        match.last_header_row + 1,
        dropped=_dropped(sheet, match),
        columns=match.columns,
        text_repairs=dict(sheet.text_repairs),
    )


def _units(con: duckdb.DuckDBPyConnection, source: str, dataset: Dataset) -> dict[str, dict[str, object]]:
    day = f"CAST({quoted(dataset.event)} AS DATE)" if dataset.event else "CAST(NULL AS DATE)"
    rows = con.execute(
        f"SELECT unit_id, count(*), CAST(min({day}) AS VARCHAR), CAST(max({day}) AS VARCHAR) FROM {source} "
        f"WHERE unit_id IS NOT NULL GROUP BY unit_id ORDER BY unit_id"
    ).fetchall()
    return {unit_id: {"n": n, "first_on": first, "last_on": last} for unit_id, n, first, last in rows}


def _once(questions: list[Question]) -> list[Question]:
    """Return the questions, each answer asked for once."""
    found: dict[tuple[str, str], Question] = {}
    for one in questions:
        found.setdefault((one.key or one.code, "" if one.key else one.sheet), one)
    return list(found.values())


def _place(error: Exception) -> str:
    """Return the lines of code that an error came through, without what they held."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-4:]))


def _dropped(sheet: Sheet, match: Match) -> list[DroppedColumn]:
    limit = rules()["thresholds"]["sample"]
    body = (sheet.rows or sheet.preview)[match.last_header_row + 1 : match.last_header_row + 1 + limit]
    found = []
    for at in match.unmapped:
        header = match.headers[at]
        reason = column_reason(header, (row[at] for row in body if at < len(row)))
        if reason != "unmapped" or fold(header) not in match.layout.ignore:
            found.append(DroppedColumn(at + 1, safe(header), reason))
    return found


def remove_work(task: Task) -> None:
    """Remove the file's own folder."""
    shutil.rmtree(task.work, ignore_errors=True)
