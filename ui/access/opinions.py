"""What a unit doubts in a figure, with the rows meant, and what the province answers. Entries are only ever added."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from metrics.viewer import Viewer
from ui.access import audit, notes
from ui.access.store import Store
from ui.access.work import NotAllowed, may_write
from warehouse import clock

State = Literal["open", "answered", "closed"]
TABLES = (
    """
    CREATE TABLE opinion (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        unit_id TEXT NOT NULL,
        metric TEXT NOT NULL,
        period TEXT NOT NULL,
        calendar TEXT NOT NULL,
        snapshot TEXT NOT NULL,
        doubt TEXT NOT NULL,
        codes TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE opinion_answer (
        id INTEGER PRIMARY KEY,
        opinion_id INTEGER NOT NULL REFERENCES opinion (id),
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        words TEXT NOT NULL,
        state TEXT NOT NULL
    )
    """,
    "CREATE INDEX opinion_answer_by_opinion ON opinion_answer (opinion_id, id)",
)


class Empty(ValueError):
    """Nothing was said."""


@dataclass(frozen=True)
class Figure:
    """The figure that is meant: which, of whom, of when, from which snapshot."""

    metric: str
    unit_id: str
    period: str
    calendar: str
    snapshot: str


@dataclass(frozen=True)
class Answer:
    """What was answered, by whom, and how the matter stands since."""

    words: str
    state: State
    who: str
    at: str


@dataclass(frozen=True)
class Opinion:
    """A doubt about a figure, with the codes of the rows meant and its answers in order."""

    id: int
    figure: Figure
    doubt: str
    codes: tuple[str, ...]
    who: str
    at: str
    answers: tuple[Answer, ...] = ()

    @property
    def state(self) -> State:
        """How the matter stands."""
        return self.answers[-1].state if self.answers else "open"


def prepare(store: Store) -> Store:
    """Return the store with the tables of opinions, and of the audit trail."""
    store.migrate("opinions", TABLES)
    return audit.prepare(store)


def raise_one(store: Store, viewer: Viewer, who: str, figure: Figure, doubt: str, codes: Sequence[str]) -> int:
    """Return the number of the new opinion; raise `NotAllowed`, `Empty` or `notes.Refused`."""
    if not may_write(viewer, figure.unit_id):
        raise NotAllowed
    told = notes.checked(doubt)
    if not told:
        raise Empty
    at = clock.now().isoformat(timespec="seconds")
    with store.writing() as con:
        done = con.execute(
            "INSERT INTO opinion (at, who, unit_id, metric, period, calendar, snapshot, doubt, codes) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [at, who, figure.unit_id, figure.metric, figure.period, figure.calendar, figure.snapshot, told,
             json.dumps(list(codes), ensure_ascii=False)],
        )  # fmt: skip
        number = int(done.lastrowid or 0)
        audit.add(con, who, "opinion_raised", opinion=number, metric=figure.metric, unit=figure.unit_id, n=len(codes))
    return number


def answer(store: Store, viewer: Viewer, who: str, opinion_id: int, words: str, is_closed: bool) -> None:
    """Add the province's answer; raise `NotAllowed`, `Empty`, `LookupError` or `notes.Refused`."""
    if viewer.role != "province":
        raise NotAllowed
    told = notes.checked(words)
    if not told and not is_closed:
        raise Empty
    at = clock.now().isoformat(timespec="seconds")
    with store.writing() as con:
        if con.execute("SELECT 1 FROM opinion WHERE id = ?", [opinion_id]).fetchone() is None:
            raise LookupError(opinion_id)
        state: State = "closed" if is_closed else "answered"
        con.execute(
            "INSERT INTO opinion_answer (opinion_id, at, who, words, state) VALUES (?, ?, ?, ?, ?)",
            [opinion_id, at, who, told, state],
        )
        audit.add(con, who, f"opinion_{state}", opinion=opinion_id)


def seen_by(store: Store, viewer: Viewer) -> list[Opinion]:
    """Return the opinions that the viewer may read, those that wait for an answer first, then the newest."""
    with store.reading() as con:
        rows = con.execute("SELECT * FROM opinion").fetchall()
        answers = con.execute("SELECT * FROM opinion_answer ORDER BY id").fetchall()
    said: dict[int, list[Answer]] = {}
    for row in answers:
        said.setdefault(row["opinion_id"], []).append(Answer(row["words"], row["state"], row["who"], row["at"]))
    found = [_opinion(row, tuple(said.get(row["id"], ()))) for row in rows if may_write(viewer, row["unit_id"])]
    return sorted(found, key=lambda one: (("open", "answered", "closed").index(one.state), -one.id))


def _opinion(row: sqlite3.Row, answers: tuple[Answer, ...]) -> Opinion:
    figure = Figure(row["metric"], row["unit_id"], row["period"], row["calendar"], row["snapshot"])
    return Opinion(row["id"], figure, row["doubt"], tuple(json.loads(row["codes"])), row["who"], row["at"], answers)
