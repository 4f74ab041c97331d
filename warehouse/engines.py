"""The only place that opens a database (with `etl/runner.py`, which builds one)."""

from __future__ import annotations

from pathlib import Path

import duckdb

# Extensions are never looked for: the machine may have no network, and a failing look-up waits for seconds.
OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def connect_reader(path: Path, memory_limit: str = "2GB", threads: int = 2) -> duckdb.DuckDBPyConnection:
    """Return a locked-down read-only connection: no file access, no settings, no extensions.

    Take a `.cursor()` per call: a connection serves one call at a time.
    """
    connection = duckdb.connect(
        str(path),
        read_only=True,
        config={**OFFLINE, "threads": threads, "memory_limit": memory_limit, "enable_external_access": False},
    )
    connection.execute("SET lock_configuration = true")
    return connection


def connect_builder(
    path: Path | None, spill: Path, memory_limit: str = "1500MB", threads: int = 2
) -> duckdb.DuckDBPyConnection:
    """Return a writing connection to a file that nobody reads yet (None: in memory), spilling into `spill`."""
    return duckdb.connect(
        str(path) if path else ":memory:",
        config={**OFFLINE, "threads": threads, "memory_limit": memory_limit, "temp_directory": str(spill)},
    )
