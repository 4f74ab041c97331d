"""Vietnamese in encodings from before Unicode: TCVN3 (ABC), VNI, CP1258, and UTF-8 read as something else.

Old texts reach us as bytes, or as the Latin letters that those bytes look like (a workbook whose font did the work).
Both are one thing here: bytes are first taken as the letters they look like. The tables were written from the
published code charts (TCVN 5712:1993 VN3; the VNI for Windows chart) and are held both ways over all letters by a test.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

GRAVE, ACUTE, TILDE, HOOK, DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
TONES = (GRAVE, HOOK, TILDE, ACUTE, DOT)

# TCVN3: one sign for each small letter; capitals with a tone are small letters in a font of capitals.
_TCVN3_SMALL = {
    "ă": 0xA8, "â": 0xA9, "ê": 0xAA, "ô": 0xAB, "ơ": 0xAC, "ư": 0xAD, "đ": 0xAE,
    "à": 0xB5, "ả": 0xB6, "ã": 0xB7, "á": 0xB8, "ạ": 0xB9,
    "ằ": 0xBB, "ẳ": 0xBC, "ẵ": 0xBD, "ắ": 0xBE, "ặ": 0xC6,
    "ầ": 0xC7, "ẩ": 0xC8, "ẫ": 0xC9, "ấ": 0xCA, "ậ": 0xCB,
    "è": 0xCC, "ẻ": 0xCE, "ẽ": 0xCF, "é": 0xD0, "ẹ": 0xD1,
    "ề": 0xD2, "ể": 0xD3, "ễ": 0xD4, "ế": 0xD5, "ệ": 0xD6,
    "ì": 0xD7, "ỉ": 0xD8, "ĩ": 0xDC, "í": 0xDD, "ị": 0xDE,
    "ò": 0xDF, "ỏ": 0xE1, "õ": 0xE2, "ó": 0xE3, "ọ": 0xE4,
    "ồ": 0xE5, "ổ": 0xE6, "ỗ": 0xE7, "ố": 0xE8, "ộ": 0xE9,
    "ờ": 0xEA, "ở": 0xEB, "ỡ": 0xEC, "ớ": 0xED, "ợ": 0xEE,
    "ù": 0xEF, "ủ": 0xF1, "ũ": 0xF2, "ú": 0xF3, "ụ": 0xF4,
    "ừ": 0xF5, "ử": 0xF6, "ữ": 0xF7, "ứ": 0xF8, "ự": 0xF9,
    "ỳ": 0xFA, "ỷ": 0xFB, "ỹ": 0xFC, "ý": 0xFD, "ỵ": 0xFE,
}  # fmt: skip
_TCVN3_CAPITAL = {"Ă": 0xA1, "Â": 0xA2, "Ê": 0xA3, "Ô": 0xA4, "Ơ": 0xA5, "Ư": 0xA6, "Đ": 0xA7}

# VNI: a letter and a sign after it for hat and tone together; a few letters are one sign.
_VNI_SIGNS = {
    "": dict(zip(TONES, "øûõùï", strict=True)),
    "\u0302": dict(zip(("", *TONES), "âàåãáä", strict=True)),
    "\u0306": dict(zip(("", *TONES), "êèúüéë", strict=True)),
}
_VNI_HATTED = {"": "aeouy", "\u0302": "aeo", "\u0306": "a"}
_VNI_WHOLE = {"í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "ơ": "ô", "ư": "ö", "đ": "ñ"}


@cache
def tcvn3_letters() -> dict[str, str]:
    """Return look-alike -> letter of TCVN3."""
    return {chr(code): letter for letter, code in (_TCVN3_SMALL | _TCVN3_CAPITAL).items()}


@cache
def vni_letters() -> dict[str, str]:
    """Return look-alike (one or two characters) -> letter of VNI, in each case."""
    pairs = dict(_VNI_WHOLE)
    for hat, letters in _VNI_HATTED.items():
        for letter in letters:
            for tone, sign in _VNI_SIGNS[hat].items():
                pairs.setdefault(unicodedata.normalize("NFC", letter + hat + tone), letter + sign)
    for letter, sign in (("ơ", "ô"), ("ư", "ö")):
        for tone, mark in _VNI_SIGNS[""].items():
            pairs[unicodedata.normalize("NFC", letter + tone)] = sign + mark
    found = {}
    for letter, written in pairs.items():
        found[written] = letter
        for capital in {written.upper(), written[0].upper() + written[1:]}:
            found[capital] = letter.upper()
    return found


def to_tcvn3(text: str) -> str:
    """Return the look-alikes of a text in TCVN3; capitals with a tone become small letters, as they are typed."""
    codes = _TCVN3_SMALL | _TCVN3_CAPITAL
    return "".join(chr(codes.get(c) or codes.get(c.lower()) or ord(c)) for c in unicodedata.normalize("NFC", text))


def to_vni(text: str) -> str:
    """Return the look-alikes of a text in VNI."""
    written = {letter: sign for sign, letter in vni_letters().items() if letter.islower() or sign.upper() == sign}
    return "".join(written.get(c, c) for c in unicodedata.normalize("NFC", text))


def to_cp1258(text: str) -> bytes:
    """Return the bytes of a text in CP1258: the tone stands after the letter."""
    out = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        for form in (letter, _apart(letter)):
            try:
                out += form.encode("cp1258")
                break
            except UnicodeEncodeError:
                continue
        else:
            raise UnicodeEncodeError("cp1258", letter, 0, 1, "no such letter")
    return bytes(out)


def _apart(letter: str) -> str:
    """Return a letter with its hat, and the tone apart."""
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(p for p in parts if p in TONES)
    return unicodedata.normalize("NFC", "".join(p for p in parts if p not in TONES)) + tone


def look_alike(content: bytes) -> str:
    """Return bytes as the letters they look like (CP1252; the five bytes it lacks stand for themselves).

    >>> look_alike(b"X\\xb7 T\\xa9n")
    'X· T©n'
    """
    return content.decode("latin-1").translate(_windows())


def bytes_of(text: str) -> bytes | None:
    """Return the bytes that a text looks like, or None where a letter is none of theirs."""
    try:
        return text.translate(_latin()).encode("latin-1")
    except UnicodeEncodeError:
        return None


@cache
def _windows() -> dict[int, str]:
    found = {}
    for code in range(0x80, 0xA0):
        try:
            found[code] = bytes([code]).decode("cp1252")
        except UnicodeDecodeError:
            continue
    return found


@cache
def _latin() -> dict[int, int]:
    return {ord(letter): code for code, letter in _windows().items()}


def from_tcvn3(text: str) -> str | None:
    """Return a TCVN3 text in Unicode, or None where a sign is none of its own.

    >>> from_tcvn3("X· T©n Hßa"), from_tcvn3("CéNG HßA")
    ('Xã Tân Hòa', 'CỘNG HÒA')
    """
    letters = tcvn3_letters()
    if any("\x80" <= c <= "\xff" and c not in letters and c != "\xa0" for c in text):
        return None
    found = "".join(letters.get(c, c) for c in text)
    # A font of capitals shows small letters as capitals: whole words tell.
    words = [w for w in re.findall(r"\w+", found) if sum("A" <= c <= "Z" for c in w) > 1]
    has_small = any("a" <= c <= "z" for c in found)
    if words and not has_small:
        return found.upper()
    return re.sub(r"\w+", lambda m: m[0].upper() if _is_capital(m[0]) else m[0], found)


def _is_capital(word: str) -> bool:
    return sum("A" <= c <= "Z" for c in word) > 1 and not any("a" <= c <= "z" for c in word)


@cache
def _vni_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, vni_letters()), key=len, reverse=True)))


def from_vni(text: str) -> str | None:
    """Return a VNI text in Unicode, or None where a sign is none of its own.

    >>> from_vni("Maõ hoà sô"), from_vni("ÑAØ NAÜNG")
    ('Mã hồ sơ', 'ĐÀ NẴNG')
    """
    letters, left = vni_letters(), []
    found = _vni_pattern().sub(lambda m: letters[m[0]], text)
    left = [c for c in _vni_pattern().sub("", text) if "\x80" <= c <= "\xff" and c != "\xa0"]
    return None if left else found


def from_cp1258(text: str) -> str | None:
    """Return a CP1258 text that was taken for CP1252, or None where it was not."""
    content = bytes_of(text)
    if content is None:
        return None
    try:
        found = unicodedata.normalize("NFC", content.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    return None if any(unicodedata.combining(c) for c in found) else found


OLD = {"tcvn3": from_tcvn3, "vni": from_vni, "cp1258": from_cp1258}
"""Encoding -> its reader of look-alikes."""
