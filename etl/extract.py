"""Bytes into the inbox unchanged, and text rows out of them; nothing is understood here yet."""

from __future__ import annotations

import codecs
import csv
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from etl.text import clean

PREVIEW_ROWS = 60
SNIFF_BYTES = 1 << 18
MOST_DAMAGED = 0.2
"""Share of lines with bytes that are no UTF-8, above which the file is in another encoding (chosen by us)."""
DELIMITERS = (";", "\t", ",", "|")
TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
SUFFIXES = (*TEXT_SUFFIXES, ".xlsx", ".xlsm")


class Unreadable(Exception):
    """A file that cannot be read; `code` names the message, `values` fill it."""

    def __init__(self, code: str, **values: str):
        self.code, self.values = code, values
        super().__init__(code)


@dataclass
class Stored:
    """A file's bytes in the inbox."""

    name: str
    path: Path
    sha256: str


@dataclass
class Sheet:
    """One table of text: the first rows to look at, and where the rest is."""

    name: str
    preview: list[list[str]]
    path: Path | None = None
    """A UTF-8 text file; else `rows` holds everything."""
    delimiter: str = ","
    line_of: list[int] = field(default_factory=list)
    """For text files: physical line (1-based) on which each preview row ends."""
    rows: list[list[str]] = field(default_factory=list)
    first_row: int = 1
    """The sender's number of `rows[0]`."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged cells as (top, left, bottom, right), counted in `preview`."""
    is_hidden: bool = False
    text_repairs: dict[str, int] = field(default_factory=dict)
    """What was mended in its texts: kind -> cells."""
    errors: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of cells that hold an error or an unsaved formula, where the reader can tell."""


def store(source: Path, inbox: Path) -> Stored:
    """Return the file copied unchanged into the closed inbox under its SHA-256."""
    inbox.mkdir(parents=True, exist_ok=True)
    inbox.chmod(0o700)
    digest = hashlib.sha256()
    aside = inbox / f".copy-{os.getpid()}"
    aside.touch(0o600)
    with source.open("rb") as read, aside.open("wb") as write, ThreadPoolExecutor(1) as other_core:
        while block := read.read(1 << 22):
            hashing = other_core.submit(digest.update, block)
            write.write(block)
            hashing.result()
    final = inbox / digest.hexdigest()
    aside.replace(final)
    return Stored(source.name, final, digest.hexdigest())


def expand(stored: Stored, aside: Path) -> list[Stored]:
    """Return the files within a zip of files, each stored by itself; of any other file the file itself."""
    return [stored]


def open_sheets(stored: Stored, aside: Path) -> list[Sheet]:
    """Return the sheets of a stored file; `aside` is a folder for a transcoded copy."""
    head = stored.path.open("rb").read(SNIFF_BYTES)
    suffix = Path(stored.name).suffix.lower()
    if not head.strip(b"\x00\r\n\t ;,\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty_file")
    if head[:2] == b"PK":
        return _workbook_sheets(stored)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable("old_workbook")
    if (
        head[:512]
        .lstrip(b"\xef\xbb\xbf \r\n\t")
        .lower()
        .startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style"))
    ):
        raise Unreadable("html_as_table")
    if suffix in (".xlsx", ".xlsm"):
        raise Unreadable("broken_workbook")
    if head[:4] == b"%PDF" or suffix not in ("", *TEXT_SUFFIXES):
        raise Unreadable("wrong_type", suffix=suffix or "?")
    return [_text_sheet(stored, head, aside)]


# -- text files --------------------------------------------------------------------------------------------------


def encoding_of(head: bytes) -> str:
    """Return utf-8, utf-16-le or utf-16-be; anything else is refused with a second opinion."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        return "utf-16-le" if odd > even else "utf-16-be"
    # A few damaged lines of a UTF-8 file are rejected rows; damage everywhere is another encoding.
    lines = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(head).splitlines()
    if sum("\ufffd" in line for line in lines) > MOST_DAMAGED * len(lines):
        from charset_normalizer import from_bytes

        guess = from_bytes(head[:20000]).best()
        raise Unreadable("encoding", guess=guess.encoding if guess else "?")
    return "utf-8"


def _text_sheet(stored: Stored, head: bytes, aside: Path) -> Sheet:
    encoding = encoding_of(head)
    path = stored.path
    if encoding != "utf-8":
        path = aside / f"{stored.sha256[:16]}.utf8"
        with stored.path.open("rb") as read, path.open("w", encoding="utf-8", newline="") as write:
            decoder = codecs.getincrementaldecoder(encoding)()
            try:
                is_first = True
                while block := read.read(1 << 22):
                    text = decoder.decode(block)
                    write.write(text.lstrip("\ufeff") if is_first else text)
                    is_first = False
                write.write(decoder.decode(b"", final=True))
            except UnicodeDecodeError:
                raise Unreadable("encoding", guess=encoding) from None
        head = path.open("rb").read(SNIFF_BYTES)
    text = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(head).lstrip("\ufeff")
    delimiter = delimiter_of(text)
    preview, line_of = _preview(text, delimiter, is_whole=len(head) < SNIFF_BYTES)
    if not preview:
        raise Unreadable("empty_file")
    return Sheet("", preview, path, delimiter, line_of)


def with_one_line_end(path: Path, aside: Path) -> Path:
    """Return a copy of a text file whose lines all end alike; its bytes are otherwise kept."""
    copy = aside / f"{path.name[:16]}.lines"
    with (
        path.open(encoding="utf-8", errors="surrogateescape", newline=None) as read,
        copy.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as write,
    ):
        shutil.copyfileobj(read, write, 1 << 22)
    return copy


def delimiter_of(text: str) -> str:
    """Return the delimiter that cuts the most rows into the same number of more than one cell."""
    best, chosen = (0.0, 0), ","
    for delimiter in DELIMITERS:
        rows, _ = _preview(text, delimiter, is_whole=False)
        widths = [len(r) for r in rows if any(r)]
        if not widths:
            continue
        common = max(set(widths), key=lambda w: (widths.count(w) if w > 1 else 0, w))
        if common > 1:
            score = (round(widths.count(common) / len(widths), 2), common)
            if score > best:
                best, chosen = score, delimiter
    return chosen


def _preview(text: str, delimiter: str, is_whole: bool) -> tuple[list[list[str]], list[int]]:
    lines = text.splitlines(keepends=True)
    if not is_whole and len(lines) > 1:
        lines = lines[:-1]
    reader = csv.reader(lines, delimiter=delimiter)
    rows, line_of = [], []
    try:
        for row in reader:
            rows.append([clean(c) for c in row])
            line_of.append(reader.line_num)
            if len(rows) >= PREVIEW_ROWS:
                break
    except csv.Error:
        pass
    return rows, line_of


# -- workbooks ---------------------------------------------------------------------------------------------------


def _workbook_sheets(stored: Stored) -> list[Sheet]:
    from python_calamine import CalamineWorkbook

    try:
        with zipfile.ZipFile(stored.path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        raise Unreadable("broken_workbook") from None
    if not any(n.startswith("xl/") for n in names):
        raise Unreadable("wrong_type", suffix=Path(stored.name).suffix.lower() or ".zip")
    try:
        with stored.path.open("rb") as opened:
            book: Any = CalamineWorkbook.from_filelike(opened)
            found = []
            for meta in book.sheets_metadata:
                if "work" not in str(meta.typ).lower():
                    continue
                sheet = book.get_sheet_by_name(meta.name)
                rows = [[cell_text(c) for c in row] for row in sheet.to_python(skip_empty_area=False)]
                if not any(any(r) for r in rows):
                    continue
                merged = [(a[0], a[1], b[0], b[1]) for a, b in (sheet.merged_cell_ranges or []) if a[0] < PREVIEW_ROWS]
                preview = [[clean(c) for c in r] for r in rows[:PREVIEW_ROWS]]
                found.append(Sheet(meta.name, preview, rows=rows, merged=merged))
    except Unreadable:
        raise
    except Exception as error:  # calamine raises its own kinds, none with a common base
        raise Unreadable("broken_workbook", detail=type(error).__name__) from None
    if not found:
        raise Unreadable("empty_file")
    return found


def cell_text(value: object) -> str:
    """Return a cell as text that cannot be misread: ISO dates, whole numbers plain, other numbers with an exponent.

    >>> cell_text(1234.0), cell_text(1.234), cell_text(True)
    ('1234', '1.234E0', 'true')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return (
            str(int(value))
            if float(value).is_integer()
            else f"{value!r}E0"
            if "e" not in repr(value)
            else repr(value).upper()
        )
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


Progress = Callable[[str], None]
