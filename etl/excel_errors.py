"""Tells an Excel error and a formula without a saved value from an empty cell."""

from __future__ import annotations

from pathlib import Path

from etl.datasets import all_datasets
from etl.extract import Sheet
from etl.raw import EXCEL_ERROR
from etl.recognise import Match


def mark(path: Path, sheet: Sheet, match: Match) -> int:
    """Return how many empty cells hold an error or a formula without a value; each now reads as `EXCEL_ERROR`.

    Only cells that matter are marked: required and date fields of rows that hold something. The reader of the file
    has told which cells these are (`Sheet.errors`).
    """
    if not sheet.errors:
        return 0
    columns = set(_columns(match))
    mapped = {*match.fields.values(), *match.items}
    marked = 0
    for n, at in sorted(sheet.errors):
        if at not in columns or n <= match.last_header_row or n >= len(sheet.rows):
            continue
        row = sheet.rows[n]
        is_empty = at >= len(row) or not row[at].strip()
        if not is_empty or not any(c < len(row) and row[c].strip() and row[c] != EXCEL_ERROR for c in mapped):
            continue
        row += [""] * (at + 1 - len(row))
        row[at] = EXCEL_ERROR
        marked += 1
    return marked


def _columns(match: Match) -> list[int]:
    fields = all_datasets()[match.layout.dataset].fields
    return [
        at
        for name, at in match.fields.items()
        if fields[name].is_required
        or fields[name].type in ("instant", "day")
        or (name == "unit_name" and "unit_code" not in match.fields)
    ]
