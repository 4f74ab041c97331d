"""The only place that opens a database (with `etl/runner.py`, which builds one)."""

from __future__ import annotations

from pathlib import Path

import duckdb

# Extensions are never looked for: the machine may have no network, and a failing look-up waits for seconds.
OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


READER: dict[str, str | int | float | list[str]] = {
    **OFFLINE,
    "threads": 2,
    "memory_limit": "2GB",
    "enable_external_access": False,
    "lock_configuration": True,
}
"""The same for every reader: two connections of one process to one file must not differ in configuration."""


def connect_reader(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a locked-down read-only connection: no file access, no settings, no extensions.

    Take a `.cursor()` per call: a connection serves one call at a time.
    """
    return duckdb.connect(str(path), read_only=True, config=dict(READER))


def connect_builder(
    path: Path | None, spill: Path, memory_limit: str = "1500MB", threads: int = 2
) -> duckdb.DuckDBPyConnection:
    """Return a writing connection to a file that nobody reads yet (None: in memory), spilling into `spill`."""
    return duckdb.connect(
        str(path) if path else ":memory:",
        config={**OFFLINE, "threads": threads, "memory_limit": memory_limit, "temp_directory": str(spill)},
    )
