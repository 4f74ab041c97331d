"""Events on a chart of months: dotted rules with their words, or with numbers where words would overlap. Pure.

What is drawn is also said in sentences under the same numbers: a rule is never the only place where an event stands.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from metrics.analysis.events import Event
from metrics.analysis.trend import ControlChart
from metrics.stats.control import TRIAL_UNDER
from ui import numbers, theme
from ui.text import Text, plainly
from ui.view import mid_sentence

if TYPE_CHECKING:
    from ui import charts

LONGEST = 50
"""Letters of a label that a phone has room for beside its rule."""
APART, BESIDE = 2.0, 0.3
"""Months from which two numbers do not touch on a phone; rules closer than the second are one, with all its numbers."""
LIFT = 15
"""Pixels by which a number that would touch the one before it is lifted."""


@dataclass(frozen=True)
class Milestone:
    """One event as it stands on a chart: where, the words at its rule, the sentence beneath."""

    at: float
    """On the axis of months: 0 is the middle of the first, -0.5 its beginning."""
    label: str
    said: str = ""
    day: date | None = None
    breaks: bool = False
    """Whether the line is broken there."""
    number: int = 0
    """Its number on the chart; 0 where the words themselves are drawn."""


def of(chart: ControlChart, text: Text) -> tuple[Milestone, ...]:
    """Return the change of units and the events of a control chart, in order, numbered where there are several."""
    found = [
        Milestone(s.first - 0.5, text("control.break"), f"{text('control.break')}.", breaks=True)
        for s in chart.segments
        if s.opens == "boundary"
    ]
    cut = {one.at for one in found}
    opened = {s.event: s.first for s in chart.segments if s.event is not None}
    for event in chart.events:
        first = next((i for i, p in enumerate(chart.points) if p.starts_on >= event.day), None)
        # the reference file's own word for the change of units says what is written there already
        at = first - 0.5 if first else None
        label = "" if at in cut and not event.number else f"{event.day:%m/%Y}: {reason(event, text)}"
        said = _sentence(event, event in opened, text)
        if event.rebases and at is not None:
            found.append(Milestone(at, label, said, event.day, breaks=True))
        else:
            found.append(Milestone(_within(chart, event.day), label, said, event.day))
    return numbered(found)


def of_points(events: Sequence[Event], points: Sequence[charts.Point], last: date, text: Text) -> tuple[Milestone, ...]:
    """Return the change of units and the events of a line of periods that ends on a day, in order, numbered as above.

    A line has no limits: an event is only written on it, whatever it does to a control chart.
    """
    cuts = [i for i, (before, after) in enumerate(pairwise(points), 1) if before.side != after.side]
    found = [Milestone(i - 0.5, text("control.break"), f"{text('control.break')}.", breaks=True) for i in cuts]
    changed = {points[i].start for i in cuts}
    ends = [*(p.start for p in points[1:]), last + timedelta(days=1)]
    for event in events:
        at = next((i for i, end in enumerate(ends) if points[i].start <= event.day < end), None)
        if at is None or (event.day in changed and not event.number) or event.day == points[0].start:
            continue
        length = (ends[at] - points[at].start).days
        label = f"{event.day:%m/%Y}: {reason(event, text)}"
        said = _sentence(replace(event, rebases=False), False, text)
        found.append(Milestone(at - 0.5 + (event.day - points[at].start).days / length, label, said, event.day))
    return numbered(found)


def numbered(found: Sequence[Milestone]) -> tuple[Milestone, ...]:
    """Return the milestones in order; with numbers where there are several, or one whose words are long."""
    drawn = sorted((one for one in found if one.label), key=lambda one: (one.at, one.day or date.min))
    silent = [one for one in found if not one.label]
    if len(drawn) > 1 or any(len(one.label) > LONGEST for one in drawn):
        drawn = [replace(one, number=n) for n, one in enumerate(drawn, 1)]
    return (*silent, *drawn)


def sign(number: int) -> str:
    """Return a number in a circle, as long as there are such signs.

    >>> sign(1), sign(20), sign(21)
    ('①', '⑳', '(21)')
    """
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else f"({number})"


def sentences(found: Sequence[Milestone]) -> list[str]:
    """Return what is said of each, under its number; of the change of units only where it has one."""
    return [f"{sign(one.number)} {one.said}" if one.number else one.said for one in found if one.number or one.day]


def within(found: Sequence[Milestone], first: date, last: date) -> str:
    """Return the events between two days, for a cell of a table."""
    return " · ".join(f"{one.day:%d/%m/%Y}: {one.label.partition(': ')[2] or one.said}"
                      for one in found if one.day and first <= one.day <= last)  # fmt: skip


def drawn(found: Sequence[Milestone], n: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Return the rules, what stands at their tops, and by how many pixels that is higher than one line; of n months."""
    lines: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    before, level = float("-inf"), 0
    groups: list[list[Milestone]] = []
    for one in (m for m in found if m.label):
        if groups and one.at - groups[-1][0].at < BESIDE:
            groups[-1].append(one)
        else:
            groups.append([one])
    highest = 0
    for group in groups:
        at = group[0].at
        lines.append({"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper",
                      "line": {"color": theme.ORDINARY, "width": 1, "dash": "dot"}})  # fmt: skip
        note = {"x": at, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
                "font": {"color": theme.ORDINARY, "size": 12}}  # fmt: skip
        if group[0].number:
            room = APART + 0.7 * (len(group) - 1)
            level = (level + 1) % 3 if at - before < room else 0
            before, highest = at, max(highest, level)
            words = "".join(sign(one.number) for one in group)
            notes.append(note | {"text": f"<b>{words}</b>", "xanchor": "center", "yshift": LIFT * level})
        else:
            # a label right of the middle is written to the left of its rule, so that it does not leave the figure
            side = "right" if at + 0.5 > n / 2 else "left"
            notes.append(note | {"text": html.escape(group[0].label, quote=False), "xanchor": side})
    return lines, notes, LIFT * highest


def reason(event: Event, text: Text) -> str:
    """Return what happened; of another's event, which is not told, only that limits begin anew."""
    return event.text(text.lang) or text("plan.unnamed")


def _sentence(event: Event, is_open: bool, text: Text) -> str:
    """Return an event as a sentence: what happened, upon what, by whom, and what it does to the limits."""
    what = reason(event, text)
    # what people wrote is shown as they wrote it, with what it rests on; the file's own words go on in the sentence
    what = plainly(what) if event.number else mid_sentence(what)
    if event.number and (basis := "; ".join(plainly(part) for part in (event.cite, event.owner) if part)):
        what = f"{what} ({basis})"
    given: dict[str, object] = {"day": numbers.day(event.day), "reason": what}
    if not event.rebases:
        return text("plan.noted", **given)
    if is_open:
        return text("control.say.event", **given)
    return text("control.say.event_pending", least=TRIAL_UNDER, **given)


def _within(chart: ControlChart, day: date) -> float:
    """Return where a day lies on the axis of months."""
    for i, point in enumerate(chart.points):
        if day <= point.ends_on:
            length = (point.ends_on - point.starts_on).days + 1
            return i - 0.5 + max(0, (day - point.starts_on).days) / length
    return len(chart.points) - 0.5
