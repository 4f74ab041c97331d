"""Whether a short note may be kept: one line of plain words that names no person."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from typing import Any

from warehouse.paths import REPOSITORY

LONGEST = 200
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


class Refused(ValueError):
    """A note that is not kept; `code` is one of too_long, number, address, name."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@cache
def _rules() -> dict[str, Any]:
    """Return what looks like a person: the intake's own list, which is data, so that there is only one."""
    return tomllib.loads((REPOSITORY / "etl" / "personal.toml").read_text("utf-8"))


def checked(note: str) -> str:
    """Return the note tidied; raise `Refused` where it could point to a person.

    Stricter than the intake: a note is written by hand, so in doubt it is refused and can be put in other words.

    >>> checked("  Chờ ý kiến  Sở Xây dựng ")
    'Chờ ý kiến Sở Xây dựng'
    """
    told = unicodedata.normalize("NFKC", note).replace("\u00ad", "").translate(_DASHES)
    told = unicodedata.normalize("NFC", re.sub(r"[\s\u200b\ufeff]+", " ", told)).strip()
    if len(told) > LONGEST:
        raise Refused("too_long")
    if _pattern().search(told):
        raise Refused("number")
    if any(re.search(p, _fold(told)) for p in _rules()["addresses"]["patterns"]):
        raise Refused("address")
    if _names_somebody(told):
        raise Refused("name")
    return told


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in _rules()["patterns"].values()))


def _names_somebody(told: str) -> bool:
    """Return whether a name may lie in the text: an honorific before a name, or a surname before what follows one."""
    names = _rules()["names"]
    apart = re.sub(r"(?<=[^\W\d_])(?=[A-ZĐ][^\W\d_])", " ", told) if told != told.upper() else told
    words = re.findall(r"[^\W\d_]+", apart)
    folded = [_fold(word) for word in words]
    lower = [word.lower() for word in words]
    capital = [word[0].isupper() for word in words]
    honorifics = {"ông", "bà", "anh", "chị", "cô", "chú", "bác", "cụ", "em"}
    for i in range(len(words) - 1):
        if lower[i] in honorifics and capital[i + 1]:
            return True
        is_name = capital[i] and capital[i + 1]
        if lower[i] in names["sure"] and (is_name or lower[i + 1] in names["sure_middles"]):
            return True
        if i + 2 == len(words):
            break
        is_written = is_name and capital[i + 2]
        is_bare = all(word.isascii() and word.islower() for word in words[i : i + 3])
        if folded[i] in names["surnames"] and (
            # three capitals in a row; of those that are also other words only with what is only a middle name
            (is_written and folded[i + 1] in names["middles"])
            or (is_bare and folded[i + 1] in names["middles"])
            or (lower[i + 1] in names["sure_middles"] and (capital[i] or capital[i + 2]))
        ):
            return True
    return False


@cache
def _fold(text: str) -> str:
    spread = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in spread if not unicodedata.combining(c))))
