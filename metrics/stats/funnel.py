"""Funnel limits: how far a share of n cases strays from the centre by chance alone (Spiegelhalter 2005).

Near 0 and 100 % the exact limits are used, interpolated between whole counts; where units differ more than cases
drawn at random would, a spread between them (`tau2`) widens the limits on the arcsine-root scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

INNER, OUTER = 0.95, 0.998
"""The two pairs of limits: two and three standard deviations, as funnels are drawn in health care."""
WINSORISED = 0.10
"""Share of the units at each end whose distance is cut back before the spread is measured: those to be found must
not hide themselves."""

Numbers = npt.NDArray[np.float64]


def z_of(confidence: float) -> float:
    """Return how many standard deviations a pair of limits lies out.

    >>> round(z_of(0.95), 4), round(z_of(0.998), 4)
    (1.96, 3.0902)
    """
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + confidence / 2)


def normal_limits(theta: float, n: npt.ArrayLike, confidence: float) -> tuple[Numbers, Numbers]:
    """Return lower and upper limit at each n by the normal curve, cut at 0 and 1.

    >>> lower, upper = normal_limits(0.80642448, [20], 0.95)
    >>> round(float(lower[0]), 6), round(float(upper[0]), 6)
    (0.633267, 0.979582)
    """
    half = z_of(confidence) * np.sqrt(theta * (1 - theta) / np.asarray(n, dtype=float))
    return np.maximum(0.0, theta - half), np.minimum(1.0, theta + half)


def exact_limits(theta: float, n: npt.ArrayLike, confidence: float) -> tuple[Numbers, Numbers]:
    """Return lower and upper limit at each n from the binomial, interpolated between whole counts.

    r = the binomial quantile of p; limit = (r − a) ÷ n with a = (F(r) − p) ÷ (F(r) − F(r − 1)).

    >>> lower, upper = exact_limits(0.95, [30], 0.95)
    >>> round(float(lower[0]), 5), round(float(upper[0]), 5)
    (0.84025, 0.99612)
    """
    of = np.asarray(n, dtype=float)
    if theta <= 0 or theta >= 1:
        return np.full(of.shape, theta), np.full(of.shape, theta)
    tail = (1 - confidence) / 2
    return _interpolated(theta, of, tail), _interpolated(theta, of, 1 - tail)


def _interpolated(theta: float, n: Numbers, p: float) -> Numbers:
    from scipy.special import bdtr, bdtrik  # slow to import; bdtrik is the quantile before rounding up

    r = np.clip(np.ceil(bdtrik(p, n, theta) - 1e-9), 0, n)
    at, before = bdtr(r, n, theta), np.where(r > 0, bdtr(np.maximum(r - 1, 0), n, theta), 0.0)
    above = before >= p  # the rounding of the quantile was one too many
    r = np.where(above, r - 1, r)
    at, before = np.where(above, before, at), np.where(above & (r > 0), bdtr(np.maximum(r - 1, 0), n, theta), before)
    before = np.where(r > 0, before, 0.0)
    limits = (r - (at - p) / np.maximum(at - before, 1e-300)) / n
    return np.asarray(np.clip(limits, 0.0, 1.0))


@dataclass(frozen=True)
class Overdispersion:
    """How much more units differ than chance alone makes them: `phi` = 1 when not at all."""

    phi: float
    tau2: float
    """The variance between units that explains it, on the arcsine-root scale; 0 when there is none to explain."""


def z_scores(x: npt.ArrayLike, n: npt.ArrayLike, theta: float, tau2: float = 0.0) -> Numbers:
    """Return how many standard deviations each share lies from the centre, on the arcsine-root scale."""
    met, of = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    distance = np.arcsin(np.sqrt(met / of)) - np.arcsin(np.sqrt(theta))
    return np.asarray(distance / np.sqrt(1 / (4 * of) + tau2))


def winsorised(values: npt.ArrayLike, share: float = WINSORISED) -> Numbers:
    """Return the values with so large a share at each end cut back to the next one.

    >>> winsorised([-9.0, 1, 2, 3, 4, 5, 6, 7, 8, 90]).tolist()
    [1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 8.0]
    """
    z = np.asarray(values, dtype=float)
    low, high = np.quantile(z, [share, 1 - share], method="nearest") if len(z) else (0.0, 0.0)
    return np.clip(z, low, high)


def overdispersion(x: npt.ArrayLike, n: npt.ArrayLike, theta: float, share: float = WINSORISED) -> Overdispersion:
    """Return how much more the units differ than chance makes them, their ends cut back first.

    phi = mean z²; where k·phi > k − 1, tau² = (k·phi − (k − 1)) ÷ (Σ1/s² − Σ1/s⁴ ÷ Σ1/s²), s = 1 ÷ (2√n).
    """
    of = np.asarray(n, dtype=float)
    k = len(of)
    if k < 2:
        return Overdispersion(1.0, 0.0)
    z = winsorised(z_scores(x, of, theta), share)
    phi = float((z * z).mean())
    w = 4 * of
    scale = float(w.sum() - (w * w).sum() / w.sum())
    if k * phi <= k - 1 or scale <= 0:
        return Overdispersion(phi, 0.0)
    return Overdispersion(phi, (k * phi - (k - 1)) / scale)


def limits(theta: float, n: npt.ArrayLike, confidence: float, tau2: float = 0.0) -> tuple[Numbers, Numbers]:
    """Return the limits to draw and judge by: exact, and wider where the units differ more than chance makes them.

    The upper one is the lower one of the cases not met: as printed, the formula would lie up to one case too low and
    set 30 of 30 apart at a centre of 95 %, where every fifth unit of 30 cases has no late one. With a spread, on the
    arcsine-root scale: sin(arcsin √theta ± z·√(s² + tau²))²; at small n near 100 % the exact limit is the wider one.

    >>> narrow, wide = limits(0.95, [500], 0.95), limits(0.95, [500], 0.95, tau2=0.001)
    >>> bool(wide[0][0] < narrow[0][0] and wide[1][0] > narrow[1][0])
    True
    >>> float(limits(0.95, [30], 0.95)[1][0]), float(limits(0.95, [200], 0.998)[1][0]) < 1
    (1.0, True)
    """
    lower = exact_limits(theta, n, confidence)[0]
    upper = 1 - exact_limits(1 - theta, n, confidence)[0]
    if tau2 <= 0:
        return lower, upper
    half = z_of(confidence) * np.sqrt(1 / (4 * np.asarray(n, dtype=float)) + tau2)
    centre = np.arcsin(np.sqrt(theta))
    wide_lower = np.sin(np.maximum(0.0, centre - half)) ** 2
    wide_upper = np.sin(np.minimum(np.pi / 2, centre + half)) ** 2
    return np.minimum(lower, wide_lower), np.maximum(upper, wide_upper)
