"""What 1 July 2025 did to open cases: who goes on with them, which are lost from sight, what is never sent."""

from __future__ import annotations

from datetime import date

import numpy as np

from gandan.demo import stories
from gandan.demo.area import Area
from gandan.demo.days import NONE, Ints, day, day_of

CHANGE, LAST = day(date(2025, 7, 1)), day(date(2026, 10, 31))
NOT_ACCEPTED = 9
"""Position of `not_accepted` among the statuses (`cases.STATUSES`)."""
Columns = dict[str, Ints]


def handed_over(area: Area, columns: Columns, rng: np.random.Generator) -> Columns:
    """Return the cases that are ever sent, with the bodies that go on with them and the last day they are seen."""
    n = len(columns["received"])
    old = columns["era"] == 3
    received = day_of(columns["received"])
    is_open = (columns["ended"] == NONE) | (day_of(columns["ended"]) >= CHANGE)
    later, seen_until = columns["unit"].copy(), np.full(n, LAST, dtype=np.int64)
    is_sent = received <= LAST
    for unit in area.communes("3tier"):
        mine = old & (columns["unit"] == unit)
        targets = area.successor.get(unit, [])
        if not targets or area.bodies[targets[0]].code in _never_sent():
            # Nobody in the sample goes on with these: all were finished before the change.
            is_sent &= ~(mine & is_open)
            seen_until[mine] = CHANGE - 1
        elif len(targets) > 1:
            later[mine] = np.where(rng.random(n) < 0.85, targets[0], targets[1])[mine]
            # Most of what was open in the split town never turns up in either commune's files again.
            lost = mine & is_open & (columns["status"] != NOT_ACCEPTED) & (rng.random(n) < 0.7)
            seen_until[lost] = CHANGE - 1
        else:
            later[mine] = targets[0]
    for code, plan in stories.PLANS.items():
        if plan.silent_from:
            last = day(date.fromisoformat(plan.silent_from)) - 1
            mine = later == area.of_today(code)
            seen_until[mine] = np.minimum(seen_until[mine], last)
            is_sent &= ~(mine & (received > last))
    # A commune's or district's case goes on in the commune; an agency's in the agency that replaced it.
    replaced = np.arange(len(area.bodies))
    for before, after in area.successor.items():
        if area.bodies[before].level == "agency":
            replaced[before] = after[0]
    is_agency = np.array([body.level == "agency" for body in area.bodies])[columns["settling"]]
    settling_later = np.where(is_agency, replaced[columns["settling"]], np.where(old, later, columns["settling"]))
    columns |= {"later_unit": later, "later_settling": settling_later, "seen_until": seen_until}
    return {name: values[is_sent] for name, values in columns.items()}


def _never_sent() -> set[str]:
    return {code for code, plan in stories.PLANS.items() if plan.silent_from == "2025-07-01"}
