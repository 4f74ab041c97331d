"""What chance alone would give when many units or months are looked at together, and which flags survive that."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

FALSE_SHARE = 0.05
"""Of the units that are named, at most one in twenty on average may owe it to chance (Benjamini and Hochberg 1995)."""


def expected_flags(n_looks: int, confidence: float) -> float:
    """Return how many of so many looks lie beyond limits of this confidence when nothing is the matter.

    >>> round(expected_flags(3321, 0.95)), round(expected_flags(3321, 0.998), 1), round(expected_flags(78, 0.998), 2)
    (166, 6.6, 0.16)
    """
    return n_looks * (1 - confidence)


def two_sided(z: float) -> float:
    """Return the chance of a value as far out as z on either side.

    >>> round(two_sided(1.96), 3), round(two_sided(-3.0), 4)
    (0.05, 0.0027)
    """
    return math.erfc(abs(z) / math.sqrt(2))


def benjamini_hochberg(p_values: npt.ArrayLike, share: float = FALSE_SHARE) -> npt.NDArray[np.bool_]:
    """Return which of many tests stand when at most this share of those that stand may be chance.

    >>> benjamini_hochberg([0.001, 0.02, 0.04, 0.2, 0.9]).tolist()
    [True, True, False, False, False]
    >>> benjamini_hochberg([]).tolist()
    []
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    passes = p[order] <= share * np.arange(1, len(p) + 1) / max(len(p), 1)
    last = int(np.flatnonzero(passes).max()) if passes.any() else -1
    stands = np.zeros(len(p), dtype=bool)
    stands[order[: last + 1]] = True
    return stands
