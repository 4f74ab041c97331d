"""The lines of a text file that are no rows of its table: broken, empty, furniture; and where each row stands."""

from __future__ import annotations

import csv
import io
import mmap
import re
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from etl.structure import BLANK, told_by_words
from etl.text import shape


@dataclass(frozen=True)
class Broken:
    """A line that could not be cut into cells."""

    row: int
    shape: str
    text: str | None = None
    """What the line holds, where it is one line; None: part of a quotation that is never closed."""
    aside: str = ""
    """Reason of a line that is no record (`etl.structure`)."""


def broken_lines(con: duckdb.DuckDBPyConnection) -> list[Broken]:
    """Return the lines that the last read could not cut into cells; a line's number counts records from 1."""
    found = con.execute(
        "SELECT line, min(CAST(error_type AS VARCHAR)), any_value(csv_line) FROM reject_errors "
        "GROUP BY line ORDER BY line"
    ).fetchall()
    broken = []
    for line, error, text in found:
        # A quote that is never closed swallows the lines after it: each of them is a row that was read and not taken.
        is_open = "QUOTE" in str(error)
        swallowed = (text or "").rstrip("\r\n").split("\n") if is_open else [text or ""]
        broken += [Broken(int(line) + n, shape(one), None if is_open else one) for n, one in enumerate(swallowed)]
    return broken


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return [line]


def judged(broken: list[Broken], delimiter: str, n_rows: int, base: int) -> list[Broken]:
    """Return the broken lines, those that are no records with their reason; names below a signature go with it."""
    found: list[Broken] = []
    is_signed = False
    for i, one in enumerate(broken):
        if one.text is None:
            found.append(one)
            continue
        cells = _cells(one.text, delimiter)
        reason = told_by_words(cells) or "" if any(cell.strip() for cell in cells) else BLANK
        is_below = one.row - base - i >= n_rows
        is_signed = is_below and (is_signed or reason == "note_row")
        if not reason and is_signed and sum(bool(c.strip()) for c in cells) == 1:
            reason = "note_row"
        found.append(replace(one, aside=reason))
    return found


def empty_records(path: Path, delimiter: str, first: int) -> list[int]:
    """Return the numbers (from 1) of the empty lines among a text file's rows; the database passes over them.

    Line ends in a row are looked for first; only a file that has them before its last row is gone through.
    """
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = len(content)
        while end and content[end - 1 : end] in (b"\n", b"\r", b" ", b"\t"):
            end -= 1
        if not re.search(rb"\n\r?\n|\r\r", memoryview(content)[:end]):
            return []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        try:
            return [n for n, row in enumerate(csv.reader(text, delimiter=delimiter), 1) if not row and n > first]
        except csv.Error:
            return []  # a cell beyond all measure: the rows below an empty line are then told one place too high


def row_sql(con: duckdb.DuckDBPyConnection, base: int, missing: list[int], table: str) -> str:
    """Return SQL for the row number: each record before a row that is not in the table moves it one down."""
    if not missing:
        return f"CAST(rid + {base} AS BIGINT)"
    # The i-th missing record stands before every row from rid = record - base - i on.
    first_rids = [record - base - i for i, record in enumerate(missing)]
    if len(missing) <= 64:
        moved = " + ".join(f"CAST(rid >= {rid} AS BIGINT)" for rid in first_rids)
    else:
        con.execute(f"CREATE OR REPLACE TABLE {table}_missing (first_rid BIGINT)")
        con.register("missing_rids", pa.table({"first_rid": pa.array(first_rids, pa.int64())}))
        con.execute(f"INSERT INTO {table}_missing SELECT first_rid FROM missing_rids")
        con.unregister("missing_rids")
        moved = f"(SELECT count(*) FROM {table}_missing WHERE first_rid <= rid)"
    return f"CAST(rid + {base} + {moved} AS BIGINT)"


def has_mixed_ends(path: Path) -> bool:
    """Return whether lines of several systems end in one file: the database then loses rows without a word."""
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"\r\n") >= 0 and re.search(rb"[^\r]\n|\r[^\n]", content) is not None
