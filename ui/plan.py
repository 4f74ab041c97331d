"""Targets and events as their page shows them: for whom, how they stand, what a new one changes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from metrics import catalogue, plan
from metrics.analysis.events import Event
from metrics.model import Metric
from metrics.notes import word
from metrics.plan import Target
from metrics.stats.control import TRIAL_UNDER
from metrics.viewer import Viewer
from ui import numbers
from ui.access import targets
from ui.access.withdrawals import Turn
from ui.text import Text, plainly
from ui.view import mid_sentence

State = Literal["standing", "noted", "coming", "ended", "withdrawn"]
"""A target in force, an event that shows; either may be to come or withdrawn, a target also past."""
STATES: tuple[State, ...] = ("standing", "noted", "coming", "ended", "withdrawn")
ONE_UNIT, EVERY = "unit", ""
"""In place of a level: one unit; every unit of every level."""
Names = Callable[[str], str]


@dataclass(frozen=True)
class Line:
    """One target or event of the list, with what it is filtered by and what has become of it."""

    of: Target | Event
    state: State
    note: str = ""
    at: str = ""
    turns: tuple[Turn, ...] = ()
    is_units_own: bool = False

    @property
    def is_filed(self) -> bool:
        """Return whether it is one of the reference file: changed there, not on the page."""
        return not self.at


# What is in the lists -------------------------------------------------------------------------------------------------


def target_lines(kept: Iterable[targets.Entry], filed: Iterable[Target], today: date) -> list[Line]:
    """Return the targets of the page and of the reference file: in force first, then by metric and newest begin."""
    found = [Line(e.target, _state(e.target, e.is_withdrawn, today), e.note, e.at, e.turns) for e in kept]
    found += [Line(t, _state(t, False, today)) for t in filed]

    def order(line: Line) -> tuple[Any, ...]:
        one = line.of
        assert isinstance(one, Target)
        return (STATES.index(line.state), one.metric, one.level, one.unit_id, -one.valid_from.toordinal(), -one.number)

    return sorted(found, key=order)


def event_lines(kept: Iterable[Any], filed: Iterable[Event], viewer: Viewer, today: date) -> list[Line]:
    """Return the events of the page and of the reference file, the newest day first, those withdrawn last."""
    found = [
        Line(e.event, _event_state(e.event, e.is_withdrawn, today), "", e.at, e.turns, e.is_units_own) for e in kept
    ]
    seen = [e for e in filed if not e.unit_id or viewer.sees_province or viewer.owns(e.unit_id)]
    found += [Line(e, _event_state(e, False, today)) for e in seen]

    def order(line: Line) -> tuple[bool, int, int]:
        assert isinstance(line.of, Event)
        return (line.state == "withdrawn", -line.of.day.toordinal(), -line.of.number)

    return sorted(found, key=order)


def seen_targets(filed: Iterable[Target], viewer: Viewer) -> list[Target]:
    """Return the targets of the reference file that the viewer may read: of levels, and of its own units."""
    return [t for t in filed if not t.unit_id or viewer.sees_province or viewer.owns(t.unit_id)]


def _state(target: Target, is_withdrawn: bool, today: date) -> State:
    if is_withdrawn:
        return "withdrawn"
    if target.valid_from > today:
        return "coming"
    return "ended" if target.valid_to is not None and target.valid_to <= today else "standing"


def _event_state(event: Event, is_withdrawn: bool, today: date) -> State:
    if is_withdrawn:
        return "withdrawn"
    return "coming" if event.day > today else "noted"


def chosen(lines: Sequence[Line], metrics: Sequence[str], whom: Sequence[str], states: Sequence[str]) -> list[Line]:
    """Return the lines of these metrics, units or levels, and states; no choice means all."""
    return [
        line
        for line in lines
        if (not metrics or line.of.metric in metrics)
        and (not whom or key(line.of) in whom)
        and (not states or line.state in states)
    ]


def key(one: Target | Event) -> str:
    """Return what tells apart for whom something is: a unit, a level, or nothing for all."""
    return one.unit_id or one.level


# Words ----------------------------------------------------------------------------------------------------------------


def whom(one: Target | Event, names: Names, text: Text) -> str:
    """Return for whom something is: a unit's name, every unit of a level, every unit."""
    if one.unit_id:
        return names(one.unit_id)
    return level_name(one.level, text)


def level_name(level: str, text: Text) -> str:
    """Return the words for all units of a level; the level's own name where it is a grouping of the data."""
    key = f"plan.level.{level or 'every'}"
    return text(key) if text.has(key) else text("plan.level.other", level=level)


def metric_name(name: str, text: Text) -> str:
    """Return the name of a metric, of every metric where none is named."""
    if not name:
        return text("plan.every_metric")
    known = catalogue.metrics().get(name)
    return known.label[text.lang] if known else name


def value(target: Target, text: Text) -> str:
    """Return a target's value with its unit of measure."""
    metric = catalogue.metrics().get(target.metric)
    return shown(target.value, metric, text) if metric else numbers.decimal(target.value, 2, text.lang)


def shown(number: float, metric: Metric, text: Text) -> str:
    """Return a value with its unit of measure.

    >>> shown(0.97, catalogue.metric("on_time_rate"), Text("vi"))
    '97,0 %'
    """
    said = numbers.number(number, metric.unit, text.lang)
    return said if metric.unit == "percent" else f"{said} {measure(metric, text)}"


def measure(metric: Metric, text: Text) -> str:
    """Return the unit of measure of a metric."""
    return word("unit", metric.unit, text.lang)


def who_said(who: str, text: Text, names: Names) -> str:
    """Return who wrote something: the login, on an open server the part that was taken."""
    part, _, code = who.partition(":")
    if code and (name := names(code)) != code:
        return name
    return text(f"access.role.{part}") if text.has(f"access.role.{part}") else who


# How a value is written and kept --------------------------------------------------------------------------------------


def metrics_with_targets() -> list[Metric]:
    """Return the metrics that may have a target."""
    return [m for m in catalogue.metrics().values() if plan.bounds(m) is not None]


def written(number: float, metric: Metric) -> float:
    """Return a value as it is typed in: a share in per cent."""
    return round(number * 100, 6) if metric.unit == "percent" else number


def kept(number: float, metric: Metric) -> float:
    """Return a value as it is kept: a share between 0 and 1.

    >>> kept(97.5, catalogue.metric("on_time_rate"))
    0.975
    """
    return round(number / 100, 8) if metric.unit == "percent" else number


def day_after(last: date | None) -> date | None:
    """Return the first day on which what holds until the end of a day no longer holds."""
    return last + timedelta(days=1) if last else None


def last_day(target: Target) -> date | None:
    """Return the last day on which a target holds."""
    return target.valid_to - timedelta(days=1) if target.valid_to else None


# What a new one changes -----------------------------------------------------------------------------------------------


def preview(new: Target, known: Sequence[Target], names: Names, text: Text) -> list[str]:
    """Return in sentences what a new target changes: from what to what, for whom, and who keeps another."""
    metric = catalogue.metric(new.metric)
    before = plan.in_force(known, new.metric, new.level, new.unit_id, new.valid_from)
    ends = last_day(new)
    span = text("plan.until", first=numbers.day(new.valid_from), last=numbers.day(ends)) if ends else text(
        "plan.from", first=numbers.day(new.valid_from)
    )  # fmt: skip
    said = [
        text(
            "plan.preview",
            metric=metric.label[text.lang],
            whom=mid_sentence(whom(new, names, text)),
            span=span,
            before=value(before, text) if before else text("plan.no_target"),
            after=value(new, text),
        )
    ]
    if not new.unit_id:
        others = {
            t.unit_id for t in known
            if t.unit_id and (t.metric, t.level) == (new.metric, new.level)
            and (t.valid_to is None or t.valid_to > new.valid_from)
        }  # fmt: skip
        if others:
            said.append(text("plan.preview_own", n=numbers.integer(len(others), text.lang)))
    later = [
        t for t in known
        if t.who and (t.metric, t.level, t.unit_id) == (new.metric, new.level, new.unit_id)
        and t.valid_from > new.valid_from
    ]  # fmt: skip
    if later:
        first = min(later, key=lambda t: t.valid_from)
        said.append(text("plan.preview_later", day=numbers.day(first.valid_from), value=value(first, text)))
    if not new.source:
        said.append(text("plan.preview_unconfirmed"))
    return said


def event_preview(new: Event, last: date, names: Names, text: Text) -> list[str]:
    """Return in sentences on which charts an event will show, and what it does to their limits; data reach `last`."""
    said = [
        text(
            "plan.event_preview",
            day=numbers.day(new.day),
            metric=mid_sentence(metric_name(new.metric, text)),
            whom=mid_sentence(whom(new, names, text)),
        )
    ]
    if not new.rebases:
        return [*said, text("plan.event_notes")]
    begins = new.day if new.day.day == 1 else (new.day.replace(day=1) + timedelta(days=32)).replace(day=1)
    months = max(0, (last.year - begins.year) * 12 + last.month - begins.month + int((last + timedelta(1)).day == 1))
    month = f"{begins:%m/%Y}"
    if months >= TRIAL_UNDER:
        return [*said, text("plan.event_rebases", month=month)]
    return [*said, text("plan.event_waits", month=month, least=TRIAL_UNDER, n=months)]


def summary(one: Target | Event, names: Names, text: Text) -> str:
    """Return a target or an event in one line, to choose it by."""
    if isinstance(one, Target):
        return text(
            "plan.summary", n=one.number, metric=metric_name(one.metric, text), whom=whom(one, names, text),
            value=value(one, text), first=numbers.day(one.valid_from),
        )  # fmt: skip
    return text(
        "plan.event_summary", n=one.number, day=numbers.day(one.day), words=one.text(text.lang),
        whom=whom(one, names, text),
    )  # fmt: skip


def count(lines: Sequence[Line], text: Text) -> str:
    """Return how many targets are in force, how many of them unconfirmed, and how many are to come."""
    standing = [line for line in lines if line.state == "standing"]
    doubtful = sum(not line.of.is_confirmed for line in standing)
    coming = sum(line.state == "coming" for line in lines)
    n, k, later = (numbers.integer(x, text.lang) for x in (len(standing), doubtful, coming))
    said = [text("plan.count", n=n)]
    said += [text("plan.count_unconfirmed", n=k)] if doubtful else []
    said += [text("plan.count_coming", n=later)] if coming else []
    return f"{'; '.join(said)}."


def quoted(said: Sequence[str]) -> str:
    """Return sentences as Markdown in which nothing that somebody wrote is markup."""
    return " ".join(plainly(s) for s in said)
