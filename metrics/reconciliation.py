"""A unit's own totals against ours: the difference of each count, explained by rows, and what no row explains.

Every row stands in one part of a count at most: ours, or the reason why the unit may count it and we do not. Parts that
add to the unit's figure count +1 a row; what only we count (listed no more, sent or changed after the report) −1.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa

from metrics import catalogue, compile, control_totals, places
from metrics.control_totals import COUNTS, Totals
from metrics.places import Snapshot
from metrics.scope import NotAllowed
from metrics.submission_rules import rules
from metrics.viewer import PROVINCE, Viewer
from warehouse.engines import connect_builder
from warehouse.paths import DataDir

SQL = Path(__file__).parent / "sql"
PARTS = (
    "rejected", "not_accepted", "other_body", "awaiting_placement", "same_file", "other_file", "withdrawn",
    "unpublished", "changed_out", "changed_in", "added_since", "not_seen",
)  # fmt: skip
OURS_ONLY = ("changed_in", "added_since", "not_seen")
"""Parts of our own figure that the unit's may lack."""
SIGNS = dict.fromkeys(OURS_ONLY, -1)
CERTAIN = ("rejected", "withdrawn", "unpublished", "changed_out", *OURS_ONLY)
"""What the unit sent and we do not count, or the other way round: believed before what it may have counted besides."""

OUTSIDE = pa.schema(
    [
        ("origin", pa.string()),
        ("case_id", pa.string()),
        ("case_code", pa.string()),
        ("unit_id", pa.string()),
        ("unit_ends_on", pa.date32()),
        ("successor_unit_id", pa.string()),
        ("receiving_unit_id", pa.string()),
        ("channel", pa.string()),
        ("received_on", pa.date32()),
        ("due_on", pa.date32()),
        ("completed_on", pa.date32()),
        ("status", pa.string()),
        ("supplement_requested_on", pa.date32()),
        ("supplement_received_on", pa.date32()),
        ("was_counted", pa.bool_()),
        ("mart_class", pa.string()),
        ("is_last_seen", pa.bool_()),
        ("load_no", pa.int64()),
        ("replaced_by_load_no", pa.int64()),
        ("other_unit_id", pa.string()),
        ("other_ends_on", pa.date32()),
        ("other_successor_id", pa.string()),
        ("is_received_there", pa.bool_()),
        ("is_newest_own", pa.bool_()),
        ("is_of_split_body", pa.bool_()),
        ("is_of_period", pa.bool_()),
        ("is_sent_again", pa.bool_()),
        ("is_near_end", pa.bool_()),
        ("is_then", pa.bool_()),
        ("is_from_later", pa.bool_()),
        ("source_file", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int64()),
    ]
)
"""A row at hand, as `reconcile_rows.sql` makes it; rows that no mart holds leave out what they do not know."""


@dataclass(frozen=True)
class RowRef:
    """One row: its case, and where it stands at the sender's."""

    case_code: str
    load_no: int | None
    file_name: str
    sheet: str
    row: int | None


@dataclass(frozen=True)
class Line:
    """One part of an explanation: so many rows, and which."""

    part: str
    n: int
    sign: int
    rows: tuple[RowRef, ...]
    is_used: bool = True
    """Whether the part is needed: of all choices that one is told which leaves the least unexplained."""

    @property
    def signed(self) -> int:
        return self.sign * self.n


@dataclass(frozen=True)
class Check:
    """One count: theirs, ours, and the difference in parts; `rest` is what no part explains."""

    metric: str
    theirs: int
    ours: int | None
    lines: tuple[Line, ...] = ()
    n_fits: int = 0
    """How many choices of parts explain as much: with more than one, which of them is for the unit to say."""

    @property
    def difference(self) -> int | None:
        return None if self.ours is None else self.theirs - self.ours

    @property
    def rest(self) -> int | None:
        """Return the difference less the parts that explain it."""
        if self.difference is None:
            return None
        return self.difference - sum(line.signed for line in self.lines if line.is_used)


@dataclass(frozen=True)
class Reconciliation:
    """All counts that a unit stated for a period."""

    totals: Totals
    unit_code: str
    unit_name: str
    has_log: bool
    """Whether the unit sent cases for the period at all: else there is nothing to compare with."""
    checks: tuple[Check, ...]
    n_undated: int = 0
    """Rejected rows of the period's files without a date that can be read: they can be placed in no count."""

    def record(self, with_rows: bool = True) -> dict[str, Any]:
        """Return plain values, for the command line and the page."""
        t = self.totals
        return {
            "unit_id": t.unit_id, "unit_code": self.unit_code, "unit_name": self.unit_name, "calendar": t.calendar,
            "period": t.period, "period_start": t.start.isoformat(), "period_end": t.end.isoformat(),
            "source": t.source, "by": t.by, "at": t.at.isoformat() if t.at else None, "load_no": t.load_no,
            "file_name": t.file_name, "sheet": t.sheet, "row": t.row, "has_log": self.has_log,
            "n_undated": self.n_undated,
            "checks": [
                {
                    "metric": c.metric, "theirs": c.theirs, "ours": c.ours, "difference": c.difference, "rest": c.rest,
                    "n_fits": c.n_fits,
                    "lines": [
                        {"part": line.part, "n": line.n, "sign": line.sign, "is_used": line.is_used,
                         "rows": [vars(r) for r in line.rows] if with_rows else []}
                        for line in c.lines
                    ],
                }
                for c in self.checks
            ],
        }  # fmt: skip


def stated(snapshot: Snapshot, data_dir: DataDir, viewer: Viewer = PROVINCE) -> list[Totals]:
    """Return every total at hand, typed and sent, of the units that the viewer answers for."""
    found = [*control_totals.typed(data_dir), *control_totals.sent(_rows(snapshot, "reconcile_tables"))]
    return [t for t in found if viewer.sees_province or viewer.owns(t.unit_id)]


def held_loads(snapshot: Snapshot) -> set[int]:
    """Return the loads whose rows lie in a snapshot."""
    return {row["load_no"] for row in _rows(snapshot, "reconcile_held")}


def reconcile(
    snapshot: Snapshot,
    data_dir: DataDir,
    totals: Totals,
    outside: Iterable[Mapping[str, Any]] = (),
    *,
    viewer: Viewer = PROVINCE,
    corrections: Sequence[int] = (),
) -> Reconciliation:
    """Return a unit's totals against ours.

    `outside`: rows of the unit that the snapshot does not hold, with `origin` rejected, withdrawn or unpublished, and
    `data_on` of their load;
    `corrections`: loads that mend rows of earlier ones.
    """
    if not (viewer.sees_province or viewer.owns(totals.unit_id)):
        raise NotAllowed("unit", "received")
    known = places.of(snapshot)
    unit = known.version(totals.unit_id, totals.end)
    asked = {"unit": totals.unit_id, "start": totals.start, "end": totals.end}
    days = rules(data_dir)
    (log,) = _rows(snapshot, "reconcile_log", late_days=days.late_file_days, **asked)
    listed = [name for name in COUNTS if name in totals.counts]
    if not log["n_loads"]:
        checks = tuple(Check(name, totals.counts[name], None) for name in listed)
        return Reconciliation(totals, unit.code, unit.full_name, False, checks)
    # The report is of the first file that holds the period's last day; what later files say came after it.
    reported_by = max(totals.end + timedelta(days=days.late_file_days), log["known_on"] or date.max)
    given = {
        "corrections": list(corrections), "late_days": days.late_file_days, "gap_days": days.regular_gap_days,
        "reported_by": reported_by,
    }  # fmt: skip
    inside = _rows(snapshot, "reconcile_rows", **given, **asked)
    own = [{**_blank(totals.unit_id), **row} for row in outside]
    n_undated = sum(
        row["origin"] == "rejected" and row.get("received_on") is None and row.get("completed_on") is None
        and totals.start <= (row.get("data_on") or date.min) <= reported_by
        for row in own
    )  # fmt: skip
    with _universe([*inside, *own]) as con:
        needed = dict.fromkeys(c.name for name in listed for c in compile.components(catalogue.metric(name)))
        parted = {name: _parted(con, name, asked) for name in needed}
    checks = tuple(_check(name, totals.counts[name], parted) for name in listed)
    return Reconciliation(totals, unit.code, unit.full_name, True, checks, n_undated)


Parted = Mapping[str, Sequence[RowRef]]
"""The rows of a count by part."""


def _parted(con: Any, name: str, asked: Mapping[str, Any]) -> Parted:
    """Return the rows that a count could hold, each in one part."""
    rows: dict[str, list[RowRef]] = {}
    for part, *place in con.execute(_statement_of(name), dict(asked)).fetchall():
        rows.setdefault(part, []).append(RowRef(place[0] or "", place[1], place[2] or "", place[3] or "", place[4]))
    return rows


def _check(name: str, theirs: int, parted: Mapping[str, Parted]) -> Check:
    """Return one count; a sum of counts has the rows of all of them."""
    rows: dict[str, list[RowRef]] = {}
    for component in compile.components(catalogue.metric(name)):
        for part, listed in parted[component.name].items():
            rows.setdefault(part, []).extend(listed)
    ours = sum(len(rows.get(part, ())) for part in ("ours", *OURS_ONLY))
    if ours == theirs:
        return Check(name, theirs, ours)
    lines = tuple(Line(p, len(rows[p]), SIGNS.get(p, 1), tuple(rows[p])) for p in PARTS if p in rows)
    return Check(name, theirs, ours, *fitted(lines, theirs - ours))


def fitted(lines: Sequence[Line], difference: int) -> tuple[tuple[Line, ...], int]:
    """Return the lines with those marked that explain the difference best, and how many choices explain as much.

    Best is what leaves the least and takes no more than the difference has (more rows than it needs explain nothing),
    then what holds most of the certain parts, then the fewest others.
    """

    def cost(chosen: Sequence[Line]) -> tuple[int, int, int]:
        certain = sum(line.part in CERTAIN for line in chosen)
        return abs(difference - sum(line.signed for line in chosen)), -certain, len(chosen) - certain

    choices = [
        c
        for size in range(len(lines) + 1)
        for c in combinations(lines, size)
        if (difference - sum(line.signed for line in c)) * difference >= 0
    ]
    best = min(choices, key=cost)
    n_fits = sum(cost(c)[0] == cost(best)[0] for c in choices)
    return tuple(replace(line, is_used=line in best) for line in lines), n_fits


@cache
def _statement_of(name: str) -> str:
    """Return the statement that parts the rows of a count, by its own definition."""
    part = compile.numerator_part(catalogue.metric(name))
    answering = compile.unit_expression(part, "dated")
    other = (
        answering.replace("unit_ends_on", "other_ends_on")
        .replace("successor_unit_id", "other_successor_id")
        .replace("ELSE unit_id", "ELSE other_unit_id")
    )
    return _statement("reconcile_parts").format(
        answering=answering,
        other_answering=other,
        in_span=compile.in_span(part),
        predicate=compile.bound(part.predicate),
        is_flow=str(part.period_on not in compile.STOCKS).upper(),
        is_carried_in=str(part.period_on == compile.START).upper(),
    )


@contextmanager
def _universe(rows: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """Hold a small database with the rows at hand."""
    spill = Path(tempfile.mkdtemp(prefix="gandan-totals-"))
    con = connect_builder(None, spill, memory_limit="500MB")
    try:
        con.register(
            "drawn", pa.Table.from_pylist([{n: r.get(n) for n in OUTSIDE.names} for r in rows], schema=OUTSIDE)
        )
        con.execute("CREATE TEMP TABLE row_at_hand AS SELECT * FROM drawn")
        con.unregister("drawn")
        con.execute(f"CREATE TEMP TABLE universe AS {_statement('reconcile_universe')}")
        yield con
    finally:
        con.close()
        shutil.rmtree(spill, ignore_errors=True)


def _blank(unit_id: str) -> dict[str, Any]:
    """Return what is true of every row that no mart holds."""
    flags = (
        "is_received_there", "is_of_split_body", "is_of_period", "is_sent_again", "is_near_end", "is_then",
        "is_from_later",
    )  # fmt: skip
    known = {"unit_id": unit_id, "channel": "counter", "was_counted": True, "is_last_seen": True, "is_newest_own": True}
    return {**known, **dict.fromkeys(flags, False)}


@cache
def _statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _rows(snapshot: Snapshot, name: str, **values: object) -> list[dict[str, Any]]:
    cursor = snapshot.cursor()
    result = cursor.execute(_statement(name), values) if values else cursor.execute(_statement(name))
    names = [c[0] for c in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
