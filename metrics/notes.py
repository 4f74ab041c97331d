"""Why a row says what it says, in Vietnamese and English."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

COUNTS = ("n", "total", "effective")
"""Gaps that are filled with counts."""


@dataclass(frozen=True)
class Reason:
    """A code of `messages.toml` and what fills its gaps."""

    code: str
    values: tuple[tuple[str, str], ...] = ()

    def text(self, lang: str = "vi") -> str:
        """Return the reason in one language."""
        return _texts()[self.code][lang].format(**{k: _grouped(k, v, lang) for k, v in self.values})


def _grouped(name: str, value: str, lang: str) -> str:
    """Return a count with its thousands apart; a year is none."""
    is_count = name in COUNTS and value.isdigit()
    return f"{int(value):,}".replace(",", "." if lang == "vi" else ",") if is_count else value


def reason(code: str, **values: object) -> Reason:
    """Return a reason; days are written dd/mm/yyyy.

    >>> reason("small", n=7).text("vi"), reason("survey_n", n=5000).text("vi")
    ('Ít hồ sơ (7), không đánh giá', '5.000 phiếu')
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
