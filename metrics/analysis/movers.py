"""Which units moved since the period before beyond chance, after looking at all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics import answer, catalogue, compare, intervals
from metrics.answer import Row
from metrics.model import Query
from metrics.notes import Reason, reason
from metrics.periods import NoPeriod
from metrics.places import Snapshot
from metrics.stats import chance, changes
from metrics.viewer import Viewer


@dataclass(frozen=True)
class Mover:
    """One unit's share in the period and in the one before, their difference with its interval, and the verdict."""

    unit_id: str
    unit_code: str
    unit_name: str
    before: float
    now: float
    parts_before: tuple[float, float]
    parts_now: tuple[float, float]
    difference: float
    lower: float
    upper: float
    z: float
    """Standard deviations of the difference, its size among all units allowed for."""
    is_beyond: bool
    is_better: bool


@dataclass(frozen=True)
class Movers:
    """Every unit that could be compared, the furthest first; `why_not` says why none could."""

    metric: str
    start: date | None
    end: date | None
    before: str
    """Token of the period before."""
    units: tuple[Mover, ...]
    n_left_out: int
    phi: float
    why_not: Reason | None = None

    @property
    def beyond(self) -> tuple[Mover, ...]:
        """Return the units that moved beyond chance."""
        return tuple(u for u in self.units if u.is_beyond)

    @property
    def n_single(self) -> int:
        """Return how many would be named if each were looked at alone, at 95 %."""
        return sum(abs(u.z) > intervals.Z for u in self.units)

    @property
    def expected_single(self) -> float:
        """Return how many of these chance alone gives."""
        return chance.expected_flags(len(self.units), 0.95)

    @property
    def expected_beyond(self) -> float:
        """Return how many of those named may owe it to chance, at most on average."""
        return chance.FALSE_SHARE * len(self.beyond)


def movers(query: Query, viewer: Viewer, snapshot: Snapshot) -> Movers:
    """Return how each unit of the level moved since kỳ trước, by the first metric of the question.

    Small, provisional and missing figures of either period are left out, and counted. Benjamini and Hochberg at 5 %
    over all units looked at; where units move more than chance makes them, that spread is allowed for first.
    """
    metric = catalogue.metric(query.metrics[0])
    asked = query.at(metrics=(metric.name,), unit=None, by=None, split_value=None, period_to="")
    earlier = compare.previous(asked)
    if isinstance(earlier, NoPeriod):
        return _none(metric.name, reason("no_previous", **earlier.reason), "")
    if metric.direction == "neutral" or not metric.is_share or metric.interval != "wilson":
        why = reason("standing_neutral" if metric.direction == "neutral" else "standing_not_share")
        return _none(metric.name, why, earlier.period)
    now = list(answer.ask(asked, viewer, snapshot).rows)
    then = {r.unit_id: r for r in answer.ask(earlier.at(boundaries="today"), viewer, snapshot).rows}
    pairs = [(r, then[r.unit_id]) for r in now if _counts(r) and r.unit_id in then and _counts(then[r.unit_id])]
    n_seen = sum(r.is_shown and r.status != "hidden" for r in now)
    if not pairs:
        return _none(metric.name, reason("movers_none"), earlier.period, n_seen)
    return _judged(metric.name, metric.direction == "higher_is_better", pairs, n_seen - len(pairs), earlier.period)


def _none(metric: str, why: Reason, before: str, n_left_out: int = 0) -> Movers:
    return Movers(metric, None, None, before, (), n_left_out, 1.0, why)


def _counts(row: Row) -> bool:
    return row.is_shown and row.status == "ok" and row.value is not None and not row.is_small


def _judged(
    metric: str, is_higher_better: bool, pairs: Sequence[tuple[Row, Row]], n_left_out: int, before: str
) -> Movers:
    x1, n1, x0, n0 = (
        np.array([float(getattr(pair[side], name) or 0) for pair in pairs])
        for side, name in ((0, "numerator"), (0, "denominator"), (1, "numerator"), (1, "denominator"))
    )
    raw = changes.signed_z(x1, n1, x0, n0)
    phi = changes.dispersion(raw)
    z = raw / phi**0.5
    stands = chance.benjamini_hochberg([chance.two_sided(v) for v in z.tolist()])
    made = []
    for i, (now, _) in enumerate(pairs):
        parts, then = (float(x1[i]), float(n1[i])), (float(x0[i]), float(n0[i]))
        lower, upper = intervals.newcombe_difference(*parts, *then)
        difference = parts[0] / parts[1] - then[0] / then[1]
        made.append(
            Mover(
                now.unit_id,
                now.unit_code,
                now.unit_name,
                then[0] / then[1],
                parts[0] / parts[1],
                then,
                parts,
                difference,
                lower,
                upper,
                float(z[i]),
                bool(stands[i]),
                (difference > 0) == is_higher_better,
            )
        )
    first = pairs[0][0]
    return Movers(
        metric,
        first.period_start,
        first.period_end,
        before,
        tuple(sorted(made, key=lambda u: (-abs(u.z), u.unit_code))),
        n_left_out,
        phi,
    )
