"""Text files: their encoding, their delimiter, their first rows; the rest is read where it lies."""

from __future__ import annotations

import codecs
import csv
import io
import shutil
from pathlib import Path

from etl.readers import mend_text
from etl.readers.limits import check_area, check_bytes, limits
from etl.readers.model import PREVIEW_ROWS, Sheet, Stored, Unreadable
from etl.text import clean

SNIFF_BYTES = 1 << 18
MOST_DAMAGED = 0.2
"""Share of lines with bytes that are no UTF-8, above which the file is in another encoding (chosen by us)."""
DELIMITERS = (";", "\t", ",", "|")


def text_sheet(stored: Stored, aside: Path) -> Sheet:
    """Return a text file as a sheet; `aside` takes a UTF-8 copy of a file in another encoding or with mended texts."""
    check_bytes("text", stored.path.stat().st_size)
    head = _head(stored.path)
    path = stored.path
    repairs: dict[str, int] | None = None
    encoding = encoding_of(head)
    copy = aside / f"{stored.sha256[:16]}.utf8"
    if encoding == "legacy":
        repairs = mend_text.from_legacy(path, copy, _delimiter(mend_text.as_latin(head)))
        if repairs is None:
            encoding = _damaged_or_refused(head)
        else:
            path = copy
    elif encoding != "utf-8":
        _transcode(path, copy, encoding)
        path = copy
    elif head.startswith(codecs.BOM_UTF8 + b'"'):
        # With the mark before it the database takes a quoted header for an open one, and counts its lines as rows.
        _without_mark(path, copy)
        path = copy
    if path is not stored.path:
        head = _head(path)
    text = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(head).lstrip("\ufeff")
    delimiter = _delimiter(text)
    if encoding != "legacy" and mend_text.has_signs(path):
        mended = aside / f"{stored.sha256[:16]}.mended"
        repairs = mend_text.mended_copy(path, mended, delimiter)
        if repairs:
            path, head = mended, _head(mended)
            text = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(head).lstrip("\ufeff")
    preview, line_of = rows_of(text, delimiter, is_whole=len(head) < SNIFF_BYTES)
    if not preview:
        raise Unreadable("broken_text" if text.strip() else "empty_file")
    return Sheet("", preview, path, delimiter, line_of, text_repairs=repairs or {})


def _without_mark(path: Path, copy: Path) -> None:
    with path.open("rb") as read, copy.open("wb") as write:
        read.seek(len(codecs.BOM_UTF8))
        shutil.copyfileobj(read, write, 1 << 22)


def _head(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(SNIFF_BYTES)


def encoding_of(head: bytes) -> str:
    """Return utf-8, utf-16-le, utf-16-be, or legacy for bytes that are none of these."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) < len(head) // 20:
            raise Unreadable("wrong_type", suffix="?")
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        # A few damaged lines of a UTF-8 file are rejected rows; damage everywhere is another encoding.
        lines = _lines_as_utf8(head)
        has_letters = any(not line.isascii() and "\ufffd" not in line for line in lines)
        return "utf-8" if has_letters and _damaged_share(lines) <= MOST_DAMAGED else "legacy"
    return "utf-8"


def _lines_as_utf8(head: bytes) -> list[str]:
    return codecs.getincrementaldecoder("utf-8")(errors="replace").decode(head).splitlines()


def _damaged_share(lines: list[str]) -> float:
    return sum("\ufffd" in line for line in lines) / max(1, len(lines))


def _damaged_or_refused(head: bytes) -> str:
    if _damaged_share(_lines_as_utf8(head)) > MOST_DAMAGED:
        from charset_normalizer import from_bytes

        guess = from_bytes(head[:20000]).best()
        raise Unreadable("encoding", guess=guess.encoding if guess else "?")
    return "utf-8"


def _transcode(source: Path, copy: Path, encoding: str) -> None:
    with source.open("rb") as read, copy.open("w", encoding="utf-8", newline="") as write:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            is_first = True
            while block := read.read(1 << 22):
                text = decoder.decode(block)
                write.write(text.lstrip("\ufeff") if is_first else text)
                is_first = False
            write.write(decoder.decode(b"", final=True))
        except UnicodeError:
            raise Unreadable("encoding", guess=encoding) from None


def with_one_line_end(path: Path, aside: Path) -> Path:
    """Return a copy of a text file whose lines all end alike; its bytes are otherwise kept."""
    copy = aside / f"{path.name[:16]}.lines"
    with (
        path.open(encoding="utf-8", errors="surrogateescape", newline=None) as read,
        copy.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as write,
    ):
        shutil.copyfileobj(read, write, 1 << 22)
    return copy


def _delimiter(text: str) -> str:
    most = limits("workbook")["columns"]
    for line in text.splitlines()[:PREVIEW_ROWS]:
        if len(line) > most:
            widest = max(line.count(d) for d in DELIMITERS) + 1
            check_area(1, widest)
    return delimiter_of(text)


def delimiter_of(text: str) -> str:
    """Return the delimiter that cuts the most rows into the same number of more than one cell."""
    best, chosen = (0.0, 0), ","
    for delimiter in DELIMITERS:
        rows, _ = rows_of(text, delimiter, is_whole=False)
        widths = [len(r) for r in rows if any(r)]
        if not widths:
            continue
        common = max(set(widths), key=lambda w: (widths.count(w) if w > 1 else 0, w))
        if common > 1:
            score = (round(widths.count(common) / len(widths), 2), common)
            if score > best:
                best, chosen = score, delimiter
    return chosen


def rows_of(text: str, delimiter: str, is_whole: bool) -> tuple[list[list[str]], list[int]]:
    """Return the first rows of a text as cleaned cells, and the physical line on which each ends."""
    # Only line ends part rows: a form feed or a line separator within a cell does not.
    lines = list(io.StringIO(text, newline=""))
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
