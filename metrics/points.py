"""The points scale of Decision 766/QĐ-TTg: groups and indicators in force on a day, from dated reference data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from warehouse.paths import DataDir

INDICATORS, GROUPS = "points_766.csv", "groups_766.csv"


@dataclass(frozen=True)
class Indicator:
    """One indicator of the scale: what it can bring, and which metric of ours gives its rate."""

    code: str
    group: str
    points: float | None
    """The maximum; None where it is not known, 0 where the indicator is for information only."""
    target: float | None
    """The rate (0–1) from which the maximum is given; None where points are linear in the rate."""
    metric: str | None
    """None where the province has no data of its own."""
    is_confirmed: bool
    """Whether maximum and rule rest on a source other than memory, inference or two files that disagree."""
    cite: str
    name: tuple[tuple[str, str], ...] = ()
    base: str | None = None
    """A count of the cases that could enter the rate's denominator: with some of them and an empty denominator, the
    files do not record it; without any there is nothing to divide by."""

    def label(self, lang: str) -> str:
        """Return the indicator's name in one language."""
        return dict(self.name).get(lang, self.code)


@dataclass(frozen=True)
class Group:
    """One group of the scale with the most it can bring; 3a and 3b are one group of the Decision."""

    group: str
    no: str
    points: float
    is_confirmed: bool
    cite: str
    name: tuple[tuple[str, str], ...] = ()

    def label(self, lang: str) -> str:
        """Return the group's name in one language."""
        return dict(self.name).get(lang, self.group)


def indicators(group: str, day: date) -> tuple[Indicator, ...]:
    """Return the indicators of a group in force on the day, in the order of their codes."""
    return tuple(
        Indicator(
            row["code"],
            row["group"],
            float(row["points"]) if row["points"] else None,
            float(row["target_pct"]) / 100 if row["target_pct"] else None,
            row["metric"] or None,
            row["is_confirmed"] == "true",
            row["cite"],
            _name(row),
            row.get("base_metric") or None,
        )
        for row in _in_force(INDICATORS, day)
        if row["group"] == group
    )


def groups(day: date) -> tuple[Group, ...]:
    """Return the groups in force on the day, in the order of the portal."""
    return tuple(
        Group(row["group"], row["no"], float(row["points"]), row["is_confirmed"] == "true", row["cite"], _name(row))
        for row in _in_force(GROUPS, day)
    )


def metrics_of(group: str = "") -> tuple[str, ...]:
    """Return every metric that an indicator of the group, or of any, was ever read from, each once."""
    path = DataDir.from_environment().reference(INDICATORS)
    rows = _rows(path, path.stat().st_mtime_ns)
    return tuple(dict.fromkeys(r["metric"] for r in rows if r["metric"] and group in ("", r["group"])))


def bases() -> tuple[str, ...]:
    """Return every count that tells an empty denominator from one that is not recorded, each once."""
    path = DataDir.from_environment().reference(INDICATORS)
    rows = _rows(path, path.stat().st_mtime_ns)
    return tuple(dict.fromkeys(r["base_metric"] for r in rows if r.get("base_metric")))


def _name(row: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return (("vi", row["name_vi"]), ("en", row["name_en"]))


def _in_force(name: str, day: date) -> list[dict[str, str]]:
    """Return the rows in force on the day; `valid_to` is half-open."""
    path = DataDir.from_environment().reference(name)
    return [
        row
        for row in _rows(path, path.stat().st_mtime_ns)
        if row["valid_from"] <= day.isoformat() and (not row["valid_to"] or day.isoformat() < row["valid_to"])
    ]


@lru_cache(maxsize=16)
def _rows(path: Path, changed: int) -> tuple[dict[str, str], ...]:
    """Return the rows of a file; `changed` makes an edited file be read again."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))
