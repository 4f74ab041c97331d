"""How far a share moved between two periods, in standard deviations, when many units are looked at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
FEWEST_UNITS = 10
"""The spread of fewer units' moves tells nothing."""
FAR = 12
"""Standard deviations beyond which a count has no chance worth adding up."""
QUARTERS = 1.3489795
"""Distance between the quartiles of the normal curve, in standard deviations."""


def signed_z(x1: npt.ArrayLike, n1: npt.ArrayLike, x0: npt.ArrayLike, n0: npt.ArrayLike) -> Numbers:
    """Return each change from x0/n0 to x1/n1 as the z of its exact chance (Fisher, mid-p), positive when it rose.

    The normal curve for two shares near 100 % finds too much in small units; the exact chance does not.

    >>> [round(float(z), 2) for z in signed_z([90, 300], [100, 300], [90, 250], [100, 300])]
    [0.0, 8.31]
    """
    from scipy.special import gammaln, ndtri  # slow to import

    counts = [np.asarray(v, dtype=np.int64) for v in (x1, n1, x0, n0)]
    log_factorial = gammaln(np.arange(int(counts[1].max() + counts[3].max()) + 2, dtype=float) + 1)
    found = []
    for met, of, met_then, of_then in zip(*(v.tolist() for v in counts), strict=True):
        total = met + met_then
        mean = of * total / (of + of_then)
        far = FAR * (1 + (mean * (1 - total / (of + of_then))) ** 0.5)
        low = max(0, total - of_then, min(met, int(mean - far)))
        high = min(of, total, max(met, int(mean + far) + 1))
        k = np.arange(low, high + 1)
        log = -(
            log_factorial[k] + log_factorial[of - k] + log_factorial[total - k] + log_factorial[of_then - total + k]
        )
        mass = np.exp(log - log.max())
        mass /= mass.sum()
        at = met - low
        rose = met * of_then >= met_then * of
        tail = float(mass[at + 1 :].sum() if rose else mass[:at].sum()) + float(mass[at]) / 2
        found.append((1 if rose else -1) * -float(ndtri(min(0.5, max(tail, 1e-300)))))
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
