"""The rules of `rules.toml`: what is rejected, warned of and repaired, and their limits."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from etl.catalogues import catalogue
from warehouse import clock
from warehouse.paths import DataDir


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "rules.toml").read_text("utf-8"))


@cache
def rules_of(dataset: str) -> tuple[dict[str, Any], ...]:
    """Return the conditions over the typed rows of a dataset, in the file's order."""
    return tuple(rule for rule in _document()["rule"] if rule["dataset"] == dataset)


@cache
def levels() -> dict[str, str]:
    """Return code -> level of all that the reading of a cell may find: reject, needed, warn or repair."""
    return {entry["id"]: entry["level"] for entry in _document()["reading"]}


@cache
def repairs() -> frozenset[str]:
    """Return the codes that say that something was put right."""
    of_rules = {rule["id"] for rule in _document()["rule"] if rule["level"] == "repair"}
    return frozenset(of_rules | {code for code, level in levels().items() if level == "repair"})


def never_rejects(code: str) -> bool:
    """Return whether a code leaves its row in the table even where its field is required.

    >>> never_rejects("suffix_removed"), never_rejects("unreadable_value")
    (True, False)
    """
    return levels().get(code) in ("warn", "repair")


@cache
def _calendar_bounds(path: Path, _stamp: int) -> tuple[date, date]:
    """Return the first and last day of the years that the calendar lists; `_stamp` tells its states apart."""
    years = [int(row["date"][:4]) for row in catalogue(path)]
    return (date(min(years), 1, 1), date(max(years), 12, 31)) if years else (date.min, date.max)


def filled(when: str, data_dir: DataDir) -> str:
    """Return the SQL of a condition with today, the calendar and the limits filled in."""
    calendar = data_dir.reference("calendar.csv")
    first, last = _calendar_bounds(calendar, calendar.stat().st_mtime_ns if calendar.exists() else 0)
    days = {"today": clock.today(), "calendar_first": first, "calendar_last": last}
    for name, day in days.items():
        when = when.replace(f"{{{name}}}", f"DATE '{day}'")
    for name, limit in _document()["limits"].items():
        when = when.replace(f"{{{name}}}", str(limit))
    return when
