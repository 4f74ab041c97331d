"""Tables to files, the row of each record noted on the way."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import datetime
from pathlib import Path

import xlsxwriter

from corpus.model import HEADER_AGAIN, Cell, Table
from corpus.spoil import SPOIL, cp1258


def rows_of(table: Table) -> tuple[list[list[Cell]], int]:
    """Return all rows of the sheet and the index of the first header row; notes where each record stands."""
    width = len(table.columns)
    rows: list[list[Cell]] = [[text] + [""] * (width - 1) for text in table.titles]
    first = len(rows)
    if table.has_two_rows:
        rows.append([c.upper or c.header for c in table.columns])
        rows.append([c.header if c.upper else "" for c in table.columns])
    else:
        rows.append([c.header for c in table.columns])
    table.row_of = []
    for n in range(table.n_records):
        rows += [_furniture(row, table) for row in table.furniture.get(n, [])]
        table.row_of.append(len(rows) + 1)
        cells = [c.cells[n] for c in table.columns]
        rows.append(["", *cells] if table.is_shifted else cells)
    rows += [_furniture(row, table) for row in table.furniture.get(table.n_records, [])]
    return rows, first


def _furniture(row: list[Cell], table: Table) -> list[Cell]:
    return [c.header for c in table.columns] if row == [HEADER_AGAIN] else row


def spoilt(text: str, table: Table) -> str:
    """Return a text as this file writes it."""
    if table.is_nfd:
        text = unicodedata.normalize("NFD", text)
    return SPOIL[table.font](text) if table.font else text


def write(table: Table, folder: Path, name: str) -> Path:
    """Return the path of the written file."""
    rows, first = rows_of(table)
    path = folder / f"{name}.{table.kind}"
    if table.kind == "csv":
        _write_text(table, rows, path)
    else:
        _write_workbook(table, rows, first, path)
    return path


def _write_text(table: Table, rows: list[list[Cell]], path: Path) -> None:
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=table.delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow([spoilt(_text(c), table) for c in row])
    text = lines.getvalue()
    if table.encoding == "cp1258":
        path.write_bytes(cp1258(text).encode("cp1258"))
    elif table.encoding == "latin":
        # The bytes of an old font; what cp1252 has no letter for stands at the same place in Latin-1.
        path.write_bytes(b"".join(_byte(c) for c in text))
    else:
        path.write_bytes(text.encode(table.encoding))


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if (cell.hour, cell.minute) == (0, 0) else "%Y-%m-%d %H:%M:%S")
    return str(cell)


def _write_workbook(table: Table, rows: list[list[Cell]], first: int, path: Path) -> None:
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(r, c, cell, day)
                elif isinstance(cell, int | float):
                    sheet.write_number(r, c, cell)
                elif cell:
                    sheet.write_string(r, c, spoilt(cell, table))
        if not table.has_two_rows:
            return
        start = 0
        while start < len(table.columns):
            upper = table.columns[start].upper
            end = start
            while upper and end + 1 < len(table.columns) and table.columns[end + 1].upper == upper:
                end += 1
            if upper and end > start:
                sheet.merge_range(first, start, first, end, spoilt(upper, table))
            elif not upper:
                sheet.merge_range(first, start, first + 1, start, spoilt(table.columns[start].header, table))
            start = end + 1
