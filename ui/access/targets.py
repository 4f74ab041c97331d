"""Targets that the province sets beside the reference file: who, when and why. Never overwritten, only withdrawn."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from metrics import catalogue, plan
from metrics.plan import Target
from metrics.viewer import Viewer
from ui.access import audit, notes, withdrawals
from ui.access.store import Store
from ui.access.withdrawals import Turn
from ui.access.work import NotAllowed
from warehouse import clock

KIND = "target"
LEVELS = ("commune", "agency", "district", "province")
"""Levels whose units may be given a target all together; any one unit may be given its own."""
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
TABLES = (
    """
    CREATE TABLE target (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        metric TEXT NOT NULL,
        level TEXT NOT NULL,
        unit_id TEXT NOT NULL,
        value REAL NOT NULL,
        valid_from TEXT NOT NULL,
        valid_to TEXT,
        document TEXT NOT NULL,
        note TEXT NOT NULL
    )
    """,
)


class Bad(ValueError):
    """A target that cannot be: `code` is one of metric, level, value, days."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Entry:
    """A target as it was set, with what has become of it."""

    target: Target
    note: str
    at: str
    turns: tuple[Turn, ...] = ()

    @property
    def is_withdrawn(self) -> bool:
        return bool(self.turns) and self.turns[-1].is_withdrawn


def prepare(store: Store) -> Store:
    """Return the store with the table of targets, of what was taken back, and of the audit trail."""
    store.migrate("targets", TABLES)
    return withdrawals.prepare(store)


def may_set(viewer: Viewer) -> bool:
    """Return whether the viewer may set targets: the province."""
    return viewer.role == "province"


def checked(target: Target) -> None:
    """Raise `Bad` where there can be no such target."""
    metric = catalogue.metrics().get(target.metric)
    bounds = plan.bounds(metric) if metric is not None else None
    if metric is None or bounds is None:
        raise Bad("metric")
    if target.level not in metric.levels or not (target.unit_id or target.level in LEVELS):
        raise Bad("level")
    if not bounds.low <= target.value <= bounds.high:
        raise Bad("value")
    if not EARLIEST <= target.valid_from < LATEST or (target.valid_to and target.valid_to <= target.valid_from):
        raise Bad("days")


def add(store: Store, viewer: Viewer, who: str, target: Target, note: str = "") -> int:
    """Return the number of the new target; raise `NotAllowed`, `Bad` or `notes.Refused`.

    `source` is the document it rests on: without one the target counts as not confirmed.
    """
    if not may_set(viewer):
        raise NotAllowed
    checked(target)
    document, told = notes.checked(target.source), notes.checked(note)
    ends = target.valid_to and target.valid_to.isoformat()
    with store.writing() as con:
        done = con.execute(
            "INSERT INTO target (at, who, metric, level, unit_id, value, valid_from, valid_to, document, note) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [clock.now().isoformat(timespec="seconds"), who, target.metric, target.level, target.unit_id, target.value,
             target.valid_from.isoformat(), ends, document, told],
        )  # fmt: skip
        number = int(done.lastrowid or 0)
        audit.add(
            con, who, "target_set", target=number, metric=target.metric, level=target.level, unit=target.unit_id,
            value=target.value, valid_from=target.valid_from, valid_to=target.valid_to,
        )  # fmt: skip
    return number


def withdraw(store: Store, viewer: Viewer, who: str, number: int, is_withdrawn: bool = True) -> None:
    """Take a target back, or up again; raise `NotAllowed` or `LookupError`."""
    if not may_set(viewer):
        raise NotAllowed
    with store.writing() as con:
        if con.execute("SELECT 1 FROM target WHERE id = ?", [number]).fetchone() is None:
            raise LookupError(number)
        withdrawals.turn(con, KIND, number, who, is_withdrawn)


def seen_by(store: Store, viewer: Viewer) -> list[Entry]:
    """Return the targets that the viewer may read, the newest first: those of a level, and its own unit's."""
    with store.reading() as con:
        rows = con.execute("SELECT * FROM target ORDER BY id DESC").fetchall()
        turned = withdrawals.turns(con, KIND)
    found = [_entry(row, turned.get(row["id"], ())) for row in rows]
    return [one for one in found if not one.target.unit_id or viewer.sees_province or viewer.owns(one.target.unit_id)]


def standing(store: Store, viewer: Viewer, until: datetime | None = None) -> tuple[Target, ...]:
    """Return the targets that are not taken back, now or as it was at a moment."""
    found = seen_by(store, viewer)
    return tuple(one.target for one in found if withdrawals.is_standing(one.at, one.turns, until))


def _entry(row: sqlite3.Row, turned: tuple[Turn, ...]) -> Entry:
    ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    target = Target(
        row["metric"], row["level"], row["unit_id"], row["value"], date.fromisoformat(row["valid_from"]), ends,
        row["document"], bool(row["document"]), row["who"], datetime.fromisoformat(row["at"]).date(), row["id"],
    )  # fmt: skip
    return Entry(target, row["note"], row["at"], turned)
