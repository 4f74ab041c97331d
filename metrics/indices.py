"""Published indices as reference data knows them: their names, their parts, and where their series break."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from warehouse.paths import DataDir

PORTAL = "PORTAL"
"""The national portal's own figures: no index, but published the same way."""
TOTAL = "total"


@dataclass(frozen=True)
class Index:
    """One published index."""

    index_id: str
    name: tuple[tuple[str, str], ...]
    short: tuple[tuple[str, str], ...]
    basis: str
    zero_is_score: bool
    """In several official sheets 0 stands where a unit is missing: then a zero is no score."""
    province_only: bool
    """Drawn for provinces: says nothing about a single commune."""

    def label(self, lang: str) -> str:
        return dict(self.name)[lang]

    def short_label(self, lang: str) -> str:
        return dict(self.short)[lang]


@dataclass(frozen=True)
class Break:
    """A day from which an index is measured otherwise: no line and no difference leads across it."""

    since: date
    reason: tuple[tuple[str, str], ...]
    is_confirmed: bool

    def text(self, lang: str) -> str:
        return dict(self.reason)[lang]


def indices() -> dict[str, Index]:
    """Return every index by id, in the order of the page; one that is not listed can still be loaded and shown."""
    return {
        row["index_id"]: Index(
            row["index_id"],
            (("vi", row["name_vi"]), ("en", row["name_en"])),
            (("vi", row["short_vi"]), ("en", row["short_en"])),
            row["basis_vi"],
            row["zero_is_score"] == "true",
            row["province_only"] == "true",
        )
        for row in _file("indices.csv")
    }


def index(index_id: str) -> Index:
    """Return an index; one that reference data does not know goes by its own id, and its zeros are no scores."""
    named = (("vi", index_id), ("en", index_id))
    return indices().get(index_id) or Index(index_id, named, named, "", False, False)


def component(index_id: str, sent: str) -> str:
    """Return the id of a part as we write it, whatever name the file gave it; itself in lower case when unknown.

    >>> component("766", "Transparency"), component("PAPI", "D3"), component("PAPI", "1.2")
    ('openness', 'd3', '1.2')
    """
    return aliases(index_id).get(key := sent.strip().lower(), key)


def aliases(index_id: str) -> dict[str, str]:
    """Return the id of each part by every name that documents use for it, in lower case."""
    return {
        name: row["component_id"]
        for row in _file("index_components.csv")
        if row["index_id"] == index_id
        for name in (row["component_id"], *row["aliases"].split(";"))
        if name
    }


def components(index_id: str) -> tuple[str, ...]:
    """Return the known parts of an index in order, its total first."""
    return tuple(row["component_id"] for row in _file("index_components.csv") if row["index_id"] == index_id)


def component_label(index_id: str, component_id: str, lang: str) -> str:
    """Return a part's name; its id when it has none."""
    for row in _file("index_components.csv"):
        if (row["index_id"], row["component_id"]) == (index_id, component_id):
            return row[f"name_{lang}"]
    return component_id


def breaks(index_id: str) -> tuple[Break, ...]:
    """Return the days from which an index is measured otherwise, oldest first."""
    found = [
        Break(
            date.fromisoformat(row["since"]),
            (("vi", row["reason_vi"]), ("en", row["reason_en"])),
            row["is_confirmed"] == "true",
        )
        for row in _file("index_breaks.csv")
        if row["index_id"] == index_id
    ]
    return tuple(sorted(found, key=lambda b: b.since))


def _file(name: str) -> tuple[dict[str, str], ...]:
    path = DataDir.from_environment().reference(name)
    return _rows(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _rows(path: Path, changed: int) -> tuple[dict[str, str], ...]:
    """Return the rows of a file; `changed` makes an edited file be read again."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))
