"""Trial calculation of Decision 766 by group, from the province's own data: rate, points, and what is not known.

No sum over groups and no band: 46 of the 100 points are held by the national portal or not known at all (regulations
§1.3), so a sum of ours would look like the official score and be none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from metrics import answer, catalogue
from metrics import points as scale
from metrics.answer import AnswerTable, Row
from metrics.model import Query
from metrics.places import Snapshot
from metrics.points import Group, Indicator
from metrics.stats.points import points
from metrics.viewer import Viewer

Ask = Callable[[Query, Viewer, Snapshot], AnswerTable]

State = Literal["computed", "free", "not_recorded", "no_data", "no_source", "not_defined", "unknown", "information"]
"""computed: rate and points known · free: no case to divide by, and how the portal awards the points is not known ·
not_recorded: there are cases, and their files say nothing of it · no_data: not sent or hidden · no_source: the portal
holds the figure · not_defined: a metric still to come · unknown: the maximum is not known · information: brings no
points."""

NOT_SYNCHRONISED = "3.3"
"""Computed without the synchronisation factor, which only the national portal knows."""


@dataclass(frozen=True)
class Item:
    """One indicator: its rate here and now, and the points that it reaches."""

    indicator: Indicator
    state: State
    row: Row | None = None
    reached: float | None = None

    @property
    def rate(self) -> float | None:
        return float(self.row.value) if self.row is not None and self.row.value is not None else None

    @property
    def is_provisional(self) -> bool:
        return self.row is not None and self.row.status == "provisional"

    @property
    def is_small(self) -> bool:
        return self.row is not None and self.row.is_small


@dataclass(frozen=True)
class GroupTrial:
    """One group: its indicators, and its points by what is known of them; the parts add up to the group's maximum."""

    group: Group
    items: tuple[Item, ...]

    def of(self, *states: State) -> tuple[Item, ...]:
        """Return the indicators in one of these states."""
        return tuple(i for i in self.items if i.state in states)

    @property
    def reached(self) -> float | None:
        """Points reached where they can be computed; None where nothing can."""
        found = [i.reached for i in self.of("computed") if i.reached is not None]
        return sum(found) if found else None

    @property
    def computable(self) -> float:
        """The most that the computed indicators can bring."""
        return _most(self.of("computed"))

    @property
    def free(self) -> float:
        """Points of indicators with nothing to divide by: never added to what is reached."""
        return _most(self.of("free"))

    @property
    def without_data(self) -> float:
        """Points of indicators for which the province has no data, or has sent none."""
        return _most(self.of("not_recorded", "no_data", "no_source", "not_defined"))

    @property
    def unknown(self) -> float:
        """Points of the group that no indicator with a known maximum accounts for."""
        return max(0.0, self.group.points - self.computable - self.free - self.without_data)

    @property
    def is_provisional(self) -> bool:
        return any(i.is_provisional for i in self.items)

    @property
    def is_small(self) -> bool:
        """Whether a rate among those computed rests on too few cases to judge."""
        return any(i.is_small for i in self.of("computed"))

    @property
    def has_trial(self) -> bool:
        """Whether any indicator is one that the province's data can speak of."""
        return any(i.indicator.metric for i in self.items)


@dataclass(frozen=True)
class Trial:
    """The groups of the scale in force on the last day of the period, for one unit."""

    unit_id: str
    period_start: date
    period_end: date
    on: date
    """The day whose scale is used."""
    groups: tuple[GroupTrial, ...]

    def group(self, name: str) -> GroupTrial:
        """Return the group of that name."""
        return next(g for g in self.groups if g.group.group == name)

    @property
    def is_provisional(self) -> bool:
        return any(g.is_provisional for g in self.groups)

    @property
    def computed(self) -> tuple[GroupTrial, ...]:
        """Groups with at least one indicator that could be computed."""
        return tuple(g for g in self.groups if g.reached is not None)

    @property
    def unconfirmed(self) -> tuple[Indicator, ...]:
        """Indicators whose maximum or rule is not confirmed."""
        return tuple(i.indicator for g in self.groups for i in g.items if not i.indicator.is_confirmed)


def trial(query: Query, viewer: Viewer, snapshot: Snapshot, *, ask: Ask = answer.ask) -> Trial | None:
    """Return the trial calculation for the query's one unit and one period; None where it was not in force.

    The query's metrics do not matter. `ask` may be one that keeps its answers.
    """
    asked = dict.fromkeys((*scale.metrics_of(), *scale.bases()))
    defined = tuple(name for name in asked if name in catalogue.metrics())
    table = ask(query.at(metrics=defined, by=None, split_value=None, period_to=""), viewer, snapshot)
    # A period with two sides (01/07/2025) has a row for each: the later one is the unit's own.
    rows = {row.metric: row for row in table.rows}
    first = next(iter(rows.values()), None)
    if first is None or any(r.code == "not_in_force" for r in first.reasons):
        return None
    on = min(first.period_end, table.data_on) if table.data_on else first.period_end
    groups = tuple(
        GroupTrial(group, tuple(_item(i, rows) for i in scale.indicators(group.group, on)))
        for group in scale.groups(on)
    )
    return Trial(first.unit_id, first.period_start, first.period_end, on, groups)


def _item(indicator: Indicator, rows: dict[str, Row]) -> Item:
    row = rows.get(indicator.metric or "")
    if indicator.points == 0:
        return Item(indicator, "information", row)
    if indicator.points is None:
        return Item(indicator, "unknown", row)
    if indicator.metric is None:
        return Item(indicator, "no_source")
    if row is None:
        return Item(indicator, "not_defined")
    if row.value is not None and row.is_shown:
        reached = points(float(row.value), indicator.points, indicator.target)
        return Item(indicator, "computed", row, reached)
    # A catalogue that is not there leaves nothing to divide by either, but then the points are not free.
    if row.status != "no_denominator" or any(r.code == "no_catalogue" for r in row.reasons):
        return Item(indicator, "no_data", row)
    base = rows.get(indicator.base or "")
    return Item(indicator, "not_recorded" if base is not None and base.value else "free", row)


def _most(items: tuple[Item, ...]) -> float:
    return sum(i.indicator.points or 0.0 for i in items)
