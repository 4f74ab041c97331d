"""From files to loads: extract, recognise, validate and stage, one file after the other, under the writer's lock."""

from __future__ import annotations

import json
import logging
import shutil
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from etl import cover, data_date, excel_errors, raw, stage, unit_columns, validate
from etl.codebook import CODEBOOK_SUFFIX, read_codebook
from etl.datasets import Dataset, all_datasets
from etl.extract import SUFFIXES, Sheet, Stored, Unreadable, open_sheets, store
from etl.loaded import Load, staged_loads
from etl.personal import column_reason, safe, safe_file_name
from etl.query import first_row
from etl.receipt import DroppedColumn, Proposal, Question, Receipt, SheetReceipt
from etl.recognise import Match, recognise, stated_date
from etl.text import fold, literal
from etl.types import date_macros
from warehouse import clock
from warehouse.engines import connect_builder
from warehouse.lock import Holder, writer
from warehouse.paths import DataDir

log = logging.getLogger("gandan")

DEMO = "DEMO"


@dataclass(frozen=True)
class Step:
    """One word of progress: which file of how many, and the stage it is in."""

    number: int
    of: int
    file_name: str
    stage: str


Progress = Callable[[Step], None]


def load_files(
    paths: Sequence[Path | str],
    data_dir: DataDir,
    dataset: str | None = None,
    layout: str | None = None,
    data_on: date | None = None,
    progress: Progress | None = None,
    codebook: Path | None = None,
    wait: bool = True,
    on_wait: Callable[[Holder | None], None] | None = None,
    covers: Sequence[str] = (),
) -> list[Receipt]:
    """Return one receipt per file and dataset; a folder means the files in it.

    The good rows of each are staged, the bad ones kept apart; `data_on` is the data's date where the sender states it,
    `covers` the codes of the units of which these files are the whole register.
    """
    files = list(_files(paths))
    receipts: list[Receipt] = []
    with writer(data_dir, "load", wait=wait, on_wait=on_wait):
        _clear(data_dir)
        known = staged_loads(data_dir)
        for number, path in enumerate(files, 1):
            intake = _Intake(data_dir, known, path, dataset, layout, data_on, codebook, covers)
            if progress:
                intake.say = lambda word, n=number, f=intake.name: progress(Step(n, len(files), f, word))  # type: ignore[misc]
            found = intake.run()
            for one in found:
                log.info(
                    "load %s dataset=%s layout=%s read=%d accepted=%d rejected=%d questions=%s",
                    one.load_no, one.dataset, one.layout, one.n_read, one.n_accepted, one.n_rejected,
                    ",".join(q.code for q in one.questions),
                )  # fmt: skip
            receipts += found
    return receipts


def _files(paths: Iterable[Path | str]) -> Iterable[Path]:
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from (
                f
                for f in sorted(path.rglob("*"))
                if f.is_file()
                and f.suffix.lower() in SUFFIXES
                and not f.name.startswith((".", "~$"))
                and not f.name.endswith(CODEBOOK_SUFFIX)
            )
        else:
            yield path


def _clear(data_dir: DataDir) -> None:
    """Remove what a killed load left behind."""
    if data_dir.work.is_dir():
        for leftover in data_dir.work.glob("load-*"):
            shutil.rmtree(leftover, ignore_errors=True)
    if data_dir.inbox.is_dir():
        for leftover in data_dir.inbox.glob(".copy-*"):
            leftover.unlink(missing_ok=True)


class _Intake:
    """One file on its way in."""

    def __init__(
        self,
        data_dir: DataDir,
        known: list[Load],
        path: Path,
        dataset: str | None,
        layout: str | None,
        data_on: date | None,
        codebook: Path | None,
        covers: Sequence[str] = (),
    ):
        self.data_dir, self.known, self.path = data_dir, known, path
        self.dataset, self.layout, self.given_data_on, self.codebook_path = dataset, layout, data_on, codebook
        self.covers = covers
        self.name = safe_file_name(path.name)
        self.work = data_dir.work / "load-now"
        self.say: Callable[[str], None] = lambda word: None

    def run(self) -> list[Receipt]:
        """Return the receipts of the file; whatever stops it is a question in one of them."""
        if self.dataset is not None and self.dataset not in all_datasets():
            known = ", ".join(all_datasets())
            return [self._stopped(Question("no_such_dataset", "", {"dataset": self.dataset, "known": known}))]
        if not self.path.is_file():
            return [self._stopped(Question("no_such_file"))]
        self.say("extract")
        waiting = set(self.data_dir.inbox.iterdir()) if self.data_dir.inbox.is_dir() else set()
        stored = store(self.path, self.data_dir.inbox)
        refusal = self._demo_refusal(stored.sha256)
        if refusal:
            stored.path.unlink(missing_ok=True)
            return [self._stopped(refusal, stored.sha256)]
        # Cells lie here as they were sent until the file is done: for the owner alone, like the inbox.
        self.work.mkdir(parents=True, exist_ok=True)
        self.work.chmod(0o700)
        try:
            receipts = self._load(stored)
        except Unreadable as error:
            receipts = [self._stopped(Question(error.code, "", error.values), stored.sha256)]
        except Exception as error:
            # Whatever it was, its message may hold a value of the file: its kind and place are kept, and no more.
            log.error("load stopped: %s at %s", type(error).__name__, _place(error))
            receipts = [self._stopped(Question("failed", "", {"detail": type(error).__name__}), stored.sha256)]
        finally:
            shutil.rmtree(self.work, ignore_errors=True)
        # Only what was staged now, or waits from before, stays until publish.
        if stored.path not in waiting and all(r.load_no is None or r.is_repeat for r in receipts):
            stored.path.unlink(missing_ok=True)
        return receipts

    def _stopped(self, question: Question, sha256: str = "") -> Receipt:
        return Receipt(self.name, sha256, questions=[question])

    def _demo_refusal(self, sha256: str) -> Question | None:
        """A data folder of the sample takes no real file: figures must never be mixed."""
        marker = self.data_dir.root / DEMO
        if not marker.exists():
            return None
        try:
            listed = set(json.loads(marker.read_text("utf-8")).get("files", []))
        except (ValueError, AttributeError):
            listed = set()
        return None if sha256 in listed else Question("demo_folder")

    def _load(self, stored: Stored) -> list[Receipt]:
        earlier = [one for one in self.known if one.receipt.sha256 == stored.sha256]
        sheets = open_sheets(stored, self.work)
        self.say("recognise")
        book = read_codebook(self.path, self.codebook_path)
        matched: dict[tuple[str, str], list[tuple[Sheet, Match]]] = {}
        questions: list[Question] = []
        unread: list[Question] = []
        for sheet in sheets:
            found = recognise(sheet, self.data_dir, self.dataset, self.layout, book)
            if isinstance(found, Question):
                # A cover sheet or a note beside real tables is no question.
                (unread if found.code == "no_header" else questions).append(found)
            else:
                matched.setdefault((found.layout.dataset, found.layout.name), []).append((sheet, found))
        if not matched and not questions:
            questions += unread[:1] or [Question("no_header")]
        receipts = []
        for (dataset, _), parts in matched.items():
            repeat = [one for one in earlier if one.receipt.dataset == dataset and one.receipt.n_accepted]
            if repeat:
                receipts.append(replace(repeat[0].receipt, is_repeat=True))
                continue
            for one in earlier:
                if one.receipt.dataset == dataset and one in self.known:
                    shutil.rmtree(one.folder)  # nothing of it was accepted: this load takes its place
                    self.known.remove(one)
            receipts.append(self._stage(stored, all_datasets()[dataset], parts))
        if questions:
            if receipts:
                receipts[-1].questions += questions
            else:
                receipts.append(Receipt(self.name, stored.sha256, questions=questions))
        return receipts

    def _stage(self, stored: Stored, dataset: Dataset, parts: list[tuple[Sheet, Match]]) -> Receipt:
        layout = parts[0][1].layout
        receipt = Receipt(
            self.name,
            stored.sha256,
            None,
            dataset.name,
            layout.name,
            layout.due_precision,
            clock.now(),
            is_sender=layout.sender,
        )
        build = self.work / "build.duckdb"
        build.unlink(missing_ok=True)
        con = connect_builder(build, self.work / "spill")
        try:
            for macro in date_macros():
                con.execute(macro)
            self.say("validate")
            for sheet, match in parts:
                if sheet.path is None:
                    excel_errors.mark(stored.path, sheet, match)
            tables = [raw.load(con, sheet, match, f"raw_{n}", self.work) for n, (sheet, match) in enumerate(parts)]
            doubt = next(
                (
                    q
                    for t, (s, m) in zip(tables, parts, strict=True)
                    if (q := data_date.order_doubt(con, t, s, m, dataset))
                ),
                None,
            )
            if doubt:
                receipt.questions.append(doubt)
                return receipt
            latest = data_date.latest(con, tables, dataset)
            stated = self.given_data_on or next((d for s, m in parts if (d := stated_date(s, m))), None)
            early = data_date.ahead(stated)
            if early:
                receipt.questions.append(early)
                return receipt
            units = unit_columns.index_of(self.data_dir)
            texts = [unit_columns.texts_of(con, t.table, t.columns) for t in tables]
            receipt.era = unit_columns.era_of(units, [u for one in texts for u in one], layout, stated or latest)
            if receipt.era == "mixed":
                three, two = unit_columns.witnesses(units, [u for one in texts for u in one], layout)
                receipt.questions.append(Question("mixed_eras", "", {"three": three, "two": two}))
                return receipt
            on = unit_columns.day_of(receipt.era, stated or latest or clock.today())
            covered = cover.bodies(units, layout, self.covers, on)
            if isinstance(covered, Question):
                receipt.questions.append(covered)
                return receipt
            receipt.covers = covered
            self._write(con, stored, dataset, parts, tables, texts, units, on, receipt, stated)
        finally:
            con.close()
        return receipt

    def _write(
        self,
        con: duckdb.DuckDBPyConnection,
        stored: Stored,
        dataset: Dataset,
        parts: list[tuple[Sheet, Match]],
        tables: list[raw.Raw],
        texts: list[list[unit_columns.UnitTexts]],
        units: unit_columns.UnitIndex,
        on: date,
        receipt: Receipt,
        stated: date | None,
    ) -> None:
        load_no = max([0, *(one.load_no for one in self.known)]) + 1
        folder = self.work / "load"
        folder.mkdir()
        stage.prepare(con)
        files: list[Path] = []
        proposals: dict[tuple[str, str], Proposal] = {}
        for n, ((sheet, match), table) in enumerate(zip(parts, tables, strict=True)):
            one = SheetReceipt(safe(sheet.name), match.last_header_row + 1, dropped=_dropped(sheet, match))
            joins = {
                text.role: unit_columns.map_table(con, units, text, match.layout, on, f"{text.role}_map")
                for text in texts[n]
            }
            plan = validate.plan(con, table, dataset, match.layout, self.data_dir, joins)
            one.fields = [name for name in dataset.fields if name in table.columns]
            self.say("stage")
            file = folder / f"part-{n}.parquet"
            stage.stage_sheet(con, table, match, plan, dataset, one, load_no, file)
            files.append(file)
            receipt.sheets.append(one)
            for p in plan.proposals:
                known = proposals.get((p.field, p.text))
                proposals[(p.field, p.text)] = Proposal(p.field, p.text, p.n_cases + (known.n_cases if known else 0))
        receipt.proposals = list(proposals.values())
        receipt.load_no = load_no
        listed = ", ".join(literal(str(f)) for f in files)
        source = f"read_parquet([{listed}], union_by_name = true)"
        receipt.data_on, receipt.data_on_source = data_date.data_on(
            con, source, dataset, stated, bool(self.given_data_on)
        )
        n_after = data_date.received_after_era(con, source, dataset, receipt.era)
        if n_after:
            receipt.notices["received_after_era"] = n_after
        if "unit_code" in dataset.fields:
            found = first_row(con, f"SELECT min(unit_id), max(unit_id) FROM {source}")
            receipt.sender_unit_id = found[0] if found and found[0] == found[1] else None
        final = self.data_dir.loads / f"{load_no:06d}"
        stage.finish(con, folder, final, files, receipt.to_json())
        self.known.append(Load(load_no, final, receipt, False))


def _place(error: Exception) -> str:
    """Return the lines of code that an error came through, without what they held."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-4:]))


def _dropped(sheet: Sheet, match: Match) -> list[DroppedColumn]:
    from etl.personal import rules

    limit = rules()["thresholds"]["sample"]
    body = (sheet.rows or sheet.preview)[match.last_header_row + 1 : match.last_header_row + 1 + limit]
    found = []
    for at in match.unmapped:
        header = match.headers[at]
        reason = column_reason(header, (row[at] for row in body if at < len(row)))
        if reason != "unmapped" or fold(header) not in match.layout.ignore:
            found.append(DroppedColumn(at + 1, safe(header), reason))
    return found
