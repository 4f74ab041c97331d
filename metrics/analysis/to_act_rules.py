"""What is checked for "Việc cần chỉ đạo, xử lý", and from which day a threshold holds (`metrics/to_act.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from metrics import catalogue

FILE = Path(__file__).resolve().parents[1] / "to_act.toml"
CONDITIONS = ("rows", "known", "unknown")


@dataclass(frozen=True)
class Threshold:
    """One limit with the day from which it holds."""

    name: str
    value: int
    unit: str
    since: date
    cite: str
    is_confirmed: bool


@dataclass(frozen=True)
class Check:
    """One thing that is looked for, and where it stands when it is found."""

    name: str
    tier: int
    weight: float
    source: str
    rows: str = ""
    oldest: str = ""
    known: str = ""
    unknown: str = ""
    metric: str = ""
    signal: str = ""
    list: str = ""
    needs_fresh: bool = False

    @property
    def is_counted(self) -> bool:
        """Return whether it counts rows of a mart table under a condition."""
        return bool(self.rows)

    @property
    def is_of_arrivals(self) -> bool:
        """Return whether it counts rows that were rejected, by the ledger of arrivals."""
        return not self.rows and not self.signal

    @property
    def dataset(self) -> str:
        """Return which dataset it reads; nothing where it reads none."""
        found = catalogue.sources().get(self.source)
        return found.dataset if found else ""


@cache
def _read() -> dict[str, Any]:
    with FILE.open("rb") as file:
        return tomllib.load(file)


@cache
def checks() -> dict[str, Check]:
    """Return the checks by name, in the order of the file."""
    return {name: _check(name, table) for name, table in _read()["check"].items()}


def _check(name: str, table: dict[str, Any]) -> Check:
    known = {f.name for f in fields(Check)}
    if unknown := set(table) - known:
        raise ValueError(f"check '{name}' has unknown keys: {', '.join(sorted(unknown))}")
    given = dict(table)
    if "metric" in given:
        given["rows"] = catalogue.metric(given["metric"]).numerator
    for key in CONDITIONS:
        given[key] = catalogue.expanded(given.get(key, ""))
    return Check(name=name, **given)


def most() -> int:
    """Return how many items are shown."""
    return int(_read()["most"])


def tier_name(tier: int, lang: str) -> str:
    """Return what a tier means, in one language."""
    return str(_read()["tiers"][str(tier)][lang])


def tiers() -> tuple[int, ...]:
    """Return the tiers, most urgent first."""
    return tuple(sorted(int(tier) for tier in _read()["tiers"]))


@cache
def thresholds() -> tuple[Threshold, ...]:
    """Return every threshold, dated."""
    return tuple(Threshold(**row) for row in _read()["threshold"])


def threshold(name: str, day: date) -> Threshold:
    """Return the threshold of that name in force on a day: the newest that has begun, else the first."""
    named = sorted((t for t in thresholds() if t.name == name), key=lambda t: t.since)
    if not named:
        raise KeyError(name)
    begun = [t for t in named if t.since <= day]
    return begun[-1] if begun else named[0]
