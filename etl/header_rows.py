"""Which row of a sheet holds its headers, and of which kind of table they speak."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from etl.datasets import all_datasets
from etl.extract import Sheet
from etl.headers import is_header_like, meaning, meaning_quick, without_note
from etl.personal import is_personal_header
from etl.profile import kinds
from etl.stated import told_fields
from etl.text import fold

HEADER_WITHIN = 40
"""A header lies within so many rows of the top."""
DEEPEST = 3
"""Rows of a merged heading."""
TOTALS = frozenset(("tong", "tong so", "tong cong", "cong", "cong don", "tong hop"))
_NUMBER_ROW = re.compile(r"^\(?\d{1,2}\)?(?:\s*=.*)?$")

WHOLE_WIDTH = 0.8
"""Share of the columns under one text from which on it is a title (chosen by us)."""
VALUES = frozenset(("date", "time", "number", "case_code", "procedure_code", "long_code"))
RECORDS, RECORD_CELLS, RECORD_SHARE = 2, 3, 0.4
"""So many rows of so many cells, of which such a share are values, are records (chosen by us)."""
UNSURE = 0.9
FIELDLESS = 0.5
"""How much a header tells that its row is one: of several meanings, and of no field of ours (chosen by us)."""

Headers = tuple[list[str], int]
"""Headers, and the index of the last header row."""


def candidates(sheet: Sheet) -> Iterable[Headers]:
    """Yield each row alone, then each two and three under a merged heading ("Upper: Lower")."""
    rows = sheet.preview[: _first_records(sheet.preview[:HEADER_WITHIN])]
    for i, row in enumerate(rows):
        if sum(bool(c) for c in row) >= 2:
            yield row, i
    for depth in range(2, DEEPEST + 1):
        for i in range(len(rows) - depth + 1):
            stacked = _stacked(sheet, i, depth)
            if stacked:
                yield stacked, i + depth - 1


def _first_records(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows stand above the records: a header below some of them is one that was repeated.

    Taken for the header, it would leave the records above it unread.
    """
    n_records = 0
    for i, row in enumerate(rows):
        filled = [c for c in row if c]
        n_values = sum(not VALUES.isdisjoint(kinds(c)) for c in filled)
        if len(filled) >= RECORD_CELLS and n_values >= RECORD_SHARE * len(filled):
            n_records += 1
        if n_records == RECORDS:
            return i
    return len(rows)


def _stacked(sheet: Sheet, top: int, depth: int) -> list[str]:
    """Return the headers of some rows, each under the heading above it; empty: they are not merged."""
    rows = sheet.preview[top : top + depth]
    if not any(rows[-1]):
        return []
    is_merged = any(m[0] == top and (m[1] != m[3] or m[2] > top) for m in sheet.merged)
    if not is_merged and not _is_heading(rows):
        return []
    width = max(len(row) for row in rows)
    uppers = [
        (_filled(sheet, top + n) if is_merged else _spread(row, rows[-1])) + [""] * width
        for n, row in enumerate(rows[:-1])
    ]
    lower = rows[-1] + [""] * width
    for upper in uppers:
        # A title merged over the whole table is no heading of its columns.
        texts = [c for c in upper if c]
        if len(set(texts)) == 1 and len(texts) >= WHOLE_WIDTH * sum(bool(c) for c in lower):
            upper[:] = [""] * len(upper)
    found = []
    for at in range(width):
        parts: list[str] = []
        for text in (*(upper[at] for upper in uppers), lower[at]):
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        found.append(": ".join(parts))
    return found


def _is_heading(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows of a text file may be a merged heading: words only, and gaps below filled by words beneath."""
    upper, lower = rows[0], rows[-1]
    if sum(bool(c) for c in upper) < 2 or any(c and not is_header_like(c) for row in rows for c in row):
        return False
    under_gap = [bool(c) and at < len(upper) and not upper[at] for at, c in enumerate(lower)]
    alone = [not c and at < len(upper) and bool(upper[at]) for at, c in enumerate([*lower, *[""] * len(upper)])]
    return any(under_gap) and any(alone)


def _spread(row: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Return a heading written over each column that it spans: to the right, as long as words stand beneath."""
    found, held = [], ""
    for at in range(max(len(row), len(lower))):
        text = row[at] if at < len(row) else ""
        beneath = lower[at] if at < len(lower) else ""
        held = text or (held if beneath else "")
        found.append(held)
    return found


def _filled(sheet: Sheet, index: int) -> list[str]:
    row = list(sheet.preview[index])
    for top, left, bottom, right in sheet.merged:
        if top <= index <= bottom and left < len(sheet.preview[top]):
            row += [""] * (right + 1 - len(row))
            for column in range(left, right + 1):
                row[column] = sheet.preview[top][left]
    return row


def best(rows: Sequence[Headers], known: frozenset[str]) -> Headers | None:
    """Return the row with most known headers, of as good ones the first of fewest rows; None: there is none."""
    chosen, most = None, (0.0, 0)
    for headers, last in rows:
        told = [_weight(h, known) for h in dict.fromkeys(headers) if h]
        found = sum(told), sum(w > FIELDLESS for w in told)
        # A longer heading must say more than the rows it is made of.
        if found[1] >= 2 and found > most:
            chosen, most = (headers, last), found
    return chosen


def weight(headers: Sequence[str], known: frozenset[str]) -> float:
    """Return how many of the headers are known; those that are no field count half."""
    return sum(_weight(h, known) for h in dict.fromkeys(headers) if h)


def _weight(header: str, known: frozenset[str]) -> float:
    if not is_header_like(header):
        return 0.0
    folded = fold(header)
    if folded in known or fold(header.rpartition(": ")[2]) in known:
        return 1.0
    texts = (header, without_note(header)) if header.endswith((")", "]", "*")) else (header,)
    kinds = {meaning_quick(dataset, text).kind for dataset in all_datasets() for text in texts}
    if "sure" in kinds:
        return 1.0
    if kinds & {"by_cells", "unsure", "time_of", "day_of"}:
        return UNSURE
    return FIELDLESS if "never" in kinds or is_personal_header(header) else 0.0


def datasets_of(headers: Sequence[str], names: Sequence[str]) -> list[tuple[float, str]]:
    """Return (weight, dataset) of the kinds of table that the headers may be of, the likeliest first.

    A header that few kinds of table have says more than one that all have.
    """
    fields: dict[str, dict[str, float]] = {name: {} for name in names}
    for header in headers:
        if not header:
            continue
        told = {}
        for name in all_datasets():
            found = meaning(name, header)
            if found.kind in ("sure", "by_cells", "unsure"):
                told[name] = (found.fields[0], 1.0 if found.kind == "sure" else 0.5)
        for name, (field, weight) in told.items():
            if name in fields:
                fields[name][field] = max(fields[name].get(field, 0.0), weight / len(told))
    ranked = [(sum(parts.values()), name) for name, parts in fields.items() if parts]
    return sorted(ranked, key=lambda one: -one[0])


def is_furniture(row: Sequence[str], headers: Sequence[str]) -> bool:
    """Return whether a row below the header is none of the table's: numbers of the columns, the header again."""
    filled = [(at, c) for at, c in enumerate(row) if c]
    if len(filled) < 2 or any(fold(c) in TOTALS for _, c in filled[:3]):
        return True
    if all(_NUMBER_ROW.match(c) for _, c in filled):
        numbers = [int(re.sub(r"\D.*", "", c.strip("("))) for _, c in filled]
        return len(filled) >= 3 and all(b - a in (1, 0) for a, b in pairwise(numbers))
    same = sum(at < len(headers) and headers[at].rpartition(": ")[2] == c for at, c in filled)
    return same * 2 > len(filled)


def told_above(dataset: str, sheet: Sheet, last: int) -> frozenset[str]:
    """Return the fields that the title of a sheet gives: the period and the unit of a table of the form."""
    return told_fields(dataset, sheet, last)
