"""Vietnamese place names in one spelling, and the keys under which they are looked up."""

from __future__ import annotations

import re
import unicodedata

_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")
# "hoà", "khoẻ", "thuý" at the end of a syllable: the tone sits on the second vowel. After q the u is no vowel ("quý").
_LATE_TONE = re.compile(r"(?<![qQ])([ou])([àáảãạèéẻẽẹỳýỷỹỵ])(?!\w)", re.IGNORECASE)
_LATE_PAIRS = {"o": "aeAE", "u": "yY"}
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "`": "'", "\u02bc": "'", "\u00b4": "'"})
_DASHES = str.maketrans({"\u2013": "-", "\u2014": "-", "\u2011": "-", "\u2010": "-"})
_LETTER_D = str.maketrans({"đ": "d", "Đ": "D"})


def _move_tone(match: re.Match[str]) -> str:
    first, second = match.group(1), unicodedata.normalize("NFD", match.group(2))
    plain = second.translate(_TONES)
    if plain not in _LATE_PAIRS[first.lower()]:
        return match.group(0)
    tone = second.replace(plain, "", 1)
    return unicodedata.normalize("NFC", first + tone) + plain


def normal(text: str) -> str:
    """Return the text in NFC, single spaces, plain quotes and dashes, and the tone placed as in "Hòa".

    >>> normal("Xã  Hoà Lạc"), normal("Thuỷ Xuân"), normal("Phú Quý"), normal("Hoàn Kiếm")
    ('Xã Hòa Lạc', 'Thủy Xuân', 'Phú Quý', 'Hoàn Kiếm')
    """
    text = unicodedata.normalize("NFC", text).translate(_APOSTROPHES).translate(_DASHES)
    return _LATE_TONE.sub(_move_tone, " ".join(text.split()))


def accented_key(text: str) -> str:
    """Return the key that keeps accents but not case, spacing around signs or tone placement.

    >>> accented_key("Ea M' DRóh") == accented_key("Ea M'Dróh")
    True
    """
    # The typewriter signs between syllables differ from list to list: "Văn Miếu - Quốc Tử Giám", "K' Dang".
    return " ".join(re.sub(r"['\-.,()/]", " ", re.sub(r"'\s*", "", normal(text))).casefold().split())


def ascii_key(text: str) -> str:
    """Return the search key: ASCII, lower case, đ as d.

    >>> ascii_key("Phường Đông Hà"), ascii_key("Xã Đakrông")
    ('phuong dong ha', 'xa dakrong')
    """
    bare = unicodedata.normalize("NFD", accented_key(text).translate(_LETTER_D))
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())
