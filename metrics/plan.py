"""What is to be reached and what was noted on a day: values handed down to questions, so that a change shows at once.

Targets come from `targets.csv` (in the snapshot) and from the page on which the province sets them; events from
`events.csv` and from the same page. What people set is read by whoever asks and given along: nothing here looks for it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from metrics.analysis.events import Event
from metrics.model import Metric
from metrics.places import Snapshot

SQL = Path(__file__).parent / "sql" / "targets.sql"
RULES = Path(__file__).with_name("targets.toml")


@dataclass(frozen=True)
class Target:
    """A value to be reached by one unit, or (without one) by every unit of a level, from a day on."""

    metric: str
    level: str
    unit_id: str
    value: float
    valid_from: date
    valid_to: date | None = None
    """The first day on which it no longer holds."""
    source: str = ""
    """The document it rests on."""
    is_confirmed: bool = False
    who: str = ""
    """Who set it on the page; empty for a row of the reference file."""
    set_on: date | None = None
    number: int = 0

    def holds(self, metric: str, level: str, unit_id: str, day: date) -> bool:
        """Return whether it is one of this metric and unit on this day."""
        is_meant = self.metric == metric and self.level == level and self.unit_id in ("", unit_id)
        return is_meant and self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Plan:
    """What people set beside the reference files, as far as the one who asks may see it."""

    targets: tuple[Target, ...] = ()
    events: tuple[Event, ...] = ()

    def of(self, level: str, unit_id: str | None) -> Plan:
        """Return what concerns one unit, or without one the units of a level: little to tell questions apart by."""
        return Plan(
            tuple(t for t in self.targets if t.level == level and t.unit_id in ("", unit_id or "")),
            tuple(e for e in self.events if e.level in ("", level) and e.unit_id in ("", unit_id or "")),
        )


NOTHING = Plan()


def in_force(targets: Iterable[Target], metric: str, level: str, unit_id: str | None, day: date) -> Target | None:
    """Return the target of a metric on a day.

    A unit's own comes before its level's; of each, what was set on the page before what the reference file says; of
    these the one that began last, and of two that began on the same day the one that was set later.
    """
    held = [t for t in targets if t.holds(metric, level, unit_id or "", day)]
    order = [((t.unit_id != ""), t.who != "", t.valid_from, t.number, t.value) for t in held]
    return max(zip(order, held, strict=True), key=lambda pair: pair[0])[1] if held else None


def filed(snapshot: Snapshot) -> tuple[Target, ...]:
    """Return the targets of the reference file."""
    cursor = snapshot.cursor()
    try:
        rows = cursor.execute(SQL.read_text(encoding="utf-8")).fetchall()
    finally:
        cursor.close()
    return tuple(Target(*row) for row in rows)


# What a target may be ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bounds:
    """Between which values a target of a unit of measure lies, as it is kept, and in which steps it is written."""

    low: float
    high: float
    step: float


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


def bounds(metric: Metric) -> Bounds | None:
    """Return between which values a target of this metric lies; None where it may have none."""
    if metric.direction == "neutral" or metric.kind in ("count", "distinct") or metric.is_component:
        return None
    if any(fnmatchcase(metric.name, pattern) for pattern in _rules()["without"]):
        return None
    found = _rules()["bounds"].get(metric.unit)
    return Bounds(**found) if found else None
