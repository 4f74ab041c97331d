"""Files of every kind that a sender may choose, drawn in the test."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path

import openpyxl
import xlwt

from etl.extract import Sheet, Stored, open_sheets

Rows = list[list[object]]


def opened(path: Path, aside: Path | None = None) -> list[Sheet]:
    """Return the sheets of a file."""
    return open_sheets(Stored(path.name, path, "0" * 64), aside or path.parent)


def xlsx(rows: Rows) -> bytes:
    """Return a workbook of one sheet."""
    book = openpyxl.Workbook()
    book.active.title = "T10"
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows: Rows) -> bytes:
    """Return an old workbook of one sheet."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("T10")
    for n, row in enumerate(rows):
        for at, cell in enumerate(row):
            if cell is not None:
                sheet.write(n, at, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ODS_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)


def ods(tables: str, styles: str = "", manifest: str = "") -> bytes:
    """Return an .ods whose tables are given as XML."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES} '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content,
                   "META-INF/manifest.xml": manifest or "<manifest/>"})  # fmt: skip


def ods_cell(value: object, extra: str = "") -> str:
    """Return a cell of text."""
    return (
        f'<table:table-cell office:value-type="string"{extra}><text:p>{escape(str(value))}</text:p></table:table-cell>'
    )


def ods_table(rows: Rows, name: str = "T10", extra: str = "") -> str:
    """Return a table of texts."""
    body = "".join(f"<table:table-row>{''.join(ods_cell(c) for c in row)}</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}"{extra}>{body}</table:table>'


def page(rows: Rows) -> bytes:
    """Return a page with one table."""
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(c))}</td>' for c in row)}</tr>" for row in rows)
    return f'<html><head><meta charset="utf-8"></head><body><table>{body}</table></body></html>'.encode()


def xml2003(rows: Rows) -> bytes:
    """Return an XML spreadsheet of Excel 2003."""
    body = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{escape(str(c))}</Data></Cell>' for c in row) + "</Row>"
        for row in rows
    )
    return book2003(f'<Worksheet ss:Name="T10"><Table>{body}</Table></Worksheet>')


def book2003(sheets: str) -> bytes:
    """Return an XML spreadsheet whose sheets are given as XML."""
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">{sheets}</Workbook>'
    ).encode()


def text(rows: Rows) -> bytes:
    """Return a text file."""
    return "".join(";".join(str(c) for c in row) + "\n" for row in rows).encode()


def packed(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a packed file with one part changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    old = parts.get(part, b"")
    assert isinstance(old, bytes)
    new = change(old)
    assert new != old
    return packed({**parts, part: new})


KINDS: dict[str, tuple[str, Callable[[Rows], bytes]]] = {
    "xlsx": ("a.xlsx", xlsx),
    "xls": ("a.xls", xls),
    "ods": ("a.ods", lambda rows: ods(ods_table(rows))),
    "page": ("a.xls", page),
    "xml2003": ("a.xls", xml2003),
    "text": ("a.csv", text),
}
"""Kind -> (usual name, writer)."""
