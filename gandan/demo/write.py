"""Files as senders write them: delimited text in several encodings, workbooks with titles and merged headers."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import xlsxwriter

from gandan.demo.forms import Form

# A workbook says when it was made; a fixed day keeps the bytes the same on every run.
CREATED = datetime(2026, 10, 31)


def write_delimited(path: Path, form: Form, columns: dict[str, pa.Array]) -> int:
    """Write a text file in the form's delimiter and encoding; return its number of rows."""
    table = pa.table([columns[field] for _, field in form.columns], names=[header for header, _ in form.columns])
    buffer = io.BytesIO()
    options = pa_csv.WriteOptions(delimiter=form.delimiter, quoting_style="needed")
    pa_csv.write_csv(table, buffer, options)
    data = buffer.getvalue()
    if form.encoding == "utf-8-sig":
        data = b"\xef\xbb\xbf" + data
    elif form.encoding == "utf-16":
        data = b"\xff\xfe" + data.decode("utf-8").encode("utf-16-le")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return int(table.num_rows)


def write_workbook(
    path: Path,
    form: Form,
    columns: dict[str, pa.Array],
    titles: Sequence[str],
    dates_as_cells: frozenset[str] = frozenset(),
) -> int:
    """Write a workbook with title rows and a two-row merged header; return its number of rows.

    Fields in `dates_as_cells` hold day numbers and become Excel dates; the others are text.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "default_date_format": "dd/mm/yyyy"})
    book.set_properties({"created": CREATED})
    sheet = book.add_worksheet("Sổ theo dõi")
    bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True})
    for row, title in enumerate(titles):
        sheet.write_string(row, 0, title)
    top = len(titles)
    _write_header(sheet, form, top, bold)
    day_format = book.add_format({"num_format": "dd/mm/yyyy"})
    n_rows = 0
    for position, (_, field) in enumerate(form.columns):
        values = columns[field].to_pylist()
        n_rows = len(values)
        write = _writer(sheet, day_format if field in dates_as_cells else None)
        for offset, value in enumerate(values):
            if value is not None and value != "":
                write(top + 2 + offset, position, value)
    # Under the table, as a sender leaves it: no record, and no reader may take it for one.
    sheet.write_string(top + 2 + n_rows, 0, f"Tổng cộng: {n_rows} hồ sơ")
    sheet.write_string(top + 4 + n_rows, len(form.columns) - 3, "NGƯỜI LẬP BIỂU")
    book.close()
    return n_rows


def _writer(sheet: xlsxwriter.worksheet.Worksheet, day_format: object) -> Callable[[int, int, object], object]:
    if day_format is None:
        return lambda row, column, value: sheet.write_string(row, column, str(value))
    # Excel counts days from 30/12/1899; ours from 01/01/2020, which is its day 43831.
    return lambda row, column, value: sheet.write_number(row, column, int(str(value)) + 43831, day_format)


def _write_header(sheet: xlsxwriter.worksheet.Worksheet, form: Form, top: int, bold: object) -> None:
    headers = [header for header, _ in form.columns]
    position = 0
    while position < len(headers):
        upper, joint, _ = headers[position].partition(": ")
        if not joint:
            sheet.merge_range(top, position, top + 1, position, upper, bold)
            position += 1
            continue
        end = position
        while end + 1 < len(headers) and headers[end + 1].startswith(f"{upper}: "):
            end += 1
        if end > position:
            sheet.merge_range(top, position, top, end, upper, bold)
        else:
            sheet.write_string(top, position, upper, bold)
        for column in range(position, end + 1):
            sheet.write_string(top + 1, column, headers[column].partition(": ")[2], bold)
        position = end + 1


def interleaved(
    columns: dict[str, pa.Array], extra: dict[str, pa.Array], rng: np.random.Generator
) -> dict[str, pa.Array]:
    """Return the rows with some more put between them, in an order that the seed decides."""
    n, m = len(next(iter(columns.values()))), len(next(iter(extra.values())))
    places = np.sort(rng.integers(0, n + 1, m))
    order = np.insert(np.arange(n), places, np.arange(n, n + m))
    return {
        name: pa.concat_arrays([_flat(columns[name]), _flat(extra[name])]).take(pa.array(order)) for name in columns
    }


def _flat(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
