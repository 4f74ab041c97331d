"""What people add to the rows of a list: reason, note, who takes it on and until when. Kept outside the snapshot.

Entries are only ever added: the newest of a row stands, the older ones stay to be read.
"""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from metrics.viewer import Viewer
from ui.access import audit, notes
from ui.access.store import Store
from warehouse import clock

Kind = Literal["case", "letter"]
ROLE, ACCOUNT = "role:", "account:"
MOST_LINES = 3
TABLES = (
    """
    CREATE TABLE row_mark (
        id INTEGER PRIMARY KEY,
        unit_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        code TEXT NOT NULL,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        reason TEXT NOT NULL,
        note TEXT NOT NULL,
        owner TEXT NOT NULL,
        due_on TEXT
    )
    """,
    "CREATE INDEX row_mark_by_row ON row_mark (kind, unit_id, code, id)",
    """
    CREATE TABLE meeting_line (
        id INTEGER PRIMARY KEY,
        unit_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        conclusion TEXT NOT NULL,
        owner TEXT NOT NULL,
        due_on TEXT
    )
    """,
    "CREATE INDEX meeting_line_by_unit ON meeting_line (unit_id, number, id)",
)


class NotAllowed(PermissionError):
    """The unit is not the viewer's own: it can be read, not written to."""


class BadChoice(ValueError):
    """A reason or position that is not in the list, or a note where none may be."""


@dataclass(frozen=True)
class Choice:
    """An entry of a list that is data."""

    code: str
    words: tuple[tuple[str, str], ...]

    def label(self, lang: str) -> str:
        """Return its words in one language."""
        return dict(self.words)[lang]


@dataclass(frozen=True)
class Row:
    """One row of a list: the code of a case or letter, and the unit that settles it."""

    unit_id: str
    code: str


@dataclass(frozen=True)
class Mark:
    """What stands at a row, who wrote it and when."""

    row: Row
    reason: str
    note: str
    owner: str
    due_on: date | None
    who: str
    at: str


@dataclass(frozen=True)
class Line:
    """A line of the meeting's conclusions: what, who, until when."""

    number: int
    conclusion: str
    owner: str
    due_on: date | None
    who: str = ""
    at: str = ""


@cache
def rules() -> dict[str, Any]:
    """Return the lists of `work.toml`."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def reasons(kind: Kind) -> list[Choice]:
    """Return the reasons offered for the rows of a kind of list."""
    return [_choice(one) for one in rules()["reason"] if kind in one["on"]]


def owners() -> list[Choice]:
    """Return the positions that can take a row on."""
    return [_choice(one) for one in rules()["owner"]]


def _choice(one: dict[str, Any]) -> Choice:
    return Choice(one["code"], (("vi", one["vi"]), ("en", one["en"])))


def reason_label(code: str, lang: str) -> str:
    """Return the words of a reason; nothing for none."""
    return next((_choice(one).label(lang) for one in rules()["reason"] if one["code"] == code), code)


def owner_label(owner: str, lang: str) -> str:
    """Return who takes it on: a position in words, an account by its login."""
    if owner.startswith(ROLE):
        code = owner.removeprefix(ROLE)
        return next((one.label(lang) for one in owners() if one.code == code), code)
    return owner.removeprefix(ACCOUNT)


def prepare(store: Store) -> Store:
    """Return the store with the tables of marks, and of the audit trail."""
    store.migrate("work", TABLES)
    return audit.prepare(store)


def may_write(viewer: Viewer, unit_id: str) -> bool:
    """Return whether the viewer may write to rows of this unit: the unit itself and the province."""
    return viewer.role in ("province", "unit") and viewer.owns(unit_id)


def may_read(viewer: Viewer, unit_id: str) -> bool:
    """Return whether the viewer sees what was written: the same ones."""
    return may_write(viewer, unit_id)


def mark(
    store: Store,
    viewer: Viewer,
    who: str,
    kind: Kind,
    rows: Sequence[Row],
    *,
    reason: str = "",
    note: str = "",
    owner: str = "",
    due_on: date | None = None,
) -> int:
    """Return how many rows were marked; raise `NotAllowed`, `BadChoice` or `notes.Refused` and mark none.

    What is not given stays as it stands at each row: who gives a row to somebody does not take its reason away.
    """
    if not all(may_write(viewer, row.unit_id) for row in rows):
        raise NotAllowed
    if reason and reason not in {one.code for one in reasons(kind)}:
        raise BadChoice("reason")
    if kind == "letter" and note.strip():
        raise BadChoice("note")  # a letter's matter is a person's: no words of our own beside it
    told = notes.checked(note)
    _check_owner(owner)
    held = marks(store, viewer, kind, rows)

    def entry(row: Row) -> tuple[str, str, str, date | None]:
        now = held.get(row)
        if now is None:
            return reason, told, owner, due_on
        return reason or now.reason, told or now.note, owner or now.owner, due_on or now.due_on

    _write(store, who, kind, {row: entry(row) for row in rows}, "rows_marked", reason=reason)
    return len(rows)


def clear(store: Store, viewer: Viewer, who: str, kind: Kind, rows: Sequence[Row]) -> int:
    """Return how many rows were cleared of what stands at them; it can still be read in their history."""
    if not all(may_write(viewer, row.unit_id) for row in rows):
        raise NotAllowed
    _write(store, who, kind, dict.fromkeys(rows, ("", "", "", None)), "rows_cleared")
    return len(rows)


def _write(
    store: Store,
    who: str,
    kind: Kind,
    entries: dict[Row, tuple[str, str, str, date | None]],
    action: str,
    **details: object,
) -> None:
    at = clock.now().isoformat(timespec="seconds")
    with store.writing() as con:
        con.executemany(
            "INSERT INTO row_mark (unit_id, kind, code, at, who, reason, note, owner, due_on) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (row.unit_id, kind, row.code, at, who, reason, note, owner, due_on and due_on.isoformat())
                for row, (reason, note, owner, due_on) in entries.items()
            ],
        )
        units = sorted({row.unit_id for row in entries})
        audit.add(con, who, action, kind=kind, n=len(entries), units=units, **details)


def marks(store: Store, viewer: Viewer, kind: Kind, rows: Iterable[Row]) -> dict[Row, Mark]:
    """Return what stands at these rows, the newest entry of each; an entry that says nothing takes the mark away."""
    wanted = {row for row in rows if may_read(viewer, row.unit_id)}
    found: dict[Row, Mark] = {}
    with store.reading() as con:
        for unit_id in sorted({row.unit_id for row in wanted}):
            for entry in con.execute(
                "SELECT * FROM row_mark WHERE id IN "
                "(SELECT max(id) FROM row_mark WHERE kind = ? AND unit_id = ? GROUP BY code)",
                [kind, unit_id],
            ):
                one = _mark(entry)
                if one.row in wanted and (one.reason or one.note or one.owner or one.due_on):
                    found[one.row] = one
    return found


def history(store: Store, viewer: Viewer, kind: Kind, row: Row) -> list[Mark]:
    """Return all that was ever written at a row, the newest first."""
    if not may_read(viewer, row.unit_id):
        return []
    with store.reading() as con:
        entries = con.execute(
            "SELECT * FROM row_mark WHERE kind = ? AND unit_id = ? AND code = ? ORDER BY id DESC",
            [kind, row.unit_id, row.code],
        ).fetchall()
    return [_mark(entry) for entry in entries]


def write_lines(store: Store, viewer: Viewer, who: str, unit_id: str, lines: Sequence[Line]) -> None:
    """Keep the conclusions of a meeting; lines that did not change are not written again."""
    if not may_write(viewer, unit_id):
        raise NotAllowed
    told = [(n, notes.checked(x.conclusion), notes.checked(x.owner), x.due_on) for n, x in enumerate(lines, 1)]
    held = {one.number: one for one in read_lines(store, viewer, unit_id)}
    at = clock.now().isoformat(timespec="seconds")
    changed = [
        (unit_id, n, at, who, conclusion, owner, due_on and due_on.isoformat())
        for n, conclusion, owner, due_on in told[:MOST_LINES]
        if (conclusion, owner, due_on)
        != ((held[n].conclusion, held[n].owner, held[n].due_on) if n in held else ("", "", None))
    ]
    if not changed:
        return
    with store.writing() as con:
        con.executemany(
            "INSERT INTO meeting_line (unit_id, number, at, who, conclusion, owner, due_on) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            changed,
        )
        audit.add(con, who, "meeting_lines_written", unit=unit_id, n=len(changed))


def read_lines(store: Store, viewer: Viewer, unit_id: str) -> list[Line]:
    """Return the conclusions that stand, by number, as they come back at the next meeting."""
    if not may_read(viewer, unit_id):
        return []
    with store.reading() as con:
        entries = con.execute(
            "SELECT * FROM meeting_line WHERE id IN "
            "(SELECT max(id) FROM meeting_line WHERE unit_id = ? GROUP BY number) ORDER BY number",
            [unit_id],
        ).fetchall()
    return [
        Line(e["number"], e["conclusion"], e["owner"], _day(e["due_on"]), e["who"], e["at"])
        for e in entries
        if e["conclusion"] or e["owner"] or e["due_on"]
    ]


def _check_owner(owner: str) -> None:
    is_role = owner.startswith(ROLE) and owner.removeprefix(ROLE) in {one.code for one in owners()}
    if owner and not is_role and not owner.startswith(ACCOUNT):
        raise BadChoice("owner")


def _mark(entry: sqlite3.Row) -> Mark:
    row = Row(entry["unit_id"], entry["code"])
    return Mark(row, entry["reason"], entry["note"], entry["owner"], _day(entry["due_on"]), entry["who"], entry["at"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
