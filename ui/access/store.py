"""The file of accounts, sessions, notes and the audit trail: SQLite beside the snapshots, never in one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from warehouse.paths import DataDir

FILE = "access.sqlite"
WAIT_SECONDS = 10.0


class Store:
    """One SQLite file in WAL mode, for the owner alone; every call opens its own connection.

    Modules that keep something here declare their tables with `migrate`, step by step, under a name of their own.
    """

    def __init__(self, path: Path):
        self.path = path
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        with self._open() as con:
            con.execute("PRAGMA journal_mode = WAL")
            con.execute("CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, version INTEGER NOT NULL)")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        con = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
        con.row_factory = sqlite3.Row
        try:
            con.execute("PRAGMA foreign_keys = ON")
            con.execute("PRAGMA synchronous = FULL")
            yield con
        finally:
            con.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection to read with; rows are found by column name."""
        with self._open() as con:
            con.execute("PRAGMA query_only = ON")
            yield con

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
        """Bring a part's tables up to date; steps are only ever added at the end."""
        with self.reading() as con:
            found = con.execute("SELECT version FROM part WHERE name = ?", [name]).fetchone()
        if found is not None and found["version"] == len(steps):
            return
        with self.writing() as con:
            found = con.execute("SELECT version FROM part WHERE name = ?", [name]).fetchone()
            version = found["version"] if found else 0
            if version > len(steps):
                raise RuntimeError(f"{FILE}: {name} is of a newer version ({version})")
            for step in steps[version:]:
                con.execute(step)
            con.execute("INSERT OR REPLACE INTO part VALUES (?, ?)", [name, len(steps)])


def open_store(data_dir: DataDir) -> Store:
    """Return the store of a data folder, made when it is not there."""
    return Store(data_dir.root / FILE)


def is_there(data_dir: DataDir) -> bool:
    """Return whether a store was ever made in the folder."""
    return (data_dir.root / FILE).is_file()


def settle(data_dir: DataDir) -> None:
    """Bring all that was written into the one file, so that a copy of it is whole."""
    if is_there(data_dir):
        with open_store(data_dir)._open() as con:
            con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
