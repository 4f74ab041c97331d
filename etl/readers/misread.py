"""UTF-8 that was read as CP1252 or Latin-1, once or more ("HÃ²a BÃ¬nh"), put right again."""

from __future__ import annotations

import re

from etl.readers.legacy import bytes_of

MOST_LAYERS = 3
_SEQUENCE = re.compile(
    rb"[\xc3\xc4\xc5\xc6][\x80-\xbf]|\xe1[\xba\xbb][\x80-\xbf]|\xcc[\x80-\xbf]|\xe2[\x80-\x82][\x80-\xbf]"
)
"""UTF-8 of a Vietnamese letter, a tone, or a sign of punctuation; of a letter misread before, too."""
_LETTERS = (
    "\u0080-\u009f\u00a1-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
)
_RUN = re.compile(f"[{_LETTERS}\u00a0]+")
_MISREAD = re.compile(f"[ÃÄÅÆÌ][{_LETTERS}\u00a0]|á[º»][{_LETTERS}\u00a0 ]|â[€‚]")


def from_misread(text: str) -> str | None:
    """Return a text that was written as UTF-8 and read as CP1252 or Latin-1, once or more; None where it was not.

    >>> from_misread("HÃ²a BÃ¬nh"), from_misread("Hòa Bình"), from_misread("XÃ AN")
    ('Hòa Bình', None, None)
    """
    found = text
    for _ in range(MOST_LAYERS):
        one = _one_layer(found)
        if one is None:
            break
        found = one
    return found if found != text else None


def _one_layer(text: str) -> str | None:
    if not _MISREAD.search(text):
        return None
    whole = bytes_of(text)
    if whole is not None:
        return _decoded(whole) if _SEQUENCE.search(whole) else None
    # Right letters and misread ones in one cell: only the runs that look misread are.
    parts: list[str] = []
    at = 0
    for run in _RUN.finditer(text):
        content = bytes_of(run[0])
        if content is None or not _SEQUENCE.search(content):
            continue
        try:
            decoded = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
        parts += [text[at : run.start()], decoded]
        at = run.end()
    return "".join([*parts, text[at:]]) if parts else None


def _decoded(content: bytes) -> str | None:
    """Return UTF-8 bytes as text; a no-break space within a letter that was made plain, or cut off, is put back."""
    for _ in range(len(content)):
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            at = error.start + 1
            while at < len(content) and 0x80 <= content[at] < 0xC0:
                at += 1
            if content[error.start] not in b"\xc3\xe1" or at - error.start > 2:
                return None  # only à, Ạ, Ấ … end in a no-break space
            if at >= len(content):
                content += b"\xa0"
            elif content[at : at + 1] == b" ":
                # "lÃ viá»‡c": one of two spaces was the letter's.
                content = content[:at] + b"\xa0 " + content[at + 1 :].removeprefix(b" ")
            else:
                return None
    return None
