"""What looks like a person: by header, by pattern, by name; the rules are data (`personal.toml`)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from etl.text import clean, fold, shape


@cache
def rules() -> dict[str, Any]:
    """Return the rules of `etl/personal.toml`."""
    return tomllib.loads((Path(__file__).parent / "personal.toml").read_text("utf-8"))


@cache
def pattern_sql() -> str:
    """Return one RE2 pattern that finds a phone, an identity number or an e-mail anywhere in a text."""
    return "|".join(f"(?:{p})" for p in rules()["patterns"].values())


@cache
def code_pattern_sql() -> str:
    """Return one RE2 pattern of what no code may hold: the above, or a name written in one word."""
    return f"{pattern_sql()}|(?:{rules()['names']['in_code']})"


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(pattern_sql())


@cache
def _header_phrases() -> re.Pattern[str]:
    phrases = "|".join(re.escape(p) for p in sorted(rules()["headers"]["phrases"], key=len, reverse=True))
    return re.compile(rf"\b(?:{phrases})\b")


def is_personal_header(header: str) -> bool:
    """Return whether a header announces data about a person.

    >>> is_personal_header("Số điện thoại liên hệ"), is_personal_header("Ngày tiếp nhận")
    (True, False)
    """
    return bool(_header_phrases().search(fold(header)))


_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


def _plain_signs(text: str) -> str:
    """Return the text with wide digits, dashes and spaces of all kinds made plain."""
    return clean(unicodedata.normalize("NFKC", text).replace("\u00ad", "")).translate(_DASHES)


def has_personal_pattern(text: str) -> bool:
    """Return whether a phone, an identity number or an e-mail lies anywhere in the text.

    >>> has_personal_pattern("gọi ０９１２–345–678"), has_personal_pattern("03/10/2026 08:30")
    (True, False)
    """
    return bool(_pattern().search(_plain_signs(text)))


@cache
def _addresses() -> re.Pattern[str]:
    return re.compile("|".join(rules()["addresses"]["patterns"]))


def is_address(text: str) -> bool:
    """Return whether a text says where somebody lives.

    >>> is_address("Số 12 đường Hùng Vương"), is_address("Thôn 3"), is_address("UBND xã Lao Bảo")
    (True, False, False)
    """
    return bool(_addresses().search(fold(text)))


def _without_honorific(words: list[str]) -> list[str]:
    while len(words) > 2 and fold(words[0]) in rules()["names"]["honorifics"]:
        words = words[1:]
    return words


def is_person_name(text: str) -> bool:
    """Return whether the whole text reads like a Vietnamese person's name.

    >>> is_person_name("NGUYỄN THỊ HOA"), is_person_name("Đất đai"), is_person_name("Bà Lê Bá Lợi")
    (True, False, True)
    """
    names = rules()["names"]
    words = _without_honorific(clean(text).split(" "))
    if not names["words_min"] <= len(words) <= names["words_max"]:
        return False
    if not all(w.isalpha() and w[0].isupper() for w in words):
        return False
    return fold(words[0]) in names["surnames"]


def _words(text: str) -> list[str]:
    """Return the words of a text, also of one written together ("NguyenVanA")."""
    apart = re.sub(r"(.)(?=(.))", lambda m: m[1] + " " if m[1].islower() and m[2].isupper() else m[1], text)
    return re.findall(r"[^\W\d_]+", apart)


def holds_person_name(text: str) -> bool:
    """Return whether a person's name lies anywhere in the text (notes, file names, headers)."""
    cleaned = clean(text)
    pieces = re.split(r"[,;/|()\[\]:]+|\s[-–—]\s|\bvà\b", cleaned)
    if any(is_person_name(piece) and len(_without_honorific(piece.split())) >= 3 for piece in pieces):
        return True
    names = rules()["names"]
    words = _words(cleaned)
    folded, lower = [fold(w) for w in words], [w.lower() for w in words]
    for i in range(len(words) - 2):
        trio = words[i : i + 3]
        # Written as a name is: capitalised, or wholly without accents (file names), or with a surname that is no word.
        is_capitalised = all(w[:1].isupper() for w in trio)
        is_bare = all(w.isascii() and w.islower() for w in trio)
        if (is_capitalised or is_bare) and folded[i] in names["surnames"] and folded[i + 1] in names["middles"]:
            return True
        if lower[i] in names["sure"] and (is_capitalised or lower[i + 1] in names["sure_middles"]):
            return True
    return False


def is_unit_like(text: str) -> bool:
    """Return whether a text begins as the name of an office or place does, and is no longer than one.

    >>> is_unit_like("UBND xã Lao Bảo"), is_unit_like("Trần Thị Bé")
    (True, False)
    """
    units = rules()["units"]
    folded = fold(text)
    # "Số 12" folds like "Sở": an address, not a department.
    if len(folded.split()) > units["most_words"] or re.search(units["not_in"], clean(text).lower()):
        return False
    return any(f"{folded} ".startswith(w + " ") for w in units["first_words"])


def looks_personal(text: str) -> bool:
    """Return whether a single value may not be stored or shown."""
    return has_personal_pattern(text) or is_person_name(text) or holds_person_name(text) or is_address(text)


def safe(text: str) -> str:
    """Return the text, or its shape when something personal lies in it (headers, sheet and file names)."""
    cleaned = clean(text)
    spaced = cleaned.replace("_", " ")
    if has_personal_pattern(cleaned) or looks_personal(spaced):
        return shape(cleaned)
    return re.sub(r"[0-9]{9,}", lambda run: "#" * len(run.group()), cleaned)


def safe_file_name(name: str) -> str:
    """Return a file name with what looks personal shaped; its extension stays."""
    stem, dot, extension = clean(name).rpartition(".")
    return f"{safe(stem)}{dot}{extension}" if dot else safe(name)


def column_reason(header: str, cells: Iterable[str]) -> str:
    """Return why an unmapped column is dropped: personal_header, personal_values or unmapped."""
    if is_personal_header(header):
        return "personal_header"
    filled = [c for c in (clean(v) for v in cells) if c]
    if filled:
        limits = rules()["thresholds"]
        patterns = sum(has_personal_pattern(c) for c in filled) / len(filled)
        names = sum(is_person_name(c) or holds_person_name(c) or is_address(c) for c in filled) / len(filled)
        if patterns >= limits["column_share"] or names >= limits["name_share"]:
            return "personal_values"
    return "unmapped"
