"""Texts as old fonts and wrong encodings leave them; tables of our own, not those of the reader under test."""

from __future__ import annotations

import unicodedata

_TONES = {"\u0300": 0, "\u0309": 1, "\u0303": 2, "\u0301": 3, "\u0323": 4}
"""huyền, hỏi, ngã, sắc, nặng."""

_TCVN3_LOWER = (
    "à\xb5 ả\xb6 ã\xb7 á\xb8 ạ\xb9 ă\xa8 ằ\xbb ẳ\xbc ẵ\xbd ắ\xbe ặ\xc6 â\xa9 ầ\xc7 ẩ\xc8 ẫ\xc9 ấ\xca ậ\xcb đ\xae "
    "è\xcc ẻ\xce ẽ\xcf é\xd0 ẹ\xd1 ê\xaa ề\xd2 ể\xd3 ễ\xd4 ế\xd5 ệ\xd6 ì\xd7 ỉ\xd8 ĩ\xdc í\xdd ị\xde "
    "ò\xdf ỏ\xe1 õ\xe2 ó\xe3 ọ\xe4 ô\xab ồ\xe5 ổ\xe6 ỗ\xe7 ố\xe8 ộ\xe9 ơ\xac ờ\xea ở\xeb ỡ\xec ớ\xed ợ\xee "
    "ù\xef ủ\xf1 ũ\xf2 ú\xf3 ụ\xf4 ư\xad ừ\xf5 ử\xf6 ữ\xf7 ứ\xf8 ự\xf9 ỳ\xfa ỷ\xfb ỹ\xfc ý\xfd ỵ\xfe"
)
_TCVN3_UPPER = "Ă\xa1 Â\xa2 Ê\xa3 Ô\xa4 Ơ\xa5 Ư\xa6 Đ\xa7"

_VNI_MARKS = {
    "": "øûõùï",
    "\u0302": "àåãáä",
    "\u0306": "èúüéë",
}
"""Per vowel sign (none, mũ, trăng): the letter that stands for each tone, in the order of `_TONES`."""
_VNI_ALONE = {"\u0302": "â", "\u0306": "ê"}


def _tcvn3_table() -> dict[str, str]:
    table = {pair[0]: pair[1] for pair in (*_TCVN3_LOWER.split(" "), *_TCVN3_UPPER.split(" "))}
    # Capitals with a tone have no place of their own: the capital font shows the small letter's code.
    for letter, code in list(table.items()):
        table.setdefault(letter.upper(), code)
    return table


_TCVN3 = _tcvn3_table()


def tcvn3(text: str) -> str:
    """Return the text as the bytes of TCVN3 (ABC) look in a Latin font."""
    return "".join(_TCVN3.get(c, c) for c in unicodedata.normalize("NFC", text))


def vni(text: str) -> str:
    """Return the text as the bytes of VNI-Windows look in a Latin font."""
    return "".join(_vni_letter(c) for c in unicodedata.normalize("NFC", text))


def _vni_letter(letter: str) -> str:
    small = {"đ": "ñ", "Đ": "Ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}
    if letter in small:
        return small[letter]
    if letter.lower() in small:
        return small[letter.lower()].upper()
    base, *marks = unicodedata.normalize("NFD", letter)
    if not marks:
        return letter
    written, sign, tone = base, "", None
    for mark in marks:
        if mark in _TONES:
            tone = _TONES[mark]
        elif mark in _VNI_ALONE:
            sign = mark
        elif mark == "\u031b":
            written = {"o": "ô", "O": "Ô", "u": "ö", "U": "Ö"}[base]
        else:
            return letter
    addition = _VNI_MARKS[sign][tone] if tone is not None else _VNI_ALONE.get(sign, "")
    return written + (addition.upper() if base.isupper() else addition)


def mojibake(text: str) -> str:
    """Return the text as UTF-8 looks when it is read as Windows-1252."""
    out = []
    for byte in text.encode("utf-8"):
        one = bytes([byte])
        try:
            out.append(one.decode("cp1252"))
        except UnicodeDecodeError:
            out.append(one.decode("latin-1"))
    return "".join(out)


def cp1258(text: str) -> str:
    """Return the text composed as code page 1258 needs it: vowel signs in the letter, tones beside it."""
    out = []
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tones = [p for p in parts if p in _TONES]
        rest = unicodedata.normalize("NFC", "".join(p for p in parts if p not in _TONES))
        out.append(rest + "".join(tones))
    return "".join(out)


SPOIL = {"tcvn3": tcvn3, "vni": vni, "mojibake": mojibake}
