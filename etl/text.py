"""Text as people write it: one folded form for headers and labels, one shape for what must not be shown."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SHAPE_LENGTH = 60


def clean(text: object) -> str:
    """Return the text in NFC with every kind of space made plain and the ends trimmed."""
    value = unicodedata.normalize("NFC", "" if text is None else str(text))
    return re.sub(r"[\s\u00a0\u200b\ufeff]+", " ", value).strip()


def fold(text: object) -> str:
    """Return lower-case ASCII words: accents, đ, case and punctuation make no difference.

    >>> fold("  Ngày hẹn  trả (KQ) ")
    'ngay hen tra kq'
    """
    return _fold("" if text is None else str(text))


@lru_cache(maxsize=1 << 14)
def _fold(text: str) -> str:
    value = unicodedata.normalize("NFD", clean(text).lower())
    value = "".join(c for c in value if not unicodedata.combining(c)).replace("đ", "d").replace("ð", "d")
    return " ".join(re.findall(r"[a-z0-9✓]+", value))


def shape(text: object) -> str:
    """Return length and kinds of characters only, a leading zero kept.

    >>> shape("0912345678"), shape("Nguyễn Văn A")
    ('0#########', 'Aaaaaa Aaa A')
    """
    value = clean(text)
    drawn = "".join(
        "#" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c if c in " -/.,:;@_+()" else "?"
        for c in value
    )
    if value.startswith("0"):
        drawn = "0" + drawn[1:]
    return drawn if len(drawn) <= SHAPE_LENGTH else drawn[: SHAPE_LENGTH - 1] + "…"


def quoted(name: str) -> str:
    """Return an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return an SQL literal: NULL, TRUE, a number or a quoted text."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"
