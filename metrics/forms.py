"""Which form of the one-stop system was in force in a period, by name: numbers change meaning (`forms.csv`)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from warehouse.paths import DataDir

FILE_NAME = "forms.csv"


@dataclass(frozen=True)
class Form:
    """A form with the days in which it is used; `valid_to` is half-open."""

    form: str
    number: str
    name: tuple[tuple[str, str], ...]
    valid_from: date
    valid_to: date | None
    cite: str
    is_confirmed: bool
    """Whether the days rest on a source that was read; pages say so where not."""

    def label(self, lang: str) -> str:
        """Return the form's name in one language."""
        return dict(self.name).get(lang, self.form)


def in_force(form: str, start: date, end: date) -> tuple[Form, ...]:
    """Return the forms of that purpose that were in force on some day of a period, oldest first."""
    path = DataDir.from_environment().reference(FILE_NAME)
    found = (f for f in _forms(path, path.stat().st_mtime_ns) if f.form == form)
    return tuple(f for f in found if f.valid_from <= end and (f.valid_to is None or f.valid_to > start))


@lru_cache(maxsize=16)
def _forms(path: Path, changed: int) -> tuple[Form, ...]:
    """Return the rows of a file, oldest first; `changed` makes an edited file be read again."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            Form(
                row["form"],
                row["number"],
                (("vi", row["name_vi"]), ("en", row["name_en"])),
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                row["cite"],
                row["is_confirmed"] == "true",
            )
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(rows, key=lambda f: (f.form, f.valid_from)))
