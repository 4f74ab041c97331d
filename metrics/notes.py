"""Why a row says what it says, in Vietnamese and English."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Reason:
    """A code of `messages.toml` and what fills its gaps."""

    code: str
    values: tuple[tuple[str, str], ...] = ()

    def text(self, lang: str = "vi") -> str:
        """Return the reason in one language."""
        return _texts()[self.code][lang].format(**dict(self.values))


def reason(code: str, **values: object) -> Reason:
    """Return a reason; days are written dd/mm/yyyy.

    >>> reason("small", n=7).text("vi")
    'Ít hồ sơ (7), không đánh giá'
    """
    written = ((k, v.strftime("%d/%m/%Y") if isinstance(v, date) else str(v)) for k, v in values.items())
    return Reason(code, tuple(written))


@cache
def _texts() -> dict[str, dict[str, str]]:
    with (Path(__file__).resolve().parent / "messages.toml").open("rb") as file:
        return tomllib.load(file)


def word(group: str, name: str, lang: str) -> str:
    """Return the label of a value that definitions use (a level, a channel, a direction …); itself when it has none.

    >>> word("channel", "counter", "vi"), word("level", "cluster", "vi")
    ('Trực tiếp', 'cluster')
    """
    return _words().get(group, {}).get(name, {}).get(lang, name)


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    with (Path(__file__).resolve().parent / "words.toml").open("rb") as file:
        return tomllib.load(file)
