"""What looks like a person: by header, by pattern, by name; the rules are data (`personal.toml`)."""

from __future__ import annotations

import re
import tomllib
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


def has_personal_pattern(text: str) -> bool:
    """Return whether a phone, an identity number or an e-mail lies anywhere in the text."""
    return bool(_pattern().search(text))


def is_person_name(text: str) -> bool:
    """Return whether the whole text reads like a Vietnamese person's name.

    >>> is_person_name("NGUYỄN THỊ HOA"), is_person_name("Đất đai"), is_person_name("Lê Lợi")
    (True, False, True)
    """
    names = rules()["names"]
    words = clean(text).split(" ")
    if not names["words_min"] <= len(words) <= names["words_max"]:
        return False
    if not all(w.isalpha() and w[0].isupper() for w in words):
        return False
    return fold(words[0]) in names["surnames"]


@cache
def _named() -> re.Pattern[str]:
    names = rules()["names"]
    surnames, middles = "|".join(names["surnames"]), "|".join(names["middles"])
    return re.compile(rf"\b(?:{surnames}) (?:{middles})(?: [a-z]+)+")


def holds_person_name(text: str) -> bool:
    """Return whether a name with a usual middle word lies anywhere in the text (notes, file names, headers)."""
    cleaned = clean(text)
    if is_person_name(cleaned) and len(cleaned.split()) >= 3:
        return True
    if not _named().search(fold(cleaned)):
        return False
    # The words must also be written as a name is: capitalised, or wholly without accents (file names).
    words = re.findall(r"[^\W\d_]+", cleaned)
    folded = [fold(w) for w in words]
    names = rules()["names"]
    for i in range(len(words) - 2):
        trio = words[i : i + 3]
        is_written_as_name = all(w[:1].isupper() for w in trio) or all(w.isascii() and w.islower() for w in trio)
        if is_written_as_name and folded[i] in names["surnames"] and folded[i + 1] in names["middles"]:
            return True
    return False


def is_unit_like(text: str) -> bool:
    """Return whether a text begins as the name of an office or place does, and is no longer than one.

    >>> is_unit_like("UBND xã Lao Bảo"), is_unit_like("Trần Thị Bé")
    (True, False)
    """
    units = rules()["units"]
    folded = fold(text) + " "
    return len(folded.split()) <= units["most_words"] and any(folded.startswith(w + " ") for w in units["first_words"])


def looks_personal(text: str) -> bool:
    """Return whether a single value may not be stored or shown."""
    return has_personal_pattern(text) or is_person_name(text) or holds_person_name(text)


def safe(text: str) -> str:
    """Return the text, or its shape when something personal lies in it (headers, sheet and file names)."""
    cleaned = clean(text)
    spaced = cleaned.replace("_", " ")
    if (
        has_personal_pattern(cleaned)
        or has_personal_pattern(spaced)
        or holds_person_name(spaced)
        or is_person_name(spaced)
    ):
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
        names = sum(is_person_name(c) or holds_person_name(c) for c in filled) / len(filled)
        if patterns >= limits["column_share"] or names >= limits["name_share"]:
            return "personal_values"
    return "unmapped"
