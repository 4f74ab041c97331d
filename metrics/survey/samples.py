"""Which respondents speak for whom: the pool of a period and population, and each unit's sample within it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from metrics.stats import design as designs
from metrics.stats.design import Design, Floats, Ints
from metrics.stretches import Stretch
from metrics.survey.respondents import POPULATIONS, Bools, Respondents, days
from metrics.survey.rules import DesignRule, design_rule

BODIES = ("commune", "agency")
"""Levels whose units are samples of their own, as strata are."""
RANKS = {"province": 0, "district": 1, "commune": 2, "agency": 2}
"""How deep a level lies; groupings of communes lie where districts did."""
GROUPED = 1


@dataclass(frozen=True, eq=False)
class Sample:
    """The rows that a unit's figures come from, and the design that they were drawn by."""

    rows: Ints
    weight: Floats
    drawn: Design
    df: int
    widened: float = 1.0
    """What the variance between respondents is multiplied by, where the design of the province is borrowed."""
    is_approximate: bool = False


class Pool:
    """Everyone of one population who answered in a stretch of time, with their common design."""

    def __init__(self, everyone: Respondents, rows: Ints, rule: DesignRule) -> None:
        self.everyone, self.rows, self.rule = everyone, rows, rule
        surveys = np.unique(everyone.survey[rows])
        # Surveys weighted on different scales are pooled by their people, not by the larger numbers.
        weights = everyone.scale_of_weights if len(surveys) > 1 else everyone.weight
        self.weight: Floats = weights[rows]
        self.drawn = _part(everyone.design, rows)
        self.is_clustered: Bools = everyone.is_clustered[rows]

    def __len__(self) -> int:
        return len(self.rows)

    def sample(self, inside: Bools, level: str) -> Sample:
        """Return the sample of the unit that the marked rows of the pool make up."""
        if level in BODIES:
            own = self.rows[inside]
            drawn = _part(self.everyone.design, own)
            if drawn.df >= self.rule.least_df or not self.is_clustered[inside].any():
                return Sample(own, self.weight[inside], drawn, drawn.df)
            return self._borrowed(inside)
        df = _df_inside(self.drawn, inside)
        if df >= self.rule.least_df or not self.is_clustered[inside].any():
            # PSUs outside the unit stay in the design: they were drawn, and add nothing.
            domain = Design(self.drawn.psu[inside], self.drawn.stratum)
            return Sample(self.rows[inside], self.weight[inside], domain, df)
        return self._borrowed(inside)

    def _borrowed(self, inside: Bools) -> Sample:
        effect, df = self.cluster_effect
        own = self.rows[inside]
        return Sample(own, self.weight[inside], designs.design(len(own)), df, effect, True)

    @cached_property
    def cluster_effect(self) -> tuple[float, int]:
        """Return what clusters multiply the variance within a unit by (median over items, at least 1), and its df.

        Only units of several clusters tell; differences between units are no part of a unit's own uncertainty. Where
        they are too few to tell: the effect of clusters of this mean size and assumed likeness.
        """
        rule, everyone = self.rule, self.everyone
        psus, first, psu = np.unique(self.drawn.psu, return_index=True, return_inverse=True)
        unit_of_psu = everyone.unit[self.rows[first]]
        tells = (np.bincount(unit_of_psu, minlength=len(everyone.units))[unit_of_psu] > 1)[psu]
        rows = self.rows[tells]
        within = designs.design(len(rows), everyone.unit[rows].tolist(), psus[psu][tells].tolist())
        x = everyone.scores[rows]
        x = x[:, (~np.isnan(x)).sum(axis=0) >= rule.least_item_n]
        if not len(rows) or within.df < rule.least_df or not x.shape[1]:
            return designs.of_clusters(len(self.rows) / max(self.drawn.n_psus, 1), rule.assumed_rho), len(self.rows) - 1
        w = np.where(np.isnan(x), 0.0, self.weight[tells][:, None])
        size, values = w.sum(axis=0), np.nan_to_num(x)
        u = w * (values - (w * values).sum(axis=0) / size) / size
        alone = designs.design(len(rows), everyone.unit[rows].tolist()).variance(u)
        known = alone > 0
        effects = within.variance(u)[known] / alone[known]
        return max(1.0, float(np.median(effects))) if known.any() else 1.0, within.df


def _part(whole: Design, rows: Ints) -> Design:
    chosen = np.zeros(len(whole.psu), dtype=bool)
    chosen[rows] = True
    return whole.part(chosen)  # rows are in order, so are the chosen


def _df_inside(drawn: Design, inside: Bools) -> int:
    psus = np.unique(drawn.psu[inside])
    return len(psus) - len(np.unique(drawn.stratum[psus]))


def in_time(everyone: Respondents, time: Stretch) -> Ints:
    """Return the rows of those who answered in a stretch of time."""
    first, last = days(time.starts_on), days(time.known_to or time.ends_on)
    return np.flatnonzero((everyone.answered_on >= first) & (everyone.answered_on <= last))


def of_population(
    everyone: Respondents, rows: Ints, answered: Bools, usual: str, chosen: str | None = None
) -> tuple[Ints, str]:
    """Return the rows of one population, and which; never a mixture.

    `chosen` by a split ("": who does not say), else the metric's usual one; where none of those answered, the other.
    Who does not say counts with the usual one.
    """
    population = everyone.population[rows]
    if chosen is not None:
        code = POPULATIONS.index(chosen) if chosen else -1
        return rows[population == code], chosen
    here = POPULATIONS.index(usual)
    mine = (population == here) | (population < 0)
    if (mine & answered).any() or not answered.any():
        return rows[mine], usual
    return rows[~mine], POPULATIONS[1 - here]


def representing(everyone: Respondents, rows: Ints, level: str) -> Bools:
    """Return which of the rows come from surveys that speak for units of a level."""
    speaks = np.array([_speaks(everyone.lowest_level.get(s), level) for s in everyone.surveys], dtype=bool)
    return speaks[everyone.survey[rows]] if len(speaks) else np.zeros(len(rows), dtype=bool)


def _speaks(lowest: str | None, level: str) -> bool:
    return lowest is None or RANKS.get(level, GROUPED) <= RANKS.get(lowest, GROUPED)


def by_unit(
    everyone: Respondents, rows: Ints, level: str, targets: Sequence[str], time: Stretch, today: bool
) -> dict[str, Bools]:
    """Return, per target with anyone, which of the rows add up to it on the day that the stretch rolls up on."""
    if today:
        unit = everyone.successor[rows]
    else:
        ended = everyone.answered_on[rows] >= everyone.unit_ends_on[rows]
        unit = np.where(ended, everyone.successor[rows], everyone.unit[rows])
    day, wanted = days(time.rolls_on), set(targets)
    found: dict[str, Bools] = {}
    for code in np.unique(unit):
        for at_level, ancestor, first, last in everyone.above.get(everyone.units[code], ()):
            if at_level == level and ancestor in wanted and first <= day < last:
                inside = unit == code
                found[ancestor] = found[ancestor] | inside if ancestor in found else inside
    return found


def rule_of(time: Stretch) -> DesignRule:
    """Return the design rule in force at the end of a stretch."""
    return design_rule(time.ends_on)
