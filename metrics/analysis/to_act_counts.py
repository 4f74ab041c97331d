"""Counts and rows of the checks of `to_act.toml`: one condition each, for the number and for its list."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from metrics import catalogue, places
from metrics.analysis.to_act_rules import Check, threshold
from metrics.compile import members
from metrics.places import Snapshot
from warehouse.calendar import BeyondCalendar, WorkingCalendar

SQL = Path(__file__).resolve().parents[1] / "sql"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """The days that conditions speak of, for data that reach to `at` and are read on some day."""

    at: date
    soon: date
    lead: date
    waited: date
    recent: date
    share: int
    is_stale: bool
    n_old: int
    """Calendar days between the data's date and today."""


@dataclass(frozen=True)
class Counted:
    """What one check found in one unit."""

    n: int
    oldest: date | None
    n_known: int
    n_unknown: int


def days(at: date, today: date, calendar: WorkingCalendar) -> Days:
    """Return the days for data of this date; what is due soon is told of fresh data only."""
    is_stale = _is_old(at, today, threshold("stale", at).value, calendar)

    def ahead(name: str) -> date:
        return at - ONE_DAY if is_stale else calendar.add_working_days(at, threshold(name, at).value)

    waited = calendar.add_working_days(at, -threshold("step_wait", at).value)
    recent = at - timedelta(days=threshold("recent", at).value)
    share = threshold("step_share", at).value
    return Days(at, ahead("soon"), ahead("letters_soon"), waited, recent, share, is_stale, max((today - at).days, 0))


def _is_old(at: date, today: date, limit: int, calendar: WorkingCalendar) -> bool:
    try:
        return calendar.working_days_between(at, today) > limit
    except BeyondCalendar:
        return today > at + 7 * ONE_DAY  # the table of working days ends before today, so it says nothing of it


def reach(units: Sequence[str], snapshot: Snapshot) -> dict[tuple[str, str], date]:
    """Return how far the data of each unit reach, by (dataset, unit)."""
    if not units:
        return {}
    found = _run(_filled("to_act_reach", units=members(units)), snapshot)
    return {(dataset, unit_id): last for dataset, unit_id, last in found}


def own_loads(bodies: Sequence[str], snapshot: Snapshot) -> tuple[int, ...]:
    """Return the loads that speak of nobody but these bodies."""
    found = _run(_filled("to_act_loads", units=members(sorted(bodies))), snapshot)
    return tuple(int(row[0]) for row in found)


def senders(loads: Iterable[int], snapshot: Snapshot) -> dict[int, frozenset[str]]:
    """Return the bodies that each of these loads speaks of."""
    wanted = sorted({int(n) for n in loads})
    found: dict[int, set[str]] = defaultdict(set)
    if wanted:
        for load_no, unit_id in _run(_filled("to_act_senders", loads=", ".join(map(str, wanted))), snapshot):
            found[int(load_no)].add(str(unit_id))
    return {load_no: frozenset(bodies) for load_no, bodies in found.items()}


def rejects(loads: Sequence[int], snapshot: Snapshot) -> tuple[dict[str, Any], ...]:
    """Return the rejected rows of these loads: where and why, never a value."""
    if not loads:
        return ()
    names = ("load_no", "file_name", "sheet", "row", "column", "reason")
    found = _run(_filled("to_act_rejects", loads=", ".join(str(int(n)) for n in loads)), snapshot)
    return tuple(dict(zip(names, row, strict=True)) for row in found)


def count(
    checks: Iterable[Check], units: Sequence[str], read: dict[tuple[str, str], Days], snapshot: Snapshot
) -> dict[tuple[str, str], Counted]:
    """Return what each check found in each unit: one statement per table and date that the units' data reach."""
    by_source: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        by_source[check.source].append(check)
    found: dict[tuple[str, str], Counted] = {}
    for source, some in by_source.items():
        alike: dict[Days, list[str]] = defaultdict(list)
        for unit_id in units:
            known = read.get((some[0].dataset, unit_id))
            if known is not None:
                alike[known].append(unit_id)
        for when, those in alike.items():
            found |= _counted(source, some, those, when, snapshot)
    return found


def _counted(
    source: str, checks: Sequence[Check], units: Sequence[str], when: Days, snapshot: Snapshot
) -> dict[tuple[str, str], Counted]:
    """Return what these units alone are told; where answers are kept it is counted for all units at once.

    One pass over the table takes for all units hardly longer than for one, and serves everyone who asks on that day.
    """
    kept = getattr(snapshot, "answers", None)
    if kept is None:
        return _count(source, checks, units, when, snapshot)
    known = places.of(snapshot)
    every = sorted({*known.at_level("commune", when.at), *known.at_level("agency", when.at), *units})
    key = ("to act", source, tuple(check.name for check in checks), when, tuple(every), snapshot.name)
    found = kept.get(key, lambda: _count(source, checks, every, when, snapshot))
    return {(check.name, unit_id): found[check.name, unit_id] for check in checks for unit_id in units}


def _count(
    source: str, checks: Sequence[Check], units: Sequence[str], when: Days, snapshot: Snapshot
) -> dict[tuple[str, str], Counted]:
    columns, conditions = [], []
    for check in checks:
        for part in ("rows", "known", "unknown"):
            condition = getattr(check, part)
            if condition:
                columns.append(f"count(*) FILTER (WHERE {condition}) AS {check.name}_{part}")
                conditions.append(f"({condition})")
        columns.append(f"min({check.oldest}) FILTER (WHERE {check.rows}) AS {check.name}_oldest")
    sql = _filled(
        "to_act_counts",
        columns=",\n    ".join(columns),
        source=source,
        units=members(units),
        any_check=" OR ".join(conditions),
    )
    names = [re.split(r" AS (?=\w+$)", column)[-1] for column in columns]
    rows = {row[0]: dict(zip(names, row[1:], strict=True)) for row in _run(_bound(sql, when), snapshot)}
    return {
        (check.name, unit_id): Counted(
            int(row.get(f"{check.name}_rows") or 0),
            row.get(f"{check.name}_oldest"),
            int(row.get(f"{check.name}_known") or 0),
            int(row.get(f"{check.name}_unknown") or 0),
        )
        for check in checks
        for unit_id in units
        for row in [rows.get(unit_id, {})]
    }


def rows(check: Check, unit_id: str, when: Days, snapshot: Snapshot) -> tuple[dict[str, Any], ...]:
    """Return the rows that the check counts in the unit, the oldest first."""
    source = catalogue.sources()[check.source]
    sql = _filled(
        "to_act_rows",
        columns=", ".join(source.columns),
        source=source.name,
        units=members([unit_id]),
        condition=f"({check.rows})",
        oldest=check.oldest,
        key=source.key,
    )
    return tuple(dict(zip(source.columns, row, strict=True)) for row in _run(_bound(sql, when), snapshot))


def _bound(sql: str, when: Days) -> str:
    """Return the statement with its days, and the share of a stated time, as literals."""
    sql = re.sub(r":share\b", str(when.share), sql)
    return re.sub(r":(at|soon|lead|waited|recent)\b", lambda found: f"DATE '{getattr(when, found[1])}'", sql)


def _filled(name: str, **words: str) -> str:
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return text.format(**words)


def _run(sql: str, snapshot: Snapshot) -> list[tuple[Any, ...]]:
    cursor = snapshot.cursor()
    try:
        found: list[tuple[Any, ...]] = cursor.execute(sql).fetchall()
    finally:
        cursor.close()
    return found
