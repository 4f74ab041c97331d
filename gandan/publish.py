"""Publishes: a snapshot is built aside and checked, then the pointer moves; a reader never sees half of one."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from etl import runner
from etl.checks import Finding
from etl.loaded import Load, staged_loads
from etl.waiting import retention
from gandan import build, candidate, difference
from gandan.build import CODE, CheckFailed, DiskFull, Progress, need_disk, next_name
from gandan.candidate import Candidate
from warehouse import clock, closed, ledger, log, snapshots
from warehouse.lock import Holder, writer
from warehouse.paths import DataDir
from warehouse.snapshots import SnapshotRef

__all__ = ["CODE", "CheckFailed", "DiskFull", "NothingToPublish", "need_disk", "next_name", "preview", "publish", "run"]

KEPT = 10
DROP = "drop-"
"""Folders of the inbox begin so that hold what a page was just given, until its load takes it."""


class NothingToPublish(LookupError):
    """No load is staged, or (`has_loads`) none of them takes part."""

    def __init__(self, has_loads: bool = False):
        self.has_loads = has_loads
        super().__init__("no load takes part")


class NotAsPreviewed(LookupError):
    """What was looked at is not what would be published now: look again."""


@dataclass(frozen=True)
class Published:
    """The new snapshot, whether it was built as an addition, and what the checks warned of."""

    ref: SnapshotRef
    is_addition: bool
    n_added: int
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    was_candidate: bool = False
    is_new: bool = True


@dataclass(frozen=True)
class Previewed:
    """The candidate, None where nothing new waits, and what is published now."""

    candidate: Candidate | None
    published: SnapshotRef | None


Told = Callable[[Holder | None], None]


def publish(data_dir: DataDir, progress: Progress = runner.silent, full: bool = False) -> SnapshotRef:
    """Return the snapshot made of every load that takes part (see `run`)."""
    return run(data_dir, progress, full).ref


def run(
    data_dir: DataDir,
    progress: Progress = runner.silent,
    full: bool = False,
    on_wait: Told | None = None,
    wait: bool = True,
    previewed: str | None = None,
) -> Published:
    """Return what was published: the snapshot made of every load that is neither withheld nor withdrawn.

    A candidate that was made from the same loads, reference data and code is published as it is. Else, when the
    published one has the same code, reference data and a subset of the loads, it is copied and only the new loads are
    worked in; the result is the same as that of a full build. With nothing new the published one is returned.
    `previewed` names the candidate that somebody looked at: nothing else is published then.
    """
    with writer(data_dir, "publish", wait=wait, on_wait=on_wait):
        logger = log.get(data_dir)
        started = time.monotonic()
        remove_leftovers(data_dir)
        staged = staged_loads(data_dir)
        ready = None if full else candidate.standing(data_dir, staged)
        if previewed and (ready is None or ready.ref.name != previewed):
            raise NotAsPreviewed(previewed)
        was_candidate = ready is not None
        if ready is None:
            found = _candidate(data_dir, staged, progress, full)
            if isinstance(found, SnapshotRef):
                empty_inbox(data_dir)
                return Published(found, True, 0, is_new=False)
            ready, _ = found
        ref = candidate.promote(data_dir, ready)
        empty_inbox(data_dir)
        prune(data_dir)
        settle_drafts(data_dir)
        logger.info("publish ends: %s after %.1f s", ref.name, time.monotonic() - started)
        return Published(ref, ready.is_addition, ready.n_added, ready.warnings, ready.findings, was_candidate)


def settle_drafts(data_dir: DataDir) -> None:
    """Let go of units' drafts that are over; what goes wrong there breaks off no publish and no backup."""
    from gandan import draft  # it builds upon this module

    try:
        draft.settle(data_dir)
    except Exception as error:
        log.get(data_dir).error("drafts not settled: %s", type(error).__name__)


def preview(
    data_dir: DataDir, progress: Progress = runner.silent, on_wait: Told | None = None, wait: bool = True
) -> Previewed:
    """Return the next snapshot, built and checked but not published, with what it would change."""
    with writer(data_dir, "preview", wait=wait, on_wait=on_wait):
        remove_leftovers(data_dir)
        staged = staged_loads(data_dir)
        published = snapshots.current(data_dir)
        ready = candidate.standing(data_dir, staged)
        if ready is None or ready.difference is None:
            found = _candidate(data_dir, staged, progress, compare=difference.changes_of)
            if isinstance(found, SnapshotRef):
                return Previewed(None, found)
            ready, changes = found
            progress("difference")
            ready = replace(ready, difference=difference.between(published, ready.ref, changes))
            candidate.note(data_dir, ready)
        return Previewed(ready, published)


def _candidate(
    data_dir: DataDir,
    staged: list[Load],
    progress: Progress,
    full: bool = False,
    compare: build.Compare | None = None,
) -> tuple[Candidate, Any] | SnapshotRef:
    """Return the candidate of these loads, built now, and what was compared; or what is published, if it has them."""
    loads = [load for load in staged if not load.is_withheld]
    if not loads:
        raise NothingToPublish(bool(staged))
    candidate.settle(data_dir)
    base = build.base_of(data_dir, loads, full)
    if base.ref and not base.added:
        return base.ref
    candidate.discard(data_dir)
    need_disk(data_dir)
    logger = log.get(data_dir)
    logger.info("build begins: %d loads, %d new, %s", len(loads), len(base.added), "addition" if base.ref else "full")
    try:
        made = build.build(data_dir, loads, base, progress, compare)
        return candidate.keep(data_dir, made, base, staged), made.compared
    except CheckFailed as failed:
        logger.error("publish refused: %s", ", ".join(f"{f.check} ({f.n_rows})" for f in failed.findings))
        raise
    finally:
        remove_leftovers(data_dir)


def remove_leftovers(data_dir: DataDir) -> list[str]:
    """Return the names of half-built files that a killed run left in `work/`, now removed; hold the lock."""
    removed = []
    if data_dir.work.is_dir():
        for path in sorted(data_dir.work.iterdir()):
            removed.append(path.name)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return removed


def empty_inbox(data_dir: DataDir) -> None:
    """Remove the uploaded bytes: what is published needs them no more.

    What a file that waits for an answer needs stays until its day; what a page was just given, until its load took it.
    """
    if not data_dir.inbox.is_dir():
        return
    now = clock.now().isoformat(timespec="seconds")
    drop_kept = timedelta(hours=retention()["dropped_hours"]).total_seconds()
    wanted = {str(one.get("sha256")) for one in ledger.waiting(data_dir) if _is_kept(one, now)}
    for path in sorted(data_dir.inbox.iterdir()):
        if path.name in wanted:
            continue
        if path.name.startswith(DROP) and time.time() - path.stat().st_mtime < drop_kept:
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _is_kept(waiting: ledger.Record, now: str) -> bool:
    """Return whether the bytes of a waiting file may still stay."""
    until = str(waiting.get("until") or "")
    return not until or now <= until


def prune(data_dir: DataDir) -> None:
    """Remove all but the last ten snapshots, the closed ones and the published one."""
    protected = {entry.snapshot for entry in closed.entries(data_dir)}
    ref = snapshots.current(data_dir)
    if ref:
        protected.add(ref.name)
    for old in snapshots.all_kept(data_dir)[:-KEPT]:
        if old.name not in protected:
            old.path.unlink(missing_ok=True)
