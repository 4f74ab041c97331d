"""Tables of a web page, as systems save them under the name of a workbook."""

from __future__ import annotations

import re
from email import message_from_bytes
from html import unescape
from pathlib import Path

from etl.readers.limits import check_area, check_bytes, limits
from etl.readers.model import PREVIEW_ROWS, Grid, Unreadable

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_\-]+)""", re.IGNORECASE)
_DECLARED = re.compile(r"<!ENTITY|<!DOCTYPE[^>]*\[", re.IGNORECASE)
_BREAKS = {"br", "p", "div", "li"}
_UNSEEN = ("script", "style", "title")
_CLOSING = {name: re.compile(f"</{name}", re.IGNORECASE) for name in _UNSEEN}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,30})")
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w:\-]{0,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_REST = re.compile(r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+>""")
"""The rest of a tag: a quote counts only where a value begins."""
_SPACES = re.compile(r"[ \t\r\n\f]+")
LONGEST_TAG = 4096


def read_page(path: Path) -> list[Grid]:
    """Return the tables of a page that are at least two columns wide; spans are its merged cells."""
    check_bytes("page", path.stat().st_size)
    return _tables([path.read_bytes()])


def read_mht(path: Path) -> list[Grid]:
    """Return the tables of a page saved with all its parts in one file."""
    check_bytes("page", path.stat().st_size)
    message = message_from_bytes(path.read_bytes())
    parts = (part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/html")
    return _tables([part for part in parts if isinstance(part, bytes)])


def _tables(pages: list[bytes]) -> list[Grid]:
    page = _Page()
    for content in pages:
        text = decoded(content)
        if _DECLARED.search(text[:65536]):
            raise Unreadable("xml_entities")
        _walk(text, page)
        page.finish()
    grids = [g for g in page.grids if any(sum(bool(c.strip()) for c in row) > 1 for row in g.rows)]
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

    def begin_cell(self, attributes: dict[str, str]) -> None:
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


class _Page:
    """The tables of a page under way; a table within a cell is a table of its own."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self.open: list[_Table] = []

    @property
    def grids(self) -> list[Grid]:
        """The tables in the order in which they began."""
        return [one.grid for one in self.tables]

    def start(self, tag: str, attributes: str) -> None:
        """Begin an element."""
        if tag == "table":
            most = limits("workbook")["sheets"]
            if len(self.tables) >= most:
                raise Unreadable("too_many_sheets", n=str(len(self.tables) + 1), limit=str(most))
            self.tables.append(_Table(_attributes(attributes).get("name", "")))
            self.open.append(self.tables[-1])
        elif self.open:
            table = self.open[-1]
            if tag == "tr":
                table.begin_row()
            elif tag in ("td", "th"):
                table.begin_cell(_attributes(attributes) if attributes else {})
            elif tag in _BREAKS and table.cell:
                table.cell.append("\n")

    def end(self, tag: str) -> None:
        """End an element."""
        if self.open and tag in ("table", "td", "th", "tr"):
            self.open[-1].end_cell()
            if tag == "table":
                self.open.pop()

    def text(self, data: str) -> None:
        """Take text: a line break of the source is a space."""
        if self.open and self.open[-1].cell is not None:
            self.open[-1].cell.append(unescape(_SPACES.sub(" ", data)))

    def finish(self) -> None:
        """Take the cells that a page cut off leaves open."""
        for table in self.open:
            table.end_cell()
        self.open = []


def _walk(text: str, page: _Page) -> None:
    """Tell a page its elements and texts, each character once: what never ends is passed over, not looked for again."""
    at, n = 0, len(text)
    while at < n:
        sign = text.find("<", at)
        if sign < 0:
            page.text(text[at:])
            return
        if sign > at:
            page.text(text[at:sign])
        tag = _TAG.match(text, sign)
        if tag is None:
            end = text.find("-->", sign) + 2 if text.startswith("<!--", sign) else text.find(">", sign)
            if text[sign + 1 : sign + 2] not in ("!", "?"):
                page.text("<")
                end = sign
            elif end <= 1:
                return
            at = end + 1
            continue
        end = _end_of_tag(text, tag.end())
        if end < 0:
            return
        name, attributes = tag[2].lower(), text[tag.end() : end]
        at = end + 1
        if tag[1]:
            page.end(name)
            continue
        page.start(name, attributes)
        if name in _UNSEEN and not attributes.endswith("/"):
            closing = _CLOSING[name].search(text, at)
            if closing is None:
                return
            at = closing.start()


def _end_of_tag(text: str, at: int) -> int:
    """Return where a tag ends: a ">" within quotes is an attribute's, where the quotes close."""
    whole = _REST.match(text, at, at + LONGEST_TAG)
    return whole.end() - 1 if whole else text.find(">", at)


def _attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text[:LONGEST_TAG])
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in found}


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    if not digits.isdecimal():
        return 1
    if len(digits) > 6:
        raise Unreadable("too_many_columns", n=digits[:12], limit=str(limits("workbook")["columns"]))
    return max(1, int(digits))
