"""Which rejected rows were put right: told from the receipts of the loads that brought them again.

A load's receipt says so: `corrects` of our own workbook that came back, `mends` of any file that brings the codes.
"""

from __future__ import annotations

from warehouse import ledger
from warehouse.paths import DataDir

Place = tuple[str, int]
"""Sheet and row, as the sender numbers them."""
Standing = dict[int, dict[Place, int]]
"""Load -> place -> the load in which the row came again."""


def standing(data_dir: DataDir) -> tuple[Standing, Standing]:
    """Return (mended, rejected again) of the loads; corrections that were taken back count for nothing.

    A row mended at the second attempt is mended where it first stood.
    """
    done: Standing = {}
    again: Standing = {}
    first_of: dict[tuple[int, Place], tuple[int, Place]] = {}
    for load in ledger.loads(data_dir):
        if load["state"] != "staged":
            continue
        by = int(load["load_no"])
        for number, places in (load.get("mends") or {}).items():
            for sheet, row in places:
                done.setdefault(int(number), {})[(sheet, row)] = by
                again.get(int(number), {}).pop((sheet, row), None)
        told = load.get("corrects")
        if not told:
            continue
        origin = int(told["load_no"])
        for sheet, row, own_sheet, own_row in told.get("again", ()):
            if (sheet, row) not in done.get(origin, {}):
                again.setdefault(origin, {})[(sheet, row)] = by
            first_of[by, (own_sheet, own_row)] = (origin, (sheet, row))
        for sheet, row in told.get("rows", ()):
            at: tuple[int, Place] | None = (origin, (sheet, row))
            while at is not None:
                done.setdefault(at[0], {})[at[1]] = by
                again.get(at[0], {}).pop(at[1], None)
                at = first_of.get(at)
    return done, again


def n_open(data_dir: DataDir) -> dict[int, int]:
    """Return load -> its rejected rows that still wait for a correction ("còn n dòng phải sửa")."""
    done, again = standing(data_dir)
    return {
        load["load_no"]: load.get("n_rejected", 0)
        - len(done.get(load["load_no"], {}))
        - len(again.get(load["load_no"], {}))
        for load in ledger.loads(data_dir)
        if load["state"] == "staged"
    }
