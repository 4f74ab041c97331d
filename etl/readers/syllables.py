"""Which words can be Vietnamese syllables: the evidence for or against an encoding."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
STOPPED_TONES = ("\u0301", "\u0323")
_HATS = "ăâêôơư"
_FRONT = ("i", "e", "ê", "y")
_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q r s t th tr v x"
_RIMES = """
    a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet oong
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên uênh uơ
    uôc uôi uôm uôn uông uôt uy uya uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêt yêu
"""
_RIMES_AFTER_Q = """
    ua uac uach uai uan uang uanh uao uat uau uay uăc uăm uăn uăng uăp uăt uân uâng uât uây ue uen ueo uet
    uê uêch uên uênh uêt uêu ui uit uy uych uyên uyêt uynh uyt uôc uơ uơn
"""


def _tone_places(rime: str, onset: str) -> list[int]:
    """Return where the tone may stand: the usual place, and both ways of writing "hoà"."""
    hats = [i for i, letter in enumerate(rime) if letter in _HATS]
    if hats:
        return hats[-1:]
    n = len(rime) - len(rime.lstrip("aeiouy"))
    if onset == "q":
        return [1]
    if n <= 1:
        return [0]
    if n > 2 or len(rime) > n:
        return [1]
    return [0, 1] if rime in ("oa", "oe", "uy") else [0]


def _fits(onset: str, rime: str) -> bool:
    """Whether onset and rime are spelled together: c and k, g and gh, ng and ngh."""
    is_front = rime.startswith(_FRONT)
    if onset in ("k", "gh", "ngh"):
        return is_front and not (onset != "k" and rime.startswith("y"))
    if onset in ("c", "ng"):
        return not is_front
    if onset == "g":
        return not rime.startswith(("e", "ê", "y"))
    if onset == "gi":
        return not rime.startswith("i")
    return True


@cache
def syllables() -> frozenset[str]:
    """Return every syllable that may be written, lower case, NFC."""
    found = set()
    for onset in ("", *_ONSETS.split()):
        for rime in (_RIMES_AFTER_Q if onset == "q" else _RIMES).split():
            if onset != "q" and not _fits(onset, rime):
                continue
            is_stopped = rime.endswith(("c", "ch", "k", "p", "t"))
            for tone in STOPPED_TONES if is_stopped else TONES:
                for place in _tone_places(rime, onset):
                    found.add(unicodedata.normalize("NFC", onset + rime[: place + 1] + tone + rime[place + 1 :]))
            if rime.endswith("k"):
                found.add(onset + rime)  # "Đăk", "Lăk"
    return frozenset(found)


def is_syllable(word: str) -> bool:
    """Return whether a word is a syllable in one of the usual cases.

    >>> is_syllable("Thủy"), is_syllable("THUỶ"), is_syllable("xÃ"), is_syllable("hồn"), is_syllable("hôǹ")
    (True, True, False, True, False)
    """
    lower = word.lower()
    has_one_case = word in (lower, word.upper()) or word == lower[:1].upper() + lower[1:]
    return has_one_case and lower in syllables()


@cache
def common_syllables() -> frozenset[str]:
    """Return the syllables that are usual in administrative texts (`common_syllables.txt`)."""
    lines = (Path(__file__).parent / "common_syllables.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_common(word: str) -> bool:
    """Return whether a word is a usual syllable.

    >>> is_common("Xã"), is_common("xó")
    (True, False)
    """
    return word.lower() in common_syllables()
