"""The canonical fields of the datasets (`datasets.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NOT_STORED = ("unit_code", "unit_name")
"""Types that end as `unit_id` or `receiving_unit_id`."""


@dataclass(frozen=True)
class Field:
    """One canonical field: its type decides how a text is read."""

    name: str
    type: str
    is_required: bool = False
    labels: str = ""
    catalogue: str = ""


@dataclass(frozen=True)
class Dataset:
    """One dataset: its key field, the field whose date places a row in time, and all fields in order."""

    name: str
    key: str
    event: str
    fields: dict[str, Field]
    same: tuple[str, ...] = ()
    """Stored columns in which rows agree that say the same thing; empty where SQL of the dataset's own tells."""
    is_several: bool = False
    """Whether rows of one file that agree in `same` are different things all the same."""
    placed_on: str = ""
    """SQL for the day by which the unit of a row is placed."""

    @property
    def required(self) -> list[str]:
        return [f.name for f in self.fields.values() if f.is_required]

    def misses(self, mapped: set[str]) -> list[str]:
        """Return the required fields that a set of mapped fields lacks; a unit's name serves for its code."""
        return [n for n in self.required if n not in mapped and not (n == "unit_code" and "unit_name" in mapped)]


@cache
def all_datasets() -> dict[str, Dataset]:
    """Return the loadable datasets by name."""
    found = {}
    for name, entry in _document().items():
        fields = {
            key: Field(
                key, value["type"], value.get("required", False), value.get("labels", ""), value.get("catalogue", "")
            )
            for key, value in entry.items()
            if isinstance(value, dict)
        }
        found[name] = Dataset(
            name,
            entry["key"],
            entry["event"],
            fields,
            tuple(entry.get("same", ())),
            entry.get("is_several", False),
            entry.get("placed_on", ""),
        )
    return found


@cache
def _document() -> dict[str, dict]:
    return tomllib.loads((Path(__file__).parent / "datasets.toml").read_text("utf-8"))
