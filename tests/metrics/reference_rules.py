"""The shares of cases by a second road: for one case and one period, whether it is counted among, whether it meets.

In the words of regulations §2 and §11; `day` is the event's day, which tells who answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

Row = Mapping[str, Any]


class Counted(NamedTuple):
    """A case among the denominator, and whether it is in the numerator."""

    day: date
    is_met: bool


Rule = Callable[[Row, date, date], Counted | None]
ENDED_OTHERWISE = ("returned", "withdrawn", "refused")


def within(day: date | None, start: date, end: date) -> bool:
    return day is not None and start <= day <= end


def is_online(row: Row) -> bool:
    return row["channel"] in ("online_full", "online_partial")


def waiting(row: Row, at: date) -> bool:
    asked, brought = row["supplement_requested_on"], row["supplement_received_on"]
    return bool(row["is_waiting_today"]) or (asked is not None and asked <= at and (brought is None or brought > at))


def settled(row: Row, start: date, end: date) -> bool:
    return bool(row["is_counted"]) and within(row["completed_on"], start, end)


def pending(row: Row, end: date) -> bool:
    return (
        bool(row["is_counted"])
        and row["received_on"] <= end
        and (row["completed_on"] is None or row["completed_on"] > end)
    )


def in_time(row: Row) -> bool:
    """Return whether an ended case counts as early or on time by form II.06a."""
    return row["status"] in ENDED_OTHERWISE or row["due_on"] is None or row["completed_on"] <= row["due_on"]


def by_766(row: Row, start: date, end: date) -> Counted | None:
    """Convention B: what is pending in time counts too; more than one supplement is not on time."""
    few = (row["n_supplements"] or 0) <= 1
    if settled(row, start, end):
        return Counted(row["completed_on"], in_time(row) and few)
    if pending(row, end):
        return Counted(end, few and (row["due_on"] is None or row["due_on"] >= end or waiting(row, end)))
    return None


def by_first_promise(row: Row, start: date, end: date) -> Counted | None:
    """Convention C: the first promised date, completed cases only, none re-appointed."""
    if not settled(row, start, end) or row["status"] != "completed":
        return None
    first = row["due_original_on"] or row["due_on"]
    return Counted(
        row["completed_on"],
        (first is None or first >= row["completed_on"]) and (row["n_reappointments"] or 0) == 0,
    )


def reappointed(row: Row, start: date, end: date) -> Counted | None:
    again = (row["n_reappointments"] or 0) >= 1 or row["reappointed_on"] is not None
    if settled(row, start, end):
        return Counted(row["completed_on"], again)
    return Counted(end, again) if pending(row, end) else None


def owes_apology(row: Row, start: date, end: date) -> date | None:
    """Return the first promised day, where it passed without a result and a letter was owed."""
    first = row["due_original_on"] or row["due_on"]
    if not row["is_counted"] or not within(first, start, end) or row["is_apology_exempt"]:
        return None
    if row["completed_on"] is not None:
        return first if row["completed_on"] > first else None
    applicants_turn = row["is_waiting_today"] or (
        row["supplement_requested_on"] is not None and row["supplement_received_on"] is None
    )
    return None if applicants_turn else first


def apology(is_timely: bool) -> Rule:
    def rule(row: Row, start: date, end: date) -> Counted | None:
        first, letter = owes_apology(row, start, end), row["apology_on"]
        if first is None:
            return None
        return Counted(first, letter is not None and (not is_timely or letter < first))

    return rule


def received(row_counts: Callable[[Row], bool], is_met: Callable[[Row], bool]) -> Rule:
    """Return a share of the cases filed in the period."""

    def rule(row: Row, start: date, end: date) -> Counted | None:
        if not row["is_counted"] or not within(row["received_on"], start, end) or not row_counts(row):
            return None
        return Counted(row["received_on"], is_met(row))

    return rule


def ended(row_counts: Callable[[Row], bool], is_met: Callable[[Row], bool]) -> Rule:
    """Return a share of the cases settled in the period."""

    def rule(row: Row, start: date, end: date) -> Counted | None:
        if not settled(row, start, end) or not row_counts(row):
            return None
        return Counted(row["completed_on"], is_met(row))

    return rule


def every(row: Row) -> bool:
    return True


SHARES: dict[str, Rule] = {
    "on_time_rate_766": by_766,
    "on_time_rate_strict": by_first_promise,
    "reappointed_rate": reappointed,
    "apology_rate": apology(is_timely=False),
    "apology_timely_rate": apology(is_timely=True),
    "intake_late_rate": received(
        lambda r: is_online(r) and r["is_intake_late"] is not None, lambda r: bool(r["is_intake_late"])
    ),
    "supplement_rate": received(
        every, lambda r: (r["n_supplements"] or 0) >= 1 or r["supplement_requested_on"] is not None
    ),
    "multi_supplement_rate": received(every, lambda r: (r["n_supplements"] or 0) > 1),
    "returned_rate": ended(every, lambda r: r["status"] in ("returned", "withdrawn")),
    "full_online_rate": received(is_online, lambda r: r["channel"] == "online_full"),
    "online_payment_rate": received(
        lambda r: bool(r["is_fee_bearing"]) and r["is_paid_online"] is not None, lambda r: bool(r["is_paid_online"])
    ),
    "e_result_rate": ended(lambda r: r["has_e_result"] is not None, lambda r: bool(r["has_e_result"])),
    "digitised_rate": ended(
        lambda r: r["is_digitised"] is not None,
        lambda r: bool(r["is_digitised"]) and (r["has_e_result"] is None or bool(r["has_e_result"])),
    ),
    "reuse_rate": received(lambda r: r["is_reused"] is not None, lambda r: bool(r["is_reused"])),
}
COUNTS: dict[str, Rule] = {
    "moved_due_count": received(lambda r: bool(r["is_due_moved"]), every),
}
