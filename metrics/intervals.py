"""Intervals, 95 % unless said: pure functions from counts to lower and upper.

Formulas and their sources: Wilson 1927; Clopper and Pearson 1934; Agresti and Coull 1998; Newcombe 1998 (Stat Med
17:873, method 10); Korn and Graubard 1998, as the CDC's surveytable codes it; Byar in Breslow and Day 1987.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from metrics.model import Method

Z = 1.959963984540054
"""The 97.5 % point of the normal curve."""
EXACT_BELOW = 10
"""Counts under ten get the exact Poisson interval, others Byar's."""


def wilson(x: float, n: float, z: float = Z) -> tuple[float, float]:
    """Return the Wilson interval of x of n.

    >>> [round(v, 4) for v in wilson(65, 100)]
    [0.5525, 0.7364]
    >>> [round(v, 4) for v in wilson(0, 20)]
    [0.0, 0.1611]
    """
    p = x / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def agresti_coull(x: float, n: float, z: float = Z) -> tuple[float, float]:
    """Return Wald's interval after adding z²/2 successes and failures, clipped to 0–1.

    >>> [round(v, 4) for v in agresti_coull(15, 148)]
    [0.0614, 0.1615]
    """
    more = n + z * z
    centre = (x + z * z / 2) / more
    half = z * math.sqrt(centre * (1 - centre) / more)
    return max(0.0, centre - half), min(1.0, centre + half)


def clopper_pearson(x: float, n: float, alpha: float = 0.05) -> tuple[float, float]:
    """Return the exact binomial interval from beta quantiles; x and n may be fractions (an effective sample).

    >>> [round(v, 4) for v in clopper_pearson(0, 20)]
    [0.0, 0.1684]
    """
    from scipy.special import betaincinv  # slow to import

    lower = float(betaincinv(x, n - x + 1, alpha / 2)) if x > 0 else 0.0
    upper = float(betaincinv(x + 1, n - x, 1 - alpha / 2)) if x < n else 1.0
    return lower, upper


def newcombe_difference(x1: float, n1: float, x2: float, n2: float, z: float = Z) -> tuple[float, float]:
    """Return the interval of x1/n1 − x2/n2, from the two Wilson intervals (hybrid score).

    >>> [round(v, 4) for v in newcombe_difference(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = wilson(x1, n1, z), wilson(x2, n2, z)
    return p1 - p2 - math.hypot(p1 - l1, u2 - p2), p1 - p2 + math.hypot(u1 - p1, p2 - l2)


def korn_graubard(p: float, n: float, deff: float, df: float, alpha: float = 0.05) -> tuple[float, float]:
    """Return the interval of a survey's share: Clopper-Pearson on the effective number of answers.

    n* = min(n, n/deff · (t(n − 1) ÷ t(df))²), with df = PSUs − strata: few PSUs widen it.

    >>> [round(v, 4) for v in korn_graubard(0.9, 150, 1.5, 10)]
    [0.8115, 0.9562]
    """
    effective = korn_graubard_n(n, deff, df, alpha)
    return clopper_pearson(p * effective, effective, alpha)


def korn_graubard_n(n: float, deff: float, df: float, alpha: float = 0.05) -> float:
    """Return the effective number of answers after the design effect and the design's degrees of freedom.

    >>> round(korn_graubard_n(150, 1.5, 10), 4)
    78.6494
    """
    from scipy.special import stdtrit  # slow to import

    quantile = 1 - alpha / 2
    return min(n, n / deff * float(stdtrit(n - 1, quantile) / stdtrit(df, quantile)) ** 2)


def byar(x: int, z: float = Z) -> tuple[float, float]:
    """Return Byar's interval of a count.

    >>> [round(v, 3) for v in byar(65)]
    [50.163, 82.849]
    """
    lower = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3 if x else 0.0
    y = x + 1
    return lower, y * (1 - 1 / (9 * y) + z / (3 * math.sqrt(y))) ** 3


def exact_poisson(x: int, alpha: float = 0.05) -> tuple[float, float]:
    """Return the exact Poisson interval of a count.

    >>> [round(v, 3) for v in exact_poisson(0)], [round(v, 3) for v in exact_poisson(3)]
    ([0.0, 3.689], [0.619, 8.767])
    """
    from scipy.special import gammaincinv  # slow to import, and only small counts need it

    lower = float(gammaincinv(x, alpha / 2)) if x else 0.0
    return lower, float(gammaincinv(x + 1, 1 - alpha / 2))


def of_count(x: int) -> tuple[float, float, Method]:
    """Return lower, upper and method for a count: exact under ten, Byar's from there."""
    return (*exact_poisson(x), "exact_poisson") if x < EXACT_BELOW else (*byar(x), "byar")


def quantile(histogram: Mapping[int, int], q: float) -> float | None:
    """Return the quantile of whole values from their counts, interpolated as DuckDB's `quantile_cont`.

    >>> quantile({1: 1, 2: 1, 10: 2}, 0.5), quantile({}, 0.5)
    (6.0, None)
    """
    n = sum(histogram.values())
    if n == 0:
        return None
    position = q * (n - 1)
    below = math.floor(position)
    low, high = at_rank(histogram, below + 1), at_rank(histogram, min(below + 2, n))
    return low + (high - low) * (position - below)


def at_rank(histogram: Mapping[int, int], rank: int) -> float:
    """Return the value at a rank, the smallest having rank 1.

    >>> at_rank({5: 2, 7: 1}, 2), at_rank({5: 2, 7: 1}, 3)
    (5.0, 7.0)
    """
    seen = 0
    for value in sorted(histogram):
        seen += histogram[value]
        if seen >= rank:
            return float(value)
    raise IndexError(f"rank {rank} of {seen}")


def order_statistic(histogram: Mapping[int, int], q: float, z: float = Z) -> tuple[float, float] | None:
    """Return the distribution-free interval of a quantile; None when there are too few values for one.

    The number of values below the true quantile is binomial (n, q): the interval runs between the two ranks
    that leave 2.5 % on each side.

    >>> order_statistic({v: 1 for v in range(1, 21)}, 0.5)
    (6.0, 15.0)
    >>> order_statistic({4: 3}, 0.5) is None
    True
    """
    n = sum(histogram.values())
    if n == 0:
        return None
    if n <= 300:
        lower_rank, upper_rank = _binomial_ranks(n, q)
    else:
        half = z * math.sqrt(n * q * (1 - q))
        lower_rank, upper_rank = math.floor(n * q - half), math.ceil(n * q + half) + 1
    if lower_rank < 1 or upper_rank > n:
        return None
    return at_rank(histogram, lower_rank), at_rank(histogram, upper_rank)


@lru_cache(maxsize=2048)
def _binomial_ranks(n: int, q: float, alpha: float = 0.05) -> tuple[int, int]:
    """Return the largest rank with P(B < rank) <= alpha/2 and the smallest with P(B >= rank) <= alpha/2."""
    mass = [math.comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    lower, below = 0, 0.0
    while lower < n and below + mass[lower] <= alpha / 2:
        below += mass[lower]
        lower += 1
    upper, above = n + 1, 0.0
    while upper > 1 and above + mass[upper - 1] <= alpha / 2:
        above += mass[upper - 1]
        upper -= 1
    return lower, upper
