"""Dated events: those of `events.csv`, after which a control chart begins anew, and those that people noted."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from warehouse.paths import DataDir

FILE_NAME = "events.csv"


@dataclass(frozen=True)
class Event:
    """What changed a process on a day, for one metric, level or unit, or (where that is empty) for every one."""

    day: date
    reason: tuple[tuple[str, str], ...]
    cite: str = ""
    is_confirmed: bool = True
    metric: str = ""
    level: str = ""
    unit_id: str = ""
    rebases: bool = True
    """Whether limits begin anew there; else it is only written on the chart."""
    owner: str = ""
    """The body that answers for it, never a person's name."""
    who: str = ""
    """Who noted it on the page; empty for a row of the reference file."""
    set_on: date | None = None
    number: int = 0

    def text(self, lang: str) -> str:
        """Return the reason in one language, in Vietnamese where it was not said in the other."""
        said = dict(self.reason)
        return said.get(lang, "") or said.get("vi", "")

    def concerns(self, metric: str, level: str, unit_id: str) -> bool:
        """Return whether the event is one of this metric, level and unit."""
        pairs = ((self.metric, metric), (self.level, level), (self.unit_id, unit_id))
        return all(logged in ("", asked) for logged, asked in pairs)


def of(metric: str, level: str, unit_id: str, noted: Sequence[Event] = ()) -> tuple[Event, ...]:
    """Return the events of a metric at a level and unit, oldest first; with those that people `noted`."""
    found = (e for e in (*filed(), *noted) if e.concerns(metric, level, unit_id))
    return tuple(sorted(found, key=lambda e: (e.day, e.number)))


def filed() -> tuple[Event, ...]:
    """Return the events of the reference file."""
    path = DataDir.from_environment().reference(FILE_NAME)
    return _events(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _events(path: Path, changed: int) -> tuple[Event, ...]:
    """Return the rows of a file; `changed` makes an edited file be read again."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Event(
                date.fromisoformat(row["day"]),
                (("vi", row["reason_vi"]), ("en", row["reason_en"])),
                row.get("cite", ""),
                row.get("is_confirmed", "true") == "true",
                row["metric"],
                row["level"],
                row["unit_id"],
            )
            for row in csv.DictReader(file)
        )
