"""Goes back to the snapshot before, and holds back the loads that only the later one had."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from etl.loaded import staged_loads
from gandan import candidate
from warehouse import clock, log, snapshots
from warehouse.ledger import WITHHELD
from warehouse.lock import Holder, writer
from warehouse.paths import DataDir
from warehouse.snapshots import SnapshotRef


class NothingBefore(LookupError):
    """There is no earlier snapshot to go back to."""


@dataclass(frozen=True)
class RolledBack:
    """From which snapshot to which, and the loads that are withheld since."""

    left: SnapshotRef
    now: SnapshotRef
    withheld: tuple[int, ...]


def rollback(
    data_dir: DataDir, on_wait: Callable[[Holder | None], None] | None = None, wait: bool = True
) -> RolledBack:
    """Return what changed: the pointer names the snapshot that was published before the present one.

    Loads that the snapshot left behind had and the older one has not are withheld until they are released, so the next
    publish does not bring them back unseen. Loads not yet published stay as they are: they may be the correction.
    """
    with writer(data_dir, "rollback", wait=wait, on_wait=on_wait):
        candidate.settle(data_dir)
        left = snapshots.published(data_dir)
        now = _before(data_dir, left)
        withheld = sorted(_loads_of(left) - _loads_of(now))
        for load in staged_loads(data_dir):
            if load.load_no in withheld:
                marker = {"since": clock.now().isoformat(timespec="seconds"), "left": left.name}
                (load.folder / WITHHELD).write_text(json.dumps(marker), encoding="utf-8")
        # The marks come first: killed in between, the published snapshot still stands and the loads only wait.
        snapshots.point_to(data_dir, now.name)
        candidate.drop(data_dir)
        log.get(data_dir).info("rollback: %s -> %s, loads withheld: %s", left.name, now.name, withheld)
        return RolledBack(left, now, tuple(withheld))


def release(data_dir: DataDir) -> tuple[int, ...]:
    """Return the loads that a rollback withheld and that take part again; what a person withdrew stays withdrawn."""
    with writer(data_dir, "release"):
        held = [load for load in staged_loads(data_dir) if (load.folder / WITHHELD).exists()]
        released = tuple(load.load_no for load in held if load.withheld_why != "withdrawn")
        for load in held:
            (load.folder / WITHHELD).unlink(missing_ok=True)
        if released:
            log.get(data_dir).info("released: loads %s", list(released))
        return released


def _before(data_dir: DataDir, ref: SnapshotRef) -> SnapshotRef:
    # By the chain of publishes, not by age: a snapshot that was itself rolled back is nobody's predecessor.
    kept = snapshots.all_kept(data_dir)
    named = ref.info().get("previous")
    for other in kept:
        if other.name == named:
            return other
    older = [other for other in kept if other.name < ref.name]
    if not named or not older:
        raise NothingBefore(ref.name)
    return older[-1]


def _loads_of(ref: SnapshotRef) -> set[int]:
    with ref.open() as con:
        return {row[0] for row in con.execute("SELECT load_no FROM load WHERE NOT is_withheld").fetchall()}
