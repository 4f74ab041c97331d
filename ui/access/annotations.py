"""What happened on a day and shows on charts: by decision of whom, and whether limits begin anew. Only ever taken back.

The province notes events for anybody. A unit notes them for itself: they change no limits, and nobody but the unit and
the province reads them.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime

from metrics import catalogue
from metrics.analysis.events import Event
from metrics.viewer import Viewer
from ui.access import audit, notes, withdrawals
from ui.access.store import Store
from ui.access.targets import EARLIEST, LATEST, Bad
from ui.access.withdrawals import Turn
from ui.access.work import NotAllowed
from warehouse import clock

KIND = "annotation"
TABLES = (
    """
    CREATE TABLE annotation (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        is_units_own INTEGER NOT NULL,
        day TEXT NOT NULL,
        words_vi TEXT NOT NULL,
        words_en TEXT NOT NULL,
        document TEXT NOT NULL,
        owner TEXT NOT NULL,
        metric TEXT NOT NULL,
        level TEXT NOT NULL,
        unit_id TEXT NOT NULL,
        rebases INTEGER NOT NULL
    )
    """,
)


@dataclass(frozen=True)
class Entry:
    """An event as it was noted, by a unit for itself or by the province, with what has become of it."""

    event: Event
    at: str
    is_units_own: bool
    turns: tuple[Turn, ...] = ()

    @property
    def is_withdrawn(self) -> bool:
        return bool(self.turns) and self.turns[-1].is_withdrawn


def prepare(store: Store) -> Store:
    """Return the store with the table of events, of what was taken back, and of the audit trail."""
    store.migrate("annotations", TABLES)
    return withdrawals.prepare(store)


def may_note(viewer: Viewer, unit_id: str) -> bool:
    """Return whether the viewer may note events of a unit, or (without one) of every unit."""
    return viewer.role == "province" or (viewer.role == "unit" and bool(unit_id) and viewer.owns(unit_id))


def add(store: Store, viewer: Viewer, who: str, event: Event) -> int:
    """Return the number of the new event; raise `NotAllowed`, `Bad` or `notes.Refused`."""
    is_units_own = viewer.role != "province"
    if not may_note(viewer, event.unit_id) or (is_units_own and (event.rebases or not _may_see(event.metric, viewer))):
        raise NotAllowed
    if not EARLIEST <= event.day < LATEST:
        raise Bad("days")
    if event.metric and event.metric not in catalogue.metrics():
        raise Bad("metric")
    said = dict(event.reason)
    vi, en = notes.checked(said.get("vi", "")), notes.checked(said.get("en", ""))
    if not vi:
        raise Bad("words")
    with store.writing() as con:
        done = con.execute(
            "INSERT INTO annotation (at, who, is_units_own, day, words_vi, words_en, document, owner, metric, level, "
            "unit_id, rebases) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [clock.now().isoformat(timespec="seconds"), who, int(is_units_own), event.day.isoformat(), vi, en,
             notes.checked(event.cite), notes.checked(event.owner), event.metric, event.level, event.unit_id,
             int(event.rebases)],
        )  # fmt: skip
        number = int(done.lastrowid or 0)
        audit.add(
            con, who, "annotation_added", annotation=number, day=event.day, metric=event.metric, level=event.level,
            unit=event.unit_id, rebases=event.rebases,
        )  # fmt: skip
    return number


def withdraw(store: Store, viewer: Viewer, who: str, number: int, is_withdrawn: bool = True) -> None:
    """Take an event back, or up again; raise `NotAllowed` or `LookupError`. A unit turns what it noted itself."""
    with store.writing() as con:
        row = con.execute("SELECT * FROM annotation WHERE id = ?", [number]).fetchone()
        if row is None:
            raise LookupError(number)
        if not may_turn(viewer, _entry(row, ())):
            raise NotAllowed
        withdrawals.turn(con, KIND, number, who, is_withdrawn)


def may_turn(viewer: Viewer, one: Entry) -> bool:
    """Return whether the viewer may take an event back: the province all, a unit its own."""
    return viewer.role == "province" or (one.is_units_own and may_note(viewer, one.event.unit_id))


def seen_by(store: Store, viewer: Viewer) -> list[Entry]:
    """Return the events that the viewer may read, the newest day first."""
    return [one for one in _all(store) if _may_read(viewer, one)]


def standing(store: Store, viewer: Viewer, until: datetime | None = None) -> tuple[Event, ...]:
    """Return the events that are not taken back, now or as it was at a moment.

    Where limits of another's chart begin anew, they do so for whoever may see the chart: without the words.
    """
    found = []
    for one in _all(store):
        if not withdrawals.is_standing(one.at, one.turns, until):
            continue
        if _may_read(viewer, one):
            found.append(one.event)
        elif one.event.rebases and _may_see(one.event.metric, viewer):
            found.append(replace(one.event, reason=(), cite="", owner="", who="", set_on=None))
    return tuple(found)


def _all(store: Store) -> list[Entry]:
    with store.reading() as con:
        rows = con.execute("SELECT * FROM annotation ORDER BY day DESC, id DESC").fetchall()
        turned = withdrawals.turns(con, KIND)
    return [_entry(row, turned.get(row["id"], ())) for row in rows]


def _may_read(viewer: Viewer, one: Entry) -> bool:
    if not _may_see(one.event.metric, viewer):
        return False
    if one.is_units_own:
        return viewer.role == "province" or (viewer.role == "unit" and viewer.owns(one.event.unit_id))
    return not one.event.unit_id or viewer.sees_province or viewer.owns(one.event.unit_id)


def _may_see(metric: str, viewer: Viewer) -> bool:
    """Return whether the viewer may know of this metric at all: denunciations are the province's."""
    known = catalogue.metrics().get(metric)
    return known is None or known.viewers != "province" or viewer.sees_province


def _entry(row: sqlite3.Row, turned: tuple[Turn, ...]) -> Entry:
    event = Event(
        date.fromisoformat(row["day"]), (("vi", row["words_vi"]), ("en", row["words_en"])), row["document"],
        bool(row["document"]), row["metric"], row["level"], row["unit_id"], bool(row["rebases"]), row["owner"],
        row["who"], datetime.fromisoformat(row["at"]).date(), row["id"],
    )  # fmt: skip
    return Entry(event, row["at"], bool(row["is_units_own"]), turned)
