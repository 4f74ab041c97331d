"""The same figures by a second road: plain Python, row by row, in the words of product.md §4."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import reference_rules
from marts import columns

Row = Mapping[str, Any]
CASE_COLUMNS = tuple(columns("fct_case"))


def full(row: Row) -> dict[str, Any]:
    """Return the row with every column, None where it says nothing."""
    return {name: row.get(name) for name in CASE_COLUMNS}


def unit_on(row: Row, day: date) -> str:
    """Return who answers for the case on a day."""
    if row["unit_ends_on"] is not None and day >= row["unit_ends_on"]:
        return str(row["successor_unit_id"])
    return str(row["unit_id"])


def waiting(row: Row, at: date) -> bool:
    asked, brought = row["supplement_requested_on"], row["supplement_received_on"]
    return bool(row["is_waiting_today"]) or (asked is not None and asked <= at and (brought is None or brought > at))


def open_at(row: Row, at: date) -> bool:
    return (
        bool(row["is_counted"])
        and row["received_on"] <= at
        and (row["completed_on"] is None or row["completed_on"] > at)
    )


def overdue(row: Row, at: date) -> bool:
    return open_at(row, at) and row["due_on"] is not None and row["due_on"] < at and not waiting(row, at)


def is_online(row: Row) -> bool:
    return row["channel"] in ("online_full", "online_partial")


def counted(row: Row, start: date, end: date) -> dict[str, str]:
    """Return the II.06a counts that the case adds one to, each with the unit that answers for it."""
    found: dict[str, str] = {}
    received, ended = row["received_on"], row["completed_on"]
    if row["is_counted"]:
        if received < start and (ended is None or ended >= start):
            found["carried_in"] = unit_on(row, start)
        if start <= received <= end:
            found["received_in_period"] = unit_on(row, received)
            found["received_online" if is_online(row) else "received_counter_post"] = unit_on(row, received)
        if ended is not None and start <= ended <= end:
            found["settled"] = unit_on(row, ended)
            if row["status"] in ("returned", "withdrawn", "refused") or row["due_on"] in (None, ended):
                found["settled_on_time"] = unit_on(row, ended)
            elif ended < row["due_on"]:
                found["settled_early"] = unit_on(row, ended)
            else:
                found["settled_late"] = unit_on(row, ended)
    if open_at(row, end):
        found["pending"] = unit_on(row, end)
        found["pending_overdue" if overdue(row, end) else "pending_in_time"] = unit_on(row, end)
    for part in ("carried_in", "received_in_period"):
        if part in found:
            found["received"] = found[part]
    return found


COUNTS = (
    "received", "received_in_period", "received_online", "received_counter_post", "carried_in", "settled", "settled_early",
    "settled_on_time", "settled_late", "pending", "pending_in_time", "pending_overdue",
)  # fmt: skip
RATES = {
    "on_time_rate": (("settled_early", "settled_on_time"), ("settled",)),
    "early_rate": (("settled_early",), ("settled",)),
    "late_rate": (("settled_late",), ("settled",)),
    "pending_overdue_rate": (("pending_overdue",), ("pending",)),
    "online_rate": (("received_online",), ("received_in_period",)),
}
QUANTILES: dict[str, tuple[float, Callable[[Row], int | None]]] = {
    "processing_days_median": (0.5, lambda row: row["processing_days"]),
    "processing_days_p90": (0.9, lambda row: row["processing_days"]),
    "days_late_median": (0.5, lambda row: row["late_days"]),
}


MEANS: dict[str, tuple[str, Callable[[Row], int | None]]] = {
    "processing_days_mean": ("settled", lambda row: row["processing_days"]),
    "days_late_mean": ("settled_late", lambda row: row["late_days"]),
}


def figures(
    rows: Sequence[Row], units: Sequence[str], start: date, end: date
) -> dict[str, tuple[int, int, float | None]]:
    """Return numerator, denominator and value of every case metric for the units together."""
    marks = [(row, {k for k, who in counted(row, start, end).items() if who in units}) for row in map(full, rows)]
    n = {name: sum(name in mark for _, mark in marks) for name in COUNTS}
    found: dict[str, tuple[int, int, float | None]] = {name: (n[name], n[name], n[name]) for name in COUNTS}
    for name, (top, bottom) in RATES.items():
        x, of = sum(n[k] for k in top), sum(n[k] for k in bottom)
        found[name] = (x, of, x / of if of else None)
    for name, (q, value) in QUANTILES.items():
        part = "settled_late" if name == "days_late_median" else "settled"
        days = sorted(d for row, mark in marks if part in mark and (d := value(row)) is not None)
        found[name] = (len(days), len(days), quantile(days, q))
    for name, (part, value) in MEANS.items():
        days = [d for row, mark in marks if part in mark and (d := value(row)) is not None]
        found[name] = (sum(days), len(days), sum(days) / len(days) if days else None)
    for name, rule in {**reference_rules.SHARES, **reference_rules.COUNTS}.items():
        met = [c.is_met for row, _ in marks if (c := rule(row, start, end)) and unit_on(row, c.day) in units]
        if name in reference_rules.COUNTS:
            found[name] = (len(met), len(met), len(met))
        else:
            found[name] = (sum(met), len(met), sum(met) / len(met) if met else None)
    return found


def quantile(values: Sequence[int], q: float) -> float | None:
    """Return the quantile of sorted values, between neighbours by distance."""
    if not values:
        return None
    place = q * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)
