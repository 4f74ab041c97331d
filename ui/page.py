"""A page's question: who looks, what is chosen, the snapshot; and what it asks. Drawing and cache are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from metrics import catalogue, compare, periods
from metrics.model import Calendar, Metric, Query
from metrics.plan import NOTHING, Plan, Target
from metrics.viewer import Viewer
from ui import context, drafts, figures, reader, series
from ui import view as choices
from ui.text import Text
from ui.view import View

HEADLINE = ("received", "settled", "settled_late", "pending", "pending_overdue", "on_time_rate")
"""What a closed period is compared by, for the unit and for the units below it."""


BATCH = 6
"""Periods asked for at a time when looking for one that has a figure."""


@dataclass(frozen=True)
class Access:
    """How questions reach a snapshot: with a cache on a page, without one in a test."""

    ask: Callable[[Query, Viewer, reader.Source], Any]
    read: Callable[..., list[dict[str, Any]]]


@dataclass(frozen=True)
class Page:
    """Everything that a page needs to ask and to say where, when and from what."""

    viewer: Viewer
    view: View
    text: Text
    source: reader.Source
    info: dict[str, str]
    extent: dict[str, Any]
    places: reader.Places
    unit: reader.Unit
    period: periods.Period
    access: Access
    planned: Plan = NOTHING
    """The targets and events that people set, as far as the viewer sees them; handed down by `controls.analysed`."""

    @property
    def published(self) -> Page:
        """The same page of what is published: for what a unit's draft does not hold (others, the survey)."""
        if drafts.of(self.source) is None:
            return self
        found = self.source.published  # type: ignore[attr-defined]
        return replace(self, source=found, info={r["key"]: str(r["value"]) for r in self.access.read("info", found)})

    def ask(self, names: Sequence[str], **changes: Any) -> list[Any]:
        """Return the answer rows for the chosen unit and period, or with some of the question changed."""
        return list(self.access.ask(self.query(names, **changes), self.viewer, self.source).rows)

    def query(self, names: Sequence[str], **changes: Any) -> Query:
        """Return the page's question about these metrics."""
        return Query(
            metrics=tuple(names),
            level=self.unit.level,
            unit=self.unit.unit_id,
            period=self.view.period,
            calendar=self.calendar,
            boundaries=choices.boundaries(self.unit, self.period.start),
        ).at(**changes)

    def below(self, names: Sequence[str], **changes: Any) -> list[Any]:
        """Return the answer rows of the units to compare, in Vietnamese order, within the unit or its province."""
        rows = self.ask(names, level=self.view.level, unit=None, within=self.scope.unit_id, **changes)
        order = {unit_id: i for i, unit_id in enumerate(self.units_below())}
        return sorted(rows, key=lambda r: order.get(r.unit_id, len(order)))

    def whole(self, names: Sequence[str]) -> list[Any]:
        """Return the answer rows of all that is compared: the province of a commune, else the unit itself."""
        return self.ask(names, level=self.scope.level, unit=self.scope.unit_id)

    def series(self, names: Sequence[str], kind: str = "", most: int = 0) -> tuple[list[str], dict[str, list[Any]]]:
        """Return the periods of a kind (its own unless said) up to this one, and each metric's row in each."""
        tokens = choices.history(self.view.period, self.first_day, self.last_day, kind, most)
        start = periods.parse(tokens[0], self.calendar).start
        limits = choices.boundaries(self.unit, start)
        rows = self.ask(names, period=tokens[0], period_to=tokens[-1], boundaries=limits)
        return tokens, series.lined_up(rows, names, tokens, self.calendar)

    def over(self, names: Sequence[str], tokens: Sequence[str], unit_id: str) -> dict[str, list[Any]]:
        """Return each metric's row in each of these periods for any unit."""
        unit = self.places.get(unit_id)
        if unit is None:
            return {name: [None] * len(tokens) for name in names}
        limits = choices.boundaries(unit, periods.parse(tokens[0], self.calendar).start)
        rows = self.ask(
            names, period=tokens[0], period_to=tokens[-1], boundaries=limits, level=unit.level, unit=unit.unit_id
        )
        return series.lined_up(rows, names, tokens, self.calendar)

    def of(self, unit_id: str, names: Sequence[str], token: str, start: date) -> list[Any]:
        """Return each metric's row of any unit in any one period, on today's boundaries where it lies before them."""
        unit = self.places.get(unit_id)
        if unit is None:
            return []
        limits = choices.boundaries(unit, start)
        return self.ask(names, level=unit.level, unit=unit.unit_id, period=token, boundaries=limits)

    def filled(self, name: str, kind: str, most: int) -> list[str]:
        """Return the newest periods of a kind, so many at most, in which the unit has a value of this metric."""
        newest_first = choices.tokens(kind, self.first_day, self.last_day)
        found: list[str] = []
        # A few periods at a time: the newest are what is asked for, and each score of a survey costs.
        for at in range(0, len(newest_first), BATCH):
            tokens = newest_first[at : at + BATCH][::-1]
            limits = choices.boundaries(self.unit, periods.parse(tokens[0], self.calendar).start)
            rows = self.ask([name], period=tokens[0], period_to=tokens[-1], boundaries=limits)
            past = series.lined_up(rows, [name], tokens, self.calendar)[name]
            shown = [r is not None and r.is_shown and r.value is not None for r in past]
            found += [t for t, is_filled in zip(tokens, shown, strict=True) if is_filled][::-1]
            if len(found) >= most:
                break
        return found[:most]

    def figures(self, names: Sequence[str], most: int = 0) -> list[figures.Figure]:
        """Return the cards of metrics: value, history (of so many periods at most), comparisons."""
        tokens, past = self.series(names, most=most)
        now = {r.metric: r for r in self.ask(names)}
        earlier = self._earlier(names, tokens, past)
        return [
            figures.build(
                self.metric(n),
                now.get(n),
                past[n],
                [
                    figures.compare(self.metric(n), now.get(n), rows.get(n), word, why, self.text)
                    for word, (rows, why) in earlier.items()
                ],
                self.text,
            )
            for n in names
        ]

    def _earlier(
        self, names: Sequence[str], tokens: Sequence[str], past: dict[str, list[Any]]
    ) -> dict[str, tuple[dict[str, Any], str]]:
        """Return the rows of the period before and of the same one last year, or the reason there is none."""
        found: dict[str, tuple[dict[str, Any], str]] = {}
        for word, other in (
            ("previous", periods.previous(self.period, self.first_day)),
            ("last_year", periods.same_last_year(self.period, self.first_day)),
        ):
            if isinstance(other, periods.NoPeriod):
                found[word] = {}, other.reason[self.text.lang].rstrip(".")
            elif other.token in tokens:
                at = tokens.index(other.token)
                found[word] = {n: past[n][at] for n in names}, self.text("figure.no_data_then")
            else:
                limits = choices.boundaries(self.unit, other.start)
                rows = self.ask(names, period=other.token, boundaries=limits)
                found[word] = {r.metric: r for r in rows}, self.text("figure.no_data_then")
        return found

    def read(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """Return the rows of one of ui/sql's questions."""
        return self.access.read(statement, self.source, **values)

    def not_sent(self, dataset: str) -> list[dict[str, Any]]:
        """Return the communes that sent nothing of this dataset for the period, where all are expected to send."""
        if not self.expects_all(dataset):
            return []
        start, end = self.period.start, self.period.end
        return self.read("not_sent", dataset=dataset, unit_id=self.unit.unit_id, start=start, end=end)

    @staticmethod
    def expects_all(dataset: str) -> bool:
        """Return whether every commune is to send this dataset; a survey is drawn for some."""
        return any(s.expects_all for s in catalogue.sources().values() if s.dataset == dataset)

    def target(self, name: str) -> Target | None:
        """Return the target of a metric for this unit, as of the period's last day, with who set it."""
        unit = self.unit
        return compare.target(name, unit.level, unit.unit_id, self.period.end, self.source, self.planned.targets)

    def headline(self, source: reader.Source | None = None) -> list[Any]:
        """Return the figures by which snapshots are compared, of the unit and of the units below it."""
        source = source or self.source
        questions = [self.query(HEADLINE)]
        if self.unit.level != self.view.level:
            questions.append(self.query(HEADLINE, level=self.view.level, unit=None, within=self.scope.unit_id))
        return [row for question in questions for row in self.access.ask(question, self.viewer, source).rows]

    @staticmethod
    def metric(name: str) -> Metric:
        """Return the definition of a metric."""
        return catalogue.metric(name)

    @property
    def calendar(self) -> Calendar:
        return "report" if self.view.calendar == "report" else "calendar"

    @property
    def first_day(self) -> Any:
        """The first day for which there are data."""
        return min(start for start, _ in self.extent.values())

    @property
    def last_day(self) -> Any:
        """The last day for which there are data."""
        return max(end for _, end in self.extent.values())

    @property
    def province(self) -> reader.Unit:
        return self.places.get(self.unit.province_id) or self.unit

    @property
    def scope(self) -> reader.Unit:
        """The unit whose parts are compared: a commune or an agency is compared within its province."""
        return self.province if self.unit.level in ("commune", "agency") else self.unit

    def offered(self) -> list[reader.Unit]:
        """Return the units that can be chosen for the period."""
        return choices.choices(self.places, self.period.start, self.period.end)

    @property
    def unit_name(self) -> str:
        """The unit's name to start a sentence with."""
        return choices.unit_label(self.unit, self.period.start, self.text)

    def unit_label(self, unit_id: str) -> str:
        """Return the full name of any unit by its id."""
        unit = self.places.get(unit_id)
        return unit.full_name if unit else unit_id

    @property
    def period_name(self) -> str:
        """The period's name for the middle of a sentence."""
        return choices.mid_sentence(self.period.name(self.text.lang))

    @property
    def where(self) -> str:
        return context.where(self)

    @property
    def is_demo(self) -> bool:
        return reader.is_demo(self.info)

    def units_below(self) -> dict[str, reader.Unit]:
        """Return the units of the chosen level by id."""
        found = self.places.in_force(self.view.level, self.period.start, self.period.end)
        return {u.unit_id: u for u in found}

    def head(self) -> list[str]:
        """Return the lines that go with every export: unit, period, freshness, sample."""
        lines = [context.where(self), context.when(self), context.freshness(self, [])]
        return [*lines, self.text("app.demo_banner")] if self.is_demo else lines
