"""Where units of a level stand by one share in one period: funnel, tiers, rank intervals; never a bare rank.

Units with too few cases, provisional figures or none at all are listed and not judged. The centre is the share of all
judged and small units together: the province's own figure also counts what departments settle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from metrics import answer, catalogue, compare, places, plan
from metrics.answer import Row
from metrics.model import Metric, Query
from metrics.notes import Reason, reason
from metrics.places import Snapshot
from metrics.plan import Plan, Target
from metrics.stats import chance, funnel, tiers
from metrics.stats.funnel import Numbers
from metrics.stats.tiers import Tier
from metrics.viewer import Viewer

Position = Literal["inside", "beyond_inner", "beyond_outer"]
Side = Literal["better", "worse"]


@dataclass(frozen=True)
class UnitStanding:
    """One unit: its own figure, and how it stands; `why_not` says why it is not judged."""

    unit_id: str
    unit_code: str
    unit_name: str
    numerator: float | int | None
    denominator: float | int | None
    value: float | None
    lower: float | None
    upper: float | None
    status: str
    is_small: bool = False
    why_not: Reason | None = None
    shrunk: float | None = None
    """Drawn to the middle by how little it rests on: for triage, beside the unit's own value, never instead of it."""
    rank_low: int | None = None
    rank_high: int | None = None
    tier: Tier | None = None
    position: Position | None = None
    side: Side | None = None
    """On which side of the centre, by the metric's direction; none for a neutral one."""

    @property
    def is_judged(self) -> bool:
        return self.why_not is None

    @property
    def is_beyond(self) -> bool:
        """Return whether the unit lies beyond the outer limits, and is worth a label."""
        return self.position == "beyond_outer"


@dataclass(frozen=True)
class Standing:
    """All units of a level, in the order of the answer; what they are held against, and what chance alone gives."""

    metric: str
    direction: str
    level: str
    start: date
    end: date
    calendar: str
    snapshot: str
    units: tuple[UnitStanding, ...]
    centre: float | None
    numerator: float
    denominator: float
    tau2: float
    """Variance between units beyond chance on the arcsine-root scale; with it the funnel is wider."""
    phi: float
    target: Target | None
    is_alike: bool
    """Whether nothing but chance is seen between the units."""
    why_no_tiers: Reason | None
    expected_wrong: float
    """How many of the units outside the middle tier may truly lie in the other half."""

    @property
    def judged(self) -> tuple[UnitStanding, ...]:
        return tuple(u for u in self.units if u.is_judged)

    @property
    def has_tiers(self) -> bool:
        return self.why_no_tiers is None

    @property
    def is_neutral(self) -> bool:
        return self.direction == "neutral"

    def of(self, unit_id: str) -> UnitStanding | None:
        """Return one unit by its id."""
        return next((u for u in self.units if u.unit_id == unit_id), None)

    def tier(self, name: Tier) -> tuple[UnitStanding, ...]:
        """Return the units of a tier, the best ranks first."""
        found = [u for u in self.units if u.tier == name]
        return tuple(sorted(found, key=lambda u: (u.rank_low, u.rank_high, u.unit_code)))

    def beyond(self, side: Side | None = None, outer: bool = True) -> tuple[UnitStanding, ...]:
        """Return the units beyond the outer limits (or the inner ones), of one side or both, furthest first."""
        kept = ("beyond_outer",) if outer else ("beyond_outer", "beyond_inner")
        found = [u for u in self.units if u.position in kept and (side is None or u.side == side)]
        middle = self.centre or 0.0
        return tuple(sorted(found, key=lambda u: -abs((u.value or 0.0) - middle)))

    def expected(self, outer: bool = True) -> float:
        """Return how many judged units would lie beyond the limits by chance alone."""
        return chance.expected_flags(len(self.judged), funnel.OUTER if outer else funnel.INNER)

    def not_judged(self, code: str) -> tuple[UnitStanding, ...]:
        """Return the units left out for one reason: small, provisional, not_sent …"""
        return tuple(u for u in self.units if u.why_not is not None and u.why_not.code == code)

    @property
    def eight_in_ten(self) -> tuple[float, float] | None:
        """Return between which values the middle eighty per cent of the judged units lie; none of too few."""
        values = [u.value for u in self.judged if u.value is not None]
        if len(values) < tiers.FEWEST_UNITS:
            return None
        low, high = np.quantile(values, [0.1, 0.9])
        return float(low), float(high)

    def limits(self, n: Sequence[float], confidence: float) -> tuple[list[float], list[float]]:
        """Return lower and upper limit at numbers of cases, to draw the funnel."""
        assert self.centre is not None
        lower, upper = funnel.limits(self.centre, list(n), confidence, self.tau2)
        return [float(v) for v in lower], [float(v) for v in upper]


def standing(query: Query, viewer: Viewer, snapshot: Snapshot, *, planned: Plan = plan.NOTHING) -> Standing:
    """Return where the units of the question's level stand by its first metric.

    The question's own unit does not matter: all units of the level (within `within`) are placed. Units that the viewer
    may not see by name are left out. In a period that contains 01/07/2025 the units of its last side are meant.
    """
    metric = catalogue.metric(query.metrics[0])
    asked = query.at(metrics=(metric.name,), unit=None, by=None, split_value=None, period_to="")
    table = answer.ask(asked, viewer, snapshot)
    seen = [r for r in table.rows if r.is_shown and r.status != "hidden"]
    last = max((r.period_end for r in table.rows), default=date.min)
    rows = [r for r in seen if r.period_end == last]
    known = places.of(snapshot)
    no_verdict = _no_verdict(metric, table.rows, seen)
    whys = [no_verdict or _why_not(r, known.is_unallocated(r.unit_id)) for r in rows]
    start = max((r.period_start for r in rows), default=last)
    target = compare.target(metric.name, query.level, None, last, snapshot, planned.targets) if rows else None
    return _placed(metric, asked, start, last, table.snapshot, rows, whys, target, no_verdict)


def _no_verdict(metric: Metric, rows: Sequence[Row], seen: Sequence[Row]) -> Reason | None:
    """Return why this metric, or this viewer, has no comparison of units at all."""
    if metric.direction == "neutral":
        return reason("standing_neutral")
    if not metric.is_share or metric.interval != "wilson":
        return reason("standing_not_share")
    closed = [r for r in rows if r.status == "hidden" and r.reasons]
    return closed[0].reasons[0] if closed and len(seen) < len(rows) else None


def _why_not(row: Row, is_unallocated: bool) -> Reason | None:
    """Return why a unit is not judged; its figure stays."""
    if is_unallocated:
        return reason("standing_unallocated")
    if row.status == "ok" and row.value is not None and not row.is_small:
        return None
    if row.is_small and row.status == "ok":
        return reason("small", n=row.denominator)
    if row.reasons:
        marked = [r for r in row.reasons if r.code in answer.PROVISIONAL]
        return (marked or list(row.reasons))[0]
    return reason("no_denominator")


def _placed(
    metric: Metric,
    query: Query,
    start: date,
    end: date,
    snapshot: str,
    rows: Sequence[Row],
    whys: Sequence[Reason | None],
    target: Target | None,
    no_verdict: Reason | None,
) -> Standing:
    judged = [r for r, why in zip(rows, whys, strict=True) if why is None]
    counted = [r for r, why in zip(rows, whys, strict=True) if why is None or why.code == "small"]
    met = float(sum(r.numerator or 0 for r in counted))
    of = float(sum(r.denominator or 0 for r in counted))
    centre = met / of if of else None
    x = np.array([float(r.numerator or 0) for r in judged])
    n = np.array([float(r.denominator or 0) for r in judged])
    spread = funnel.overdispersion(x, n, centre) if centre is not None else funnel.Overdispersion(1.0, 0.0)
    best: Literal["high", "low"] = "low" if metric.direction == "lower_is_better" else "high"
    why_no_tiers = no_verdict
    if why_no_tiers is None and len(judged) < tiers.FEWEST_UNITS:
        why_no_tiers = reason("standing_few", n=len(judged))
    found = tiers.standings(x, n, best) if why_no_tiers is None else None
    verdicts: list[dict[str, Any]] = [{} for _ in judged]
    if centre is not None and len(judged) > 1:
        for verdict, (position, side) in zip(verdicts, _positions(x, n, centre, spread.tau2, metric), strict=True):
            verdict |= {"position": position, "side": side}
    if found is not None:
        for i, verdict in enumerate(verdicts):
            verdict |= {
                "shrunk": float(found.shrunk[i]),
                "rank_low": int(found.ranks.low[i]),
                "rank_high": int(found.ranks.high[i]),
                "tier": found.tiers[i],
            }
    by_unit = {r.unit_id: verdict for r, verdict in zip(judged, verdicts, strict=True)}
    units = tuple(_unit(r, why, by_unit.get(r.unit_id, {})) for r, why in zip(rows, whys, strict=True))
    return Standing(
        metric.name,
        metric.direction,
        query.level,
        start,
        end,
        query.calendar,
        snapshot,
        units,
        centre,
        met,
        of,
        spread.tau2,
        spread.phi,
        target,
        found.is_alike if found else False,
        why_no_tiers,
        found.expected_wrong if found else 0.0,
    )


def _unit(row: Row, why: Reason | None, verdict: dict[str, Any]) -> UnitStanding:
    return UnitStanding(
        row.unit_id,
        row.unit_code,
        row.unit_name,
        row.numerator,
        row.denominator,
        row.value,
        row.lower,
        row.upper,
        row.status,
        row.is_small,
        why,
        **verdict,
    )


def _positions(
    x: Numbers, n: Numbers, centre: float, tau2: float, metric: Metric
) -> Iterator[tuple[Position, Side | None]]:
    """Yield where each unit lies in the funnel, and on which side by the metric's direction."""
    values = x / n
    inner, outer = (funnel.limits(centre, n, confidence, tau2) for confidence in (funnel.INNER, funnel.OUTER))
    for i, value in enumerate(values.tolist()):
        if value < outer[0][i] or value > outer[1][i]:
            position: Position = "beyond_outer"
        elif value < inner[0][i] or value > inner[1][i]:
            position = "beyond_inner"
        else:
            position = "inside"
        yield position, _side(value, centre, metric.direction)


def _side(value: float, centre: float, direction: str) -> Side | None:
    """Return on which side of the centre a value lies; none on it, or where no side is better."""
    if value == centre or direction == "neutral":
        return None
    return "better" if (value > centre) == (direction == "higher_is_better") else "worse"
