"""The communes most like one: by how many cases they settle, of which fields, and whether xã, phường or đặc khu."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics import answer, places
from metrics.model import Query
from metrics.places import Places, Snapshot
from metrics.stats import peers as stats
from metrics.viewer import Viewer

METRIC, SPLIT = "settled", "field_name"
K = 5


@dataclass(frozen=True)
class Peer:
    """One unit and what makes it similar; `top_field` is the largest field of the unit asked for, with both shares."""

    unit_id: str
    unit_code: str
    unit_name: str
    kind: str
    n: int
    distance: float
    mix_distance: float
    """0: the same mix of fields, 1: nothing in common."""
    is_same_kind: bool
    top_field: str
    top_share: float
    own_top_share: float


@dataclass(frozen=True)
class Peers:
    """The unit asked for, with its own volume and kind, and its nearest others; none where it has no cases."""

    unit_id: str
    unit_name: str
    kind: str
    n: int
    start: date
    end: date
    peers: tuple[Peer, ...]


def peers(query: Query, viewer: Viewer, snapshot: Snapshot, k: int = K) -> Peers:
    """Return the k units of the question's level most like its unit, within its province.

    Counts of cases may be seen by every account (product.md §6). A long period (lũy kế, a year) is steadier than a
    month.
    """
    known = places.of(snapshot)
    assert query.unit is not None, "peers are those of one unit"
    asked = query.at(metrics=(METRIC,), by=SPLIT, split_value=None, period_to="", within=None)
    own = answer.ask(asked.at(by=None), viewer, snapshot).rows[-1]
    province = known.version(own.unit_id, own.period_end).province_id
    rows = answer.ask(asked.at(unit=None, within=province), viewer, snapshot).rows
    rows = tuple(r for r in rows if r.period_end == own.period_end and r.is_shown and r.numerator)
    fields = sorted({r.split_value or "" for r in rows})
    units = sorted({r.unit_id for r in rows if not known.is_unallocated(r.unit_id)})
    kind_of = _kinds(known, units, own.period_end)
    kind = kind_of.get(own.unit_id) or _kinds(known, [own.unit_id], own.period_end)[own.unit_id]
    nothing = Peers(own.unit_id, own.unit_name, kind, int(own.numerator or 0), own.period_start, own.period_end, ())
    if own.unit_id not in units or len(units) < 2:
        return nothing
    mixes = np.zeros((len(units), len(fields)))
    named = {}
    for row in rows:
        if row.unit_id in kind_of:
            mixes[units.index(row.unit_id), fields.index(row.split_value or "")] = float(row.numerator or 0)
            named[row.unit_id] = row
    one = units.index(own.unit_id)
    volumes = mixes.sum(axis=1)
    kinds = [kind_of[u] for u in units]
    found = stats.distances(volumes, mixes, kinds, one)
    top = int(mixes[one].argmax())
    made = tuple(
        Peer(
            units[i],
            named[units[i]].unit_code,
            named[units[i]].unit_name,
            kinds[i],
            int(volumes[i]),
            float(found.total[i]),
            float(found.mix[i]),
            kinds[i] == kind,
            fields[top],
            float(mixes[i, top] / volumes[i]),
            float(mixes[one, top] / volumes[one]),
        )
        for i in stats.nearest(found, one, k)
    )
    return Peers(own.unit_id, own.unit_name, kind, int(volumes[one]), own.period_start, own.period_end, made)


def _kinds(known: Places, units: list[str], day: date) -> dict[str, str]:
    """Return the type of each unit as its full name tells it: what stands before its name (xã, phường, đặc khu)."""
    made = {}
    for unit_id in units:
        unit = known.version(unit_id, day)
        made[unit_id] = unit.full_name.removesuffix(unit.name).strip().lower() if unit.full_name else ""
    return made
