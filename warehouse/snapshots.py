"""Published snapshots: which there are, which is current, and connections to them."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse import closed, schema
from warehouse.engines import connect_reader
from warehouse.paths import DataDir

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")


class NoSnapshot(LookupError):
    """Nothing is published here, or a snapshot of that name is not kept; `message` says what to do."""

    def __init__(self, name: str | None = None):
        self.name = name
        super().__init__(self.message("en"))

    def message(self, lang: str = "vi") -> str:
        """Return what is missing and the next step."""
        if self.name is None:
            if lang == "en":
                return "Nothing is published yet. Run: gandan load FILE, then gandan publish"
            return "Chưa có bản số liệu nào được công bố. Hãy chạy: gandan load TỆP, rồi gandan publish"
        if lang == "en":
            return f"There is no snapshot {self.name!r} here. gandan status lists those kept"
        return f"Không có bản số liệu {self.name!r}. Lệnh gandan status liệt kê các bản đang giữ"


@dataclass(frozen=True)
class SnapshotRef:
    """One published file. It never changes, so its name is a cache key."""

    name: str
    path: Path

    @property
    def built_at(self) -> datetime:
        """Return when it was built, UTC, from the name."""
        return datetime.strptime(self.name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold a locked-down read-only connection of one's own; for short looks, pages use `Pool`."""
        connection = connect_reader(self.path)
        try:
            schema.check(self.name, _schema_of(connection))
            yield connection
        finally:
            connection.close()

    def info(self) -> dict[str, str]:
        """Return the table `snapshot_info`."""
        connection = connect_reader(self.path)
        try:
            return dict(connection.execute("SELECT key, value FROM snapshot_info").fetchall())
        finally:
            connection.close()


def _schema_of(connection: duckdb.DuckDBPyConnection) -> int:
    try:
        rows = connection.execute("SELECT value FROM snapshot_info WHERE key = 'schema'").fetchall()
    except duckdb.CatalogException:
        return 0
    return int(rows[0][0]) if rows else 0


def current(data_dir: DataDir) -> SnapshotRef | None:
    """Return the published snapshot, or None."""
    try:
        name = data_dir.pointer.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    path = data_dir.snapshots / f"{name}.duckdb"
    return SnapshotRef(name, path) if NAME.fullmatch(name) and path.is_file() else None


def published(data_dir: DataDir) -> SnapshotRef:
    """Return the published snapshot; raise `NoSnapshot` when there is none."""
    found = current(data_dir)
    if found is None:
        raise NoSnapshot
    return found


def get(data_dir: DataDir, name: str) -> SnapshotRef:
    """Return a kept snapshot by name or by the label under which it was closed; raise `NoSnapshot`."""
    for entry in closed.entries(data_dir):
        if entry.label == name:
            name = entry.snapshot
    path = data_dir.snapshots / f"{name}.duckdb"
    if not NAME.fullmatch(name) or not path.is_file():
        raise NoSnapshot(name)
    return SnapshotRef(name, path)


def all_kept(data_dir: DataDir) -> list[SnapshotRef]:
    """Return every kept snapshot, oldest first."""
    if not data_dir.snapshots.is_dir():
        return []
    return [
        SnapshotRef(path.stem, path)
        for path in sorted(data_dir.snapshots.glob("*.duckdb"))
        if NAME.fullmatch(path.stem)
    ]


def point_to(data_dir: DataDir, name: str) -> None:
    """Replace the pointer atomically; after this a power cut shows the old name or the new, never half of one."""
    aside = data_dir.pointer.with_name(f".CURRENT.{os.getpid()}")
    with aside.open("w", encoding="ascii") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(data_dir.pointer)
    fsync_folder(data_dir.root)


def fsync_folder(folder: Path) -> None:
    """Make renames in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Pool:
    """Hands out cursors of the published snapshot; one per process.

    The pointer is read at every call (microseconds), so a new snapshot is picked up without a restart. The connection
    to an older one is dropped, never closed: closing would break the cursors that still read from it.
    """

    def __init__(self, data_dir: DataDir):
        self.data_dir = data_dir
        self._lock = threading.Lock()
        self._open: dict[str, duckdb.DuckDBPyConnection] = {}

    @property
    def name(self) -> str:
        """Return the name of the published snapshot."""
        return published(self.data_dir).name

    def cursor(self, name: str | None = None) -> duckdb.DuckDBPyConnection:
        """Return a cursor of the published snapshot, or of the kept one of that name; take one per call."""
        return self.at(name)._cursor()

    def at(self, name: str | None = None) -> Opened:
        """Return one snapshot held fast, so that every question of a page reads the same figures."""
        ref = get(self.data_dir, name) if name else published(self.data_dir)
        with self._lock:
            connection = self._open.get(ref.name)
            if connection is None:
                connection = connect_reader(ref.path)
                schema.check(ref.name, _schema_of(connection))
                if not name:
                    # Forget older ones; those asked for by name are opened again when needed.
                    self._open.clear()
                self._open[ref.name] = connection
            return Opened(ref, connection, self._lock)


@dataclass(frozen=True)
class Opened:
    """One snapshot of a pool: what `metrics.answer.ask` takes (`.name`, `.cursor()`)."""

    ref: SnapshotRef
    connection: duckdb.DuckDBPyConnection
    lock: threading.Lock

    @property
    def name(self) -> str:
        return self.ref.name

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor for one call."""
        return self._cursor()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self.lock:
            return self.connection.cursor()


@contextmanager
def held(ref: SnapshotRef) -> Iterator[Opened]:
    """Hold one snapshot, published or not, to be asked; closed afterwards."""
    connection = connect_reader(ref.path)
    try:
        schema.check(ref.name, _schema_of(connection))
        yield Opened(ref, connection, threading.Lock())
    finally:
        connection.close()
