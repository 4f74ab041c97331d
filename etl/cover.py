"""Which bodies a file lists in full: a register of a province tells of each commune in it, also that nothing came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from etl.layouts import WHOLE_PROVINCE, Layout
from etl.personal import safe
from etl.receipt import Question
from etl.units import UnitIndex


def bodies(units: UnitIndex, layout: Layout, given: Sequence[str], on: date) -> list[str] | Question:
    """Return the unit ids that a file covers as a whole: the sender's codes, else what its layout declares.

    A layout of today's province also covers, in a file of three tiers, the provinces that it was made of.
    """
    if not given and layout.covers == WHOLE_PROVINCE:
        return units.provinces_on(layout.province_code, on)
    found = []
    for code in given or ([layout.covers] if layout.covers else []):
        meant = units.resolve(code=code, on=on)
        if meant.unit_id is None:
            return Question("unknown_cover", "", {"code": safe(code), "day": f"{on:%d/%m/%Y}"})
        found.append(meant.unit_id)
    return found
