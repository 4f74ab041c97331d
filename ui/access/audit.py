"""The audit trail: each entry carries the hash of the one before, so that none can be changed or left out unseen."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import sqlite3
from dataclasses import dataclass

from ui.access.store import Store, is_there, open_store
from warehouse import clock
from warehouse.paths import DataDir

TABLES = (
    """
    CREATE TABLE audit (
        number INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        action TEXT NOT NULL,
        details TEXT NOT NULL,
        hash TEXT NOT NULL
    )
    """,
    "CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, hash TEXT NOT NULL)",
    """
    CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END
    """,
    """
    CREATE TRIGGER audit_is_unchanged BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END
    """,
)
BEGINNING = "0" * 64
ACTING = "GANDAN_WHO"
"""Environment variable that names the account for whom a page runs a command."""


@dataclass(frozen=True)
class Entry:
    """Who did what, when; details never hold a person's data or a value of a file."""

    number: int
    at: str
    who: str
    action: str
    details: dict[str, object]
    hash: str


@dataclass(frozen=True)
class Broken:
    """The first entry at which the chain does not hold, and how: changed, missing or cut_off."""

    number: int
    how: str


def prepare(store: Store) -> Store:
    """Return the store with the table of the audit trail."""
    store.migrate("audit", TABLES)
    return store


def note(data_dir: DataDir, who: str, action: str, **details: object) -> None:
    """Append an entry."""
    store = prepare(open_store(data_dir))
    with store.writing() as con:
        add(con, who, action, **details)


def note_if_used(data_dir: DataDir, who: str, action: str, **details: object) -> None:
    """Append an entry where accounts are in use: without them nobody could be named."""
    if is_there(data_dir):
        note(data_dir, who, action, **details)


def acting() -> str:
    """Return who runs this process: the account whose page started it, else the account of the machine."""
    return os.environ.get(ACTING) or f"@{getpass.getuser()}"


def add(con: sqlite3.Connection, who: str, action: str, **details: object) -> None:
    """Append an entry within a transaction: what it speaks of is kept with it or not at all."""
    head = con.execute("SELECT number, hash FROM audit_head").fetchone()
    number, before = (head["number"] + 1, head["hash"]) if head else (1, BEGINNING)
    at = clock.now().isoformat(timespec="seconds")
    told = json.dumps(details, ensure_ascii=False, sort_keys=True, default=str)
    digest = _hash(before, number, at, who, action, told)
    con.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", [number, at, who, action, told, digest])
    con.execute("INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?)", [number, digest])


def entries(store: Store, newest: int | None = None) -> list[Entry]:
    """Return the entries in order; with `newest` only so many of the last ones."""
    limit = "" if newest is None else f"ORDER BY number DESC LIMIT {int(newest)}"
    with store.reading() as con:
        rows = con.execute(f"SELECT * FROM audit {limit}").fetchall()
    found = [Entry(r["number"], r["at"], r["who"], r["action"], json.loads(r["details"]), r["hash"]) for r in rows]
    return sorted(found, key=lambda one: one.number)


def verify(store: Store) -> Broken | None:
    """Return the first place where the chain does not hold, None for a whole one."""
    before, expected = BEGINNING, 1
    with store.reading() as con:
        head = con.execute("SELECT number, hash FROM audit_head").fetchone()
        for row in con.execute("SELECT * FROM audit ORDER BY number"):
            if row["number"] != expected:
                return Broken(expected, "missing")
            digest = _hash(before, row["number"], row["at"], row["who"], row["action"], row["details"])
            if digest != row["hash"]:
                return Broken(row["number"], "changed")
            before, expected = digest, expected + 1
    if head is not None and (head["number"], head["hash"]) != (expected - 1, before):
        return Broken(expected, "cut_off")
    return None


def _hash(before: str, number: int, at: str, who: str, action: str, details: str) -> str:
    told = json.dumps([before, number, at, who, action, details], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
