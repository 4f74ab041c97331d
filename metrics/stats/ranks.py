"""Rank intervals: the places that a unit may hold among the others, as far as the data tell. Never a bare rank.

Draws of the error alone spread the units out twice (once by truth, once by chance) and cover too little: ranks here
come from empirical-Bayes posterior draws. Goldstein and Spiegelhalter (1996), Laird and Louis (1989).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.stats.roughening import Grid
from metrics.stats.shrinkage import Spread

N_DRAWS = 2000
LEVEL = 0.90
"""A rank interval leaves one in twenty on either side: wider ones of some 80 units say nothing at all."""
BLOCK = 400
"""Draws ranked at a time: 400 × 3,321 units fit into the processor's cache, 2,000 do not."""

Draws = npt.NDArray[np.float32]


@dataclass(frozen=True)
class RankIntervals:
    """Lowest and highest plausible rank of each unit, 1 being the best, and the chance to lie in the upper half."""

    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    above: npt.NDArray[np.float64]
    """Share of the draws in which the unit's rank is better than the middle one."""

    @property
    def n(self) -> int:
        return len(self.low)


def seed_of(*columns: npt.ArrayLike) -> int:
    """Return a seed made of the data themselves: the same question always gets the same answer.

    >>> seed_of([1, 2], [3, 4]) == seed_of([1.0, 2.0], [3.0, 4.0]) != seed_of([1, 2], [3, 5])
    True
    """
    digest = hashlib.blake2b(digest_size=8)
    for column in columns:
        digest.update(np.ascontiguousarray(column, dtype=np.float64).tobytes())
    return int.from_bytes(digest.digest(), "little")


def posterior_draws(
    x: npt.ArrayLike, n: npt.ArrayLike, spread: Spread, rng: np.random.Generator, n_draws: int = N_DRAWS
) -> Draws:
    """Return draws × units of the true shares, given x of n and how far the units lie apart.

    Each draw first takes a spread by its plausibility, so that not knowing the spread widens the ranks too; from the
    beta curve of that spread a few steps are taken towards what the units tell (`roughening`). The draws are on the
    arcsine-root scale: only their order counts.
    """
    met, of = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    grid = Grid.of(met, of)
    drawn = np.empty((n_draws, len(of)), dtype=np.float32)
    times = rng.multinomial(n_draws, spread.weights)
    at = 0
    for prior, rows in zip(spread.priors, times.tolist(), strict=True):
        if rows and prior.is_alike:  # no unit differs: their order is chance
            drawn[at : at + rows] = rng.standard_normal((rows, len(of)), dtype=np.float32)
        elif rows:
            drawn[at : at + rows] = grid.draws(grid.roughened(prior), rng, rows)
        at += rows
    return drawn


def rank_intervals(draws: npt.NDArray[np.floating], best: str = "high", level: float = LEVEL) -> RankIntervals:
    """Return the interval of each column's rank over the rows of draws; `best` says which end has rank 1.

    >>> found = rank_intervals(np.array([[1.0, 2.0, 3.0], [1.5, 1.4, 3.0]]), level=0.9)
    >>> found.low.tolist(), found.high.tolist(), found.above.tolist()
    ([2, 2, 1], [3, 3, 1], [0.0, 0.0, 1.0])
    """
    n_draws, k = draws.shape
    ranks = np.empty((k, n_draws), dtype=np.int16 if k < 2**15 else np.int32)
    places = np.arange(1, k + 1, dtype=ranks.dtype)
    for start in range(0, n_draws, BLOCK):
        some = draws[start : start + BLOCK]
        order = np.argsort(-some if best == "high" else some, axis=1)
        block = np.empty(some.shape, dtype=ranks.dtype)
        np.put_along_axis(block, order, places[None, :], axis=1)
        ranks[:, start : start + len(some)] = block.T
    tail = (1 - level) / 2
    first, last = int(np.floor(tail * (n_draws - 1))), int(np.ceil((1 - tail) * (n_draws - 1)))
    above = (ranks < (k + 1) / 2).mean(axis=1)
    ranks.partition((first, last), axis=1)
    return RankIntervals(ranks[:, first].astype(np.int64), ranks[:, last].astype(np.int64), above)


def of_errors(
    values: npt.ArrayLike, standard_errors: npt.ArrayLike, *, n_draws: int = 20_000, level: float = 0.95
) -> RankIntervals:
    """Return rank intervals from normal draws of each value's own error, for scores published with their errors.

    They cover too little where the errors are as large as the differences; for our own figures use
    `posterior_draws`.
    """
    y, error = np.asarray(values, dtype=float), np.asarray(standard_errors, dtype=float)
    rng = np.random.default_rng(seed_of(y, error))
    return rank_intervals(y + error * rng.standard_normal((n_draws, len(y))), level=level)
