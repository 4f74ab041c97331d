"""Who has sent what, for which cycle, in time or late: the submission board.

It is told from the published snapshot and from the loads that are staged but not published. A load that was withdrawn
tells nothing; a correction changes no date, for what it mends came when it came.
"""

from __future__ import annotations

import os
import weakref
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from metrics.model import Calendar
from metrics.places import Snapshot
from metrics.submission_board import OWING, RECORD, STATES, THERE, Board, Cell, State, UnitRow
from metrics.submission_files import Staged, staged_stretches
from metrics.submission_rules import DAY, Cycle, Rules, cycles, months_between, rules
from metrics.viewer import PROVINCE, Viewer
from warehouse import clock, ledger
from warehouse.calendar import WorkingCalendar
from warehouse.paths import DataDir

__all__ = ["OWING", "RECORD", "STATES", "THERE", "Board", "Cell", "State", "UnitRow", "board", "today_of"]

SQL = Path(__file__).parent / "sql"
SHOWN = 13
STATED = ("stated", "option", "synced_at")
"""Where a file's day is from, when it is not merely the latest date in it."""


@dataclass(frozen=True)
class Stretch:
    """The days that one load covers for one body, and when it came."""

    unit_id: str
    dataset: str
    first_on: date
    last_on: date
    load_no: int
    file_name: str
    sent_on: date | None
    is_day_stated: bool
    is_published: bool

    def is_whole(self, cut_on: date, slack: timedelta) -> bool:
        """Return whether the load holds the data of the cut-off day."""
        known_to = self.last_on if self.is_day_stated else self.last_on + slack
        return self.first_on <= cut_on <= known_to


@dataclass(frozen=True)
class _Facts:
    """What the board of a dataset is told from."""

    rules: Rules
    working: WorkingCalendar
    stretches: Mapping[str, Sequence[Stretch]]
    withdrawn: Mapping[str, Sequence[Stretch]]
    began_on: date | None
    """The day of the first load of all: terms before it cannot be judged."""


def board(
    snapshot: Snapshot,
    data_dir: DataDir,
    dataset: str,
    *,
    calendar: Calendar = "calendar",
    upto: str = "",
    n_cycles: int = SHOWN,
    within: str | None = None,
    viewer: Viewer = PROVINCE,
    today: date | None = None,
) -> Board:
    """Return the board of a dataset up to a cycle (the one that runs today unless said); `within` a unit or group."""
    today = today or today_of(snapshot)
    facts, is_known = _facts(snapshot, data_dir, dataset)
    shown = cycles(upto or _token_of(today, calendar), n_cycles, calendar)
    everybody = [u for u in _bodies(snapshot, facts.rules) if is_known or u["unit_id"] in facts.stretches]
    inside = None
    if within:
        inside = {r["unit_id"] for r in _rows(snapshot, "submission_members", within=within)}
    last = shown[-1]
    listed = [
        u
        for u in everybody
        if u["valid_from"] <= last.cut_off
        and (u["valid_to"] is None or u["valid_to"] > last.cut_off)
        and (inside is None or u["unit_id"] in inside)
        and (viewer.sees_province or viewer.owns(u["unit_id"]))
    ]
    units: dict[str, UnitRow] = {}
    for unit in listed:
        cells = tuple(_cell(facts, dataset, calendar, unit, cycle, today) for cycle in shown)
        if all(cell.state == "not_expected" for cell in cells):
            continue
        row = UnitRow(
            unit["unit_id"], unit["code"], unit["name"], unit["full_name"], unit["level"],
            unit["area_id"] if unit["level"] == "commune" else "",
            unit["area_name"] if unit["level"] == "commune" else "",
            cells,
        )  # fmt: skip
        units[row.unit_id] = replace(row, last_good=_last_good(facts, dataset, calendar, unit, shown, cells))
    found = [
        next((r for level in ("commune", "agency", "district") if (r := _rule(facts, dataset, c, level))), None)
        for c in shown
    ]
    return Board(
        dataset,
        calendar,
        today,
        tuple(shown),
        tuple(
            rule.term.due_on(c.cut_off, facts.working) if rule else None for c, rule in zip(shown, found, strict=True)
        ),
        tuple(units.values()),
        len(ledger.waiting(data_dir)),
        all(rule.is_confirmed for rule in found if rule),
    )


def today_of(snapshot: Snapshot) -> date:
    """Return the day of the clock; of the sample its last day, unless the clock was set (product.md, Time)."""
    info = {r["key"]: r["value"] for r in _rows(snapshot, "submission_info")}
    is_sample = info.get("is_demo") == "true" and not os.environ.get("GANDAN_TODAY")
    return date.fromisoformat(info["data_on"][:10]) if is_sample and info.get("data_on") else clock.today()


def _token_of(day: date, calendar: Calendar) -> str:
    month = day.year * 12 + day.month - 1 + (calendar == "report" and day.day >= 15)
    return f"{month // 12}-{month % 12 + 1:02d}"


def _rule(facts: _Facts, dataset: str, cycle: Cycle, level: str) -> Any:
    return facts.rules.of(dataset, cycle.calendar, level, cycle.cut_off)


def _cell(facts: _Facts, dataset: str, calendar: Calendar, unit: Mapping[str, Any], cycle: Cycle, today: date) -> Cell:
    """Return what a unit sent for a cycle."""
    cut_off = cycle.cut_off
    is_in_force = unit["valid_from"] <= cut_off and (unit["valid_to"] is None or unit["valid_to"] > cut_off)
    rule = _rule(facts, dataset, cycle, unit["level"])
    agreed = facts.rules.exemption(unit["code"], dataset, calendar, cut_off)
    own = facts.stretches.get(unit["unit_id"], ())
    if not is_in_force or rule is None or not _owes(rule, agreed, own, cycle):
        return Cell("not_expected")
    term = (agreed.term if agreed and agreed.term else None) or rule.term
    due_on = term.due_on(cut_off, facts.working)
    slack = facts.rules.slack(rule)
    cut_on = _last_working(facts.working, cycle)
    whole = [s for s in own if s.is_whole(cut_on, slack)]
    touching = [s for s in own if s.first_on <= cut_off and s.last_on >= cycle.start]
    lost = tuple(sorted({s.load_no for s in facts.withdrawn.get(unit["unit_id"], ()) if s.is_whole(cut_on, slack)}))
    cell = Cell("not_sent", due_on, withdrawn=lost, is_confirmed=rule.is_confirmed)
    if whole:
        first = min(whole, key=lambda s: (s.sent_on or date.max, s.load_no))
        cell = _with(cell, first, min(max(s.last_on for s in touching or whole), cut_off))
        if due_on is None or first.sent_on is None:
            return replace(cell, state="sent")
        if facts.began_on is not None and due_on < facts.began_on:
            return replace(cell, state="sent")
        if first.sent_on <= due_on:
            return replace(cell, state="in_time")
        late = term.late(due_on, first.sent_on, facts.working)
        return replace(cell, state="late", days_late=late, late_unit=term.unit)
    if touching:
        newest = max(touching, key=lambda s: (s.last_on, s.load_no))
        cell = replace(_with(cell, newest, min(newest.last_on, cut_off)), state="partly")
    # A cycle that runs, or whose term does, is nobody's omission yet.
    return replace(cell, state="not_due") if today <= (due_on or cut_off) else cell


def _with(cell: Cell, one: Stretch, known_to: date) -> Cell:
    return replace(
        cell,
        sent_on=one.sent_on,
        known_to=known_to,
        load_no=one.load_no,
        file_name=one.file_name,
        dataset=one.dataset,
        is_published=one.is_published,
    )


def _owes(rule: Any, agreed: Any, own: Sequence[Stretch], cycle: Cycle) -> bool:
    """Return whether the unit is to send: by agreement, because all are, or because it does."""
    if agreed is not None and agreed.owes is not None:
        return bool(agreed.owes)
    if rule.owes == "all":
        return True
    since = cycles(cycle.token, rule.within + 1, cycle.calendar)[0].start
    return any(s.first_on <= cycle.cut_off and s.last_on >= since for s in own)


def _last_working(working: WorkingCalendar, cycle: Cycle) -> date:
    """Return the last working day of the cycle: a file of Friday holds all of a month that ends on Sunday."""
    day = cycle.cut_off
    while day > cycle.start:
        if not working.first <= day <= working.last or working.is_working_day(day):
            return day
        day -= DAY
    return cycle.cut_off


def _last_good(
    facts: _Facts,
    dataset: str,
    calendar: Calendar,
    unit: Mapping[str, Any],
    shown: Sequence[Cycle],
    cells: Sequence[Cell],
) -> str:
    """Return the newest cycle that the unit has sent in whole."""
    good = [c.token for c, cell in zip(shown, cells, strict=True) if cell.state in THERE]
    own = facts.stretches.get(unit["unit_id"], ())
    if good or not own:
        return good[-1] if good else ""
    rule = _rule(facts, dataset, shown[0], unit["level"])
    slack = facts.rules.slack(rule) if rule else timedelta(0)
    first = min(s.first_on for s in own)
    earlier = cycles(shown[0].token, months_between(first, shown[0].cut_off, calendar), calendar)[:-1]
    earlier = [c for c in earlier if c.cut_off >= unit["valid_from"]]  # files of a predecessor are not its own
    whole = [c for c in earlier if any(s.is_whole(_last_working(facts.working, c), slack) for s in own)]
    return whole[-1].token if whole else ""


def _facts(snapshot: Snapshot, data_dir: DataDir, dataset: str) -> tuple[_Facts, bool]:
    """Return what is known of a dataset, and whether any rule speaks of it."""
    said = rules(data_dir)
    own = [r for r in said.rules if r.dataset == dataset]
    datasets = {dataset, *(d for r in own for d in r.instead)}
    listed = {one["load_no"]: one for one in ledger.loads(data_dir)}
    standing: dict[str, list[Stretch]] = defaultdict(list)
    withdrawn: dict[str, list[Stretch]] = defaultdict(list)
    published: set[int] = set()
    for row in _published(snapshot):
        published.add(row["load_no"])
        if row["dataset"] not in datasets:
            continue
        receipt = listed.get(row["load_no"], {})
        sent_at: datetime | None = row["loaded_at"]
        one = Stretch(
            row["unit_id"], row["dataset"], row["first_on"], row["last_on"], row["load_no"], row["file_name"] or "",
            sent_at.date() if sent_at else None, receipt.get("data_on_source") in STATED, True,
        )  # fmt: skip
        (withdrawn if receipt.get("state") == "withdrawn" else standing)[one.unit_id].append(one)
    rest = [r for n, r in listed.items() if n not in published and r.get("dataset") in datasets]
    members = {u["unit_id"]: u for u in _bodies(snapshot, said)} if rest else {}
    for found in staged_stretches(rest, data_dir, members):
        one = _staged(found)
        (withdrawn if found.is_withdrawn else standing)[one.unit_id].append(one)
    days = [datetime.fromisoformat(r["loaded_at"]).date() for r in listed.values() if r.get("loaded_at")]
    days += [s.sent_on for each in standing.values() for s in each if s.sent_on]
    began_on = min(days, default=None)
    return _Facts(said, _working(data_dir), standing, withdrawn, began_on), bool(own)


def _staged(found: Staged) -> Stretch:
    return Stretch(
        found.unit_id, found.dataset, found.first_on, found.last_on, found.load_no, found.file_name, found.sent_on,
        found.data_on_source in STATED, False,
    )  # fmt: skip


def _bodies(snapshot: Snapshot, said: Rules) -> list[dict[str, Any]]:
    """Return every body of the provinces that send; published scores name other provinces too."""
    found: dict[str, dict[str, Any]] = {}
    for row in _rows(snapshot, "submission_units", datasets=said.all_datasets()):
        before = found.get(row["unit_id"])
        if before is None:
            found[row["unit_id"]] = row
            continue
        # A new name is no new body: it owed under the old one too.
        newest = max(before, row, key=lambda r: r["valid_from"])
        first = min(before["valid_from"], row["valid_from"])
        found[row["unit_id"]] = {**newest, "valid_from": first}
    return list(found.values())


_kept: weakref.WeakKeyDictionary[Any, tuple[str, list[dict[str, Any]]]] = weakref.WeakKeyDictionary()


def _published(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return the stretches of every dataset in a snapshot, read once for as long as its connection is held."""
    held = getattr(snapshot, "connection", snapshot)
    known = _kept.get(held)
    if known is None or known[0] != snapshot.name:
        known = _kept[held] = (snapshot.name, _rows(snapshot, "submission_stretches"))
    return known[1]


@cache
def _statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _rows(snapshot: Snapshot, name: str, **values: object) -> list[dict[str, Any]]:
    cursor = snapshot.cursor()
    result = cursor.execute(_statement(name), values) if values else cursor.execute(_statement(name))
    names = [c[0] for c in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@cache
def _calendar(path: Path, _changed: int, root: Path) -> WorkingCalendar:
    return WorkingCalendar.load(DataDir(root))


def _working(data_dir: DataDir) -> WorkingCalendar:
    path = data_dir.reference("calendar.csv")
    return _calendar(path, path.stat().st_mtime_ns, data_dir.root)
