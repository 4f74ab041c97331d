"""Small answers from a connection, read to the end: a half-read result keeps DuckDB 2.0 from the next `register`."""

from __future__ import annotations

from typing import Any

import duckdb


def first_row(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None) -> tuple[Any, ...] | None:
    """Return the first row of a query, None where there is none."""
    rows = con.execute(sql, parameters).fetchall()
    return rows[0] if rows else None


def count(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None) -> int:
    """Return the one number that a query yields."""
    row = first_row(con, sql, parameters)
    return int(row[0]) if row else 0
