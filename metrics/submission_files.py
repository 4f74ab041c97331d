"""The days that staged loads cover which the published snapshot does not hold (yet, or any more)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.paths import DataDir


@dataclass(frozen=True)
class Staged:
    """What one load that is not published covers for one body."""

    unit_id: str
    dataset: str
    first_on: date
    last_on: date
    load_no: int
    file_name: str
    sent_on: date | None
    data_on_source: str
    is_withdrawn: bool


def staged_stretches(
    receipts: Sequence[Mapping[str, Any]], data_dir: DataDir, members: Mapping[str, Mapping[str, Any]]
) -> Iterable[Staged]:
    """Yield what each receipt tells of each body; `members`: the known bodies, for registers of a whole province."""
    for receipt in receipts:
        last_on = _day(receipt.get("data_on"))
        spans: dict[str, date | None] = {}
        for unit_id, said in (receipt.get("units") or {}).items():
            spans[unit_id] = _day(said.get("first_on"))
        if not spans and receipt.get("sender_unit_id"):
            spans[receipt["sender_unit_id"]] = None
        if receipt.get("n_accepted") == 0:
            continue
        starts = [d for d in spans.values() if d is not None]
        begins = min(starts, default=last_on)
        if receipt.get("dataset") == "case":
            begins = _list_start(data_dir.loads / f"{receipt['load_no']:06d}" / "rows.parquet") or begins
        for unit_id in _covered(receipt, members) - spans.keys():
            spans[unit_id] = begins
        for unit_id, first in spans.items():
            until = last_on or _day(((receipt.get("units") or {}).get(unit_id) or {}).get("last_on"))
            if until is None:
                continue
            from_on = first or begins or until
            if receipt.get("dataset") == "case" and begins is not None:
                # As in the snapshot: an old case that is still open makes no earlier month known.
                from_on = max(from_on, min(begins.replace(day=1), until))
            sent_at = receipt.get("loaded_at")
            yield Staged(
                unit_id,
                str(receipt["dataset"]),
                min(from_on, until),
                until,
                int(receipt["load_no"]),
                str(receipt.get("file_name", "")),
                datetime.fromisoformat(sent_at).date() if sent_at else None,
                str(receipt.get("data_on_source", "")),
                receipt.get("state") == "withdrawn",
            )


def _covered(receipt: Mapping[str, Any], members: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the communes of the bodies whose whole register the file is."""
    whole = set(receipt.get("covers") or ())
    if not whole:
        return set()
    return {
        unit_id
        for unit_id, unit in members.items()
        if unit_id in whole or (unit["level"] == "commune" and {unit["province_id"], unit["area_id"]} & whole)
    }


@lru_cache(maxsize=4096)
def _list_start(path: Path) -> date | None:
    """Return the first day of a list of cases: its first settlement, not its oldest case. A load never changes."""
    if not path.is_file():
        return None
    table = pq.read_table(path, columns=["received_at", "completed_at"])
    found = [pc.min(table[name]).as_py() for name in table.column_names]
    days = [moment.date() if isinstance(moment, datetime) else moment for moment in found if moment is not None]
    return max(days) if len(days) == 2 else None


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
