"""Pages that people saved under a name, with what was chosen on them; the province shares some with everybody."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from metrics.viewer import Viewer
from ui.access import audit, notes
from ui.access.store import Store
from ui.access.work import NotAllowed
from warehouse import clock

LONGEST = 60
"""Letters of a name: a line of the list."""
MOST = 50
"""Views of one person."""
NEVER = frozenset({"as", "lang", "data"})
"""Parameters that are the reader's own: whose part is taken on an open server, the language, a unit's draft."""
_KEY, _PAGE = re.compile(r"[a-z_]{1,20}"), re.compile(r"[a-z_]{1,40}")
_VALUE = re.compile(r"[^\x00-\x1f\x7f]{1,300}")
TABLES = (
    """
    CREATE TABLE saved_view (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        name TEXT NOT NULL,
        page TEXT NOT NULL,
        parameters TEXT NOT NULL,
        newest TEXT NOT NULL,
        n_periods INTEGER NOT NULL,
        is_shared INTEGER NOT NULL,
        removed_at TEXT
    )
    """,
    "CREATE INDEX saved_view_by_who ON saved_view (who)",
)


class Bad(ValueError):
    """A view that cannot be kept: `code` is one of empty, long, taken, many, page."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class SavedView:
    """A page with what was chosen on it."""

    id: int
    who: str
    name: str
    page: str
    parameters: dict[str, str]
    newest: str = ""
    """Kind of period of which the newest is opened each time; empty where the period is fixed."""
    n_periods: int = 1
    """Of a range that follows the newest period: how many."""
    is_shared: bool = False


def prepare(store: Store) -> Store:
    """Return the store with the table of views, and of the audit trail."""
    store.migrate("views", TABLES)
    return audit.prepare(store)


def may_change(viewer: Viewer, who: str, view: SavedView) -> bool:
    """Return whether the reader may rename or remove a view: one's own, the province also what is shared."""
    return view.who == who or (view.is_shared and viewer.role == "province")


def save(
    store: Store,
    viewer: Viewer,
    who: str,
    name: str,
    page: str,
    parameters: Mapping[str, str],
    newest: str = "",
    n_periods: int = 1,
    is_shared: bool = False,
) -> int:
    """Return the number of the new view; raise `NotAllowed`, `Bad` or `notes.Refused`."""
    if is_shared and viewer.role != "province":
        raise NotAllowed
    told = _named(name)
    if not _PAGE.fullmatch(page) or not all(_is_kept(k, v) for k, v in parameters.items()):
        raise Bad("page")
    at = clock.now().isoformat(timespec="seconds")
    with store.writing() as con:
        _free(con, who, told)
        if (
            con.execute("SELECT count(*) FROM saved_view WHERE who = ? AND removed_at IS NULL", [who]).fetchone()[0]
            >= MOST
        ):
            raise Bad("many")
        done = con.execute(
            "INSERT INTO saved_view (at, who, name, page, parameters, newest, n_periods, is_shared) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [at, who, told, page, json.dumps(dict(parameters), ensure_ascii=False, sort_keys=True), newest,
             max(n_periods, 1), int(is_shared)],
        )  # fmt: skip
        number = int(done.lastrowid or 0)
        audit.add(con, who, "view_saved", view=number, page=page, shared=is_shared)
    return number


def rename(store: Store, viewer: Viewer, who: str, number: int, name: str) -> None:
    """Give a view another name; raise `LookupError`, `NotAllowed`, `Bad` or `notes.Refused`."""
    told = _named(name)
    with store.writing() as con:
        view = _own(con, viewer, who, number)
        _free(con, view.who, told, but=number)
        con.execute("UPDATE saved_view SET name = ? WHERE id = ?", [told, number])
        audit.add(con, who, "view_renamed", view=number)


def share(store: Store, viewer: Viewer, who: str, number: int, is_shared: bool) -> None:
    """Share a view with everybody, or no longer; raise `LookupError` or `NotAllowed`."""
    if viewer.role != "province":
        raise NotAllowed
    with store.writing() as con:
        _own(con, viewer, who, number)
        con.execute("UPDATE saved_view SET is_shared = ? WHERE id = ?", [int(is_shared), number])
        audit.add(con, who, "view_shared" if is_shared else "view_unshared", view=number)


def remove(store: Store, viewer: Viewer, who: str, number: int) -> None:
    """Take a view out of the list; it can be brought back. Raise `LookupError` or `NotAllowed`."""
    at = clock.now().isoformat(timespec="seconds")
    with store.writing() as con:
        _own(con, viewer, who, number)
        con.execute("UPDATE saved_view SET removed_at = ? WHERE id = ?", [at, number])
        audit.add(con, who, "view_removed", view=number)


def restore(store: Store, viewer: Viewer, who: str, number: int) -> None:
    """Bring a removed view back; raise `LookupError`, `NotAllowed`, or `Bad` where its name was given anew."""
    with store.writing() as con:
        view = _own(con, viewer, who, number, is_removed=True)
        _free(con, view.who, view.name, but=number)
        con.execute("UPDATE saved_view SET removed_at = NULL WHERE id = ?", [number])
        audit.add(con, who, "view_restored", view=number)


def seen_by(store: Store, who: str) -> list[SavedView]:
    """Return the reader's own views and the shared ones, in the order in which they were saved."""
    with store.reading() as con:
        rows = con.execute(
            "SELECT * FROM saved_view WHERE removed_at IS NULL AND (who = ? OR is_shared) ORDER BY id", [who]
        ).fetchall()
    return [_view(row) for row in rows]


def _named(name: str) -> str:
    """Return the name tidied, or raise why it cannot be one."""
    told = notes.checked(name)
    if not told:
        raise Bad("empty")
    if len(told) > LONGEST:
        raise Bad("long")
    return told


def _is_kept(key: str, value: str) -> bool:
    return key not in NEVER and bool(_KEY.fullmatch(key)) and bool(_VALUE.fullmatch(value))


def _free(con: sqlite3.Connection, who: str, name: str, but: int = 0) -> None:
    """Raise `Bad` where the person has another view of the name, capitals aside."""
    rows = con.execute("SELECT id, name FROM saved_view WHERE who = ? AND removed_at IS NULL", [who]).fetchall()
    if any(row["name"].casefold() == name.casefold() and row["id"] != but for row in rows):
        raise Bad("taken")


def _own(con: sqlite3.Connection, viewer: Viewer, who: str, number: int, is_removed: bool = False) -> SavedView:
    """Return a view that the reader may change."""
    state = "IS NOT NULL" if is_removed else "IS NULL"
    row = con.execute(f"SELECT * FROM saved_view WHERE id = ? AND removed_at {state}", [number]).fetchone()
    if row is None:
        raise LookupError(number)
    view = _view(row)
    if not may_change(viewer, who, view):
        raise NotAllowed
    return view


def _view(row: sqlite3.Row) -> SavedView:
    return SavedView(
        row["id"], row["who"], row["name"], row["page"], dict(json.loads(row["parameters"])), row["newest"],
        row["n_periods"], bool(row["is_shared"]),
    )  # fmt: skip
