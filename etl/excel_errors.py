"""Tells an Excel error and a formula without a saved value from an empty cell, which the fast reader does not."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from etl.datasets import all_datasets
from etl.extract import Sheet
from etl.raw import EXCEL_ERROR
from etl.recognise import Match

SIGNS = (b't="e"', b"<f")
"""What a sheet with errors or formulas holds; without one there is nothing to look for."""
BLOCK = 1 << 20


def mark(path: Path, sheet: Sheet, match: Match) -> int:
    """Return how many empty cells hold an error or a formula without a value; each now reads as `EXCEL_ERROR`.

    Only cells that matter are looked at: required and date fields of rows that hold something. The slow second reader
    opens the file only when such a cell is empty and the file has errors or formulas at all.
    """
    columns = _columns(match)
    first = match.last_header_row + 1
    mapped = {*match.fields.values(), *match.items}
    empty = {
        (n, at)
        for n, row in enumerate(sheet.rows[first:], first)
        if any(at < len(row) and row[at].strip() for at in mapped)
        for at in columns
        if at >= len(row) or not row[at].strip()
    }
    if not empty or not _has_signs(path):
        return 0
    marked = 0
    for at in _without_value(path, sheet.name, empty):
        row = sheet.rows[at[0]]
        row += [""] * (at[1] + 1 - len(row))
        row[at[1]] = EXCEL_ERROR
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


def _has_signs(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                continue
            with archive.open(name) as part:
                tail = b""
                while block := part.read(BLOCK):
                    if any(sign in tail + block for sign in SIGNS):
                        return True
                    tail = block[-8:]
    return False


def _without_value(path: Path, name: str, wanted: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield (row, column) of the wanted cells that hold an error, or a formula whose value was never saved."""
    import openpyxl

    last = max(row for row, _ in wanted)
    with path.open("rb") as one, path.open("rb") as other:
        values = openpyxl.load_workbook(one, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(other, read_only=True)
        try:
            pair = (values[name], formulas[name])
            for sheet in pair:
                sheet.reset_dimensions()  # a wrong <dimension> would cut the sheet short
            rows = zip(*(sheet.iter_rows(max_row=last + 1) for sheet in pair), strict=True)
            for n, (saved, written) in enumerate(rows):
                for at, (value, cell) in enumerate(zip(saved, written, strict=True)):
                    if (n, at) not in wanted:
                        continue
                    # A formula that yields an empty text has type "str": that is an empty cell.
                    is_unsaved = cell.data_type == "f" and value.value is None and value.data_type != "str"
                    if value.data_type == "e" or is_unsaved:
                        yield n, at
        finally:
            values.close()
            formulas.close()
