"""Sheets of an XML spreadsheet of Excel 2003, usually named .xls or .xml."""

from __future__ import annotations

from pathlib import Path

from etl.readers.cells import date_cell, number_cell
from etl.readers.limits import check_area, check_bytes, limits
from etl.readers.markup import parse
from etl.readers.model import PREVIEW_ROWS, Grid, Unreadable


def read_xml(path: Path) -> list[Grid]:
    """Return the worksheets of an XML spreadsheet."""
    check_bytes("page", path.stat().st_size)
    handler = _Book()
    with path.open("rb") as opened:
        parse(opened, handler)
    return handler.grids


class _Book:
    """Hears the document; names are taken without their prefix."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.row = self.column = 0
        self.covered = 0
        self.cell: dict[str, str] | None = None
        self.type, self.value = "", ""
        self.in_data = 0
        self.in_visible = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        name = name.rpartition(":")[2]
        given = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if self.in_data:
            self.in_data += 1  # rich text within the value
        elif name == "Worksheet":
            if len(self.grids) >= limits("workbook")["sheets"]:
                raise Unreadable("too_many_sheets", n=str(len(self.grids) + 1), limit=str(limits("workbook")["sheets"]))
            self.grids.append(Grid(given.get("Name", ""), []))
            self.row = -1
        elif not self.grids:
            return
        elif name == "Row":
            self.row, self.column = _place(given, self.row), -1
            check_area(self.row + 1, 1)
        elif name == "Cell":
            self.column = _place(given, self.column)
            check_area(1, self.column + 1)
            self.cell, self.type, self.value = given, "", ""
        elif name == "Data" and self.cell is not None:
            self.type, self.in_data = given.get("Type", "String"), 1
        elif name == "Visible":
            self.in_visible = True

    def text(self, data: str) -> None:
        """Take text."""
        if self.in_data:
            self.value += data
        elif self.in_visible and data.strip() in ("SheetHidden", "SheetVeryHidden"):
            self.grids[-1].is_hidden = True

    def end(self, name: str) -> None:
        """End an element."""
        name = name.rpartition(":")[2]
        if self.in_data:
            self.in_data -= 1
        elif name == "Visible":
            self.in_visible = False
        elif name == "Cell" and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None

    def _end_cell(self, given: dict[str, str]) -> None:
        grid, is_error = self.grids[-1], self.type == "Error"
        right, down = _span(given.get("MergeAcross")), _span(given.get("MergeDown"))
        value = "" if is_error else _value(self.type, self.value)
        if value or is_error:
            check_area(self.row + 1, max(self.column + 1, max(map(len, grid.rows[:1]), default=1)))
            grid.rows += [[] for _ in range(self.row + 1 - len(grid.rows))]
            row = grid.rows[self.row]
            row += [""] * (self.column + 1 - len(row))
            row[self.column] = value
        if is_error:
            grid.errors.append((self.row, self.column))
        if (right or down) and self.row < PREVIEW_ROWS:
            check_area(1, self.column + right + 1)
            grid.merged.append((self.row, self.column, self.row + down, self.column + right))
        self.column += right


def _place(given: dict[str, str], before: int) -> int:
    index = given.get("Index", "")
    return max(before + 1, int(index) - 1) if index.isdecimal() and len(index) < 9 else before + 1


def _span(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


def _value(kind: str, text: str) -> str:
    if kind == "Number":
        return number_cell(text)
    if kind == "DateTime":
        return date_cell(text)
    return {"1": "true", "0": "false"}.get(text, text) if kind == "Boolean" else text
