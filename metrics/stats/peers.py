"""Units like one another: by how much they do, what they do, and what kind of unit they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
OTHER_KIND = 1.0
"""A unit of another kind lies as much further away as two units that differ as units of a level usually do."""


@dataclass(frozen=True)
class Distances:
    """How far each unit lies from the one asked for, in usual differences of two units; 0 for itself."""

    total: Numbers
    volume: Numbers
    """Difference of the volumes in doublings."""
    mix: Numbers
    """Hellinger distance of the two mixes: 0 the same, 1 nothing in common."""


def hellinger(mixes: npt.ArrayLike, one: int) -> Numbers:
    """Return the distance of each mix (rows of counts) from one of them, 0–1.

    >>> [round(float(d), 3) for d in hellinger([[1, 1], [10, 10], [1, 0]], 0)]
    [0.0, 0.0, 0.541]
    """
    counts = np.asarray(mixes, dtype=float)
    whole = counts.sum(axis=1, keepdims=True)
    roots = np.sqrt(counts / np.where(whole > 0, whole, 1))
    return np.asarray(np.sqrt(np.maximum(0.0, 1 - roots @ roots[one])))


def distances(volumes: npt.ArrayLike, mixes: npt.ArrayLike, kinds: Sequence[str], one: int) -> Distances:
    """Return how far all units lie from one of them."""
    logs = np.log2(np.maximum(np.asarray(volumes, dtype=float), 1))
    volume = np.abs(logs - logs[one])
    mix = hellinger(mixes, one)
    total = np.sqrt((volume / _usual(volume, one)) ** 2 + (mix / _usual(mix, one)) ** 2)
    total = total + OTHER_KIND * np.array([kind != kinds[one] for kind in kinds])
    return Distances(np.asarray(total), volume, mix)


def _usual(values: Numbers, one: int) -> float:
    """Return the median difference from the others, 1 where there is none."""
    others = np.delete(values, one)
    middle = float(np.median(others)) if len(others) else 0.0
    return middle if middle > 0 else 1.0


def nearest(found: Distances, one: int, k: int) -> list[int]:
    """Return the places of the k nearest others, nearest first.

    >>> nearest(distances([100, 110, 900, 95], [[5, 5], [5, 6], [5, 5], [9, 1]], ["x"] * 4, 0), 0, 2)
    [1, 3]
    """
    order = [int(i) for i in np.argsort(found.total, kind="stable") if i != one]
    return order[:k]
