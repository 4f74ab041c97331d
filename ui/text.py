"""Words of the pages in Vietnamese and English, by key: one file per topic, the same keys in both (tested)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
FOLDER = Path(__file__).parent / "text"


def _flatten(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        flat |= _flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": str(value)}
    return flat


@cache
def words(lang: str) -> dict[str, str]:
    """Return every text of a language by its dotted key; a key has one home."""
    found: dict[str, str] = {}
    for path in sorted((FOLDER / lang).glob("*.toml")):
        with path.open("rb") as file:
            topic = _flatten(tomllib.load(file))
        if twice := found.keys() & topic.keys():
            raise ValueError(f"{lang}/{path.name}: {', '.join(sorted(twice))} stand in another file too")
        found |= topic
    return found


@dataclass(frozen=True)
class Text:
    """The words of one language: `text("page.overview.title", unit="…")`."""

    lang: Language = "vi"

    @classmethod
    def of(cls, lang: str) -> Text:
        """Return the words of a language, Vietnamese where there is none of that name."""
        return cls(cast(Language, lang) if lang in LANGUAGES else "vi")

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of a key with its places filled."""
        found = words(self.lang)[key]
        return found.format(**values) if values else found

    def has(self, key: str) -> bool:
        """Return whether the key has a text."""
        return key in words(self.lang)


def plainly(words: str) -> str:
    """Return words that somebody wrote as they stand: no sign in them makes Markdown or a link."""
    return re.sub(r"([\\`*_{}\[\]#|~<>$:])", r"\\\1", words)
