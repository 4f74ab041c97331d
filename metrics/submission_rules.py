"""Who owes which dataset, and by which day: the rules of `submissions.toml` and the cycles that they speak of."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from metrics import periods
from metrics.model import Calendar
from warehouse.calendar import BeyondCalendar, WorkingCalendar
from warehouse.paths import DataDir

FILE_NAME = "submissions.toml"
DueUnit = Literal["working", "calendar"]
DAY = timedelta(days=1)


class RuleError(ValueError):
    """A rule that cannot be understood; names the file, the entry and what is wrong."""

    def __init__(self, path: Path, entry: int, kind: str, wrong: str) -> None:
        super().__init__(f"{path}: [[{kind}]] {entry}: {wrong}")


@dataclass(frozen=True)
class Term:
    """How long after the cut-off the data are due."""

    days: int
    unit: DueUnit

    def due_on(self, cut_off: date, calendar: WorkingCalendar) -> date | None:
        """Return the last day to send, None beyond the working calendar."""
        try:
            if self.unit == "working":
                return calendar.add_working_days(cut_off, self.days)
            return calendar.working_day_on_or_after(cut_off + timedelta(days=self.days))
        except BeyondCalendar:
            return None

    def late(self, due_on: date, sent_on: date, calendar: WorkingCalendar) -> int:
        """Return by how many days it came late, counted as the term is."""
        if self.unit == "working":
            try:
                return max(calendar.working_days_between(due_on, sent_on), 1)
            except BeyondCalendar:
                pass
        return (sent_on - due_on).days


@dataclass(frozen=True)
class Rule:
    """One dataset, cycle and the levels that owe it."""

    dataset: str
    cycle: Calendar
    levels: tuple[str, ...]
    owes: Literal["all", "senders"]
    term: Term
    valid_from: date
    valid_to: date | None
    within: int = 0
    instead: tuple[str, ...] = ()
    is_confirmed: bool = False
    guess_days: int | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Exemption:
    """A unit with a term of its own, or that owes nothing (or something) against the rule."""

    unit_code: str
    dataset: str
    cycle: str
    term: Term | None
    owes: bool | None
    valid_from: date
    valid_to: date | None
    reason: str

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Rules:
    """Everything that the file says."""

    rules: tuple[Rule, ...]
    exemptions: tuple[Exemption, ...]
    guess_days: int
    late_file_days: int = 0
    """A file may be of a day so long after a period's end and still speak of it."""
    regular_gap_days: int = 28
    """Files of one unit that lie nearer are two of the same period."""

    def of(self, dataset: str, cycle: str, level: str, day: date) -> Rule | None:
        """Return the rule for a level at a cut-off."""
        found = (r for r in self.rules if (r.dataset, r.cycle) == (dataset, cycle) and level in r.levels)
        return next((r for r in found if r.holds_on(day)), None)

    def exemption(self, unit_code: str, dataset: str, cycle: str, day: date) -> Exemption | None:
        """Return what is agreed with one unit."""
        return next(
            (
                e
                for e in self.exemptions
                if e.unit_code == unit_code and e.dataset == dataset and e.cycle in ("", cycle) and e.holds_on(day)
            ),
            None,
        )

    def slack(self, rule: Rule) -> timedelta:
        """Return how long before the cut-off a file may end whose day was only inferred."""
        return timedelta(days=self.guess_days if rule.guess_days is None else rule.guess_days)

    def datasets(self, cycle: str) -> tuple[str, ...]:
        """Return the datasets that somebody owes in a cycle, in the file's order."""
        return tuple(dict.fromkeys(r.dataset for r in self.rules if r.cycle == cycle))

    def all_datasets(self) -> list[str]:
        """Return every dataset that somebody owes, or may send instead."""
        return sorted({d for r in self.rules for d in (r.dataset, *r.instead)})


@dataclass(frozen=True)
class Cycle:
    """One month of a calendar with its cut-off, the last day that the data must hold."""

    token: str
    calendar: Calendar
    start: date
    cut_off: date


def cycles(upto: str, n: int, calendar: Calendar) -> list[Cycle]:
    """Return that many months up to one, oldest first.

    >>> [(c.token, str(c.cut_off)) for c in cycles("2026-01", 2, "report")]
    [('2025-12', '2025-12-14'), ('2026-01', '2026-01-14')]
    """
    last = periods.parse(upto, calendar)
    if last.kind != "month":
        raise periods.PeriodError("bad_token", token=upto)
    month = last.year * 12 + int(last.token[5:7]) - 1
    tokens = [f"{m // 12}-{m % 12 + 1:02d}" for m in range(month - n + 1, month + 1)]
    return [Cycle(p.token, calendar, p.start, p.end) for p in (periods.parse(t, calendar) for t in tokens)]


def months_between(first: date, last: date, calendar: Calendar) -> int:
    """Return how many cycles there are from the one that holds the first day to that of the last.

    >>> months_between(date(2026, 1, 31), date(2026, 3, 1), "calendar")
    3
    """
    shift = periods.REPORT_STARTS_ON if calendar == "report" else 99

    def number(day: date) -> int:
        return day.year * 12 + day.month + (day.day >= shift)

    return max(number(last) - number(first) + 1, 1)


def rules(data_dir: DataDir) -> Rules:
    """Return the rules in force in a data folder."""
    path = data_dir.reference(FILE_NAME)
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int) -> Rules:
    """Return the rules of a file; `_changed` makes an edited file be read again."""
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    listed = [_rule(path, n, one) for n, one in enumerate(content.get("rule", []), 1)]
    exempt = [_exemption(path, n, one) for n, one in enumerate(content.get("exception", []), 1)]
    days = [
        int(content.get(name, else_))
        for name, else_ in (("guess_days", 0), ("late_file_days", 0), ("regular_gap_days", 28))
    ]
    return Rules(tuple(listed), tuple(exempt), *days)


def _rule(path: Path, entry: int, one: dict[str, Any]) -> Rule:
    try:
        if one["cycle"] not in ("calendar", "report") or one["owes"] not in ("all", "senders"):
            raise ValueError("cycle = calendar | report, owes = all | senders")
        return Rule(
            one["dataset"],
            one["cycle"],
            tuple(one["levels"]),
            one["owes"],
            _term(one),
            one["valid_from"],
            one.get("valid_to"),
            int(one.get("within", 0)),
            tuple(one.get("instead", ())),
            bool(one.get("is_confirmed", False)),
            int(one["guess_days"]) if "guess_days" in one else None,
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise RuleError(path, entry, "rule", str(wrong)) from None


def _exemption(path: Path, entry: int, one: dict[str, Any]) -> Exemption:
    try:
        if "due_days" not in one and "owes" not in one:
            raise ValueError("due_days, or owes = true | false")
        return Exemption(
            str(one["unit_code"]),
            one["dataset"],
            one.get("cycle", ""),
            _term(one) if "due_days" in one else None,
            one.get("owes"),
            one.get("valid_from", date.min),
            one.get("valid_to"),
            one.get("reason", ""),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise RuleError(path, entry, "exception", str(wrong)) from None


def _term(one: dict[str, Any]) -> Term:
    if one.get("due_unit", "working") not in ("working", "calendar") or int(one["due_days"]) < 0:
        raise ValueError("due_unit = working | calendar, due_days from 0")
    return Term(int(one["due_days"]), one.get("due_unit", "working"))
