"""A unit's own draft: its files upon its part of the published figures, for that unit alone (docs/adr/0015).

A draft is a data folder of its own (`DataDir.draft`) with its own lock. Its snapshot holds the reference tables of the
published one and the unit's own rows, so that it is made in seconds however large the province is; nothing published
is ever written to.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from etl import intake
from etl.loaded import staged_loads
from etl.receipt import Receipt, read_receipt
from etl.waiting import retention
from gandan import draft_build, draft_rows, publish
from metrics import places
from ui import jobs
from ui.access import audit
from warehouse import clock, drafts, snapshots
from warehouse.drafts import Draft, DraftLoad
from warehouse.lock import Busy, Holder, writer
from warehouse.paths import GROUP_READS, DataDir
from warehouse.schema import SCHEMA

log = logging.getLogger("gandan")
Told = Callable[[Holder | None], None]
LINKED = ("reference", "DEMO")
"""What a draft reads from the province's folder as it stands there."""


class BadCode(ValueError):
    """An official code that cannot name a folder."""


@dataclass(frozen=True)
class Loaded:
    """What became of files: their receipts, and the draft since (None: there is none)."""

    receipts: list[Receipt]
    draft: Draft | None


Progress = Callable[[str], None]


def place(data_dir: DataDir, unit: str) -> Draft:
    """Return the unit's draft as it stands, or an empty one; raise `NoSnapshot` or `UnknownUnit`."""
    with snapshots.held(snapshots.published(data_dir)) as source:
        known = places.of(source)
        body = known.resolve_any(unit)
        code, bodies = known.units[body][-1].code, tuple(sorted(known.bodies_of(body)))
    if not drafts.CODE.fullmatch(code):
        raise BadCode(code)
    return replace(drafts.read(data_dir, code) or Draft(code, body, bodies), body=body, bodies=bodies)


def load(
    data_dir: DataDir,
    unit: str,
    paths: Sequence[Path | str],
    progress: Progress,
    on_step: intake.Progress | None = None,
    on_wait: Told | None = None,
    wait: bool = True,
    **options: Any,
) -> Loaded:
    """Return what became of the files of a unit: read as `gandan load` reads them, then in its draft at once."""
    draft = place(data_dir, unit)
    folder = _prepared(data_dir, draft)
    with writer(folder, "draft", wait=wait, on_wait=on_wait):
        draft = _now(data_dir, draft)
        _learn_from(data_dir, folder)
        receipts = intake.load_files(paths, folder, progress=on_step, workers=1, **options)
        return _taken(data_dir, draft, receipts, progress)


def answer(
    data_dir: DataDir,
    unit: str,
    waiting_ids: Sequence[str],
    answers: Mapping[str, str],
    progress: Progress,
    on_step: intake.Progress | None = None,
    on_wait: Told | None = None,
) -> Loaded:
    """Return what became of files that waited for an answer, read again with it."""
    draft = place(data_dir, unit)
    folder = _prepared(data_dir, draft)
    with writer(folder, "draft", on_wait=on_wait):
        draft = _now(data_dir, draft)
        receipts = intake.answer(waiting_ids, folder, answers, on_step, workers=1)
        return _taken(data_dir, draft, receipts, progress)


def discard(data_dir: DataDir, unit: str, waiting_id: str) -> bool:
    """Return whether a file that waited for an answer was let go."""
    return intake.discard(waiting_id, _prepared(data_dir, place(data_dir, unit)))


def rebuild(data_dir: DataDir, unit: str, progress: Progress, on_wait: Told | None = None) -> Draft | None:
    """Return the draft made anew upon what is published now; None where none of its files is newer than that."""
    draft = place(data_dir, unit)
    folder = _prepared(data_dir, draft)
    with writer(folder, "draft", on_wait=on_wait):
        return _rebuilt(data_dir, _now(data_dir, draft), progress)


def drop(data_dir: DataDir, unit: str, on_wait: Told | None = None) -> bool:
    """Return whether there was a draft to throw away; the published figures of the unit are as they were."""
    draft = place(data_dir, unit)
    folder = _prepared(data_dir, draft)
    with writer(folder, "draft", on_wait=on_wait):
        draft = _now(data_dir, draft)
        is_there = bool(draft.snapshot or staged_loads(folder))
        _drop(data_dir, draft, "person")
        return is_there


def settle(data_dir: DataDir) -> list[str]:
    """Return the units whose drafts are gone now: overtaken by what is published, or kept for their whole term.

    Called after each publish, before each backup and whenever somebody works with drafts; one that is being written to
    is left alone. Uploaded bytes whose time is over go here too: a unit may never load again.
    """
    published = snapshots.current(data_dir)
    gone = []
    for code in drafts.codes(data_dir):
        folder = data_dir.draft(code)
        with suppress(Busy), writer(folder, "draft", wait=False):
            publish.empty_inbox(folder)
            jobs.prune(folder)
            draft = drafts.read(data_dir, code)
            if draft is None or not draft.loads:
                continue
            is_reached = published is not None and len(_overtaken(draft, published)) == len(draft.loads)
            if draft.is_expired or is_reached:
                _drop(data_dir, draft, "expired" if draft.is_expired else "published")
                gone.append(code)
    return gone


# -- within the lock ---------------------------------------------------------------------------------------------------


def _prepared(data_dir: DataDir, draft: Draft) -> DataDir:
    """Return the draft's folder: its own loads, on the province's reference data."""
    folder = data_dir.draft(draft.unit)
    for path in (data_dir.drafts, folder.root):
        path.mkdir(exist_ok=True)
        path.chmod(GROUP_READS)
    for name in LINKED:
        link = folder.root / name
        if not link.is_symlink():
            link.symlink_to(Path("..", "..", name))
    if not (folder.root / drafts.RECORD).exists():
        drafts.write(data_dir, draft)
    return folder


def _now(data_dir: DataDir, draft: Draft) -> Draft:
    """Return the draft as it stands since the lock is held; one whose term has passed is thrown away."""
    now = replace(drafts.read(data_dir, draft.unit) or draft, body=draft.body, bodies=draft.bodies)
    if not now.is_expired:
        return now
    _drop(data_dir, now, "expired")
    return Draft(now.unit, now.body, now.bodies)


def _learn_from(data_dir: DataDir, folder: DataDir) -> None:
    """Bring what the province learned since; what a unit answers stays with its draft and never goes back."""
    for source in sorted(data_dir.learned.rglob("*")) if data_dir.learned.is_dir() else []:
        target = folder.learned / source.relative_to(data_dir.learned)
        if not source.is_file() or source.name.startswith("."):
            continue
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def _taken(data_dir: DataDir, draft: Draft, receipts: list[Receipt], progress: Progress) -> Loaded:
    """Return the receipts as they stand once rows of others are set apart, and the draft with the new files in it."""
    folder = data_dir.draft(draft.unit)
    new = {one.load_no for one in receipts if one.load_no is not None and not one.is_repeat}
    refused = draft_rows.admit(folder, draft.bodies)
    told = [_told(folder, one, refused) for one in receipts]
    try:
        found = _rebuilt(data_dir, draft, progress)
    except Exception:
        # A file that does not hold leaves the draft as it was: it would only fail again at the next one.
        for number in new:
            shutil.rmtree(folder.loads / f"{number:06d}", ignore_errors=True)
        raise
    if new:
        counts = {"n_files": len(new), "n_rows": sum(one.n_accepted for one in told if one.load_no in new)}
        audit.note_if_used(data_dir, audit.acting(), "draft_loaded", unit=draft.unit, **counts)
    return Loaded(told, found)


def _told(folder: DataDir, receipt: Receipt, refused: Mapping[int, Receipt]) -> Receipt:
    """Return the receipt of a load as it stands now."""
    if receipt.load_no is None:
        return receipt
    if receipt.load_no in refused:
        return refused[receipt.load_no]
    now = read_receipt(folder.loads / f"{receipt.load_no:06d}")
    return replace(now, load_no=receipt.load_no, is_repeat=receipt.is_repeat, waiting_id=receipt.waiting_id)


def _rebuilt(data_dir: DataDir, draft: Draft, progress: Progress) -> Draft | None:
    """Return the draft of the files that lie in its folder, upon what is published now."""
    folder, published = data_dir.draft(draft.unit), snapshots.published(data_dir)
    publish.remove_leftovers(folder)
    draft_rows.admit(folder, draft.bodies)
    # A file that came since is upon what is published now, whatever the former ones were upon.
    for gone in _overtaken(draft, published):
        shutil.rmtree(folder.loads / f"{gone.load_no:06d}", ignore_errors=True)
    loads = _listed(folder)
    publish.empty_inbox(folder)
    if not loads:
        if draft.loads:
            _drop(data_dir, draft, "published")
        return None
    made = draft_build.build(folder, draft, published, staged_loads(folder), progress)
    folder.snapshots.mkdir(mode=GROUP_READS, exist_ok=True)
    made.rename(folder.snapshots / made.name)
    snapshots.fsync_folder(folder.snapshots)
    kept = max(one.loaded_at for one in loads).date() + timedelta(days=int(retention()["draft_days"]))
    now = Draft(
        draft.unit, draft.body, draft.bodies, made.stem, published.name, clock.now(), kept, loads,
        schema=SCHEMA, data_on=max(one.data_on for one in loads),
    )  # fmt: skip
    drafts.write(data_dir, now)
    for old in folder.snapshots.glob("*.duckdb"):
        if old.stem != now.snapshot:
            old.unlink()
    log.info("draft of %s: %d files upon %s", draft.unit, len(loads), published.name)
    return now


def _listed(folder: DataDir) -> tuple[DraftLoad, ...]:
    """Return the files of a draft, as their receipts tell."""
    found = []
    for one in staged_loads(folder):
        told = one.receipt
        at = told.loaded_at or clock.now()
        n_left_out = sum(s.rejects.get(reason, 0) for s in told.sheets for reason in drafts.LEFT_OUT)
        found.append(
            DraftLoad(
                one.load_no, told.file_name, told.dataset, told.data_on or at.date(), at,
                told.n_read, told.n_accepted, told.n_rejected, n_left_out,
            )
        )  # fmt: skip
    return tuple(found)


def _overtaken(draft: Draft, published: snapshots.SnapshotRef) -> list[DraftLoad]:
    """Return the files of a draft that what is published has reached."""
    if not draft.base or draft.base == published.name:
        return []
    with published.open() as con:
        return drafts.overtaken(draft, published.name, draft_build.reach(con, draft.bodies))


def _drop(data_dir: DataDir, draft: Draft, why: str) -> None:
    """Throw the draft away: the record first, so that nobody opens what goes after it."""
    folder = data_dir.draft(draft.unit)
    last = max((one.data_on for one in draft.loads), default=draft.data_on)
    gone = Draft(draft.unit, draft.body, draft.bodies, dropped=why, dropped_at=clock.now(), data_on=last)
    drafts.write(data_dir, gone)
    for part in (folder.snapshots, folder.loads, folder.waiting, folder.inbox, folder.work):
        shutil.rmtree(part, ignore_errors=True)
    folder.arrivals.unlink(missing_ok=True)
    audit.note_if_used(data_dir, audit.acting(), "draft_dropped", unit=draft.unit, why=why)
