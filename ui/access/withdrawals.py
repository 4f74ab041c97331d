"""What people took back, and took up again: an entry is never changed or removed, its last turn says how it stands."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ui.access import audit
from ui.access.store import Store
from warehouse import clock

TABLES = (
    """
    CREATE TABLE withdrawal (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        entry_id INTEGER NOT NULL,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        is_withdrawn INTEGER NOT NULL
    )
    """,
    "CREATE INDEX withdrawal_by_entry ON withdrawal (kind, entry_id, id)",
)


@dataclass(frozen=True)
class Turn:
    """Who took an entry back, or up again, and when."""

    who: str
    at: str
    is_withdrawn: bool


def prepare(store: Store) -> Store:
    """Return the store with the table of what was taken back, and of the audit trail."""
    store.migrate("withdrawals", TABLES)
    return audit.prepare(store)


def turns(con: sqlite3.Connection, kind: str) -> dict[int, tuple[Turn, ...]]:
    """Return the turns of every entry of a kind, in order."""
    found: dict[int, tuple[Turn, ...]] = {}
    for row in con.execute("SELECT * FROM withdrawal WHERE kind = ? ORDER BY id", [kind]):
        turn = Turn(row["who"], row["at"], bool(row["is_withdrawn"]))
        found[row["entry_id"]] = (*found.get(row["entry_id"], ()), turn)
    return found


def turn(con: sqlite3.Connection, kind: str, entry_id: int, who: str, is_withdrawn: bool) -> None:
    """Take an entry back or up again, and note it; nothing where it stands so already."""
    last = con.execute(
        "SELECT is_withdrawn FROM withdrawal WHERE kind = ? AND entry_id = ? ORDER BY id DESC LIMIT 1", [kind, entry_id]
    ).fetchone()
    if bool(last and last["is_withdrawn"]) == is_withdrawn:
        return
    at = clock.now().isoformat(timespec="seconds")
    con.execute(
        "INSERT INTO withdrawal (kind, entry_id, at, who, is_withdrawn) VALUES (?, ?, ?, ?, ?)",
        [kind, entry_id, at, who, int(is_withdrawn)],
    )
    audit.add(con, who, f"{kind}_{'withdrawn' if is_withdrawn else 'restored'}", **{kind: entry_id})


def is_standing(made_at: str, found: tuple[Turn, ...], until: datetime | None) -> bool:
    """Return whether an entry stood at a moment, or stands now."""
    if until is None:
        return not (found and found[-1].is_withdrawn)
    if datetime.fromisoformat(made_at) > until:
        return False
    then = [t for t in found if datetime.fromisoformat(t.at) <= until]
    return not (then and then[-1].is_withdrawn)
