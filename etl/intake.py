"""From files to loads: many files read side by side, each staged whole or not at all, under the writer's lock."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from etl import learned, stage, unit_questions, waiting
from etl.codebook import CODEBOOK_SUFFIX
from etl.datasets import all_datasets
from etl.extract import SUFFIXES, Stored, Unreadable, expand, store
from etl.file_intake import Options, Outcome, Task, read_file, remove_work, sender_of
from etl.loaded import Load, staged_loads
from etl.outstanding import Outstanding
from etl.personal import safe_file_name
from etl.receipt import Question, Receipt
from warehouse import clock
from warehouse.lock import Holder, writer
from warehouse.paths import DataDir

log = logging.getLogger("gandan")

DEMO = "DEMO"
SIDE_BY_SIDE_FROM = 4
"""With fewer files the second process would cost more than it brings."""
MOST_WORKERS = 4


@dataclass(frozen=True)
class Step:
    """One word of progress: which file of how many, and the stage it is in."""

    number: int
    of: int
    file_name: str
    stage: str


Progress = Callable[[Step], None]


@dataclass
class _File:
    """A file of the batch: stored and to be read, or already answered for."""

    name: str
    stored: Stored | None
    source: Path
    options: Options
    question: Question | None = None
    same_as: str = ""
    """SHA-256 of an earlier file of this batch with the same bytes."""


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
    answers: Mapping[str, str] | None = None,
    workers: int | None = None,
) -> list[Receipt]:
    """Return one receipt per file and dataset; a folder means the files in it, a zip the files within.

    The good rows of each are staged, the bad ones kept apart; `data_on` is the data's date where the sender states it,
    `covers` the codes of the units of which these files are the whole register. A file that cannot be decided waits
    with its questions; `answers` (question key -> value) settle them.
    """
    options = Options(dataset, layout, data_on, codebook, tuple(covers), dict(answers or {}))
    with writer(data_dir, "load", wait=wait, on_wait=on_wait):
        _clear(data_dir)
        batch = _Batch(data_dir, progress, workers)
        for path in _files(paths):
            batch.take(path, options)
        return batch.run()


def answer(
    waiting_ids: Sequence[str],
    data_dir: DataDir,
    answers: Mapping[str, str],
    progress: Progress | None = None,
    wait: bool = True,
    on_wait: Callable[[Holder | None], None] | None = None,
    workers: int | None = None,
) -> list[Receipt]:
    """Return the receipts of files that waited, read again with answers; then of all others that these settle too."""
    with writer(data_dir, "load", wait=wait, on_wait=on_wait):
        _clear(data_dir)
        first = _Batch(data_dir, progress, workers)
        others = []
        for one in waiting.all_waiting(data_dir):
            if one.id in waiting_ids:
                first.take_waiting(one, answers)
            else:
                others.append(one)
        receipts = first.run()
        if others and any(r.load_no is not None for r in receipts):
            # What was learned from these files may be all that the others waited for.
            second = _Batch(data_dir, progress, workers)
            for one in others:
                second.take_waiting(one, {})
            receipts += [r for r in second.run() if not r.questions]
        return receipts


def discard(waiting_id: str, data_dir: DataDir) -> bool:
    """Return whether a waiting file was let go: its record and its bytes; its arrival stays on record."""
    with writer(data_dir, "load"):
        one = waiting.get(data_dir, waiting_id)
        if one is None:
            return False
        waiting.forget(data_dir, one.id)
        (data_dir.inbox / one.sha256).unlink(missing_ok=True)
        waiting.note_arrival(data_dir, one.file_name, one.sha256, 0, "discarded", None)
        return True


def _files(paths: Iterable[Path | str]) -> Iterator[Path]:
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
    """Remove what a killed load left behind, and what has waited beyond its term."""
    if data_dir.work.is_dir():
        for leftover in data_dir.work.glob("load-*"):
            shutil.rmtree(leftover, ignore_errors=True)
    if data_dir.inbox.is_dir():
        for leftover in data_dir.inbox.glob(".copy-*"):
            leftover.unlink(missing_ok=True)
    for gone in waiting.prune(data_dir):
        waiting.note_arrival(data_dir, gone.file_name, gone.sha256, 0, "expired", None)


class _Batch:
    """The files of one call: stored one by one, read side by side, numbered in the order they were given."""

    def __init__(self, data_dir: DataDir, progress: Progress | None, workers: int | None):
        self.data_dir = data_dir
        self.progress = progress or (lambda step: None)
        self.workers = workers if workers is not None else min(MOST_WORKERS, os.cpu_count() or 1)
        self.known = staged_loads(data_dir)
        self.outstanding = Outstanding(self.known)
        self.neighbours = tuple(u for u in {one.receipt.sender_unit_id for one in self.known} if u)
        self.files: list[_File] = []
        self.seen: set[str] = set()
        self.from_before = set(data_dir.inbox.iterdir()) if data_dir.inbox.is_dir() else set()

    # -- in

    def take(self, path: Path, options: Options) -> None:
        """Store a file, and each file in a zip."""
        name = safe_file_name(path.name)
        refusal = None
        if options.dataset is not None and options.dataset not in all_datasets():
            known = ", ".join(all_datasets())
            refusal = Question("no_such_dataset", "", {"dataset": options.dataset, "known": known})
        elif not path.is_file():
            refusal = Question("no_such_file")
        if refusal:
            self.files.append(_File(name, None, path, options, refusal))
            return
        self.progress(Step(len(self.files) + 1, 0, name, "extract"))
        aside = self.data_dir.work / f"load-zip-{os.getpid()}-{len(self.files)}"
        stored = None
        try:
            stored = store(path, self.data_dir.inbox)
            members = expand(stored, aside)
        except Unreadable as error:
            self.files.append(_File(name, stored, path, options, Question(error.code, "", error.values)))
            return
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        for member in members:
            self._add(_File(safe_file_name(member.name), member, path, options))
        if all(member.path != stored.path for member in members) and stored.path not in self.from_before:
            stored.path.unlink(missing_ok=True)  # the members are kept, each by itself

    def take_waiting(self, one: waiting.Waiting, answers: Mapping[str, str]) -> None:
        """Take a file again that waited, with the options it came with."""
        path = self.data_dir.inbox / one.sha256
        given = dict(one.options)
        data_on = date.fromisoformat(given["data_on"]) if given.get("data_on") else None
        options = Options(
            given.get("dataset") or answers.get("dataset"),
            given.get("layout") or answers.get("layout"),
            data_on,
            Path(given["codebook"]) if given.get("codebook") else None,
            tuple(given.get("covers", ())),
            {**given.get("answers", {}), **answers},
        )
        stored = Stored(one.file_name, path, one.sha256)
        if not path.is_file():
            self.files.append(_File(one.file_name, None, path, options, Question("bytes_gone")))
            return
        self._add(_File(one.file_name, stored, Path(given.get("source", one.file_name)), options))

    def _add(self, file: _File) -> None:
        assert file.stored is not None
        if file.stored.sha256 in self.seen:
            file.same_as = file.stored.sha256
        self.seen.add(file.stored.sha256)
        if file.question is None:
            file.question = self._demo_refusal(file.stored.sha256)
        self.files.append(file)

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

    # -- through

    def run(self) -> list[Receipt]:
        """Return the receipts, in the order of the files."""
        work = [f for f in self.files if f.question is None and not f.same_as]
        is_side_by_side = self.workers > 1 and len(work) >= SIDE_BY_SIDE_FROM
        threads = 1 if is_side_by_side else 2
        tasks = {id(f): self._task(f, n, threads) for n, f in enumerate(work)}
        receipts: list[Receipt] = []
        with _Readers(self.data_dir, list(tasks.values()), self.workers if is_side_by_side else 0) as readers:
            for number, file in enumerate(self.files, 1):
                task = tasks.get(id(file))
                if task is None:
                    receipts += self._without_reading(file)
                    continue

                def say(word: str, number: int = number, name: str = file.name) -> None:
                    self.progress(Step(number, len(self.files), name, word))

                try:
                    receipts += self._settle(file, readers.outcomes(task, say))
                finally:
                    remove_work(task)
        return receipts

    def _task(self, file: _File, number: int, threads: int) -> Task:
        assert file.stored is not None
        earlier = tuple(one for one in self.known if one.receipt.sha256 == file.stored.sha256)
        work = self.data_dir.work / f"load-{os.getpid()}-{number}"
        return Task(file.name, file.stored, file.source, file.options, earlier, work, threads, self.neighbours)

    def _without_reading(self, file: _File) -> list[Receipt]:
        if file.same_as:
            found = [replace(one.receipt, is_repeat=True) for one in self.known if one.receipt.sha256 == file.same_as]
            return found or [Receipt(file.name, file.same_as, questions=[Question("same_as_other")])]
        assert file.question is not None
        sha256 = file.stored.sha256 if file.stored else ""
        if file.stored and file.stored.path not in self.from_before:
            file.stored.path.unlink(missing_ok=True)
        if sha256:
            waiting.note_arrival(self.data_dir, file.name, sha256, 0, "refused", None, file.question.code)
        return [Receipt(file.name, sha256, questions=[file.question], sender=sender_of(file.name))]

    # -- and out

    def _settle(self, file: _File, outcomes: list[Outcome]) -> list[Receipt]:
        assert file.stored is not None
        receipts = []
        for outcome in outcomes:
            if outcome.folder is not None:
                self._number(outcome)
                self._learn(file, outcome)
            receipts.append(outcome.receipt)
            one = outcome.receipt
            log.info(
                "load %s dataset=%s layout=%s read=%d accepted=%d rejected=%d questions=%s",
                one.load_no, one.dataset, one.layout, one.n_read, one.n_accepted, one.n_rejected,
                ",".join(q.code for q in one.questions),
            )  # fmt: skip
        n_bytes = file.stored.path.stat().st_size if file.stored.path.is_file() else 0
        is_waiting = waiting.is_answerable(receipts)
        if is_waiting:
            waiting.keep(self.data_dir, file.name, file.stored.sha256, _options(file), receipts)
        else:
            waiting.forget(self.data_dir, file.stored.sha256[: waiting.ID_LENGTH])
        for one in receipts:
            known = "waiting" if is_waiting and one.load_no is None else "refused"
            outcome_word = "repeat" if one.is_repeat else "loaded" if one.load_no is not None else known
            code = one.questions[0].code if one.questions else ""
            waiting.note_arrival(self.data_dir, file.name, file.stored.sha256, n_bytes, outcome_word, one.load_no, code)
        # Only what was staged now, waits for an answer, or lay there before, stays.
        is_needed = is_waiting or any(r.load_no is not None and not r.is_repeat for r in receipts)
        if not is_needed and file.stored.path not in self.from_before:
            file.stored.path.unlink(missing_ok=True)
        return receipts

    def _number(self, outcome: Outcome) -> None:
        """Show a staged folder under the next number; loads of the same bytes that brought nothing make room."""
        assert outcome.folder is not None
        for one in [one for one in self.known if one.load_no in outcome.replaces]:
            shutil.rmtree(one.folder)
            self.known.remove(one)
            self.outstanding.forget(one.load_no)
        load_no = max([self.data_dir.first_load_no - 1, *(one.load_no for one in self.known)]) + 1
        outcome.receipt.load_no = load_no
        outcome.receipt.mends = self.outstanding.settled_by(outcome.folder, outcome.receipt)
        final = self.data_dir.loads / f"{load_no:06d}"
        stage.show(outcome.folder, final, outcome.receipt.to_json())
        self.known.append(Load(load_no, final, outcome.receipt, False))
        self.outstanding.add(self.known[-1])

    def _learn(self, file: _File, outcome: Outcome) -> None:
        """Remember what was answered, and a layout that was told from this file."""
        on, answers = clock.today(), file.options.answers
        if outcome.match is not None and (outcome.match.is_new or answers):
            learned.remember(self.data_dir, outcome.match, answers, file.name, on)
        unit_questions.remember(self.data_dir, outcome.receipt.sender, answers, on)


class _Readers:
    """Reads files ahead, in processes of their own, or one by one here when there are few."""

    def __init__(self, data_dir: DataDir, tasks: list[Task], workers: int):
        self.data_dir = data_dir
        self.pool: ProcessPoolExecutor | None = None
        self.futures: dict[str, Future[list[Outcome]]] = {}
        if workers:
            # Not forked: a copy of a process with open threads and databases may stand still for ever.
            context = multiprocessing.get_context("spawn")
            self.pool = ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context)
            self.futures = {str(t.work): self.pool.submit(read_file, data_dir, t) for t in tasks}

    def __enter__(self) -> _Readers:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def outcomes(self, task: Task, say: Callable[[str], None]) -> list[Outcome]:
        """Return what became of a file; a reader that died costs its own file only."""
        future = self.futures.get(str(task.work))
        if future is None:
            return read_file(self.data_dir, task, say)
        try:
            found = future.result()
        except Exception as error:  # the process died, or its answer could not be sent
            log.error("reader lost: %s", type(error).__name__)
            found = read_alone(self.data_dir, task)
        say("stage")
        return found


def read_alone(data_dir: DataDir, task: Task) -> list[Outcome]:
    """Return what became of a file whose reader died, read once more in a process of its own."""
    shutil.rmtree(task.work, ignore_errors=True)
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return pool.submit(read_file, data_dir, task).result()
    except Exception as error:
        log.error("reader lost again: %s", type(error).__name__)
        question = Question("failed", "", {"detail": type(error).__name__})
        return [Outcome(Receipt(task.name, task.stored.sha256, questions=[question]))]


def _options(file: _File) -> dict[str, object]:
    options = file.options
    return {
        "dataset": options.dataset,
        "layout": options.layout,
        "data_on": options.data_on.isoformat() if options.data_on else None,
        "codebook": str(options.codebook) if options.codebook else None,
        "covers": list(options.covers),
        "answers": dict(options.answers),
    }
