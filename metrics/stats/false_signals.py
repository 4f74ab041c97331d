"""How many months of a chart chance alone would mark, were nothing to change. Pure.

The chart's own months are drawn again: its n, its centre, its spread, limits made anew each time. So the number holds
for this chart, with its few or many cases, and counts what the reader sees: marked months, whole runs included.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np

from metrics.stats import control
from metrics.stats.control import Kind
from metrics.stats.rules import making_data_count

DRAWS = 1000


@lru_cache(maxsize=512)
def expected(
    kind: Kind, centre: float, sigma: tuple[float, ...], of: tuple[float, ...], use: tuple[bool, ...]
) -> float:
    """Return the mean number of months marked in a chart of a stable series; `of` is n, or the working days.

    >>> 0.1 < expected("p", 0.95, (0.0126,) * 24, (300.0,) * 24, (True,) * 24) < 24 * 0.04
    True
    """
    seed = zlib.crc32(repr((kind, round(centre, 6), of, use)).encode())  # the same chart, the same answer
    draw = np.random.default_rng(seed)
    months = len(sigma)
    n = np.asarray(of, float) if of else np.ones(months)
    if kind == "p":
        limits = control.p_chart(draw.binomial(n.astype(int), centre, (DRAWS, months)), n, use)
    elif kind == "u":
        limits = control.u_chart(draw.poisson(centre * n, (DRAWS, months)), n, use)
    else:
        values = draw.normal(centre, np.asarray(sigma), (DRAWS, months))
        chart = {"xmr": None, "p_prime": control.p_prime, "u_prime": control.u_prime}[kind]
        limits = control.xmr(values, use) if chart is None else chart(values * n, n, use)
    tolerance = 0.0 if kind == "xmr" else 0.5 / n
    return float((making_data_count(limits, tolerance).rule != 0).sum(axis=-1).mean())
