"""What a system would have exported on a given day: only what was known by then."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from gandan.demo.cases import STATUS
from gandan.demo.days import EPOCH, NONE, Ints, as_date, day, day_of

Columns = dict[str, Ints]
CHANGE = day(date(2025, 7, 1))


def state_at(columns: Columns, rows: Ints, last: Ints, era: int) -> Columns:
    """Return the canonical case fields of some rows at the end of each row's `last` day.

    Bodies are those of the file's regime: after the change a case that was opened before it is listed under the
    body that went on with it.
    """
    limit = last * 1440 + 1439

    def known(name: str) -> Ints:
        values = columns[name][rows]
        return np.where((values >= 0) & (values <= limit), values, NONE)

    def take(name: str) -> Ints:
        return columns[name][rows]

    ended, asked, given, moved = known("ended"), known("asked"), known("given"), known("moved")
    due = np.where(moved >= 0, take("due_final"), np.where(given >= 0, take("due_supplement"), take("due_first")))
    received = take("received")
    final = take("status")
    status = np.where(
        ended >= 0,
        final,
        np.where(
            final == STATUS["not_accepted"],
            final,
            np.where(
                (asked >= 0) & (given < 0),
                STATUS["awaiting_supplement"],
                np.where(
                    take("open_status") != STATUS["processing"],
                    take("open_status"),
                    np.where(last - day_of(received) <= 1, STATUS["received"], STATUS["processing"]),
                ),
            ),
        ),
    )
    is_old = take("era") == 3
    to_new = is_old & (era == 2)
    settling = np.where(to_new, take("later_settling"), take("settling"))
    is_done = (ended >= 0) & (status == STATUS["completed"])
    return {
        "case": rows,
        "unit": settling,
        "receiving": np.where(to_new, take("later_unit"), take("receiving")),
        "procedure": take("procedure"),
        "channel": take("channel"),
        "received_at": received,
        "accepted_at": known("accepted"),
        "due_at": due,
        "due_original_at": np.where(due != take("due_first"), take("due_first"), NONE),
        "completed_at": ended,
        "handed_over_at": known("handed"),
        "status": status,
        "n_supplements": np.where(asked >= 0, take("n_supplements"), 0),
        "supplement_requested_at": asked,
        "supplement_received_at": given,
        "n_reappointments": np.where(moved >= 0, take("n_moved"), 0),
        "reappointed_at": moved,
        "apology_at": known("apology"),
        "is_apology_exempt": take("is_exempt"),
        "is_fee_bearing": take("is_fee_bearing"),
        "is_paid_online": take("is_paid_online"),
        "has_e_result": np.where(is_done, take("has_e_result"), 0),
        "is_digitised": take("is_digitised"),
        "is_reused": take("is_reused"),
        "synced_at": limit,
    }


def listed_in(columns: Columns, first: int, last: int) -> npt.NDArray[np.bool_]:
    """Return which cases a file of the days from `first` to `last` lists: received in them, or not yet over before."""
    received = day_of(columns["received"])
    last_event = np.maximum(day_of(columns["ended"]), day_of(columns["handed"]))
    never_ends = (columns["ended"] == NONE) & (columns["status"] != STATUS["not_accepted"])
    in_time = (received <= last) & (columns["seen_until"] >= first)
    return in_time & ((received >= first) | never_ends | (last_event >= first))


def months(first: str, last: str, step: int = 1) -> list[tuple[int, int]]:
    """Return the first and last day number of each run of `step` calendar months.

    >>> [(str(as_date(a)), str(as_date(b))) for a, b in months("2026-01", "2026-03", 2)]
    [('2026-01-01', '2026-02-28'), ('2026-03-01', '2026-03-31')]
    """
    year, month = int(first[:4]), int(first[5:7])
    stop = int(last[:4]) * 12 + int(last[5:7])
    runs = []
    while year * 12 + month <= stop:
        end_index = min(year * 12 + month - 1 + step, stop)
        after = date(end_index // 12, end_index % 12 + 1, 1)
        runs.append(((date(year, month, 1) - EPOCH).days, (after - EPOCH - timedelta(days=1)).days))
        year, month = after.year, after.month
    return runs


__all__ = ["as_date", "listed_in", "months", "state_at"]
