"""The three rules of "on time" side by side: form II.06a, Decision 766, the first promised date (regulations §2.3).

Each with what it lets pass and what it does not: a chair who dislikes one figure sees at once what makes the others.
"""

from __future__ import annotations

from dataclasses import dataclass

from metrics import answer
from metrics.analysis.standing import Standing, standing
from metrics.answer import Row
from metrics.model import Query
from metrics.places import Snapshot
from metrics.stats.tiers import Tier
from metrics.viewer import Viewer

FORM, SERVICE_INDEX, FIRST_PROMISE = "on_time_rate", "on_time_rate_766", "on_time_rate_strict"
RULES = (FORM, SERVICE_INDEX, FIRST_PROMISE)

LETS_PASS = {
    FORM: ("returned_after_due", "settled_undated"),
    SERVICE_INDEX: ("pending_in_time_766", "pending_waiting_overdue", "returned_after_due", "settled_undated"),
    FIRST_PROMISE: ("completed_undated",),
}
"""Cases that a rule counts as on time although nobody kept a date."""
TURNS_DOWN = {
    FORM: (),
    SERVICE_INDEX: ("settled_multi_supplement",),
    FIRST_PROMISE: ("settled_after_promise",),
}
"""Cases that form II.06a counts as on time and this rule does not."""
PROMISES = ("settled_after_promise", "reappointed_rate", "apology_rate", "apology_timely_rate", "moved_due_count")


@dataclass(frozen=True)
class Rule:
    """One rule: its figure, and the cases that it lets pass or turns down."""

    row: Row
    lets_pass: tuple[Row, ...]
    turns_down: tuple[Row, ...]

    @property
    def metric(self) -> str:
        return self.row.metric


@dataclass(frozen=True)
class Conventions:
    """The three rules for one unit and period, and what became of its promises."""

    rules: tuple[Rule, ...]
    promises: tuple[Row, ...]

    @property
    def is_known(self) -> bool:
        """Return whether any of the rules has a figure."""
        return any(rule.row.value is not None for rule in self.rules)

    @property
    def spread(self) -> float | None:
        """Return the distance between the highest and the lowest figure, as a share; None with fewer than two."""
        values = [float(r.row.value) for r in self.rules if r.row.value is not None and r.row.is_shown]
        return max(values) - min(values) if len(values) > 1 else None


@dataclass(frozen=True)
class TierChange:
    """One unit that stands in another tier under another rule; None where a rule does not judge it."""

    unit_id: str
    unit_name: str
    tiers: tuple[Tier | None, ...]
    """By rule, in the order of `RULES`."""


@dataclass(frozen=True)
class Tiers:
    """Where the units of a level stand by each rule, and who stands elsewhere under another one."""

    standings: tuple[Standing, ...]
    changes: tuple[TierChange, ...]
    n_judged: int
    """Units that form II.06a judges."""


def side_by_side(query: Query, viewer: Viewer, snapshot: Snapshot) -> Conventions:
    """Return the three rules for the one unit and period of the question; its later side where units changed within."""
    names = dict.fromkeys(
        [*RULES, *(n for some in (LETS_PASS, TURNS_DOWN) for ns in some.values() for n in ns), *PROMISES]
    )
    asked = query.at(metrics=tuple(names), by=None, split_value=None)
    rows = {row.metric: row for row in answer.ask(asked, viewer, snapshot)}
    rules = tuple(
        Rule(rows[name], tuple(rows[n] for n in LETS_PASS[name]), tuple(rows[n] for n in TURNS_DOWN[name]))
        for name in RULES
        if name in rows
    )
    return Conventions(rules, tuple(rows[name] for name in PROMISES if name in rows))


def tier_changes(query: Query, viewer: Viewer, snapshot: Snapshot) -> Tiers:
    """Return the tiers of all units of the level under each rule, and the units whose tier is not the same.

    A unit that a rule does not judge (too few cases, provisional) changes nothing by that rule.
    """
    standings = tuple(standing(query.at(metrics=(name,)), viewer, snapshot) for name in RULES)
    by_rule = [{u.unit_id: u.tier for u in one.units} for one in standings]
    placed = ((u, tuple(tiers.get(u.unit_id) for tiers in by_rule)) for u in standings[0].units)
    changes = tuple(
        TierChange(unit.unit_id, unit.unit_name, found)
        for unit, found in placed
        if len({tier for tier in found if tier is not None}) > 1
    )
    return Tiers(standings, changes, len(standings[0].judged))
