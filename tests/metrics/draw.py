"""Rows that nobody thought of: cases around a few days, of old and new units, in every state."""

# ruff: noqa: E501
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from marts import AGENCY, CHANGE, DONG_HA, LAO_BAO, OLD_OTHER, OLD_SPLIT, OLD_WHOLE, case, complaint

FIRST = date(2025, 5, 20)
SPAN = 120
STATUSES = ("processing", "awaiting_supplement", "awaiting_payment", "suspended", "not_accepted")
FLAGS = (
    "is_apology_exempt", "is_intake_late", "is_fee_bearing", "is_paid_online", "has_e_result", "is_digitised", "is_reused",
)  # fmt: skip
ENDED = ("completed", "refused", "returned", "withdrawn", "not_accepted")


@st.composite
def a_case(draw: st.DrawFn) -> dict[str, Any]:
    """Return one drawn case; received before 01/07/2025 at an old unit, else at a new one."""
    received = FIRST + timedelta(days=draw(st.integers(0, SPAN)))
    old = received < CHANGE
    row: dict[str, Any] = {
        "received_on": received,
        "unit_id": draw(st.sampled_from((OLD_WHOLE, OLD_SPLIT, OLD_OTHER) if old else (LAO_BAO, DONG_HA, AGENCY))),
        "channel": draw(st.sampled_from(("online_full", "online_partial", "counter", "post"))),
        "field_name": draw(st.sampled_from(("Đất đai", "Hộ tịch", None))),
        "procedure_code": draw(st.sampled_from(("1.004873", "2.000635", None))),
    }
    receiving = draw(st.sampled_from((None, LAO_BAO, DONG_HA)))
    if receiving:
        row["receiving_unit_id"] = receiving
    due = draw(st.none() | st.integers(0, 40))
    row["due_on"] = None if due is None else received + timedelta(days=due)
    asked = draw(st.none() | st.integers(0, 30))
    if asked is not None:
        row["supplement_requested_on"] = received + timedelta(days=asked)
        brought = draw(st.none() | st.integers(0, 30))
        if brought is not None:
            row["supplement_received_on"] = row["supplement_requested_on"] + timedelta(days=brought)
    first = draw(st.none() | st.integers(0, 30))
    row["due_original_on"] = None if first is None else received + timedelta(days=first)
    row["n_supplements"] = draw(st.sampled_from((0, 0, 1, 2)))
    row["n_reappointments"] = draw(st.sampled_from((0, 0, 0, 1, 2)))
    letter = draw(st.none() | st.integers(0, 30))
    row["apology_on"] = None if letter is None else received + timedelta(days=letter)
    for flag in FLAGS:
        row[flag] = draw(st.sampled_from((True, False, None)))
    row["is_due_moved"] = draw(st.booleans())
    ended = draw(st.none() | st.integers(0, 60))
    if ended is None:
        row["status"] = draw(st.sampled_from(STATUSES))
    else:
        row["completed_on"] = received + timedelta(days=ended)
        row["status"] = draw(st.sampled_from(ENDED))
    return case(**row)


@st.composite
def a_letter(draw: st.DrawFn) -> dict[str, Any]:
    """Return one drawn letter of any kind; settled, transferred, both or neither."""
    received = FIRST + timedelta(days=draw(st.integers(0, SPAN)))
    row: dict[str, Any] = {
        "received_on": received,
        "unit_id": draw(st.sampled_from((OLD_WHOLE, OLD_SPLIT) if received < CHANGE else (LAO_BAO, DONG_HA))),
        "kind": draw(st.sampled_from(("complaint", "complaint", "denunciation", "petition", "feedback"))),
        "field_name": draw(st.sampled_from(("Đất đai", None))),
    }
    for name in ("settled_on", "transferred_on", "settle_due_on"):
        days = draw(st.none() | st.integers(0, 60))
        if days is not None:
            row[name] = received + timedelta(days=days)
    return complaint(**row)


letters = st.lists(a_letter(), max_size=25)
"""Drawn letter tables."""
cases = st.lists(a_case(), max_size=25)
"""Drawn case tables."""
DATA_ON = FIRST + timedelta(days=SPAN + 60)
"""No drawn date lies after this day."""
periods = st.sampled_from(
    [
        ("calendar", "2025-05"), ("calendar", "2025-06"), ("calendar", "2025-07"), ("calendar", "2025-09"), ("calendar", "2025-Q3"),
        ("report", "2025-06"), ("report", "2025-07"), ("report", "2025-Q3"), ("calendar", "2025"), ("calendar", "2025-08-YTD"),
    ]
)  # fmt: skip
