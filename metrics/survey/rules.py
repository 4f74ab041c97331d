"""The dated rules of survey figures: who may be published, and what a small sample borrows (`rules.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True)
class PublishRule:
    """How many respondents a figure needs."""

    since: date
    cite: str
    is_confirmed: bool
    hide_below: int
    pool_below: int
    refer_below: int
    pooled_days: int
    """A period at least this long counts as pooled over twelve months."""


@dataclass(frozen=True)
class DesignRule:
    """From how many degrees of freedom a unit's own variance is used, and what stands in for it below."""

    since: date
    cite: str
    is_confirmed: bool
    least_df: int
    least_item_n: int
    assumed_rho: float
    replicates: int


@cache
def _read() -> dict[str, list[dict[str, Any]]]:
    with PATH.open("rb") as file:
        return tomllib.load(file)


def publish_rule(day: date) -> PublishRule:
    """Return the rule in force on a day; before the first one, the first."""
    return PublishRule(**_in_force("publish", day))


def design_rule(day: date) -> DesignRule:
    """Return the rule in force on a day; before the first one, the first."""
    return DesignRule(**_in_force("design", day))


@cache
def _in_force(kind: str, day: date) -> dict[str, Any]:
    rules = sorted(_read()[kind], key=lambda r: r["since"])
    return next((r for r in reversed(rules) if r["since"] <= day), rules[0])


PUBLISH = publish_rule(date.max)
"""The latest rule of publishing."""
