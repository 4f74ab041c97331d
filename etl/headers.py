"""What a header means in a table of each kind, by the dictionary `headers.toml`; cells are looked at elsewhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from etl.datasets import all_datasets
from etl.personal import has_personal_pattern, is_personal_header, safe
from etl.text import clean, fold

LONGEST = 160
"""A longer cell is no header."""
SHORTEST_MENDED = 3
"""Shorter words are not mended: too many words are one letter away."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"

EITHER = {
    "unit": ("unit_code", "unit_name"),
    "receiving_unit": ("receiving_unit_code", "receiving_unit_name"),
    "procedure": ("procedure_code", "procedure_name"),
}
"""Names of the dictionary that the cells make a code or a name."""


@dataclass(frozen=True)
class Meaning:
    """What a header says."""

    kind: str
    """sure, by_cells, unsure, time_of, day_of, never, personal or unknown."""
    fields: tuple[str, ...] = ()
    then: tuple[tuple[str, str], ...] = ()
    """For unsure: (field that another column has, what is left)."""
    reason: str = "unknown"
    """How it was found: a code of the messages `[mapping]`."""
    confidence: float = 0.0


UNKNOWN = Meaning("unknown")


@dataclass
class Dictionary:
    """The phrases of one dataset, in the forms in which they are looked up."""

    dataset: str
    plain: dict[str, Meaning] = field(default_factory=dict)
    """Folded phrase -> meaning."""
    alike: dict[str, Meaning] = field(default_factory=dict)
    """The same, abbreviations written out and like words made one."""
    joined: dict[str, Meaning | None] = field(default_factory=dict)
    """The same without spaces; None: several meanings."""
    important: tuple[str, ...] = ()
    instead: dict[str, str] = field(default_factory=dict)
    """Field that is missing -> field whose column may be meant."""
    common: set[str] = field(default_factory=set)
    """Phrases that every kind of table may have."""
    made_alike: dict[str, dict[Meaning, bool]] = field(default_factory=dict)


@cache
def document() -> dict[str, Any]:
    """Return `headers.toml`."""
    return tomllib.loads((Path(__file__).parent / "headers.toml").read_text("utf-8"))


@cache
def dictionary(dataset: str) -> Dictionary:
    """Return the dictionary of a dataset; a phrase with two meanings is an error."""
    entry = document()[dataset]
    found = Dictionary(dataset, important=tuple(entry["important"]), instead=entry.get("instead", {}))
    for phrase in document()["never"]:
        _put(found, phrase, Meaning("never", reason="no_field", confidence=1.0), is_common=True)
    for phrase in entry.get("never", ()):
        _put(found, phrase, Meaning("never", reason="no_field", confidence=1.0))
    for phrase in entry.get("day_of", ()):
        _put(found, phrase, Meaning("day_of", reason="known_header", confidence=0.97))
    for kind in ("sure", "by_cells", "time_of"):
        for name, phrases in entry.get(kind, {}).items():
            for phrase in phrases:
                _put(found, phrase, Meaning(kind, (name,), reason="known_header", confidence=0.97))
    for phrase, told in entry.get("unsure", {}).items():
        then = tuple(told.get("then", {}).items())
        _put(found, phrase, Meaning("unsure", tuple(told["may"]), then, "unsure_header", 0.5))
    _join_alike(found)
    for words, meaning in found.alike.items():
        key = words.replace(" ", "")
        found.joined[key] = None if key in found.joined and found.joined[key] != meaning else meaning
    return found


def _put(into: Dictionary, phrase: str, meaning: Meaning, is_common: bool = False) -> None:
    """Enter a phrase; a dataset's own words go before the common ones, and no two of them may differ."""
    key, like = fold(phrase), alike(fold(phrase))
    held = into.plain.get(key)
    if held is not None and held != meaning and key not in into.common:
        raise ValueError(f"headers.toml, {into.dataset}: {phrase!r} has two meanings")
    into.plain[key] = meaning
    (into.common.add if is_common else into.common.discard)(key)
    if like != key:
        into.made_alike.setdefault(like, {})[meaning] = is_common


def _join_alike(into: Dictionary) -> None:
    """Enter the phrases that are one once like words are: those that differ then are sure of nothing."""
    into.alike.update(into.plain)
    for key, meanings in into.made_alike.items():
        own = [m for m, is_common in meanings.items() if not is_common] or list(meanings)
        if key not in into.plain or (key in into.common and own != list(meanings)):
            if len(set(own)) == 1:
                into.alike[key] = own[0]
            else:
                into.alike.pop(key, None)


@cache
def _like() -> tuple[tuple[re.Pattern[str], str], ...]:
    pairs = {fold(k): fold(v) for k, v in document()["like"].items()}
    return tuple(
        (re.compile(rf"\b{re.escape(k)}\b"), pairs[k]) for k in sorted(pairs, key=lambda k: (-len(k.split()), k))
    )


@cache
def _short() -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    words = {fold(k): fold(v) for k, v in document()["abbreviations"].items()}
    cut = tuple((re.compile(rf"\b{re.escape(k)}\b"), fold(v)) for k, v in document()["initials"].items())
    return words, cut


@lru_cache(maxsize=1 << 13)
def alike(folded: str) -> str:
    """Return folded words with abbreviations written out and like words made one.

    >>> alike("ngay gio tn hs"), alike("co quan xu ly")
    ('ngay tiep nhan ho so', 'don vi giai quyet')
    """
    words, cut = _short()
    text = folded
    for pattern, whole in cut:
        text = pattern.sub(whole, text)
    text = " ".join(words.get(w, w) for w in text.split())
    for pattern, same in _like():
        text = pattern.sub(same, text)
    # "Ngày, tháng, năm: Ngày nhận" says it twice.
    parts = text.split()
    return " ".join(w for n, w in enumerate(parts) if not n or w != parts[n - 1])


@cache
def vocabulary() -> frozenset[str]:
    """Return every word of the dictionary, also of phrases that are no field of ours."""
    words: set[str] = set()
    for dataset in all_datasets():
        for table in (dictionary(dataset).plain, dictionary(dataset).alike):
            words |= {w for phrase in table for w in phrase.split()}
    return frozenset(words | set(_short()[0]))


@cache
def _notes() -> frozenset[str]:
    return frozenset(w for text in document()["notes"]["harmless"] for w in fold(text).split())


@cache
def _plain_uppers() -> frozenset[str]:
    texts = document()["fillers"]["upper"]
    return frozenset(w for text in texts for form in (fold(text), alike(fold(text))) for w in form.split())


@cache
def _fillers() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    light, heavy = (
        tuple(re.compile(rf"\b{re.escape(fold(t))}\b") for t in document()["fillers"][kind])
        for kind in ("light", "heavy")
    )
    return light, heavy


def is_header_like(cell: str) -> bool:
    """Return whether a cell may be a header at all: words, not a value."""
    return 0 < len(cell) <= LONGEST and any(c.isalpha() for c in cell) and not cell[:1].isdigit()


@lru_cache(maxsize=1 << 14)
def meaning(dataset: str, header: str) -> Meaning:
    """Return what a header means; of a merged heading ("Upper: Lower") the two together go before the lower alone.

    >>> meaning("case", "Ngày giờ T/nhận HS").fields, meaning("case", "Ngày tiếp nhân bổ sung").fields
    (('received_at',), ('supplement_received_at',))
    """
    upper, joint, lower = header.rpartition(": ")
    if not joint:
        return _of_text(dataset, header, is_mended=True)
    for text in (f"{upper} {lower}", f"{lower} {upper}", f"{upper.rpartition(': ')[2]} {lower}"):
        found = _of_text(dataset, text, is_mended=False)
        if found.kind not in ("unknown", "personal"):
            return found
    found = _of_text(dataset, lower, is_mended=True)
    if found.kind in ("sure", "by_cells") and not all(w in _plain_uppers() for w in alike(fold(upper)).split()):
        return Meaning("unsure", found.fields, (), "note_in_header", 0.5)
    return found


def is_in_dictionary(header: str) -> bool:
    """Return whether the dictionary holds these words: they are nobody's name, whatever they look like.

    >>> is_in_dictionary("Mã TTHC"), is_in_dictionary("Lê Văn Tám")
    (True, False)
    """
    return any(meaning_quick(dataset, header).kind != "unknown" for dataset in all_datasets())


def shown(header: str) -> str:
    """Return a header as it may be shown and kept: as a shape where it may hold something personal."""
    # Signs that fold to nothing (wide digits) are no words, whatever the dictionary holds under the empty text.
    is_known = all(fold(part) and is_in_dictionary(part) for part in header.split(": "))
    return clean(header) if is_known and not has_personal_pattern(header) else safe(header)


@lru_cache(maxsize=1 << 14)
def meaning_quick(dataset: str, header: str) -> Meaning:
    """Return what a header means by its words as they stand."""
    words = dictionary(dataset)
    for text in (header, header.rpartition(": ")[2]):
        folded = fold(text)
        found = words.plain.get(folded) or words.alike.get(alike(folded))
        if found:
            return found
    return UNKNOWN


def _of_text(dataset: str, text: str, is_mended: bool) -> Meaning:
    words = dictionary(dataset)
    folded = fold(text)
    bare, note = _without_note(text)
    found = words.plain.get(folded) or (words.plain.get(fold(bare)) if note and _is_harmless(note) else None)
    if found:
        return found if not note else _as(found, "note_left_out", 0.95)
    found = words.alike.get(alike(folded))
    if found:
        return _as(found, "written_out", 0.95)
    if is_personal_header(text):
        return _though_personal(words, folded, is_mended) or Meaning(
            "personal", reason="personal_header", confidence=1.0
        )
    for candidate, reason, confidence in _forms(folded):
        found = words.plain.get(candidate) or words.alike.get(candidate)
        if found:
            return _as(found, reason, confidence)
    if is_personal_header(re.sub(r"\b(\w+)\b", lambda m: _short()[0].get(m[1], m[1]), folded)):
        return Meaning("personal", reason="personal_header", confidence=1.0)
    joined = words.joined.get(alike(folded).replace(" ", ""))
    if joined:
        return _as(joined, "mended_header", 0.9)
    if note:
        found = words.plain.get(fold(bare)) or words.alike.get(alike(fold(bare)))
        if found:
            # A note that is no mere remark may say that something else is meant.
            if found.kind in ("sure", "by_cells", "unsure") and not _is_harmless(note):
                return Meaning("unsure", found.fields, (), "note_in_header", 0.5)
            return _as(found, "note_left_out", 0.93)
    if is_mended:
        return _mended(dataset, alike(folded), alike(fold(bare)) if note and _is_harmless(note) else "")
    return UNKNOWN


def _though_personal(words: Dictionary, folded: str, is_mended: bool) -> Meaning | None:
    """Return what a header says whose words about a person are those of a phrase of ours ("Ngày tiếp công dân")."""
    for form, reason, confidence in _forms(folded):
        found = words.alike.get(form)
        if found and found.kind == "sure" and is_personal_header(form):
            return _as(found, reason, confidence)
    mended = _mended(words.dataset, alike(folded), "") if is_mended else UNKNOWN
    return mended if mended.kind == "sure" else None


def _as(found: Meaning, reason: str, confidence: float) -> Meaning:
    if found.kind in ("never", "unsure"):
        return found
    return Meaning(found.kind, found.fields, found.then, reason, confidence)


def without_note(header: str) -> str:
    """Return a header without what stands in brackets."""
    return _without_note(header)[0]


def _without_note(text: str) -> tuple[str, str]:
    """Return a header without what stands in brackets, and that."""
    notes = re.findall(r"[(\[{]([^)\]}]*)[)\]}]?", text)
    if not notes:
        return text, ""
    return clean(re.sub(r"[(\[{][^)\]}]*[)\]}]?", " ", text)), " ".join(notes)


def _is_harmless(note: str) -> bool:
    return all(w.isdigit() or w in _notes() for w in fold(note).split())


def _forms(folded: str) -> Iterator[tuple[str, str, float]]:
    """Yield the header in ever looser forms, with the reason and how sure each is."""
    yield alike(folded), "written_out", 0.95
    apart = re.sub(r"^(?:\d+ )+", "", folded)
    if apart != folded:
        yield alike(apart), "note_left_out", 0.94
    light, heavy = _fillers()
    text = alike(apart)
    looser = text
    for pattern in light:
        looser = pattern.sub(" ", looser)
    looser = " ".join(looser.split())
    if looser != text and len(looser.split()) > 1:
        yield alike(looser), "words_left_out", 0.92
    each = [" ".join(pattern.sub(" ", looser).split()) for pattern in heavy]
    every = looser
    for pattern in heavy:
        every = " ".join(pattern.sub(" ", every).split())
    for fewer in dict.fromkeys((*each, every)):
        if fewer != looser and len(fewer.split()) > 1:
            yield alike(fewer), "words_left_out", 0.9


def _mended(dataset: str, text: str, bare: str) -> Meaning:
    """Return what the header means once each strange word is the one known word a single letter away."""
    words = dictionary(dataset)
    for written in filter(None, (text, bare)):
        parts = written.split()
        strange = [i for i, w in enumerate(parts) if w not in vocabulary() and not w.isdigit()]
        if not strange or len(strange) > 2:
            continue
        found: set[Meaning] = set()
        for attempt in _attempts(parts, strange):
            for form, _, _ in _forms(attempt):
                if hit := words.alike.get(form) or words.plain.get(form):
                    found.add(hit)
                    break
        if len({(m.kind, m.fields) for m in found}) == 1:
            return _as(found.pop(), "mended_header", 0.88)
    return UNKNOWN


def _attempts(parts: list[str], strange: list[int]) -> Iterator[str]:
    choices = [sorted(_near(parts[i])) for i in strange]
    if not all(choices) or any(len(c) > 12 for c in choices):
        return
    for first in choices[0]:
        for second in choices[1] if len(choices) > 1 else ("",):
            mended = list(parts)
            mended[strange[0]] = first
            if second:
                mended[strange[1]] = second
            yield " ".join(mended)


@lru_cache(maxsize=1 << 12)
def _near(word: str) -> frozenset[str]:
    """Return the known words that are one letter away: left out, doubled, exchanged or wrong."""
    if len(word) < SHORTEST_MENDED or len(word) > 24 or any(c.isdigit() for c in word):
        return frozenset()
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1:] for a, b in cuts if b}
    found |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    found |= {a + c + b[1:] for a, b in cuts if b for c in LETTERS}
    found |= {a + c + b for a, b in cuts for c in LETTERS}
    return frozenset(w for w in found & vocabulary() if len(w) > 1)
