"""The receipt (Phiếu kết quả tiếp nhận số liệu) of a load: one per commune, and what each must put right.

Counts of the slips of a load add up to its receipt. Denunciations, and letters that do not say what they are, stand on
a slip without a unit, as counts (product.md §6).
"""

from __future__ import annotations

from etl import returned
from etl.loaded import Load, staged_loads
from etl.returned import Returned, ReturnedRow
from etl.slip_model import Slip
from etl.slip_sums import RESTRICTED, Sums
from warehouse.paths import DataDir


class NoSuchLoad(LookupError):
    """No load of that number lies in the data folder."""


def slips(data_dir: DataDir, load_no: int) -> list[Slip]:
    """Return the slips of a load: one per commune by code, then of unknown units, then of what is only counted.

    Rows of no known unit go to the sender: where the file holds one unit, that is this unit. A dataset whose rows name
    no unit has one slip, that of the file.
    """
    made = Sums(data_dir, _load_of(data_dir, load_no))
    if made.dataset and "unit_code" not in made.dataset.fields:
        return [made.slip("file", None)]
    named = sorted((made.slip("unit", unit) for unit in made.units), key=lambda s: (s.unit_code, s.unit_id or ""))
    only = named[0] if len(named) == 1 and made.is_of_one_unit else None
    unknown = made.slip("unknown", None)
    if only:
        named = [made.slip("unit", only.unit_id, also=(None,))]
    elif not _is_empty(unknown):
        named.append(unknown)
    restricted = made.slip("restricted", RESTRICTED)
    return [*named, *([] if _is_empty(restricted) else [restricted])]


def whole(data_dir: DataDir, load_no: int) -> Slip:
    """Return the slip of the whole file."""
    made = Sums(data_dir, _load_of(data_dir, load_no))
    return made.slip("file", None, also=(*made.units, RESTRICTED))


def rows_of(data_dir: DataDir, slip: Slip) -> list[ReturnedRow]:
    """Return the rejected rows that a slip gives back, those that wait for a correction first in the sender's order."""
    load = _load_of(data_dir, slip.load_no)
    listed = {(one.sheet, one.row) for one in slip.rejected if one.state == "open"}
    return [row for row in returned.read(load).rows if row.place in listed and not row.is_restricted]


def kept_of(data_dir: DataDir, load_no: int) -> Returned:
    """Return what was kept of a load's rejected rows."""
    return returned.read(_load_of(data_dir, load_no))


def _load_of(data_dir: DataDir, load_no: int) -> Load:
    for load in staged_loads(data_dir):
        if load.load_no == load_no:
            return load
    raise NoSuchLoad(load_no)


def _is_empty(slip: Slip) -> bool:
    return not (slip.n_read or slip.n_warned or slip.n_repaired)
