"""A plain row-by-row reading of the clean sample: the second road to every figure of a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from gandan.demo.cases import CHANGE, STATUS
from gandan.demo.days import NONE, Ints, as_date, day, day_of
from gandan.demo.generate import Sample
from gandan.demo.letters import KINDS
from metrics.periods import parse

LAST = date(2026, 10, 31)


@dataclass(frozen=True)
class Case:
    """One case as its last file shows it, with the body that answers before and after 01/07/2025."""

    unit_before: str
    unit_after: str
    received: date
    ended: date | None
    due: date | None
    first_due: date | None
    status: int
    is_online: bool
    n_moved: int
    asked: date | None
    given: date | None

    def unit_on(self, when: date) -> str:
        return self.unit_before if when < as_date(CHANGE) else self.unit_after


class Clean:
    """The clean sample as lists of plain rows."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample

    @cached_property
    def cases(self) -> list[Case]:
        columns = self.sample.cases
        bodies = self.sample.area.bodies
        limit = columns["seen_until"] * 1440 + 1439

        def known(name: str) -> Ints:
            return np.where(columns[name] <= limit, columns[name], NONE)

        moved, given, ended, asked = known("moved"), known("given"), known("ended"), known("asked")
        due = np.where(
            moved >= 0, columns["due_final"], np.where(given >= 0, columns["due_supplement"], columns["due_first"])
        )
        lost = columns["seen_until"] < CHANGE
        rows = zip(
            *(
                day_of(values).tolist()
                for values in (columns["received"], ended, due, columns["due_first"], asked, given)
            ),
            columns["settling"].tolist(),
            columns["later_settling"].tolist(),
            columns["status"].tolist(),
            columns["channel"].tolist(),
            np.where(moved >= 0, columns["n_moved"], 0).tolist(),
            lost.tolist(),
            strict=True,
        )
        found = []
        for received, end, due_on, first_due, asked_on, given_on, before, after, status, channel, n, is_lost in rows:
            unit_after = "unallocated" if is_lost else bodies[after].unit_id
            found.append(
                Case(
                    bodies[before].unit_id,
                    unit_after,
                    as_date(received),
                    _date(end),
                    _date(due_on),
                    _date(first_due),
                    status,
                    channel < 2,
                    n,
                    _date(asked_on),
                    _date(given_on),
                )
            )
        return found

    def figure(self, metric: str, unit: str, period: str) -> float | None:
        """Return one figure; None where the unit sent nothing for the period or nothing can be divided."""
        span = parse(period, "calendar")
        start, end = span.start, min(span.end, LAST)
        mine = self._units(unit, start)
        if metric == "complaints_received":
            return float(sum(k == "complaint" and u in mine and start <= on <= end for k, u, on in self._letters))
        if metric == "satisfaction_rate":
            return self._satisfaction(mine, start, end)
        if not self._is_covered(mine, start):
            return None
        counted = [c for c in self.cases if c.status != STATUS["not_accepted"]]
        settled = [c for c in counted if c.ended and start <= c.ended <= end and c.unit_on(c.ended) in mine]
        if metric == "received":
            new = sum(1 for c in counted if start <= c.received <= end and c.unit_on(c.received) in mine)
            old = [c for c in counted if c.received < start and (c.ended is None or c.ended >= start)]
            return new + float(sum(1 for c in old if c.unit_on(start) in mine))
        if metric == "online_rate":
            new_cases = [c for c in counted if start <= c.received <= end and c.unit_on(c.received) in mine]
            return sum(c.is_online for c in new_cases) / len(new_cases)
        if metric == "settled":
            return float(len(settled))
        if metric == "on_time_rate":
            return sum(not _is_late(c) for c in settled) / len(settled) if settled else None
        if metric == "returned_rate":
            return sum(c.status == STATUS["returned"] for c in settled) / len(settled)
        if metric == "on_time_rate_strict":
            done = [c for c in settled if c.status == STATUS["completed"]]
            kept = [c for c in done if c.n_moved == 0 and (c.first_due is None or c.first_due >= (c.ended or end))]
            return len(kept) / len(done)
        pending = [
            c for c in counted if c.received <= end and (c.ended is None or c.ended > end) and c.unit_on(end) in mine
        ]
        if metric == "pending":
            return float(len(pending))
        if metric == "pending_overdue":
            return float(sum(1 for c in pending if c.due and c.due < end and not _waits(c, end)))
        raise AssertionError(metric)

    def _units(self, unit: str, on: date) -> set[str]:
        """The ids a story's unit stands for: one body, or everything in the province."""
        if unit == "44":
            second = {body.unit_id for body in self.sample.area.bodies if body.system == "second"}
            return {b.unit_id for b in self.sample.area.bodies if b.era == "2tier"} - second
        if unit == "79-CPB":
            return {"unallocated"}
        if "-20" in unit:
            return {unit}
        return {f"{unit}-20250701"}

    def _is_covered(self, mine: set[str], start: date) -> bool:
        if mine == {"unallocated"}:
            return True
        return any(
            (c.ended and c.ended >= start and c.unit_on(c.ended) in mine)
            or (c.received >= start and c.unit_on(c.received) in mine)
            for c in self.cases
        )

    @cached_property
    def _letters(self) -> list[tuple[str, str, date]]:
        columns, bodies = self.sample.letters.columns, self.sample.area.bodies
        return [
            (KINDS[kind], bodies[unit].unit_id, as_date(received))
            for kind, unit, received in zip(
                columns["kind"].tolist(), columns["unit"].tolist(), columns["received_on"].tolist(), strict=True
            )
        ]

    def _satisfaction(self, mine: set[str], start: date, end: date) -> float | None:
        """The share of answers 4 and 5 on satisfaction items; None under fifteen respondents."""
        good, asked, respondents = 0.0, 0.0, 0
        bodies = self.sample.area.bodies
        waves = [w for w in self.sample.survey.waves if w.population == "user"]
        asked_then = [w for w in waves if ((day(start) <= w.answered_on) & (w.answered_on <= day(end))).any()]
        for wave in waves:
            # Surveys pooled count by their people: each weight relative to the mean of its survey.
            scale = wave.weight.mean() if len(asked_then) > 1 else 1.0
            items = [i for i, item in enumerate(wave.items) if item.item_id.startswith("HL")]
            rows = [
                i
                for i, unit in enumerate(wave.unit.tolist())
                if bodies[unit].unit_id in mine and day(start) <= wave.answered_on[i] <= day(end)
            ]
            if not rows:
                continue
            respondents += len(rows)
            answers, weights = wave.answers[np.ix_(rows, items)], wave.weight[rows][:, None] / scale
            is_given = ~np.isnan(answers)
            good += float((weights * (answers >= 4) * is_given).sum())
            asked += float((weights * is_given).sum())
        return good / asked if respondents >= 15 else None


def _date(number: int) -> date | None:
    return as_date(number) if number >= 0 else None


def _is_late(case: Case) -> bool:
    if case.status in (STATUS["returned"], STATUS["withdrawn"], STATUS["refused"]):
        return False
    return case.due is not None and case.ended is not None and case.ended > case.due


def _waits(case: Case, on: date) -> bool:
    """Whether the applicant had been asked for a supplement and had not given it yet."""
    return case.asked is not None and case.asked <= on and not (case.given and case.given <= on)
