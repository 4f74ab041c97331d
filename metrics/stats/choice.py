"""Which control chart a series gets, by what its data are; and the chart, or why it gets none. Pure.

| data | chart |
|---|---|
| share of cases, months vary as chance alone would (σz near 1) | p |
| share of cases, months vary more (busy communes, provinces) | Laney p′ |
| share of under fifty cases, one outcome rare | none: a case or two move it by more than any limit |
| count of events in a period | u per working day, u′ where it varies beyond chance |
| anything else: a median, a rate per 10,000, what stood open on a day | XmR |

A share of what stood open on a day (a stock) counts mostly the same cases month after month: its months are not draws
of their own, so it is charted as a value, by XmR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from metrics.stats import control
from metrics.stats.control import Limits

Nature = Literal["share", "count", "value"]
Why = Literal["few_months", "few_cases", "few_events"]

LIMITS_NEED = 5
"""Fewer months give no limits at all; fewer than `control.TRIAL_UNDER` give trial limits."""
FEW_CASES = 50
BOTH_EXPECTED = 5.0
"""Under fifty cases a month both outcomes must be expected so often (90 % of 50); else it is a matter for a funnel."""
EVENTS_NEEDED = 1.0
"""The rarer outcome must be expected so often in a middling month; below it three standard errors mean little."""


@dataclass(frozen=True)
class Charted:
    """The chart chosen; or why none can be."""

    limits: Limits | None
    tolerance: Sequence[float] = ()
    """How far from the centre a point still lies on it: half a case, in the chart's values."""
    why: Why | None = None


def choose(
    nature: Nature, values: Sequence[float], of: Sequence[float] = (), use: Sequence[bool] | None = None
) -> Charted:
    """Return the chart of a series: `values` are counts of `of` cases (share), counts in `of` working days, or values.

    >>> steady, uneven = [285, 287, 283, 286, 284, 285], [2850, 2640, 2940, 2700, 2910, 2650]
    >>> choose("share", steady, [300] * 6).limits.kind, choose("share", uneven, [3000] * 6).limits.kind
    ('p', 'p_prime')
    >>> choose("share", [19, 20, 18, 20, 19, 20], [20] * 6).why
    'few_cases'
    """
    used = [True] * len(values) if use is None else [bool(u) for u in use]
    judged = np.asarray(used)
    if judged.sum() < LIMITS_NEED:
        return Charted(None, why="few_months")
    y = np.asarray(values, float)
    if nature == "value":
        return Charted(control.xmr(y, used), np.zeros(len(y)).tolist())
    x, n = y, np.asarray(of, float)
    centre, typical = float(x[judged].sum() / n[judged].sum()), float(np.median(n[judged]))
    if nature == "share":
        rarer = min(centre, 1 - centre)
        if typical < FEW_CASES and rarer * typical < BOTH_EXPECTED:
            return Charted(None, why="few_cases")
        limits = control.p_chart(x, n, used)
    else:
        rarer, limits = centre, control.u_chart(x, n, used)
    if rarer * typical < EVENTS_NEEDED:
        return Charted(None, why="few_events")
    if float(control.sigma_z(limits, used)) > control.chance_allows(sum(used)):
        limits = (control.p_prime if nature == "share" else control.u_prime)(x, n, used)
    return Charted(limits, (0.5 / n).tolist())
