"""From answers to scores: an item on 0–1, a sub-dimension = floor + span × mean of its items, the rest sums."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOTAL = "total"
EDITIONS = Path(__file__).resolve().parents[2] / "data" / "reference" / "survey_part_editions.csv"


@dataclass(frozen=True)
class Part:
    """A sub-dimension, with the dimension that it is added to."""

    part_id: str
    dimension_id: str
    floor: float
    span: float

    @property
    def label(self) -> str:
        """Return its number as questionnaires print it.

        >>> Part("s83", "d8", 0.33, 2.97).label
        '8.3'
        """
        return f"{self.part_id[1]}.{self.part_id[2:]}"


def rescaled(value: float, low: float, high: float, direction: int = 1) -> float:
    """Return an answer on 0–1 between the bounds of its scale; turned round where less is better.

    >>> rescaled(4, 1, 5), rescaled(0.25, 0, 1, -1), rescaled(0.5, 0, 2)
    (0.75, 0.75, 0.25)
    """
    share = (value - low) / (high - low)
    return 1 - share if direction < 0 else share


def sub_dimension(part: Part, means: Sequence[float]) -> float:
    """Return floor + span × mean of the items' means; items count equally.

    >>> round(sub_dimension(Part("s11", "d1", 0.25, 2.25), [0.2, 0.4]), 3)
    0.925
    """
    return part.floor + part.span * sum(means) / len(means)


def dimension(scores: Mapping[str, float], parts: Sequence[Part], dimension_id: str) -> float:
    """Return the sum of a dimension's sub-dimensions; of all of them for the total."""
    return sum(scores[p.part_id] for p in parts if dimension_id in (p.dimension_id, TOTAL))


def of_part(parts: Sequence[Part], part_id: str) -> tuple[Part, ...]:
    """Return the sub-dimensions that make up a sub-dimension, a dimension or the total.

    >>> parts = [Part("s11", "d1", 0.25, 2.25), Part("s21", "d2", 0.25, 2.25)]
    >>> [[p.part_id for p in of_part(parts, name)] for name in ("s11", "d2", "total")]
    [['s11'], ['s21'], ['s11', 's21']]
    """
    return tuple(p for p in parts if part_id in (p.part_id, p.dimension_id, TOTAL))


@cache
def edition(name: str) -> dict[str, tuple[float, float]]:
    """Return floor and span of the parts whose published formula differs from ours in an edition ("papi_2019")."""
    with EDITIONS.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["edition"] == name]
    return {r["part_id"]: (float(r["floor"]), float(r["span"])) for r in rows}


def as_in(part: Part, name: str) -> Part:
    """Return the part with the floor and span of an edition, its own where the edition does not differ."""
    floor, span = edition(name).get(part.part_id, (part.floor, part.span))
    return Part(part.part_id, part.dimension_id, floor, span)
