"""Tiers (nhóm): units that are separable from the middle, and all the others together in the middle.

A unit is in the top or bottom tier only when its whole rank interval lies on one side of the middle rank: nineteen
draws in twenty, or more, put it in that half. So the tier can be read off the interval printed beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.stats import ranks, shrinkage
from metrics.stats.ranks import RankIntervals

Tier = Literal["top", "middle", "bottom"]
FEWEST_UNITS = 10
"""Among fewer units the spread between them cannot be told from a handful of chances: no tiers."""


@dataclass(frozen=True)
class Standings:
    """Shrunk value, rank interval and tier of each unit, in the order given."""

    shrunk: npt.NDArray[np.float64]
    ranks: RankIntervals
    tiers: tuple[Tier, ...]
    prior: shrinkage.BetaBinomial

    @property
    def is_alike(self) -> bool:
        """Return whether nothing but chance is seen between the units: all are in the middle."""
        return self.prior.is_alike

    @property
    def expected_wrong(self) -> float:
        """Return how many units outside the middle tier truly lie in the other half, as far as the draws tell."""
        chances = {"top": 1 - self.ranks.above, "bottom": self.ranks.above}
        return float(sum(chances[tier][i] for i, tier in enumerate(self.tiers) if tier != "middle"))


def of_ranks(found: RankIntervals) -> tuple[Tier, ...]:
    """Return each unit's tier from its rank interval.

    >>> import numpy as np
    >>> found = RankIntervals(np.array([1, 1, 6]), np.array([4, 9, 10]), np.array([1, 0.6, 0.0]))
    >>> of_ranks(RankIntervals(*(np.resize(v, 9) for v in (found.low, found.high, found.above))))[:3]
    ('top', 'middle', 'bottom')
    """
    middle = (found.n + 1) / 2
    return tuple(
        "top" if high < middle else "bottom" if low > middle else "middle"
        for low, high in zip(found.low.tolist(), found.high.tolist(), strict=True)
    )


def standings(
    x: npt.ArrayLike, n: npt.ArrayLike, best: Literal["high", "low"] = "high", n_draws: int = ranks.N_DRAWS
) -> Standings:
    """Return where units stand by x of n each; the same counts always give the same answer."""
    met, of = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    spread = shrinkage.spread(met, of)
    k = len(of)
    if spread.best.is_alike:
        all_places = RankIntervals(np.ones(k, dtype=np.int64), np.full(k, k, dtype=np.int64), np.full(k, 0.5))
        return Standings(spread.best.shrunk(met, of), all_places, tuple("middle" for _ in range(k)), spread.best)
    draws = ranks.posterior_draws(met, of, spread, np.random.default_rng(ranks.seed_of(met, of)), n_draws)
    found = ranks.rank_intervals(draws, best)
    return Standings(spread.best.shrunk(met, of), found, of_ranks(found), spread.best)
