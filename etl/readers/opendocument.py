"""Sheets of an OpenDocument spreadsheet (.ods)."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import BinaryIO, cast

from etl.readers.cells import date_cell, number_cell
from etl.readers.limits import check_area, check_bytes, limits
from etl.readers.markup import parse
from etl.readers.model import PREVIEW_ROWS, Grid, Unreadable
from etl.readers.ooxml import check_directory

ERROR_WORDS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "Err:")
_ASIDE = ("office:annotation", "table:tracked-changes", "draw:frame", "draw:custom-shape", "draw:g", "draw:control")
"""Elements whose text is no cell's."""


def read_ods(path: Path) -> list[Grid]:
    """Return the sheets of an .ods; a hidden one says so."""
    check_bytes("workbook", path.stat().st_size)
    handler = _Content()
    try:
        with zipfile.ZipFile(path) as archive:
            check_directory(archive)
            if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise Unreadable("encrypted")
            with archive.open("content.xml") as part:
                parse(cast(BinaryIO, part), handler)
    except Unreadable:
        raise
    except Exception as error:  # zipfile and zlib raise many kinds for damaged bytes
        raise Unreadable("broken_workbook", detail=type(error).__name__) from None
    return handler.grids


class _Content:
    """Hears content.xml and keeps its tables."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.aside = 0
        self.depth = 0
        """Tables within tables are a cell's own matter."""
        self.row: list[str] | None = None
        self.row_repeat = 1
        self.blank_rows = 0
        self.blank_cells = 0
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[str] = []
        self.in_paragraph = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if self.aside or name in _ASIDE:
            self.aside += 1
            return
        if name == "table:table":
            self.depth += 1
            if self.depth == 1:
                self._begin_table(attributes)
        elif name == "style:style" and attributes.get("style:family") == "table":
            self.style = attributes.get("style:name", "")
        elif name == "style:table-properties":
            if attributes.get("table:display") == "false":
                self.hidden_styles.add(self.style)
        elif self.depth != 1:
            return
        elif name == "table:table-row":
            self.row, self.blank_cells = [], 0
            self.row_repeat = _count(attributes.get("table:number-rows-repeated"))
        elif name in ("table:table-cell", "table:covered-table-cell") and self.row is not None:
            self.cell, self.paragraphs = attributes, []
        elif self.cell is not None:
            self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("text:p", "text:h"):
            self.in_paragraph += 1
            self.paragraphs.append("")
        elif self.in_paragraph and self.paragraphs:
            if name == "text:s":
                self.paragraphs[-1] += " " * min(_count(attributes.get("text:c")), 1000)
            elif name in ("text:tab", "text:line-break"):
                self.paragraphs[-1] += "\t" if name == "text:tab" else "\n"

    def text(self, data: str) -> None:
        """Take text."""
        if self.in_paragraph and not self.aside and self.cell is not None:
            self.paragraphs[-1] += data

    def end(self, name: str) -> None:
        """End an element."""
        if self.aside:
            self.aside -= 1
        elif name == "table:table":
            self.depth -= 1
        elif self.depth != 1:
            return
        elif name in ("text:p", "text:h"):
            self.in_paragraph = max(0, self.in_paragraph - 1)
        elif name in ("table:table-cell", "table:covered-table-cell") and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None
        elif name == "table:table-row" and self.row is not None:
            self._end_row(self.row)
            self.row = None

    def _begin_table(self, attributes: dict[str, str]) -> None:
        if len(self.grids) >= limits("workbook")["sheets"]:
            raise Unreadable("too_many_sheets", n=str(len(self.grids) + 1), limit=str(limits("workbook")["sheets"]))
        name = attributes.get("table:name", "")
        is_hidden = attributes.get("table:style-name", "") in self.hidden_styles
        self.grids.append(Grid(name, [], is_hidden=is_hidden))
        self.blank_rows = 0

    def _end_cell(self, attributes: dict[str, str]) -> None:
        assert self.row is not None
        value, grid = self._value(attributes), self.grids[-1]
        repeat = _count(attributes.get("table:number-columns-repeated"))
        right = _count(attributes.get("table:number-columns-spanned"))
        down = _count(attributes.get("table:number-rows-spanned"))
        is_error = _is_error(attributes, value)
        if not value and not is_error:
            self.blank_cells += repeat
        else:
            check_area(1, len(self.row) + self.blank_cells + repeat)
            self.row += [""] * self.blank_cells
            self.blank_cells = 0
            if is_error:
                line = len(grid.rows) + self.blank_rows
                grid.errors += [(line, len(self.row) + n) for n in range(repeat)]
            self.row += ["" if is_error else value] * repeat
        top = len(grid.rows) + self.blank_rows
        if (right > 1 or down > 1) and top < PREVIEW_ROWS:
            left = len(self.row) + self.blank_cells - repeat
            if left + right <= limits("workbook")["columns"]:
                grid.merged.append((top, left, top + down - 1, left + right - 1))

    def _value(self, attributes: dict[str, str]) -> str:
        kind = attributes.get("office:value-type", attributes.get("calcext:value-type", ""))
        if kind in ("float", "percentage", "currency") and "office:value" in attributes:
            return number_cell(attributes["office:value"])
        if kind == "date" and "office:date-value" in attributes:
            return date_cell(attributes["office:date-value"])
        if kind == "boolean" and "office:boolean-value" in attributes:
            return attributes["office:boolean-value"]
        return "\n".join(self.paragraphs)

    def _end_row(self, row: list[str]) -> None:
        grid = self.grids[-1]
        has_error = bool(grid.errors) and grid.errors[-1][0] == len(grid.rows) + self.blank_rows
        if not any(row) and not has_error:
            self.blank_rows += self.row_repeat
            return
        check_area(len(grid.rows) + self.blank_rows + self.row_repeat, max(len(row), 1))
        grid.rows += [[] for _ in range(self.blank_rows)]
        self.blank_rows = 0
        grid.rows += [list(row) for _ in range(self.row_repeat)]


def _count(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 10 else 1


def _is_error(attributes: dict[str, str], value: str) -> bool:
    """Whether a cell holds an error; a formula without a saved value cannot be told from an empty text here."""
    if attributes.get("calcext:value-type") == "error":
        return True
    return "table:formula" in attributes and value.startswith(ERROR_WORDS)
