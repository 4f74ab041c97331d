"""Texts in old encodings put into Unicode, cell by cell, where the evidence is plain; else left as they are.

Each text is judged by the Vietnamese syllables it holds as it stands and in each encoding it may be in. A text that is
no Vietnamese as it stands, and good Vietnamese in one encoding only, is sure. A text that could be either ("tê" is
"tờ" in TCVN3, "hoà sô" is "hồ sơ" in VNI) follows the sure cells of its column, else of its row, else of the sheet, and
only where these agree; one that is no Vietnamese as it stands follows the nearest. Good Unicode is never touched.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.readers.legacy import OLD
from etl.readers.misread import from_misread
from etl.readers.syllables import is_common, is_syllable

UNICODE = "unicode"
WORDS_FOR_AN_ENCODING = 3
"""So many different words must speak for an old encoding in a sheet before anything is mended (chosen by us)."""
MOSTLY = 0.75
"""Share of good words from which a long text with a foreign name in it is sure (chosen by us)."""

_OWN = re.compile("[ăđĩũơưĂĐĨŨƠƯ\u1ea0-\u1ef9]")
"""Letters that only Unicode has: no old encoding looks like them."""
_LETTERS = frozenset("àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ")
"""Vietnamese letters that are Latin-1 too."""
_WORD = re.compile("[^\\s\x00-\x40\\[-`{-\x7f\u2000-\u206f\u20ab\u2030]+")
_SIGNS_BESIDE = "°²³"
_LETTER_D = str.maketrans("Ðð", "Đđ")


@dataclass
class Reading:
    """What a text may be: `sure` names an encoding (or Unicode), else the encodings in `options` are possible."""

    sure: str = ""
    options: dict[str, str] = field(default_factory=dict)
    """Encoding -> the text in Unicode."""
    words: frozenset[str] = frozenset()
    fit: str = "good"
    """As it stands it is "good" Vietnamese, or "odd" (of rarer words than in another encoding), or "bad"."""


def words_of(text: str) -> list[str]:
    """Return the words with a letter beyond ASCII; signs that stand alone are no words."""
    found = (w.strip(_SIGNS_BESIDE) for w in _WORD.findall(text))
    return [w for w in found if not w.isascii() and any((c.isalpha() and c > "¿") or c.isascii() for c in w)]


def good_share(text: str) -> tuple[float, int]:
    words = words_of(text)
    good = sum(map(is_syllable, words))
    return (good / len(words) if words else 0.0), good


def _is_odd(words: list[str]) -> bool:
    """Whether a word holds a sign or a case that no Vietnamese word has."""
    for word in words:
        if any(not c.isascii() and c not in _LETTERS for c in word):
            return True
        if word not in (word.lower(), word.upper(), word[:1].upper() + word[1:].lower()):
            return True
    return False


def read(text: str) -> Reading:
    """Return what a text that is not ASCII may be."""
    text = unicodedata.normalize("NFC", text)
    misread = from_misread(text)
    if misread is not None:
        right = unicodedata.normalize("NFC", misread)
        # UTF-8 proves itself: it is enough that nothing but Vietnamese letters and signs comes out. Only "XÃ AN" with
        # a no-break space may look so too: there the words must tell.
        is_own = all(c in _LETTERS or _OWN.match(c) or not c.isalpha() for c in right if c > "\x7f")
        if is_own and (good_share(text)[0] < 1 or good_share(right)[0] == 1):
            return Reading("mojibake", {"mojibake": right})
    if _OWN.search(text):
        right = text.translate(_LETTER_D)
        return Reading(UNICODE, {"letter_d": right} if right != text else {})
    words = words_of(text)
    if not words:
        # A sign that stands alone: a letter ("§" is "Đ") only among neighbours that say so.
        return Reading(
            options={n: new for n, old in OLD.items() if (new := old(text)) and new != text and words_of(new)}
        )
    share, _ = good_share(text)
    found: dict[str, tuple[str, float, int]] = {}
    for name, reader in OLD.items():
        new = reader(text)
        if new is not None and new != text:
            found[name] = (new, *good_share(new))
    whole = [name for name, (_, s, _) in found.items() if s == 1]
    right = text.translate(_LETTER_D)
    if right != text and good_share(right)[0] == 1 and all(found[name][0] == right for name in whole):
        return Reading("" if whole else UNICODE, {"letter_d": right} | dict.fromkeys(whole, right))
    if share == 1:
        if all(map(is_common, words)):
            # "Xã Nam Thái" is also good TCVN3, of words that nobody uses.
            whole = [name for name in whole if all(map(is_common, words_of(found[name][0])))]
            return Reading(options={name: found[name][0] for name in whole})
        usual = [name for name in whole if all(map(is_common, words_of(found[name][0])))]
        return Reading(options={name: found[name][0] for name in usual or whole}, fit="odd" if usual else "good")
    if _is_odd(words):
        best = whole or [n for n, (_, s, good) in found.items() if s >= MOSTLY and good >= WORDS_FOR_AN_ENCODING]
        others = [s for n, (_, s, _) in found.items() if n not in best]
        if len({found[n][0] for n in best}) == 1 and (whole or max(others, default=0.0) <= 0.5):
            new = found[best[0]][0]
            return Reading(best[0], {n: found[n][0] for n in best}, frozenset(words_of(new)))
        has_sign = any(not c.isascii() and c not in _LETTERS for word in words for c in word)
        possible = {n: new for n, (new, s, _) in found.items() if (n in best if best else has_sign or s > share)}
        return Reading(options=possible, fit="bad")
    better = whole or [name for name, (_, s, _) in found.items() if s > share]
    return Reading(options={name: found[name][0] for name in better}, fit="bad")


def mend(rows: list[list[str]]) -> dict[str, int]:
    """Return how many cells were mended, by kind; the rows are changed in place."""
    texts = {cell for row in rows for cell in row if not cell.isascii()}
    readings = {text: read(text) for text in texts}
    if not any(_is_to_mend(text, one) for text, one in readings.items()):
        return {}
    odd = [(n, at) for n, row in enumerate(rows) for at, cell in enumerate(row) if not cell.isascii()]
    _drop_weak(readings)
    verdicts = _Verdicts(rows, odd, readings)
    counts: Counter[str] = Counter()
    for n, at in odd:
        cell = rows[n][at]
        one = readings[cell]
        kind = verdicts.of(n, at)
        new = one.options.get(kind or "")
        if new is None:
            kind, new = "nfc", unicodedata.normalize("NFC", cell)
            if "letter_d" in one.options:
                kind, new = "letter_d", one.options["letter_d"]
        if new != cell:
            counts[str(kind)] += 1
            rows[n][at] = new
    return dict(sorted(counts.items()))


def _is_to_mend(text: str, one: Reading) -> bool:
    return (
        (one.sure != "" and bool(one.options))
        or "letter_d" in one.options
        or not unicodedata.is_normalized("NFC", text)
    )


def _drop_weak(readings: dict[str, Reading]) -> None:
    """Take an old encoding that too few words speak for as not there."""
    words: dict[str, set[str]] = {}
    for one in readings.values():
        if one.sure in OLD:
            words.setdefault(one.sure, set()).update(one.words)
    weak = {name for name in OLD if len(words.get(name, ())) < WORDS_FOR_AN_ENCODING}
    for one in readings.values():
        if one.sure in weak:
            one.sure = ""
        for name in weak & one.options.keys():
            del one.options[name]


class _Verdicts:
    """Which encoding each cell is in, as far as its neighbours can say."""

    def __init__(self, rows: list[list[str]], odd: Sequence[tuple[int, int]], readings: dict[str, Reading]):
        self.sure: dict[tuple[int, int], str] = {}
        by_row: dict[int, set[str]] = {}
        by_column: dict[int, list[tuple[int, int]]] = {}
        for n, at in odd:
            sure = readings[rows[n][at]].sure
            if sure:
                self.sure[(n, at)] = sure
                by_row.setdefault(n, set()).add(sure)
            by_column.setdefault(at, []).append((n, at))
        sheet = set(self.sure.values()) - {"mojibake"}
        self.said: dict[tuple[int, int], str] = dict(self.sure)
        for cells in by_column.values():
            column = {v for cell in cells if (v := self.sure.get(cell))}
            above, below = self._nearest(cells), self._nearest(cells[::-1])
            for cell in cells:
                if cell in self.sure:
                    continue
                one, row = readings[rows[cell[0]][cell[1]]], by_row.get(cell[0], set())
                near = {v for v in (above[cell], below[cell]) if v}
                if one.fit == "bad":
                    # What is no Vietnamese as it stands is in an old encoding, whatever its neighbours are in.
                    levels = [level & one.options.keys() for level in (near, row, column, sheet)]
                elif one.fit == "odd" and len(row) == 1 and row <= one.options.keys():
                    levels = [row]
                else:
                    levels = [column or row or sheet]
                told = next((level for level in levels if len(level) == 1), None)
                if told:
                    self.said[cell] = next(iter(told))

    def _nearest(self, cells: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
        last, found = "", {}
        for cell in cells:
            last = self.sure.get(cell, last)
            found[cell] = last
        return found

    def of(self, n: int, at: int) -> str | None:
        """Return the encoding of a cell, None where it cannot be told."""
        return self.said.get((n, at))
