"""Text files in old encodings, or with texts in them, as UTF-8 copies with the same lines."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

from etl.readers.legacy import OLD, look_alike
from etl.readers.limits import limits
from etl.readers.mend import UNICODE, good_share, mend, read, words_of

BLOCK = 1 << 21
MOST_LEFT = 0.2
"""Share of texts beyond ASCII that may stay unread before a file counts as one in an unknown encoding (our choice)."""
SAMPLE_BYTES = 1 << 20

# One pattern for each leading byte of UTF-8, so that each is looked for at the speed of memory.
_LETTER = re.compile(rb"[A-Za-z]")
_SIGNS = (
    re.compile(rb"\xc2[\xa1-\xaf\xb1\xb4-\xbf]"),  # signs of Latin-1
    re.compile(  # its letters that Vietnamese has not, capitals that CP1258 looks like, misread UTF-8
        rb"\xc3(?:[\x84-\x87\x8b-\x8c\x8e-\x92\x96-\x98\x9b\x9c\x9e\x9f\xa4-\xa7\xab\xae-\xb1\xb6-\xb8\xbb\xbc\xbe\xbf]"
        rb"|\x83[\xc2\xc5\xc6\xcb\xe2]|\xa1\xc2[\xba\xbb])"
    ),
    re.compile(rb"\xcc[\x80-\xbf]"),  # tones apart
)
_CAPITALS = (b"\xc3\x8c", b"\xc3\x92")


def as_latin(content: bytes) -> str:
    """Return bytes as the letters they look like."""
    return look_alike(content)


def has_signs(path: Path) -> bool:
    """Return whether a UTF-8 file, if it is not too large to be mended, holds a text that may need it."""
    if path.stat().st_size > limits("text")["mend_bytes"]:
        return False
    with path.open("rb") as opened:
        tail = b""
        while block := opened.read(BLOCK):
            piece = tail + block
            if any(_is_sign(piece, found) for pattern in _SIGNS for found in pattern.finditer(piece)):
                return True
            tail = block[-4:]
    return False


def _is_sign(piece: bytes, found: re.Match[bytes]) -> bool:
    """Whether what was found stands in a word: "§ 3" and "CHÌ" are nothing to mend."""
    before, after = piece[max(0, found.start() - 1) : found.start()], piece[found.end() : found.end() + 1]
    if found.group() in _CAPITALS:
        return before.islower()
    if len(found.group()) > 2 or found.group()[0] == 0xCC:
        return True
    return bool(_LETTER.match(before) or _LETTER.match(after)) or (after[:1] > b"\x7f" and before[:1] > b"\x7f")


def mended_copy(path: Path, copy: Path, delimiter: str) -> dict[str, int]:
    """Return what was mended in a UTF-8 file's texts, and write the copy; nothing of a file with broken quotes."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return {}  # damaged lines stay the sender's, to be rejected with their number
    rows = _rows(text, delimiter)
    repairs = mend(rows) if rows is not None else {}
    if rows is not None and repairs:
        _write(rows, copy, delimiter)
    return repairs


def from_legacy(path: Path, copy: Path, delimiter: str) -> dict[str, int] | None:
    """Return what was mended in a file that is no Unicode, and write the copy; None where the encoding is not sure."""
    if path.stat().st_size <= limits("text")["mend_bytes"]:
        rows = _rows(as_latin(path.read_bytes()), delimiter)
        if rows is not None:
            repairs = mend(rows)
            if not repairs or _share_left(rows) > MOST_LEFT:
                return None
            _write(rows, copy, delimiter)
            return repairs
    return _line_by_line(path, copy, delimiter)


def _rows(text: str, delimiter: str) -> list[list[str]] | None:
    """Return the rows of a text, None where its quotes do not close: such lines are counted by their own reader."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _write(rows: list[list[str]], copy: Path, delimiter: str) -> None:
    with copy.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, delimiter=delimiter, lineterminator="\n").writerows(rows)


def _share_left(rows: list[list[str]]) -> float:
    """Return the share of texts beyond ASCII that are no Vietnamese still."""
    texts = {c for row in rows for c in row if not c.isascii()}
    left = sum(read(t).sure != UNICODE and not _is_fine(t) for t in texts)
    return left / max(1, len(texts))


def _is_fine(text: str) -> bool:
    return not words_of(text) or good_share(text)[0] == 1


def _line_by_line(path: Path, copy: Path, delimiter: str) -> dict[str, int] | None:
    """Read a whole file in the one encoding that its first part speaks for."""
    with path.open("rb") as opened:
        sample = as_latin(opened.read(SAMPLE_BYTES)).split("\n")
    cells = {c for line in sample for c in line.split(delimiter) if not c.isascii()}
    told = Counter(one.sure for c in cells if (one := read(c)).sure)
    if len(told) != 1 or next(iter(told)) not in OLD or told.total() < 3:
        return None
    kind = next(iter(told))
    n_cells = 0
    with path.open("rb") as opened, copy.open("w", encoding="utf-8", newline="") as write:
        for line in opened:
            text = as_latin(line)
            if not text.isascii():
                parts = text.split(delimiter)
                for at, part in enumerate(parts):
                    if not part.isascii():
                        parts[at] = OLD[kind](part) or part
                        n_cells += 1
                text = delimiter.join(parts)
            write.write(text)
    return {kind: n_cells}
