"""Compound columns of a sheet as columns of their own, behind those that the sender wrote."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import replace

from etl.compound import Split
from etl.extract import PREVIEW_ROWS, Sheet
from etl.recognise import Match
from etl.text import clean

CSV_FIELD_LIMIT = 10_000_000


def unpack(sheet: Sheet, match: Match) -> Sheet:
    """Return the sheet with its compound columns taken apart or put together; the sheet itself where it has none.

    Rows keep their numbers. A cell that does not fit is left whole in the first of its virtual columns: it is then
    read, refused and shown like any other cell that is not what its column holds.
    """
    if not match.splits:
        return sheet
    width = min(at for one in match.splits for at in one.targets)
    first = match.last_header_row + 1
    rows = sheet.rows if sheet.path is None else list(_text_rows(sheet))
    ways = [(one, re.compile(one.pattern) if one.kind == "cut" else None) for one in match.splits]
    last = max(at for one in match.splits for at in one.targets) + 1
    made = []
    for number, row in enumerate(rows):
        if number < first or not any(row):
            made.append(row)
            continue
        wide = [*row[:width], *[""] * (last - min(len(row), width))]
        for one, pattern in ways:
            cells = [clean(wide[at]) for at in one.sources]
            for at, text in zip(one.targets, _parts(one, pattern, cells), strict=True):
                wide[at] = text
        made.append(wide)
    preview = [[clean(c) for c in row] for row in made[:PREVIEW_ROWS]]
    return replace(sheet, preview=preview, path=None, rows=made)


def _parts(one: Split, pattern: re.Pattern[str] | None, cells: list[str]) -> list[str]:
    if pattern is None:
        # A part that is missing leaves the others as they are: a date without its hour is a date.
        return [one.pattern.join(c for c in cells if c) if one.pattern == " " else _date(one.pattern, cells)]
    whole = cells[0]
    found = pattern.match(whole)
    if found is None:
        return [whole, *[""] * (len(one.targets) - 1)]
    return [part or "" for part in found.groups()]


def _date(joint: str, cells: list[str]) -> str:
    """Return day, month and year as one date; what is not whole stays as it is and is no date."""
    return joint.join(c.removesuffix(".0") for c in cells) if all(cells) else " ".join(c for c in cells if c)


def _text_rows(sheet: Sheet) -> Iterable[list[str]]:
    """Yield the rows of a text file."""
    assert sheet.path is not None
    # The limit is one of the whole process: left high, the next file's endless cell would pass for a row.
    usual = csv.field_size_limit(CSV_FIELD_LIMIT)
    try:
        with sheet.path.open(encoding="utf-8-sig", newline="") as opened:
            yield from csv.reader(opened, delimiter=sheet.delimiter)
    finally:
        csv.field_size_limit(usual)
