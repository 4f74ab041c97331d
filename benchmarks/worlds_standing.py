"""Worlds with planted truth for tiers, rank intervals and funnels: what is said of units against what is true.

`python -m benchmarks.worlds_standing` runs 1,000 provinces per question and prints every row; `rows` is what
`make bench` takes. A few worlds of each run in tests/stats/test_ranks_and_tiers.py.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.worlds_control import Result
from metrics.stats import chance, changes, funnel, ranks, shrinkage, tiers

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
BASE_RATE = 0.95
SPREADS = (0.005, 0.01, 0.03)
"""Standard deviations of the true rates at which the issue asks for coverage: 0.5, 1 and 3 points."""
MOST_OUTSIDE, LEAST_COVERED = 0.05, 0.88
UNITS = (78, 168)
"""Communes of a small and of a large province."""


@dataclass(frozen=True)
class World:
    """One province: the true rate of each commune, and x of n cases seen."""

    truth: Numbers
    x: Counts
    n: Counts


def worlds(n_worlds: int, sd: float, seed: int, base: float = BASE_RATE) -> Iterator[World]:
    """Yield provinces of 78 to 168 communes with 30 to 2,000 cases each (even on the log scale)."""
    rng = np.random.default_rng(seed)
    for _ in range(n_worlds):
        k = int(rng.integers(*UNITS, endpoint=True))
        n = np.exp(rng.uniform(np.log(30), np.log(2000), k)).astype(np.int64)
        truth = np.clip(rng.normal(base, sd, k), 0.0, 1.0)
        yield World(truth, rng.binomial(n, truth), n)


def uneven(n_worlds: int, seed: int) -> Iterator[World]:
    """Yield provinces of 100 communes of which one in ten lies far behind the others, which hardly differ."""
    rng = np.random.default_rng(seed)
    for _ in range(n_worlds):
        n = np.exp(rng.uniform(np.log(30), np.log(2000), 100)).astype(np.int64)
        behind = rng.uniform(size=100) < 0.1
        truth = np.clip(np.where(behind, rng.uniform(0.7, 0.9, 100), rng.normal(0.965, 0.01, 100)), 0.0, 1.0)
        yield World(truth, rng.binomial(n, truth), n)


def outside_the_middle(found: Iterator[World]) -> float:
    """Return the share of all communes of all worlds that are put outside the middle tier."""
    outside = total = 0
    for world in found:
        placed = tiers.standings(world.x, world.n).tiers
        outside += sum(tier != "middle" for tier in placed)
        total += len(placed)
    return outside / total


@dataclass(frozen=True)
class Ranked:
    """How rank intervals and tiers did: shares of communes."""

    covered: float
    covered_by_errors: float
    """By draws of the error alone, for comparison."""
    outside: float
    on_the_wrong_side: float
    """Of those outside the middle tier, how many truly lie in the other half."""
    width: float
    """Mean width of a rank interval over the number of communes."""


def ranked(found: Iterator[World], with_errors: bool = True) -> Ranked:
    """Return how rank intervals and tiers did against the true order."""
    covered = naive = outside = wrong = total = 0
    width = 0.0
    for world in found:
        k = len(world.n)
        true_rank = np.empty(k)
        true_rank[np.argsort(-world.truth, kind="stable")] = np.arange(1, k + 1)
        placed = tiers.standings(world.x, world.n)
        low, high = placed.ranks.low, placed.ranks.high
        covered += int(((low <= true_rank) & (true_rank <= high)).sum())
        width += float((high - low).sum() / k)
        if with_errors:
            p = (world.x + 0.5) / (world.n + 1)
            raw = ranks.of_errors(p, np.sqrt(p * (1 - p) / world.n), n_draws=2000, level=ranks.LEVEL)
            naive += int(((raw.low <= true_rank) & (true_rank <= raw.high)).sum())
        sides = np.array([{"top": 1, "middle": 0, "bottom": -1}[t] for t in placed.tiers])
        outside += int((sides != 0).sum())
        wrong += int((((k + 1) / 2 - true_rank) * sides < 0).sum())
        total += k
    return Ranked(covered / total, naive / total, outside / total, wrong / max(outside, 1), width / total)


def beyond_funnel(found: Iterator[World], confidence: float) -> float:
    """Return the share of communes beyond the limits of their province's funnel."""
    beyond = total = 0
    for world in found:
        theta = world.x.sum() / world.n.sum()
        tau2 = funnel.overdispersion(world.x, world.n, theta).tau2
        lower, upper = funnel.limits(theta, world.n, confidence, tau2)
        p = world.x / world.n
        beyond += int(((p < lower) | (p > upper)).sum())
        total += len(p)
    return beyond / total


def shrinkage_error(found: Iterator[World]) -> tuple[float, float]:
    """Return the root mean squared error of direct and of shrunk values, in points of per cent."""
    direct = shrunk = total = 0.0
    for world in found:
        values = shrinkage.beta_binomial(world.x, world.n).shrunk(world.x, world.n)
        direct += float(((world.x / world.n - world.truth) ** 2).sum())
        shrunk += float(((values - world.truth) ** 2).sum())
        total += len(world.n)
    return 100 * (direct / total) ** 0.5, 100 * (shrunk / total) ** 0.5


def rows(n_worlds: int = 1000) -> list[Result]:
    """Return every measurement."""
    outside = outside_the_middle(worlds(n_worlds, 0.0, 1))
    made = [Result("communes outside the middle tier, identical rates", outside, "≤ 5 %", outside <= MOST_OUTSIDE)]
    for confidence, aim in ((funnel.INNER, "≤ 5 %"), (funnel.OUTER, "≤ 0.2 %")):
        beyond = beyond_funnel(worlds(n_worlds, 0.0, 2), confidence)
        what = f"communes beyond the {confidence:.1%} limits, identical rates"
        made.append(Result(what, beyond, aim, beyond <= 1 - confidence))
    asked = {f"true rates {100 * sd:.1f} points apart (SD)": worlds(n_worlds, sd, 3) for sd in SPREADS}
    asked["one unit in ten far behind"] = uneven(n_worlds, 3)
    for at, found in asked.items():
        one = ranked(found)
        is_covered = one.covered >= LEAST_COVERED
        made += [
            Result(f"90 % rank intervals cover the true rank, {at}", one.covered, "≥ 88 %", is_covered),
            Result(f"the same from draws of the error alone, {at}", one.covered_by_errors, "told", None),
            Result(f"width of a rank interval over all ranks, {at}", one.width, "told", None),
            Result(f"communes outside the middle tier, {at}", one.outside, "told", None),
            Result(f"of these, truly in the other half, {at}", one.on_the_wrong_side, "told", None),
        ]
    return made


def seconds_of_the_country(n_communes: int = 3321) -> float:
    """Return the CPU seconds of tiers, rank intervals, funnel and changes for all communes of the country."""
    rng = np.random.default_rng(4)
    n = np.exp(rng.uniform(np.log(30), np.log(2000), n_communes)).astype(np.int64)
    x = rng.binomial(n, np.clip(rng.normal(BASE_RATE, 0.02, n_communes), 0.0, 1.0))
    tiers.standings(x[:50], n[:50])  # the first call loads scipy
    started = time.process_time()  # of this process: the machine may be busy with others
    tiers.standings(x, n)
    theta = x.sum() / n.sum()
    funnel.limits(theta, n, funnel.OUTER, funnel.overdispersion(x, n, theta).tau2)
    z = changes.signed_z(x, n, rng.permutation(x), n.max() + 0 * n)
    chance.benjamini_hochberg([chance.two_sided(v) for v in z.tolist()])
    return time.process_time() - started


def main() -> None:
    """Print every measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worlds_standing")
    parser.add_argument("--worlds", type=int, default=1000)
    for row in rows(parser.parse_args().worlds):
        met = "" if row.is_met is None else "yes" if row.is_met else "NO"
        print(f"{row.measured:7.2%}  {row.aim:7} {met:4} {row.what}")
    direct, shrunk = shrinkage_error(worlds(100, 0.01, 3))
    print(f"error of direct values {direct:.2f} points, of shrunk ones {shrunk:.2f} (SD 1 point)")
    print(f"{seconds_of_the_country():.2f} s for 3,321 communes (aim ≤ 3 s)")


if __name__ == "__main__":
    main()
