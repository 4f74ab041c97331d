"""Tables of a web page, as systems save them under the name of a workbook."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from etl.readers.limits import check_area, check_bytes, limits
from etl.readers.model import PREVIEW_ROWS, Grid, Unreadable

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_\-]+)""", re.IGNORECASE)
_DECLARED = re.compile(r"<!ENTITY|<!DOCTYPE[^>]*\[", re.IGNORECASE)
_BREAKS = {"br", "p", "div", "li"}
_UNSEEN = {"script", "style", "head", "title"}
_BLOCK = 1 << 16


def read_page(path: Path) -> list[Grid]:
    """Return the tables of a page that are at least two columns wide; spans are its merged cells."""
    check_bytes("page", path.stat().st_size)
    text = decoded(path.read_bytes())
    if _DECLARED.search(text[:65536]):
        raise Unreadable("xml_entities")
    parser = _Page()
    for first in range(0, len(text), _BLOCK):
        parser.feed(text[first : first + _BLOCK])
    parser.close()
    parser.finish()
    grids = [g for g in parser.grids if any(sum(bool(c.strip()) for c in row) > 1 for row in g.rows)]
    if not grids:
        raise Unreadable("no_table")
    if len(grids) > 1:
        for n, grid in enumerate(grids, 1):
            grid.name = grid.name or str(n)
    return grids


def decoded(content: bytes) -> str:
    """Return the text of a page; bytes of an old encoding stand as the Latin letters they look like."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    named = _CHARSET.search(content[:4096])
    if named and named.group(1).lower() in (b"utf-16", b"utf-16le", b"unicode") and b"\x00" in content[:200]:
        return content.decode("utf-16-le", "replace")
    if named and named.group(1).lower() in (b"utf-8", b"utf8"):
        return content.decode("utf-8", "replace")
    from etl.readers.legacy import look_alike

    return look_alike(content)


class _Table:
    """A table under way."""

    def __init__(self, name: str) -> None:
        self.grid = Grid(name, [])
        self.row = -1
        self.column = 0
        self.cell: list[str] | None = None
        self.span = (1, 1)
        self.taken: dict[int, int] = {}
        """Column -> last row that a cell above reaches into."""

    def begin_row(self) -> None:
        """Begin the next row."""
        self.end_cell()
        self.row += 1
        self.column = 0
        check_area(self.row + 1, 1)
        self.grid.rows.append([])

    def begin_cell(self, attributes: dict[str, str | None]) -> None:
        """Begin the next cell; a page may leave the cell before it open."""
        self.end_cell()
        if self.row < 0:
            self.begin_row()
        self.span = (_span(attributes.get("rowspan")), _span(attributes.get("colspan")))
        self.cell = []

    def end_cell(self) -> None:
        """Put the open cell, if any, where the cells above leave room."""
        if self.cell is None:
            return
        text = "\n".join(line for part in "".join(self.cell).split("\n") if (line := part.strip()))
        self.cell = None
        down, right = self.span
        while self.taken.get(self.column, -1) >= self.row:
            self.column += 1
        check_area(self.row + 1, self.column + right)
        row = self.grid.rows[-1]
        row += [""] * (self.column + 1 - len(row))
        row[self.column] = text
        if down > 1:
            for column in range(self.column, self.column + right):
                self.taken[column] = self.row + down - 1
        if (right > 1 or down > 1) and self.row < PREVIEW_ROWS:
            self.grid.merged.append((self.row, self.column, self.row + down - 1, self.column + right - 1))
        self.column += right


class _Page(HTMLParser):
    """Hears the page; a table within a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.unseen = 0

    @property
    def grids(self) -> list[Grid]:
        """The tables in the order in which they began."""
        return [one.grid for one in self.tables]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag == "table":
            most = limits("workbook")["sheets"]
            if len(self.tables) >= most:
                raise Unreadable("too_many_sheets", n=str(len(self.tables) + 1), limit=str(most))
            self.tables.append(_Table(dict(attrs).get("name") or ""))
            self.open.append(self.tables[-1])
        elif self.open:
            table = self.open[-1]
            if tag == "tr":
                table.begin_row()
            elif tag in ("td", "th"):
                table.begin_cell(dict(attrs))
            elif tag in _BREAKS and table.cell:
                table.cell.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element and end it."""
        self.handle_starttag(tag, attrs)
        if tag in ("table", "td", "th", *_UNSEEN):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif self.open and tag in ("table", "td", "th", "tr"):
            self.open[-1].end_cell()
            if tag == "table":
                self.open.pop()

    def handle_data(self, data: str) -> None:
        """Take text: a line break of the source is a space."""
        if self.open and self.open[-1].cell is not None and not self.unseen:
            self.open[-1].cell.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def finish(self) -> None:
        """Take the cells that a page cut off leaves open."""
        for table in self.open:
            table.end_cell()


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    if not digits.isdecimal():
        return 1
    if len(digits) > 6:
        raise Unreadable("too_many_columns", n=digits[:12], limit=str(limits("workbook")["columns"]))
    return max(1, int(digits))
