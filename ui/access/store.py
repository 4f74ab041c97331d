"""The file of accounts, sessions, notes and the audit trail: SQLite beside the snapshots, never in one."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

from warehouse.paths import DataDir

FILE = "access.sqlite"
WAIT_SECONDS = 10.0
IDLE = 4
"""Connections kept open for the next question; a page asks a dozen, and opening one costs more than most of them."""
STORES = 8
"""Data folders whose store is remembered: a server has one, tests have many."""


class Store:
    """One SQLite file in WAL mode, for the owner alone; a call has a connection to itself, and leaves it to the next.

    Modules that keep something here declare their tables with `migrate`, step by step, under a name of their own.
    A file put in place of this one, by a restored backup, is noticed at the next call.
    """

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.Lock()
        self._file = (0, 0)
        self._idle: list[sqlite3.Connection] = []
        self._parts: dict[str, int] = {}
        with self._lock:
            self._begin()

    def _begin(self) -> None:
        """Make the file where there is none, and forget what was known of another."""
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        self._file, self._parts = _identity(self.path), {}
        while self._idle:
            self._idle.pop().close()
        con = self._connected()
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, version INTEGER NOT NULL)")
        self._idle.append(con)

    def _connected(self) -> sqlite3.Connection:
        con = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        con.row_factory = sqlite3.Row
        con.execute("PRAGMA foreign_keys = ON")
        con.execute("PRAGMA synchronous = FULL")
        return con

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            # An idle connection holds its file's number, so that no other file can have the same.
            if not _is(self.path, self._file):
                self._begin()
            file = self._file
            con = self._idle.pop() if self._idle else None
        con = con or self._connected()
        try:
            yield con
        except BaseException:
            con.close()
            raise
        with self._lock:
            if len(self._idle) < IDLE and file == self._file:
                self._idle.append(con)
                return
        con.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection to read with; rows are found by column name."""
        with self._open() as con:
            con.execute("PRAGMA query_only = ON")
            yield con
            con.execute("PRAGMA query_only = OFF")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection within one transaction: all of it is kept or nothing."""
        with self._open() as con:
            con.execute("BEGIN IMMEDIATE")
            try:
                yield con
            except BaseException:
                con.execute("ROLLBACK")
                raise
            con.execute("COMMIT")

    def migrate(self, name: str, steps: Sequence[str]) -> None:
        """Bring a part's tables up to date, once for as long as the file is the same; steps are added at the end."""
        if self._parts.get(name) == len(steps) and _is(self.path, self._file):
            return
        with self.reading() as con:
            found = con.execute("SELECT version FROM part WHERE name = ?", [name]).fetchone()
        if found is not None and found["version"] == len(steps):
            self._parts[name] = len(steps)
            return
        with self.writing() as con:
            found = con.execute("SELECT version FROM part WHERE name = ?", [name]).fetchone()
            version = found["version"] if found else 0
            if version > len(steps):
                raise RuntimeError(f"{FILE}: {name} is of a newer version ({version})")
            for step in steps[version:]:
                con.execute(step)
            con.execute("INSERT OR REPLACE INTO part VALUES (?, ?)", [name, len(steps)])
        self._parts[name] = len(steps)


def _identity(path: Path) -> tuple[int, int]:
    """Return what tells a file from another one of the same name."""
    found = path.stat()
    return found.st_dev, found.st_ino


def _is(path: Path, file: tuple[int, int]) -> bool:
    """Return whether this very file lies there."""
    try:
        return _identity(path) == file
    except FileNotFoundError:
        return False


def open_store(data_dir: DataDir) -> Store:
    """Return the store of a data folder, made when it is not there; the same one for as long as it is asked for."""
    return _opened(data_dir.root / FILE)


@lru_cache(STORES)
def _opened(path: Path) -> Store:
    return Store(path)


def is_there(data_dir: DataDir) -> bool:
    """Return whether a store was ever made in the folder."""
    return (data_dir.root / FILE).is_file()


def copy(data_dir: DataDir, target: Path) -> bool:
    """Return whether there is a store: `target` then holds it as it was at one moment, for the owner alone.

    A copy of the file itself could be torn: people go on writing, and what they wrote last lies beside it.
    """
    if not is_there(data_dir):
        return False
    os.close(os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    with open_store(data_dir)._open() as con, closing(sqlite3.connect(target)) as out:
        con.backup(out)
        out.execute("PRAGMA journal_mode = DELETE")
    return True


def clear_away(data_dir: DataDir) -> None:
    """Remove what a store that is gone left beside its file: it would be taken for a part of the next one."""
    for rest in ("-wal", "-shm"):
        (data_dir.root / f"{FILE}{rest}").unlink(missing_ok=True)
