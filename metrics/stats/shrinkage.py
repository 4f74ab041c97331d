"""Shrunk values for triage: each unit's own value pulled towards the middle of all by how little it rests on.

Never a unit's official figure: the direct value stands beside it. Where the spread between units is estimated as
none, all units are alike as far as the data tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RandomEffects:
    """The middle of all units and how far the units themselves lie apart (`tau2`), beyond the error of each."""

    q: float
    tau2: float
    mean: float
    standard_error: float
    i2: float
    """Share of the spread that is between units, 0–1."""

    def weight(self, variances: npt.ArrayLike) -> Numbers:
        """Return the share of each unit's own value in its shrunk one, 0–1."""
        own = np.asarray(variances, dtype=float)
        return np.asarray(self.tau2 / (self.tau2 + own))

    def shrunk(self, values: npt.ArrayLike, variances: npt.ArrayLike) -> Numbers:
        """Return the empirical-Bayes values."""
        return np.asarray(self.mean + self.weight(variances) * (np.asarray(values, dtype=float) - self.mean))


def dersimonian_laird(values: npt.ArrayLike, variances: npt.ArrayLike) -> RandomEffects:
    """Return the spread between units by the moments of DerSimonian and Laird (1986), never below zero.

    >>> dersimonian_laird([0.0, 0.0, 0.0], [1.0, 2.0, 3.0]).tau2
    0.0
    """
    y, own = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    w = 1 / own
    pooled = float((w * y).sum() / w.sum())
    q = float((w * (y - pooled) ** 2).sum())
    free = len(y) - 1
    scale = float(w.sum() - (w * w).sum() / w.sum())
    tau2 = max(0.0, (q - free) / scale) if scale > 0 else 0.0
    both = 1 / (own + tau2)
    return RandomEffects(
        q,
        tau2,
        float((both * y).sum() / both.sum()),
        float(both.sum() ** -0.5),
        max(0.0, (q - free) / q) if q > 0 else 0.0,
    )


def james_stein(values: npt.ArrayLike, variance: float) -> tuple[float, Numbers]:
    """Return the share kept of each distance to the mean, and the estimates, for values of one known variance.

    Efron and Morris's form with the mean estimated: 1 − (k − 3)·variance ÷ Σ(y − ȳ)², never below zero.
    """
    y = np.asarray(values, dtype=float)
    mean = y.mean()
    spread = float(((y - mean) ** 2).sum())
    kept = max(0.0, 1 - (len(y) - 3) * variance / spread) if spread > 0 else 0.0
    return kept, mean + kept * (y - mean)


@dataclass(frozen=True)
class BetaBinomial:
    """How the units' true shares are spread: their mean, and `strength` = a + b, as of so many cases of one unit.

    `strength` is infinite where nothing but chance lies between the units.
    """

    mean: float
    strength: float

    @property
    def tau(self) -> float:
        """Return the standard deviation of the true shares."""
        return float(np.sqrt(self.mean * (1 - self.mean) / (1 + self.strength)))

    @property
    def is_alike(self) -> bool:
        """Return whether nothing but chance is seen between the units."""
        return not np.isfinite(self.strength)

    def shrunk(self, x: npt.ArrayLike, n: npt.ArrayLike) -> Numbers:
        """Return (x + a) ÷ (n + a + b).

        >>> [float(v) for v in BetaBinomial(0.9, 10).shrunk([0, 100], [0, 100])]
        [0.9, 0.990909090909091]
        """
        met, of = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
        if self.is_alike:
            return np.full(of.shape, self.mean)
        return np.asarray((met + self.mean * self.strength) / (of + self.strength))


TAUS = 61
"""Points of the grid on which the spread is sought; ten a decade and finer than any figure is printed."""
LEAST_TAU, MOST_TAU = 1e-4, 0.35
"""A hundredth of a point of per cent, and what no real province reaches."""


@dataclass(frozen=True)
class Spread:
    """How plausible each spread between units is: a grid of `BetaBinomial`, and its weight on each (sum 1)."""

    priors: tuple[BetaBinomial, ...]
    weights: tuple[float, ...]
    best: BetaBinomial


def spread(x: npt.ArrayLike, n: npt.ArrayLike) -> Spread:
    """Return how far the true shares of units lie apart, from x of n per unit, by the beta-binomial likelihood.

    The likelihood is read on a grid of standard deviations (flat prior, Gelman 2006), the mean at each as weighted
    by the precision there; the first point is "no spread". `best` is the grid's highest point.
    """
    from scipy.special import betaln  # slow to import

    met, of = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    pooled = float(met.sum() / of.sum())
    alike = BetaBinomial(pooled, np.inf)
    if len(of) < 2 or pooled in (0.0, 1.0):
        return Spread((alike,), (1.0,), alike)
    base = pooled * (1 - pooled)
    taus = np.geomspace(LEAST_TAU, min(MOST_TAU, 0.95 * np.sqrt(base)), TAUS)
    # A large unit says no more of the mean than the spread lets it.
    precision = 1 / (base / of[None, :] + taus[:, None] ** 2)
    means = (precision * (met / of)[None, :]).sum(axis=1) / precision.sum(axis=1)
    means = np.clip(means, 1e-6, 1 - 1e-6)
    strengths = np.maximum(means * (1 - means) / taus**2 - 1, 1e-3)
    a, b = means * strengths, (1 - means) * strengths
    # Equal (x, n) have equal likelihood: a province of small communes has few different pairs.
    pairs, times = np.unique(np.stack([met, of]), axis=1, return_counts=True)
    k, m = pairs[0][None, :], pairs[1][None, :]
    each = betaln(k + a[:, None], m - k + b[:, None]) - betaln(a, b)[:, None]
    likelihood = (each * times).sum(axis=1)
    at_zero = float((met * np.log(pooled) + (of - met) * np.log1p(-pooled)).sum())
    log = np.concatenate([[at_zero], likelihood])
    # The grid is even on the log scale: a flat prior on tau weighs each point by the width it stands for.
    widths = np.concatenate([[taus[0]], np.gradient(taus)])
    weight = np.exp(log - log.max()) * widths
    weight /= weight.sum()
    priors = (alike, *(BetaBinomial(float(u), float(s)) for u, s in zip(means, strengths, strict=True)))
    return Spread(priors, tuple(float(w) for w in weight), priors[int(np.argmax(log))])


def beta_binomial(x: npt.ArrayLike, n: npt.ArrayLike) -> BetaBinomial:
    """Return the likeliest spread of the units' true shares; infinitely strong where only chance is seen.

    >>> beta_binomial([95, 95, 95, 95], [100, 100, 100, 100]).is_alike
    True
    >>> round(beta_binomial([50, 99, 70, 90, 60], [100] * 5).tau, 1)
    0.2
    """
    return spread(x, n).best
