"""A unit's figures from its sample: shares and means linearised, sums of parts by the Rao-Wu bootstrap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics import intervals
from metrics.model import Method
from metrics.stats import bootstrap
from metrics.stats import design as designs
from metrics.stats.design import Floats
from metrics.survey.formula import Part
from metrics.survey.respondents import Bools
from metrics.survey.samples import Sample


@dataclass(frozen=True)
class Measured:
    """A figure of the survey with its interval and its sample."""

    n: int
    """Respondents whose answers count."""
    n_effective: float
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    method: Method = "none"
    numerator: float | None = None
    denominator: float | None = None
    missing: tuple[str, ...] = ()
    """Parts that too few answered."""
    is_approximate: bool = False


NOBODY = Measured(0, 0.0)


def share(top: Floats, base: Floats, sample: Sample) -> Measured:
    """Return Σ w·top ÷ Σ w·base with a Wilson interval on the effective number of answers.

    `top` and `base` count each respondent's answers: those that say yes, and all.
    """
    found = designs.ratio(top, np.where(base > 0, base, np.nan), sample.weight, sample.drawn)
    if not found.n:
        return NOBODY
    a = float(np.nansum(sample.weight * np.where(base > 0, top, 0.0)))
    b = float(np.nansum(sample.weight * base))
    p, variance = a / b, found.se**2 * sample.widened
    effective = _effective(found, sample)
    given = float(np.nansum(np.where(sample.weight > 0, base, 0.0)))
    # All of one mind: nothing to estimate a spread from, and the people themselves stand for it.
    answers = p * (1 - p) / variance if 0 < p < 1 and variance > 0 else effective
    size = designs.discounted(min(answers, given), given, sample.df)
    lower, upper = intervals.wilson(p * size, size)
    return Measured(
        found.n,
        effective,
        p,
        lower,
        upper,
        "linearized",
        whole(a),
        whole(b),
        is_approximate=sample.is_approximate,
    )


def mean(y: Floats, sample: Sample, least: float, most: float) -> Measured:
    """Return the mean of those who answered on 0–1, put on its scale, with a linearised interval inside it."""
    times = most - least
    found = designs.mean(y, sample.weight, sample.drawn)
    if not found.n:
        return NOBODY
    half = designs.t_quantile(sample.df) * found.se * math.sqrt(sample.widened) * times if found.n > 1 else None
    return _bounded(
        least + found.value * times, half, least, most, found.n, _effective(found, sample), "linearized", sample
    )


class PartScores:
    """Scores of sub-dimensions, dimensions and the total of one sample; items and replicates are read once."""

    def __init__(
        self, x: Floats, subs: Sequence[str], parts: Sequence[Part], sample: Sample, least_n: int, replicates: int
    ) -> None:
        """Take the answers (rows of the sample × items) and the sub-dimension of each item."""
        self.sample, self.replicates = sample, replicates
        self.answered = ~np.isnan(x) & (sample.weight > 0)[:, None]
        self.w = np.where(self.answered, sample.weight[:, None], 0.0)
        self.x = np.where(self.answered, x, 0.0)
        self.size = self.w.sum(axis=0)
        self.is_live = self.size > 0
        self.means = np.where(self.is_live, (self.w * self.x).sum(axis=0) / np.where(self.is_live, self.size, 1), 0.0)
        self.subs = np.array(subs)
        self.parts = parts
        self._answering: dict[str, Bools] = {}
        self.n_of = {p.part_id: self._n([p]) for p in parts}
        self.missing = tuple(p for p in parts if self.n_of[p.part_id] < least_n)
        self._replicated: Floats | None = None

    def _n(self, parts: Sequence[Part]) -> int:
        anyone = np.zeros(len(self.answered), dtype=bool)
        for part in parts:
            if part.part_id not in self._answering:
                self._answering[part.part_id] = np.asarray(self.answered[:, self.subs == part.part_id].any(axis=1))
            anyone |= self._answering[part.part_id]
        return int(anyone.sum())

    def _steps(self, parts: Sequence[Part]) -> Floats:
        """Return by how much a score rises with the mean of each item."""
        found = np.zeros(len(self.subs))
        for part in parts:
            items = (self.subs == part.part_id) & self.is_live
            found[items] = part.span / items.sum()
        return found

    def score(self, parts: Sequence[Part]) -> Measured:
        """Return the score of one sub-dimension (linearised), or of a sum of several (bootstrapped)."""
        n = self._n(parts)
        if not n:
            return NOBODY
        if len(parts) > 1 and (missing := tuple(p.label for p in parts if p in self.missing)):
            return Measured(n, float(n), denominator=n, missing=missing)
        least, most = sum(p.floor for p in parts), sum(p.floor + p.span for p in parts)
        steps = self._steps(parts)
        value = least + float(steps @ self.means)
        chosen = steps != 0
        per_person = self.w[:, chosen] * (self.x[:, chosen] - self.means[chosen]) / self.size[chosen]
        z = per_person @ steps[chosen]
        counts = np.asarray((self.w[:, chosen] > 0).any(axis=1))
        linear = float(self.sample.drawn.variance(z)[0])
        effective = self._effective(z, counts, n, linear)
        if n < 2:
            return _bounded(value, None, least, most, n, effective, "none", self.sample)
        error = math.sqrt(linear) if len(parts) == 1 else self._bootstrapped(steps)
        half = designs.t_quantile(self.sample.df) * error * math.sqrt(self.sample.widened)
        method: Method = "linearized" if len(parts) == 1 else "bootstrap"
        return _bounded(value, half, least, most, n, effective, method, self.sample)

    def _effective(self, z: Floats, counts: Bools, n: int, variance: float) -> float:
        """Return n × what a simple random sample of n would vary ÷ what this one does."""
        w = self.sample.weight
        total = float(w[counts].sum())
        if n < 2 or variance <= 0:
            return n / self.sample.widened
        e = np.where(counts, z / np.where(w > 0, w, 1.0), 0.0) * total
        simple = float((w * e**2)[counts].sum()) / total / (n - 1)
        return n * simple / (variance * self.sample.widened)

    def _bootstrapped(self, steps: Floats) -> float:
        if self._replicated is None:
            drawn = self.sample.drawn
            times = bootstrap.of_design(drawn, self.replicates)
            over = bootstrap.replicated(times, drawn.totals(self.w * self.x))
            under = bootstrap.replicated(times, drawn.totals(self.w))
            # A replicate that drew nobody who answered an item keeps the item's own mean.
            self._replicated = np.where(under > 0, over / np.where(under > 0, under, 1), self.means)
        return float(np.std(self._replicated @ steps, ddof=1))


def whole(x: float) -> float | int:
    """Return a sum of weights, as a whole number where it is one."""
    rounded = round(x, 6)  # sums of weights carry the noise of floating point
    return int(rounded) if rounded.is_integer() else rounded


def _effective(found: designs.Estimate, sample: Sample) -> float:
    return (found.n_effective if found.deff > 0 else float(found.n)) / sample.widened


def _bounded(
    value: float,
    half: float | None,
    least: float,
    most: float,
    n: int,
    effective: float,
    method: Method,
    sample: Sample,
) -> Measured:
    if half is None:
        return Measured(n, effective, value, denominator=n)
    lower, upper = max(least, value - half), min(most, value + half)
    return Measured(n, effective, value, lower, upper, method, None, n, is_approximate=sample.is_approximate)
