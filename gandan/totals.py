"""A unit's own totals against ours, with the rows that lie in no snapshot: rejected, withdrawn, not published yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl import returned
from etl.loaded import Load, staged_loads
from etl.text import fold
from etl.types import label_tables
from metrics import places, reconciliation
from metrics.control_totals import Totals
from metrics.places import Snapshot
from metrics.reconciliation import Reconciliation
from metrics.viewer import PROVINCE, Viewer
from warehouse.paths import DataDir

DAYS = ("received", "due", "completed", "supplement_requested", "supplement_received")
STORED = (
    "case_code", "unit_id", "receiving_unit_id", "channel", "status", "source_sheet", "source_row",
    *(f"{name}_at" for name in DAYS),
)  # fmt: skip


def check(
    snapshot: Snapshot,
    data_dir: DataDir,
    *,
    unit_id: str = "",
    period: str = "",
    calendar: str = "",
    viewer: Viewer = PROVINCE,
) -> list[Reconciliation]:
    """Return every total that a unit stated (for a period) against ours, newest period first."""
    wanted = [
        t
        for t in reconciliation.stated(snapshot, data_dir, viewer)
        if unit_id in ("", t.unit_id) and period in ("", t.period) and calendar in ("", t.calendar)
    ]
    loads = staged_loads(data_dir)
    held = reconciliation.held_loads(snapshot)
    mended = returned.mended(data_dir)
    again = returned.sent_again(data_dir)
    corrections = [load.load_no for load in loads if load.receipt.corrects]
    made = []
    for one in sorted(wanted, key=lambda t: (t.end, t.unit_id, t.source), reverse=True):
        bodies = _bodies(snapshot, one)
        outside = [*lost(loads, held, bodies), *rejected(loads, held, bodies, data_dir, mended, again)]
        made.append(
            reconciliation.reconcile(
                snapshot, data_dir, one, ({**row, "unit_id": one.unit_id} for row in outside), viewer=viewer,
                corrections=corrections,
            )
        )  # fmt: skip
    return made


def _bodies(snapshot: Snapshot, totals: Totals) -> frozenset[str]:
    """Return the unit, and those that became part of it as a whole where the period lies in its own time."""
    known = places.of(snapshot)
    began = known.units[totals.unit_id][0].valid_from
    before = known.whole_predecessors.get(totals.unit_id, set()) if totals.start >= began else set()
    return frozenset({totals.unit_id, *before})


def lost(loads: list[Load], held: set[int], bodies: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Yield the accepted rows of a unit that no snapshot holds: of loads withdrawn, held back, or not published yet."""
    for load in loads:
        if load.receipt.dataset != "case" or load.load_no in held or not load.rows.is_file():
            continue
        origin = "withdrawn" if load.is_withheld else "unpublished"
        names = set(pq.read_schema(load.rows).names)
        table = pq.read_table(load.rows, columns=[n for n in STORED if n in names])
        table = table.filter(pc.is_in(table["unit_id"], value_set=pa.array(sorted(bodies), pa.string())))
        for row in table.to_pylist():
            yield _row(origin, load, row, {name: _day(row.get(f"{name}_at")) for name in DAYS})


def rejected(
    loads: list[Load],
    held: set[int],
    bodies: frozenset[str],
    data_dir: DataDir,
    mended: Mapping[int, Mapping[Any, int]],
    again: Mapping[int, Mapping[Any, int]],
) -> Iterator[dict[str, Any]]:
    """Yield a unit's rejected rows of published loads, less those that a later file mended or brought again."""
    labels = label_tables(data_dir)
    for load in loads:
        if load.receipt.dataset != "case" or load.load_no not in held or not load.receipt.n_rejected:
            continue
        # A row whose unit could not be told is the sender's, where the file has one.
        sender = load.receipt.sender_unit_id or (
            next(iter(load.receipt.units)) if len(load.receipt.units) == 1 else None
        )
        done = {*mended.get(load.load_no, {}), *again.get(load.load_no, {})}
        for one in returned.read(load).rows:
            if one.place in done or (one.unit_id or sender) not in bodies:
                continue
            cells = {name: text for name, text in one.cells.items() if name not in one.shaped}
            row = {"case_code": cells.get("case_code"), "source_sheet": one.sheet, "source_row": one.row}
            for name in ("status", "channel"):
                text = cells.get(name, "")
                row[name] = labels.get(name, {}).get(fold(text), text or None)
            days = {name: _day(returned.as_day(cells.get(f"{name}_at", ""))) for name in DAYS}
            yield _row("rejected", load, row, days)


def _row(origin: str, load: Load, row: Mapping[str, Any], days: Mapping[str, date | None]) -> dict[str, Any]:
    code = row.get("case_code") or ""
    return {
        "origin": origin,
        "case_id": code.strip().replace(" ", "").upper(),
        "case_code": code,
        "receiving_unit_id": row.get("receiving_unit_id"),
        "channel": row.get("channel") or "counter",
        "status": row.get("status"),
        **{f"{name}_on": day for name, day in days.items()},
        "load_no": load.load_no,
        "data_on": load.receipt.data_on,
        "source_file": load.receipt.file_name,
        "source_sheet": row.get("source_sheet") or "",
        "source_row": row.get("source_row"),
    }


def _day(moment: Any) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment
