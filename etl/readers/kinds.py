"""Which kind of file the bytes are: told by what they hold, never by the name."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

from etl.readers.limits import limits
from etl.readers.model import ZIP_TROUBLE, Unreadable

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
SUFFIXES = (*TEXT_SUFFIXES, ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".htm", ".html", ".mht", ".xml", ".zip")
"""Names that the load of a folder picks up; a workbook with macros is picked up to be refused with a sentence."""

HEAD_BYTES = 1 << 16
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(
    rb"\A(?:\s|<\?xml[^>]*>|<\?mso[^>]*>|<!--.*?-->)*<(?:!doctype\s|html|head|body|table|meta|style|div|center|\w+:html)",
    re.IGNORECASE | re.DOTALL,
)
_XML_SHEET = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet", re.IGNORECASE)
_FOREIGN = {b"%PDF": ".pdf", b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"Rar!": ".rar", b"7z\xbc\xaf": ".7z",
            b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zX": ".xz", b"{\\rtf": ".rtf", b"MZ": ".exe", b"\x7fELF": "?",
            b"GIF8": ".gif", b"SQLite format 3": ".db", b"PAR1": ".parquet"}  # fmt: skip


def kind_of(path: Path, name: str) -> str:
    """Return xlsx, ods, zip, xls, html, mht, xml or text."""
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    suffix = Path(name).suffix.lower()
    if not head.strip(b"\x00\r\n\t ;,\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty_file")
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _zip_kind(path, suffix)
    if head.startswith(OLE):
        return "xls"
    if len(head) > 8 and head[:2] == b"\x09\x08" and head[2] in (8, 16):
        return "xls"  # a bare stream of records, without the container: Excel 5 and some exporters
    text = _plain(head)
    if _XML_SHEET.search(text[:4096]) and text.lstrip()[:1] == b"<" and b"<html" not in text[:1024].lower():
        return "xml"
    if _MARKUP.match(text):
        return "html"
    if text[:13].lower() == b"mime-version:" and b"multipart/" in text[:4096].lower():
        return "mht"
    for sign, meant in _FOREIGN.items():
        if head.startswith(sign) and (len(sign) > 2 or b"\x00" in head):
            raise Unreadable("wrong_type", suffix=suffix if suffix not in ("", *SUFFIXES) else meant)
    if text.lstrip()[:5].lower() == b"<?xml":
        raise Unreadable("no_table")
    is_cut = head[:2] == b"PK" or (b"\x00" in head and head[:2] not in UTF_16)
    if suffix in SUFFIXES and suffix not in TEXT_SUFFIXES and is_cut:
        raise Unreadable("broken_archive" if suffix == ".zip" else "broken_workbook")
    if suffix not in ("", *SUFFIXES):
        raise Unreadable("wrong_type", suffix=suffix)
    return "text"


def _plain(head: bytes) -> bytes:
    """Return the head as bytes of one-byte text, so that UTF-16 is looked at like any other."""
    if head[:2] in UTF_16:
        return head.decode("utf-16", "replace").encode("utf-8", "replace")
    return head.removeprefix(b"\xef\xbb\xbf")


def directory_bytes(path: Path) -> int:
    """Return the size of the list of parts at the end of a packed file, as it says itself; 0 where it says nothing."""
    with path.open("rb") as opened:
        size = opened.seek(0, 2)
        opened.seek(max(0, size - (1 << 16) - 42))
        end = opened.read()
        at = end.rfind(b"PK\x05\x06")
        if at < 0 or len(end) < at + 22:
            return 0
        told: int = struct.unpack_from("<I", end, at + 12)[0]
        locator = end.rfind(b"PK\x06\x07", 0, at)
        if locator >= 0:  # zip64 keeps it further up
            opened.seek(min(struct.unpack_from("<Q", end, locator + 8)[0], size))
            record = opened.read(56)
            if len(record) == 56:
                told = max(told if told != 0xFFFFFFFF else 0, struct.unpack_from("<Q", record, 40)[0])
        return min(told, size)


def _zip_kind(path: Path, suffix: str) -> str:
    broken = "broken_archive" if suffix == ".zip" else "broken_workbook"
    most = limits("archive")["directory_bytes"]
    if (told := directory_bytes(path)) > most:
        # Each part takes at least 46 bytes of the list.
        raise Unreadable("too_many_members", n=str(told // 46), limit=str(most // 46))
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except ZIP_TROUBLE:
        raise Unreadable(broken) from None
    if "[Content_Types].xml" in names or any(n.startswith("xl/") for n in names):
        if any(n.startswith("xl/") for n in names):
            return "xlsx"
        raise Unreadable("wrong_type", suffix=suffix or ".zip")
    if "content.xml" in names:
        return "ods"
    if "mimetype" in names:
        raise Unreadable("wrong_type", suffix=suffix or ".zip")
    if not names:
        raise Unreadable("empty_file")
    return "zip"
