"""Limits of a control chart: XmR, p, Laney p′, u and u′, on arrays whose last axis is time. Pure.

Three standard errors either side of the centre, with n of each month of its own. XmR: Shewhart's individuals chart as
NHS Making Data Count uses it, 3/1.128 times the mean moving range (NIST/SEMATECH e-Handbook 6.3.2.2; the rounded 2.66
is not used anywhere). p and u: Montgomery. Primes: Laney 2002, Quality Engineering 14:531, standard errors widened by
the moving range of the standardised points. Limits are not clipped here: a share's upper limit may pass 1, so that a
month at 100 % is not beyond it.

`use` marks the months that make the limits (a provisional month does not); the others are judged by them all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Kind = Literal["xmr", "p", "p_prime", "u", "u_prime"]
Numbers = NDArray[np.float64]

D2 = 1.128
"""Mean moving range of two normal values, in standard deviations."""
D4 = 3.267
"""Upper limit of a moving range, in mean moving ranges."""
SIGMAS = 3.0
TRIAL_UNDER = 12
"""Limits on fewer points are trial limits: drawn, no verdict (NHS Making Data Count)."""


@dataclass(frozen=True)
class Limits:
    """A centre, limits and standard errors per point; `spread` is σz of a primed chart, the mean range of XmR."""

    kind: Kind
    values: Numbers
    centre: Numbers
    lower: Numbers
    upper: Numbers
    sigma: Numbers
    spread: float | Numbers

    @property
    def z(self) -> Numbers:
        """Each point's distance from the centre in standard errors; 0 where there is no variation at all."""
        away = self.values - self.centre
        still = np.where(away == 0, 0.0, np.copysign(np.inf, away))
        z: Numbers = np.divide(away, self.sigma, out=still, where=self.sigma > 0)
        return z


def xmr(values: ArrayLike, use: Sequence[bool] | None = None, is_screened: bool = False) -> Limits:
    """Return the limits of single values: mean ± 3/1.128 × mean moving range.

    Screening drops moving ranges at or beyond 3.267 times their mean once, as R's NHSRplotthedots does; the default
    keeps them, as the NHS spreadsheet does.

    >>> chart = xmr([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    >>> [round(float(v), 4) for v in (chart.centre[0], chart.lower[0], chart.upper[0])]
    [50.81, 45.8159, 55.8041]
    """
    y = np.asarray(values, float)
    used = _used(y, use)
    centre = used.mean(axis=-1, keepdims=True)
    ranges = np.abs(np.diff(used, axis=-1))
    spread = ranges.mean(axis=-1, keepdims=True) if ranges.shape[-1] else np.zeros_like(centre)
    if is_screened:
        spread = np.where(ranges < D4 * spread, ranges, np.nan)
        spread = np.nan_to_num(np.nanmean(spread, axis=-1, keepdims=True))
    return _limits("xmr", y, centre, spread / D2 + np.zeros_like(y), spread)


def p_chart(hits: ArrayLike, n: ArrayLike, use: Sequence[bool] | None = None) -> Limits:
    """Return the limits of shares of n: as wide as chance makes a binomial count, month by month.

    >>> chart = p_chart([12, 15, 8], [50, 50, 50])
    >>> [round(float(v), 3) for v in (chart.centre[0], chart.lower[0], chart.upper[0])]
    [0.233, 0.054, 0.413]
    """
    x, of = np.asarray(hits, float), np.asarray(n, float)
    centre = _used(x, use).sum(axis=-1, keepdims=True) / _used(of, use).sum(axis=-1, keepdims=True)
    return _limits("p", x / of, centre, np.sqrt(centre * (1 - centre) / of), 1.0)


def p_prime(hits: ArrayLike, n: ArrayLike, use: Sequence[bool] | None = None) -> Limits:
    """Return Laney's limits of shares: the p-chart's, widened by what the months vary beyond chance."""
    return _widened("p_prime", p_chart(hits, n, use), use)


def u_chart(counts: ArrayLike, exposure: ArrayLike, use: Sequence[bool] | None = None) -> Limits:
    """Return the limits of counts per unit of exposure (a working day): as wide as chance makes a Poisson count.

    >>> chart = u_chart([40, 22, 38], [20, 11, 19])
    >>> [round(float(v), 2) for v in (chart.centre[0], chart.lower[1], chart.upper[1])]
    [2.0, 0.72, 3.28]
    """
    x, days = np.asarray(counts, float), np.asarray(exposure, float)
    centre = _used(x, use).sum(axis=-1, keepdims=True) / _used(days, use).sum(axis=-1, keepdims=True)
    return _limits("u", x / days, centre, np.sqrt(centre / days), 1.0)


def u_prime(counts: ArrayLike, exposure: ArrayLike, use: Sequence[bool] | None = None) -> Limits:
    """Return Laney's limits of counts per unit of exposure."""
    return _widened("u_prime", u_chart(counts, exposure, use), use)


def sigma_z(limits: Limits, use: Sequence[bool] | None = None) -> Numbers:
    """Return how much the points of a p- or u-chart vary, in what chance alone would: mean |z − z before| ÷ 1.128."""
    z = _used(limits.z, use)
    ranges = np.abs(np.diff(z, axis=-1))
    if not ranges.shape[-1]:
        return np.ones(z.shape[:-1])
    found: Numbers = np.nan_to_num(ranges.mean(axis=-1) / D2)
    return found


def chance_allows(points: int) -> float:
    """Return the σz that chance alone passes in one chart of twenty, where the true one is 1.

    The mean moving range of k points has a standard error of about 0.9 ÷ √k of its value (Cryer and Ryan 1990).

    >>> round(chance_allows(24), 2)
    1.3
    """
    return 1 + 1.645 * 0.9 / float(np.sqrt(points))


def _limits(kind: Kind, values: Numbers, centre: Numbers, sigma: Numbers, spread: float | Numbers) -> Limits:
    return Limits(
        kind, values, centre + np.zeros_like(values), centre - SIGMAS * sigma, centre + SIGMAS * sigma, sigma, spread
    )


def _widened(kind: Kind, plain: Limits, use: Sequence[bool] | None) -> Limits:
    by = sigma_z(plain, use)
    return _limits(kind, plain.values, plain.centre, plain.sigma * by[..., None], by)


def _used(values: Numbers, use: Sequence[bool] | None) -> Any:
    return values if use is None else values[..., np.asarray(use, bool)]
