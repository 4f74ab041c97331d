"""The stretches of time that a question asks for: its periods, cut where the units changed, clipped to the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metrics import periods
from metrics.compile import Span
from metrics.model import Query


@dataclass(frozen=True)
class Stretch:
    """One period, or one side of it, and how much of it the data know."""

    no: int
    starts_on: date
    ends_on: date
    known_to: date | None
    """The last day of it that the data reach; None: the data end before it begins."""
    rolls_on: date

    @property
    def is_provisional(self) -> bool:
        return self.known_to is not None and self.known_to < self.ends_on

    @property
    def span(self) -> Span:
        """Return it as the engine sees it."""
        return Span(self.no, self.starts_on, self.known_to or self.ends_on, self.rolls_on)


def of(query: Query, data_on: date | None, today: date) -> list[Stretch]:
    """Return the stretches of a question in order of time."""
    asked = (
        periods.series(query.period, query.period_to, query.calendar)
        if query.period_to
        else [periods.parse(query.period, query.calendar)]
    )
    found: list[Stretch] = []
    for period in asked:
        for side in [period] if query.boundaries == "today" else periods.sides(period):
            start, end = side.start, side.end
            known = None if data_on is None or start > data_on else min(end, data_on)
            rolls = max(today, data_on or today) if query.boundaries == "today" else end
            found.append(Stretch(len(found), start, end, known, rolls))
    return found
