"""What the units' true shares look like when no curve is taken on trust: "smoothing by roughening".

A beta curve fits a province of even units. With a few units far behind the others it widens for all, and the even ones
then seem further apart than they are: rank intervals cover 82 % instead of 90 %. So the curve is only where a few steps
of the EM algorithm start (Laird and Louis 1991, The American Statistician 45): few, as many would end in spikes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.stats.shrinkage import BetaBinomial

Numbers = npt.NDArray[np.float64]
STEPS = 10
FEWEST, MOST = 200, 1200
FAR = 4.0
"""Standard errors of the outermost units that the grid still holds."""


@dataclass(frozen=True)
class Grid:
    """Cells of true shares, even on the arcsine-root scale, and how likely each unit's count is in each."""

    edges: Numbers
    likelihood: Numbers
    """Units × cells, the highest of each unit 1."""

    @property
    def width(self) -> float:
        return float(self.edges[1] - self.edges[0])

    @property
    def middles(self) -> Numbers:
        return np.asarray((self.edges[1:] + self.edges[:-1]) / 2)

    @classmethod
    def of(cls, x: Numbers, n: Numbers) -> Grid:
        """Return the grid for x of n per unit: fine enough for the largest unit."""
        centre, error = np.arcsin(np.sqrt((x + 0.375) / (n + 0.75))), 1 / (2 * np.sqrt(n))
        low, high = max(0.0, float((centre - FAR * error).min())), min(np.pi / 2, float((centre + FAR * error).max()))
        cells = int(np.clip(np.ceil((high - low) / (error.min() / 2)), FEWEST, MOST))
        edges = np.linspace(low, high, cells + 1)
        share = np.sin((edges[1:] + edges[:-1]) / 2) ** 2
        log = np.outer(x, np.log(share)) + np.outer(n - x, np.log1p(-share))
        return cls(edges, np.exp(log - log.max(axis=1, keepdims=True)))

    def start(self, prior: BetaBinomial) -> Numbers:
        """Return the mass of a beta curve in each cell."""
        from scipy.special import betainc  # slow to import

        a, b = prior.mean * prior.strength, (1 - prior.mean) * prior.strength
        mass = np.diff(betainc(a, b, np.sin(self.edges) ** 2)) + 1e-12
        return np.asarray(mass / mass.sum())

    def roughened(self, prior: BetaBinomial, steps: int = STEPS) -> Numbers:
        """Return the mass in each cell after so many steps towards what the units themselves tell."""
        mass = self.start(prior)
        for _ in range(steps):
            mass = mass * (self.likelihood.T @ (1 / (self.likelihood @ mass))) / len(self.likelihood)
        return mass

    def posterior(self, mass: Numbers) -> Numbers:
        """Return, per unit, the chance that its true share lies in each cell."""
        found = self.likelihood * mass
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    def draws(self, mass: Numbers, rng: np.random.Generator, n_draws: int) -> npt.NDArray[np.float32]:
        """Return draws × units of the true shares on the arcsine-root scale, even within a cell."""
        up_to = np.cumsum(self.posterior(mass), axis=1)
        units = len(up_to)
        cells = np.empty((units, n_draws), dtype=np.float32)
        wanted = rng.random((units, n_draws))
        for unit in range(units):
            cells[unit] = np.searchsorted(up_to[unit], wanted[unit] * up_to[unit, -1])
        cells += rng.random((units, n_draws), dtype=np.float32)
        return np.asarray(cells.T * np.float32(self.width) + np.float32(self.edges[0]), dtype=np.float32)
