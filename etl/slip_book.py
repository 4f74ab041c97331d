"""The receipt as a workbook: the slip, and the rejected rows ready to be corrected and sent back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from etl import messages, slip_view
from etl.correction import PROPERTY, column_headers, words
from etl.returned import DATES, Returned, ReturnedRow, as_day
from etl.slip_model import Finding, Slip, readable

DAY, MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
A4 = 9
WIDTHS = (16, 11, 26, 24, 66, 24)
"""Of the slip: sheet, cell, column, value, reason, state."""
MOST_WARNED = 5000
FIRST_ROW = 3
"""Of the rejected rows: below the number, the advice and the header."""
MISREADS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""What a sender wrote is text: never a formula, a link or a number."""

Formats = Mapping[str, Any]


def workbook(slip: Slip, rows: Sequence[ReturnedRow], kept: Returned, lang: str = "vi") -> bytes:
    """Return the slip of a load as .xlsx; `rows` are the rejected rows that it gives back."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {**MISREADS, "in_memory": True})
    book.set_properties({"title": slip_view.number(slip, lang), "author": "Gần Dân", "company": "", "comments": ""})
    book.set_custom_property(PROPERTY, slip.number, "text")
    _slip_sheet(book, slip, lang)
    if rows:
        _rows_sheet(book, slip, rows, kept, lang)
    book.close()
    return out.getvalue()


def list_of(slips: Sequence[tuple[Slip, str]], lang: str = "vi") -> bytes:
    """Return a list of slips with their files and counts as .xlsx: who gets which."""
    w = words(lang)
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {**MISREADS, "in_memory": True})
    sheet = book.add_worksheet(w["list_sheet"])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    names = ("n_read", "n_accepted", "n_rejected", "n_mended", "n_open", "n_warned", "n_repaired")
    for at, header in enumerate([w["unit_code"], w["unit"], *(w[name] for name in names), w["slip_file"]]):
        sheet.write_string(0, at, header, head)
    for n, (slip, file_name) in enumerate(slips, 1):
        name = slip.unit_name if slip.kind == "unit" else slip_view.recipient(slip, lang)
        for at, text in enumerate((slip.unit_code, name)):
            sheet.write_string(n, at, text)
        for at, count in enumerate(names, 2):
            sheet.write_number(n, at, getattr(slip, count))
        sheet.write_string(n, 2 + len(names), file_name)
    for at, width in enumerate((10, 34, *([11] * len(names)), 44)):
        sheet.set_column(at, at, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(slips)), 2 + len(names))
    _page(sheet)
    book.close()
    return out.getvalue()


def _page(sheet: Any) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer("&C&P/&N")


def _slip_sheet(book: Any, slip: Slip, lang: str) -> None:
    w = words(lang)
    sheet = book.add_worksheet(w["slip_sheet"])
    _page(sheet)
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width)
    title = book.add_format({"bold": True, "font_size": 14})
    part = book.add_format({"bold": True, "bottom": 1, "font_color": "#1F3864"})
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#F2F2F2", "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "shape": book.add_format({"text_wrap": True, "valign": "top", "italic": True, "font_color": "#7F7F7F"}),
        "number": book.add_format({"num_format": "#,##0", "valign": "top", "align": "left"}),
        "note": book.add_format({"italic": True, "font_color": "#595959"}),
    }
    sheet.write_string(0, 0, w["title"].upper(), title)
    sheet.write_string(1, 0, f"{slip_view.number(slip, lang)} · {slip_view.made_on(lang)}")
    sheet.write_string(2, 0, slip_view.scope(slip, lang), book.add_format({"bold": True}))
    note = slip_view.recipient_note(slip, lang)
    if note:
        sheet.write_string(3, 0, note, formats["note"])
    at = 5
    for heading, told in (
        ("part_file", slip_view.file_facts(slip, lang)),
        ("part_result", slip_view.results(slip, lang)),
        ("part_aside", slip_view.aside(slip, lang)),
        ("part_repaired", slip_view.reasons(slip, lang, "repairs")),
    ):
        if not told:
            continue
        at = _heading(sheet, at, w[heading], part)
        for line in told:
            sheet.write_string(at, 0, line.label)
            if isinstance(line.value, int):
                sheet.write_number(at, 3, line.value, formats["number"])
            else:
                sheet.write_string(at, 3, line.value)
            at += 1
        at += 1
    left_out = slip_view.dropped(slip, lang)
    if left_out:
        at = _heading(sheet, at, w["part_dropped"], part)
        for text in left_out:
            sheet.write_string(at, 0, text)
            at += 1
        at += 1
    at = _months(sheet, at, slip, lang, part, formats)
    at = _findings(sheet, at, slip, slip.rejected, "part_rejected", lang, part, formats)
    if slip.n_unlisted:
        sheet.write_string(at - 1, 0, w["rows_not_listed"].format(n=slip.n_unlisted), formats["note"])
        at += 1
    at = _findings(sheet, at, slip, slip.warned[:MOST_WARNED], "part_warned", lang, part, formats)
    missing = sum(slip.warnings.values()) - min(len(slip.warned), MOST_WARNED)
    if missing > 0 and slip.kind != "restricted":
        sheet.write_string(at - 1, 0, w["more_warned"].format(n=missing), formats["note"])


def _heading(sheet: Any, at: int, text: str, part: object) -> int:
    for column in range(len(WIDTHS)):
        sheet.write_blank(at, column, None, part)
    sheet.write_string(at, 0, text, part)
    return at + 1


def _months(sheet: Any, at: int, slip: Slip, lang: str, part: object, formats: Formats) -> int:
    header, body = slip_view.months(slip, lang)
    if not body:
        return at
    at = _heading(sheet, at, words(lang)["part_months"], part)
    for column, text in enumerate(header):
        sheet.write_string(at, column, text, formats["head"])
    for line in body:
        at += 1
        sheet.write_string(at, 0, str(line[0]))
        for column, n in enumerate(line[1:], 1):
            sheet.write_number(at, column, int(n), formats["number"])
    sheet.write_string(at + 1, 0, words(lang)["months_note"], formats["note"])
    return at + 3


def _findings(
    sheet: Any, at: int, slip: Slip, found: Sequence[Finding], heading: str, lang: str, part: object, formats: Formats
) -> int:
    w = words(lang)
    counted = slip_view.reasons(slip, lang, "rejects" if heading == "part_rejected" else "warnings")
    if not counted:
        return at
    at = _heading(sheet, at, w[heading], part)
    for line in counted:
        sheet.write_number(at, 0, int(line.value), formats["number"])
        sheet.write_string(at, 1, line.label)
        at += 1
    if not found:
        return at + 1
    is_rejected = heading == "part_rejected"
    headers = [w["sheet"], w["cell"], w["column"], w["value"], w["reason"], *([w["state"]] if is_rejected else [])]
    for column, text in enumerate(headers):
        sheet.write_string(at, column, text, formats["head"])
    for one in found:
        at += 1
        cells = [one.sheet, slip_view.place(one, lang), one.column, one.value, messages.reason(one.reason, lang)]
        for column, text in enumerate(cells):
            sheet.write_string(at, column, text, formats["shape" if column == 3 and one.is_shape else "text"])
        if is_rejected:
            sheet.write_string(at, 5, slip_view.state(one, lang), formats["text"])
    return at + 2


def _rows_sheet(book: Any, slip: Slip, rows: Sequence[ReturnedRow], kept: Returned, lang: str) -> None:
    w = words(lang)
    sheet = book.add_worksheet(w["rows_sheet"])
    _page(sheet)
    headers = column_headers(kept)
    types = {column.field: column.type for one in kept.sheets for column in one.columns}
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F2F2F2", "text_wrap": True, "valign": "top"})
    formats = _cell_formats(book)
    own = [w["origin_sheet"], w["origin_row"], w["reason"], w["advice"]]
    sheet.write_string(0, 0, f"{slip_view.number(slip, lang)} · {slip.file_name}", book.add_format({"bold": True}))
    sheet.write_string(1, 0, w["how_to"])
    for at, text in enumerate([*own, *headers.values()]):
        sheet.write_string(2, at, text, head)
    for at, width in enumerate((14, 10, 56, 36)):
        sheet.set_column(at, at, width)
    for at, name in enumerate(headers, len(own)):
        is_date = types[name] in DATES
        # A cell that is still empty takes a date as a date, and a code as text.
        sheet.set_column(at, at, 18 if is_date else 24, formats[("day" if is_date else "text", "")])
    repeat = book.add_format({"text_wrap": True, "valign": "top"})
    for n, row in enumerate(rows, FIRST_ROW):
        sheet.write_string(n, 0, row.sheet)
        sheet.write_number(n, 1, row.row)
        sheet.write_string(n, 2, _told(row.reasons, headers, lang), repeat)
        sheet.write_string(n, 3, _told(row.warnings, headers, lang), repeat)
        marks = _marks(row, headers)
        for at, name in enumerate(headers, len(own)):
            _cell(sheet, n, at, row, name, types[name], marks.get(name, ""), formats)
    sheet.autofilter(2, 0, max(FIRST_ROW, FIRST_ROW + len(rows) - 1), len(own) + len(headers) - 1)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.repeat_rows(2)


def _cell_formats(book: Any) -> dict[tuple[str, str], Any]:
    """Return the formats of a cell by what it holds and how it is marked."""
    kinds: dict[str, dict[str, object]] = {
        "day": {"num_format": DAY, "align": "left"},
        "moment": {"num_format": MOMENT, "align": "left"},
        "text": {"num_format": "@"},
        "number": {"align": "left"},
        "shape": {"num_format": "@", "italic": True, "font_color": "#7F7F7F"},
    }
    colours: dict[str, dict[str, object]] = {
        "": {},
        "rejected": {"bg_color": "#F8CBAD", "border": 1, "border_color": "#C00000"},
        "warned": {"bg_color": "#FFF2CC"},
    }
    return {
        (kind, mark): book.add_format({"valign": "top", **look, **colour})
        for kind, look in kinds.items()
        for mark, colour in colours.items()
    }


def _column_of(name: str, headers: Mapping[str, str]) -> str:
    """Return the column in which a finding about a field stands: the unit's name stands in for its code."""
    return name if name in headers else name.replace("_code", "_name")


def _marks(row: ReturnedRow, headers: Mapping[str, str]) -> dict[str, str]:
    found = {_column_of(one.partition("|")[2], headers): "warned" for one in row.warnings}
    return found | {_column_of(one.partition("|")[2], headers): "rejected" for one in row.reasons}


def _told(found: Sequence[str], headers: Mapping[str, str], lang: str) -> str:
    parts = []
    for one in found:
        code, _, name = one.partition("|")
        header = headers.get(_column_of(name, headers))
        parts.append(f"{header}: {messages.reason(code, lang)}" if header else messages.reason(code, lang))
    return "\n".join(parts)


def _cell(
    sheet: Any,
    n: int,
    at: int,
    row: ReturnedRow,
    name: str,
    kind: str,
    mark: str,
    formats: Mapping[tuple[str, str], Any],
) -> None:
    text = row.cells.get(name, "")
    if not text:
        sheet.write_blank(n, at, None, formats[("day" if kind in DATES else "text", mark)])
    elif name in row.shaped:
        sheet.write_string(n, at, text, formats["shape", mark])
    elif kind in DATES and (day := as_day(text)):
        sheet.write_datetime(n, at, day, formats["moment" if isinstance(day, datetime) else "day", mark])
    elif kind == "integer" and text.isdigit() and len(text) < 10 and (text == "0" or not text.startswith("0")):
        sheet.write_number(n, at, int(text), formats["number", mark])
    else:
        sheet.write_string(n, at, readable(text) if kind in DATES else text, formats["text", mark])
