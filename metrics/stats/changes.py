"""How far a share moved between two periods, in standard deviations, when many units are looked at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
FEWEST_UNITS = 10
"""The spread of fewer units' moves tells nothing."""
QUARTERS = 1.3489795
"""Distance between the quartiles of the normal curve, in standard deviations."""


def signed_z(x1: npt.ArrayLike, n1: npt.ArrayLike, x0: npt.ArrayLike, n0: npt.ArrayLike) -> Numbers:
    """Return each change from x0/n0 to x1/n1 as the z of its exact chance (Fisher, mid-p), positive when it rose.

    The normal curve for two shares near 100 % finds too much in small units; the exact chance does not.

    >>> [round(float(z), 2) for z in signed_z([90, 300], [100, 300], [90, 250], [100, 300])]
    [0.0, 8.31]
    """
    from scipy.special import betaln, ndtri  # slow to import

    found = []
    for met, of, met_then, of_then in zip(*(np.asarray(v, dtype=float) for v in (x1, n1, x0, n0)), strict=True):
        total = met + met_then
        k = np.arange(max(0.0, total - of_then), min(of, total) + 1)
        log = -betaln(k + 1, of - k + 1) - betaln(total - k + 1, of_then - total + k + 1)
        mass = np.exp(log - log.max())
        mass /= mass.sum()
        at = float(mass[k == met].sum())
        below, above = float(mass[k < met].sum()) + at / 2, float(mass[k > met].sum()) + at / 2
        rose = met * of_then >= met_then * of
        tail = min(0.5, max(above if rose else below, 1e-300))
        found.append((1 if rose else -1) * -float(ndtri(tail)))
    return np.array(found)


def dispersion(z: npt.ArrayLike) -> float:
    """Return how much further the units moved than chance makes them, 1 at least, from the quartiles.

    A move that all make together (a holiday) does not count as spread; the few that moved much do not either.

    >>> dispersion([0.0] * 30), dispersion([-3.0, 3.0])
    (1.0, 1.0)
    """
    values = np.asarray(z, dtype=float)
    if len(values) < FEWEST_UNITS:
        return 1.0
    low, high = np.quantile(values, [0.25, 0.75])
    return max(1.0, float((high - low) / QUARTERS) ** 2)
