"""The table behind a chart: typed columns, shown with the language's numbers and exported with real types."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd
import xlsxwriter

from ui import numbers

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Kind = Literal["text", "count", "share", "decimal", "score", "date", "each"]
"""Of a column of kind `each` every cell has a kind of its own (`Each`): different figures stand in one column."""
_EXCEL = {
    "count": "#,##0",
    "share": "0.0%",
    "decimal": "#,##0.0",
    "score": "#,##0.00",
    "date": "dd/mm/yyyy",
    "text": "@",
}
_WIDTH = {"count": 14, "share": 12, "decimal": 12, "score": 12, "date": 12, "text": 28, "each": 14}


@dataclass(frozen=True)
class Each:
    """A number in a column of different figures, with what it is."""

    value: float
    kind: Kind


@dataclass(frozen=True)
class Column:
    """One column: its header in the reader's language and what its values are."""

    label: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Table:
    """A table twin; `rows` hold real values, None where there is none."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)


def shown(value: Any, kind: Kind, lang: str) -> str:
    """Return a value as text; a number of a column of different figures by its own kind.

    >>> shown(0.5, "share", "vi"), shown(None, "count", "vi"), shown(date(2026, 1, 2), "date", "vi")
    ('50,0 %', '–', '02/01/2026')
    """
    if value is None or (isinstance(value, float) and pd.isna(value)) or value is pd.NaT:
        return numbers.MISSING
    if isinstance(value, Each):
        return shown(value.value, value.kind, lang)
    if kind == "share":
        return numbers.percent(value, lang)
    if kind == "count":
        return numbers.integer(value, lang)
    if kind in ("decimal", "score"):
        return numbers.decimal(value, 2 if kind == "score" else 1, lang)
    if kind == "date":
        return numbers.day(value)
    return str(value)


SHOWN = "gandan_shown"
"""Attribute of a styled frame: how to get its texts without pandas, which takes ten times as long to put them together
(ui/frames.py hands them to the browser)."""


def texts(table: Table, lang: str) -> pd.DataFrame:
    """Return a frame of what every cell of a table shows."""
    found = {
        c.label: [shown(r[i], "text" if c.kind == "each" else c.kind, lang) for r in table.rows]
        for i, c in enumerate(table.columns)
    }
    return pd.DataFrame(found, dtype=str)


def styled(table: Table, lang: str) -> Any:
    """Return a frame that sorts by value and shows the language's numbers."""
    frame = pd.DataFrame(
        {
            c.label: pd.Series(
                [r[i].value if isinstance(r[i], Each) else r[i] for r in table.rows],
                dtype="object" if c.kind in ("text", "date") else "float64",
            )
            for i, c in enumerate(table.columns)
        }
    )
    formats = {
        c.label: (lambda v, k=c.kind: shown(v, k, lang)) for c in table.columns if c.kind not in ("text", "each")
    }
    made = frame.style.format(formats, na_rep=numbers.MISSING)  # type: ignore[arg-type]
    for i, column in enumerate(table.columns):
        for at, row in enumerate(table.rows if column.kind == "each" else ()):
            if isinstance(row[i], Each):
                one = {column.label: lambda v, k=row[i].kind: shown(v, k, lang)}
                made = made.format(one, subset=pd.IndexSlice[at, [column.label]], na_rep=numbers.MISSING)  # type: ignore[arg-type]
            else:
                made = made.format(na_rep=numbers.MISSING, subset=pd.IndexSlice[at, [column.label]])
    setattr(made, SHOWN, lambda: texts(table, lang))
    return made


def workbook(table: Table, head: Sequence[str], sheet: str) -> bytes:
    """Return an XLSX with the head lines, bold headers and typed cells; no formula is ever made of a text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(sheet[:31])
    formats = {kind: book.add_format({"num_format": code}) for kind, code in _EXCEL.items()}
    title = book.add_format({"bold": True, "font_size": 12})
    header = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
    for row, line in enumerate(head):
        page.write_string(row, 0, line, title if row == 0 else None)
    top = len(head) + 1
    for column, spec in enumerate(table.columns):
        page.write_string(top, column, spec.label, header)
        page.set_column(column, column, _WIDTH[spec.kind])
    for row, values in enumerate(table.rows, start=top + 1):
        for column, (spec, value) in enumerate(zip(table.columns, values, strict=True)):
            if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
                continue
            if spec.kind == "date" and isinstance(value, date | datetime):
                page.write_datetime(row, column, value, formats["date"])
            elif isinstance(value, Each):
                page.write_number(row, column, float(value.value), formats[value.kind])
            elif spec.kind in ("count", "share", "decimal", "score"):
                page.write_number(row, column, float(value), formats[spec.kind])
            else:
                page.write_string(row, column, str(value))
    page.freeze_panes(top + 1, 1)
    book.close()
    return out.getvalue()
