"""Every metric by name, read once from `metrics/definitions/*.toml`."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from metrics.model import Metric, Regulation

FOLDER = Path(__file__).resolve().parent / "definitions"
NOT_METRICS = ("sources", "planned")
"""Files beside the definitions: the mart tables, and the names that are promised."""


class UnknownMetric(KeyError):
    """A name that no definition has; says what was meant, or that the metric is still to come."""

    def __init__(self, name: str, planned: bool, near: list[str]) -> None:
        super().__init__(name)
        self.name, self.planned, self.near = name, planned, near

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str) -> str:
        """Return the message in one language."""
        if self.planned:
            return {
                "vi": f"Chỉ số '{self.name}' chưa có: định nghĩa đang được chuẩn bị.",
                "en": f"Metric '{self.name}' is not there yet: its definition is to come.",
            }[lang]
        near = ", ".join(self.near)
        meant = {"vi": f" Có phải: {near}?", "en": f" Did you mean: {near}?"}[lang] if near else ""
        return {"vi": f"Không có chỉ số '{self.name}'.", "en": f"Unknown metric '{self.name}'."}[lang] + meant


@dataclass(frozen=True)
class Source:
    """A mart table that metrics count in."""

    name: str
    dataset: str
    key: str
    columns: tuple[str, ...]
    """What a list of its rows shows."""
    expects_all: bool
    """Whether every commune is expected to send it."""
    begins_on: str = "received_on"
    """The day from which a row can stand open, and by which a list is ordered."""


def _read(name: str) -> dict[str, Any]:
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def sources() -> dict[str, Source]:
    """Return the mart tables by name."""
    raw = _read("sources")
    return {
        name: Source(
            name,
            s["dataset"],
            s["key"],
            tuple(s["list"]),
            s["expects_all"],
            s.get("begins_on") or _first_day(s["list"]),
        )
        for name, s in raw.items()
        if name != "conditions"
    }


def _first_day(columns: list[str]) -> str:
    """Return the column of the first day among those listed, `received_on` where there is none.

    >>> _first_day(["unit_id", "kind", "held_on", "ended_on"]), _first_day([])
    ('held_on', 'received_on')
    """
    days = [c for c in columns if c.endswith(("_on", "_at", "_start"))]
    return "received_on" if "received_on" in days or not days else days[0]


@cache
def _conditions() -> dict[str, str]:
    return {name: str(text) for name, text in _read("sources")["conditions"].items()}


def expanded(predicate: str) -> str:
    """Return the predicate with each `{name}` replaced by the condition of that name."""
    return re.sub(r"\{(\w+)\}", lambda found: _conditions()[found[1]], predicate)


def _metric(name: str, table: dict[str, Any], bases: dict[str, Any]) -> Metric:
    known = {f.name for f in fields(Metric)}
    values = dict(table)
    regulation = values.pop("regulation", None) or bases.get(values.pop("basis", ""), [])
    values.pop("basis", None)
    if unknown := set(values) - known:
        raise ValueError(f"definition of '{name}' has unknown keys: {', '.join(sorted(unknown))}")
    for key in ("numerator", "denominator", "unfinished"):
        values[key] = expanded(values.get(key, ""))
    for key in ("levels", "splits"):
        values[key] = tuple(values.get(key, ()))
    return Metric(name=name, regulation=tuple(Regulation(**r) for r in regulation), **values)


@cache
def metrics() -> dict[str, Metric]:
    """Return every metric by its stable name, in the order of the files."""
    found: dict[str, Metric] = {}
    for file in sorted(path.stem for path in FOLDER.glob("*.toml")):
        if file in NOT_METRICS:
            continue
        raw = _read(file)
        defaults, bases = raw.pop("defaults", {}), raw.pop("bases", {})
        for name, table in raw.items():
            if name in found:
                raise ValueError(f"metric '{name}' is defined twice: a metric has one home")
            found[name] = _metric(name, {**defaults, **table}, bases)
    return found


@cache
def planned() -> frozenset[str]:
    """Return the names that are promised and have no definition yet."""
    return frozenset(_read("planned")["names"]) - metrics().keys()


def metric(name: str) -> Metric:
    """Return the definition of that name, or raise `UnknownMetric` with suggestions."""
    found = metrics().get(name)
    if found is None:
        near = difflib.get_close_matches(name, [*metrics()], n=3, cutoff=0.6)
        raise UnknownMetric(name, name in planned(), near)
    return found
