"""Design-based means, shares, ratios and totals: Taylor linearisation with strata, clusters (PSU) and weights.

A respondent without an answer stays in the design with a contribution of zero; so does everyone outside a domain.
A stratum with a single PSU is centred at the mean over all PSUs, never dropped (Lumley, R package `survey`,
`survey.lonely.psu = "adjust"`). Sampling with replacement: no finite population correction.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Design:
    """Who was drawn with whom: the PSU of each respondent, the stratum of each PSU."""

    psu: Ints
    stratum: Ints

    @property
    def n_psus(self) -> int:
        return len(self.stratum)

    @property
    def n_strata(self) -> int:
        return len(np.unique(self.stratum))

    @property
    def df(self) -> int:
        """Degrees of freedom: PSUs less strata."""
        return self.n_psus - self.n_strata

    def totals(self, contributions: Floats) -> Floats:
        """Return the contributions (n, or n × k) added up by PSU (PSUs × k)."""
        columns = contributions.reshape(len(contributions), -1)
        return np.stack([np.bincount(self.psu, c, self.n_psus) for c in columns.T], axis=1)

    def variance(self, contributions: Floats) -> Floats:
        """Return the variance of the total of linearised contributions, one per column."""
        return between_psus(self.totals(contributions), self.stratum)

    def part(self, chosen: npt.NDArray[np.bool_]) -> Design:
        """Return the design of the chosen respondents alone, as if they were all."""
        psus, psu = np.unique(self.psu[chosen], return_inverse=True)
        _, stratum = np.unique(self.stratum[psus], return_inverse=True)
        return Design(psu, stratum)


def between_psus(totals: Floats, stratum: Ints) -> Floats:
    """Return the variance of a sum of PSU totals (PSUs × k), stratum by stratum: Σ n/(n − 1) Σ (u − ū)²."""
    size = np.bincount(stratum).astype(float)
    mean = np.stack([np.bincount(stratum, c, len(size)) for c in totals.T], axis=1) / size[:, None]
    centre = np.where(size[stratum, None] > 1, mean[stratum], totals.mean(axis=0))
    scale = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)[stratum]
    return np.asarray((scale[:, None] * (totals - centre) ** 2).sum(axis=0))


def design(
    n: int, strata: Sequence[Hashable] | None = None, psus: Sequence[Hashable] | None = None, nested: bool = True
) -> Design:
    """Return the design of n respondents; without strata there is one, without PSUs each is his own.

    `nested`: PSU numbers start anew in each stratum. One PSU that lies in several strata otherwise counts in its first.

    >>> d = design(4, ["a", "a", "b", "b"], [1, 2, 1, 2])
    >>> d.n_psus, d.n_strata, d.df
    (4, 2, 2)
    """
    h = _codes(strata) if strata is not None else np.zeros(n, dtype=np.int64)
    if psus is None:
        return Design(np.arange(n), h)
    own = _codes(psus)
    key = h * (own.max(initial=0) + 1) + own if nested else own
    _, first, psu = np.unique(key, return_index=True, return_inverse=True)
    return Design(psu, h[first])


def _codes(values: Sequence[Hashable]) -> Ints:
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(v, len(seen)) for v in values], dtype=np.int64)


@dataclass(frozen=True)
class Estimate:
    """A figure from a sample, with what its draw adds to the uncertainty."""

    value: float
    se: float
    n: int
    """Respondents whose answer counts."""
    deff: float
    """Variance ÷ that of a simple random sample of as many."""
    df: int

    @property
    def n_effective(self) -> float:
        """The size of the simple random sample that would be as precise."""
        return self.n / self.deff if self.deff > 0 else float(self.n)

    def interval(self) -> tuple[float, float]:
        """Return value ± t × SE at 95 %, with the design's degrees of freedom."""
        half = t_quantile(self.df) * self.se
        return self.value - half, self.value + half


def ratio(
    top: Floats, base: Floats, weight: Floats, drawn: Design, domain: npt.NDArray[np.bool_] | None = None
) -> Estimate:
    """Return Σ w·top ÷ Σ w·base over the domain; a NaN in `base` or `top` is no answer.

    For a mean `base` is 1; for a share of several answers of each, how many he gave.
    """
    answered = ~(np.isnan(top) | np.isnan(base)) & (weight > 0)
    if domain is not None:
        answered &= domain
    w = np.where(answered, weight, 0.0)
    y, x = np.where(answered, top, 0.0), np.where(answered, base, 0.0)
    n, size = int((answered & (x != 0)).sum()), float((w * x).sum())
    if not size:
        return Estimate(math.nan, math.nan, 0, math.nan, drawn.df)
    value = float((w * y).sum() / size)
    residual = y - value * x
    variance = float(drawn.variance(w * residual / size)[0])
    # What a simple random sample of as many people would give: the weighted variance of the residuals over n.
    per_person = size / float(w.sum())
    spread = float((w * residual**2).sum() / w.sum()) / per_person**2
    simple = spread / (n - 1) if n > 1 else math.nan
    deff = variance / simple if n > 1 and simple > 0 else math.nan
    return Estimate(value, math.sqrt(variance), n, deff, drawn.df)


def mean(y: Floats, weight: Floats, drawn: Design, domain: npt.NDArray[np.bool_] | None = None) -> Estimate:
    """Return the weighted mean (of a 0/1 answer: the share) of those who answered.

    The ten firms of the R package `survey` (probabilities proportional to size):

    >>> y = np.array([15, 143, 21, 51, 337, 50, 274, 145, 15, 86.0])
    >>> w = np.array([20, 200, 11, 25, 550, 30, 250, 100, 10, 55.0])
    >>> found = mean(y, w, design(10))
    >>> round(found.value, 3), round(found.se, 3), round(found.deff, 4)
    (243.914, 48.752, 1.9741)
    """
    return ratio(y, np.ones(len(y)), weight, drawn, domain)


def total(y: Floats, weight: Floats, drawn: Design) -> tuple[float, float]:
    """Return the weighted total and its standard error."""
    contribution = np.where(np.isnan(y), 0.0, weight * y)
    return float(contribution.sum()), float(math.sqrt(drawn.variance(contribution)[0]))


def quantile(values: Floats, weight: Floats, q: float) -> float:
    """Return the weighted quantile: the smallest value by which a share q of the weight is reached (R's rule "math").

    A missing value (NaN) has no place in the order and is left out. Without an interval: these are told of scores only.

    >>> quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]), 0.5)
    2.0
    """
    known = ~np.isnan(values)
    order = np.argsort(values[known], kind="stable")
    reached = np.cumsum(weight[known][order]) / weight[known].sum()
    return float(values[known][order][np.searchsorted(reached, q - 1e-12)])


def kish(weight: Floats) -> float:
    """Return the design effect of unequal weights, n Σw² ÷ (Σw)² (Kish 1965).

    >>> kish(np.array([1.0, 1.0])), round(kish(np.array([1.0, 3.0])), 2)
    (1.0, 1.25)
    """
    return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)


def of_clusters(mean_size: float, rho: float) -> float:
    """Return the design effect of clusters of a mean size whose members resemble each other: 1 + (m − 1) ρ.

    >>> of_clusters(16, 0.05)
    1.75
    """
    return 1 + max(mean_size - 1, 0.0) * rho


@lru_cache(maxsize=4096)
def t_quantile(df: int, upper: float = 0.975) -> float:
    """Return the quantile of Student's t; with no degree of freedom the widest that can be told, that of one.

    >>> round(t_quantile(16), 4), round(t_quantile(100_000), 3)
    (2.1199, 1.96)
    """
    from scipy.special import stdtrit  # slow to import

    return float(stdtrit(max(df, 1), upper))


def discounted(n_effective: float, n: float, df: int) -> float:
    """Return n* of Korn and Graubard (1998): the effective size, less for few degrees of freedom, at most n."""
    if n <= 1:
        return float(n)
    return min(float(n), n_effective * (t_quantile(round(n) - 1) / t_quantile(df)) ** 2)


def korn_graubard(p: float, n: float, n_effective: float, df: int) -> tuple[float, float]:
    """Return the Korn-Graubard interval of a share: Clopper-Pearson on p·n* of n* (as the CDC's surveytable)."""
    from scipy.special import betaincinv  # slow to import

    size = discounted(n_effective, n, df)
    x = p * size
    lower = float(betaincinv(x, size - x + 1, 0.025)) if x > 0 else 0.0
    upper = float(betaincinv(x + 1, size - x, 0.975)) if x < size else 1.0
    return lower, upper
