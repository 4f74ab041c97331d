"""Which units answer at a level on a day, who has sent data, and how far the data go; read once per snapshot."""

from __future__ import annotations

import weakref
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from metrics.coverage import Coverage, Sent, months
from metrics.stored import Store, open_store
from metrics.stretches import Stretch
from metrics.summaries import USABLE

STATE_LEVELS = ("province", "district", "commune", "agency")


WITH_LOGS = "case or settlement_summary"
"""The coverage of case logs and of tables of the form's counts together."""


class Snapshot(Protocol):
    """What a question is asked of: a published snapshot, or a small database in a test."""

    @property
    def name(self) -> str: ...

    def cursor(self) -> Any: ...


class UnknownUnit(KeyError):
    """A code or id that names no unit, or a unit of another level."""

    def __init__(self, unit: str, level: str = "", other_levels: tuple[str, ...] = ()) -> None:
        super().__init__(unit)
        self.unit, self.level, self.other_levels = unit, level, other_levels

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str) -> str:
        """Return the message in one language."""
        if self.other_levels:
            others = ", ".join(self.other_levels)
            return {
                "vi": f"Đơn vị '{self.unit}' không thuộc cấp '{self.level}'; dùng cấp: {others}.",
                "en": f"Unit '{self.unit}' is not of level '{self.level}'; use level: {others}.",
            }[lang]
        return {"vi": f"Không có đơn vị '{self.unit}'.", "en": f"Unknown unit '{self.unit}'."}[lang]


class UnknownLevel(KeyError):
    """A level that no unit adds up to."""

    def __init__(self, level: str, levels: tuple[str, ...]) -> None:
        super().__init__(level)
        self.level, self.levels = level, levels

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str) -> str:
        """Return the message in one language."""
        listed = ", ".join(self.levels)
        return {
            "vi": f"Không có cấp '{self.level}'. Các cấp: {listed}.",
            "en": f"Unknown level '{self.level}'. Levels: {listed}.",
        }[lang]


@dataclass(frozen=True)
class Unit:
    """One version of a unit, or a group."""

    unit_id: str
    code: str
    name: str
    full_name: str
    level: str
    kind: str
    province_id: str | None
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Rollup:
    unit_id: str
    level: str
    ancestor_id: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Procedure:
    """One version of a procedure in the catalogue."""

    code: str
    level: str | None
    is_online: bool
    """Offered online, in full or in part."""
    valid_from: date | None
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


class Places:
    """The units of the provinces that have data, and which sums lie ready."""

    store: Store | None

    def __init__(self, snapshot: Snapshot) -> None:
        self.name = snapshot.name
        self._cursor = snapshot.cursor()
        self.info: dict[str, str] = dict(self._all("SELECT key, value FROM snapshot_info"))
        # Everything is read now, with one cursor: a cached object may later be asked by several threads.
        for name in ("coverage", "provinces", "units", "rollups", "populations", "predecessors", "whole_predecessors"):
            getattr(self, name)
        self.procedures = self._procedures()
        self.summaries = self._summaries()
        self.store = open_store(self._cursor)
        self._cursor.close()
        self._leaves: dict[tuple[str, date, str], list[str]] = {}
        self._sent: dict[tuple[str, str, date, date, bool], Sent] = {}
        self._incomplete: dict[tuple[str, str, str, date, date, date, bool], tuple[int, int]] = {}

    def _all(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._cursor.execute(sql, parameters or []).fetchall()
        return rows

    @cached_property
    def data_on(self) -> date | None:
        """The day up to which the snapshot knows anything."""
        text = self.info.get("data_on")
        return date.fromisoformat(text[:10]) if text else None

    @cached_property
    def coverage(self) -> dict[str, Coverage]:
        """Return, per dataset, for which months each unit has sent files."""
        spoken: dict[str, list[tuple[str, date, date]]] = defaultdict(list)
        for dataset, unit_id, first, last in self._all(
            "SELECT DISTINCT dataset, unit_id, first_on, last_on FROM coverage"
        ):
            spoken[dataset].append((unit_id, first, last))
        return {dataset: Coverage(rows) for dataset, rows in spoken.items()}

    @cached_property
    def provinces(self) -> frozenset[str]:
        """Return the provinces that have data and what they became; what they were, where that has data or none has."""
        own = {
            row[0]
            for row in self._all(
                "SELECT DISTINCT dim_unit.province_id FROM coverage"
                " INNER JOIN dim_unit ON dim_unit.unit_id = coverage.unit_id WHERE dim_unit.province_id IS NOT NULL"
            )
        }
        after = {b for a, b, _ in self.succession if a in own}
        before = {u for p in own if not self.predecessors[p] & own for u in self.predecessors[p]}
        return frozenset(own | after | before)

    @cached_property
    def units(self) -> dict[str, list[Unit]]:
        """Return the versions of each unit of these provinces, groups included, oldest first."""
        found: dict[str, list[Unit]] = defaultdict(list)
        listed = sorted(self.provinces)
        for row in self._all(
            "SELECT unit_id, code, name, full_name, level, kind, province_id, valid_from, valid_to FROM dim_unit"
            " WHERE province_id IN (SELECT unnest($1)) OR unit_id IN (SELECT unnest($1)) ORDER BY unit_id, valid_from",
            [listed],
        ):
            found[row[0]].append(Unit(*row))
        for group_id, code, name, grouping, province_id, first, last in self._all(
            "SELECT group_id, min(group_code), min(group_name), min(grouping), min(province_id), min(valid_from),"
            " CASE WHEN count(*) FILTER (WHERE valid_to IS NULL) > 0 THEN NULL ELSE max(valid_to) END"
            " FROM unit_group WHERE province_id IN (SELECT unnest($1)) GROUP BY group_id",
            [listed],
        ):
            if group_id not in found:
                found[group_id].append(Unit(group_id, code, name, name, grouping, "group", province_id, first, last))
        return dict(found)

    @cached_property
    def rollups(self) -> tuple[dict[str, list[Rollup]], dict[str, list[Rollup]]]:
        """Return the roll-up by ancestor, and by unit, of the units of these provinces."""
        by_ancestor: dict[str, list[Rollup]] = defaultdict(list)
        by_unit: dict[str, list[Rollup]] = defaultdict(list)
        for row in self._all(
            "SELECT r.unit_id, r.level, r.ancestor_id, r.valid_from, r.valid_to FROM unit_rollup AS r"
            " WHERE r.unit_id IN (SELECT unit_id FROM dim_unit WHERE province_id IN (SELECT unnest($1)))"
            " OR r.unit_id IN (SELECT unnest($1))",
            [sorted(self.provinces)],
        ):
            one = Rollup(*row)
            by_ancestor[one.ancestor_id].append(one)
            by_unit[one.unit_id].append(one)
        return by_ancestor, by_unit

    @cached_property
    def populations(self) -> dict[str, list[tuple[date, int]]]:
        """Return the known populations of each unit, oldest first."""
        found: dict[str, list[tuple[date, int]]] = defaultdict(list)
        for unit_id, day, population in self._all(
            "SELECT unit_id, valid_from, population FROM dim_population ORDER BY valid_from"
        ):
            found[unit_id].append((day, population))
        return found

    def _summaries(self) -> dict[str, list[tuple[date, date]]]:
        """Return for which periods each body sent a table of the form's counts instead of a log."""
        found: dict[str, list[tuple[date, date]]] = defaultdict(list)
        for unit_id, start, end in self._all(
            "SELECT DISTINCT unnest([unit_id, successor_unit_id]), period_start, period_end"
            f" FROM fct_settlement_summary WHERE {USABLE}"
        ):
            if unit_id is not None:
                found[unit_id].append((start, end))
        return dict(found)

    def _procedures(self) -> list[Procedure]:
        """Return the versions of each procedure of the catalogue."""
        return [
            Procedure(*row)
            for row in self._all(
                "SELECT procedure_code, level, coalesce(is_full_online, FALSE) OR coalesce(is_online, FALSE),"
                " valid_from, valid_to FROM dim_procedure"
            )
        ]

    def codes(self, flag: str, level: str, day: date) -> frozenset[str]:
        """Return the procedures in force on the day, of the commune level for communes; with a flag if one is named."""
        return frozenset(
            p.code
            for p in self.procedures
            if p.holds_on(day) and (level != "commune" or p.level == "commune") and (flag != "is_online" or p.is_online)
        )

    @cached_property
    def succession(self) -> list[tuple[str, str, str]]:
        """Return who follows whom, and whether as a whole."""
        return [(a, b, c) for a, b, c in self._all("SELECT unit_id, successor_id, relation FROM unit_succession")]

    @cached_property
    def predecessors(self) -> dict[str, set[str]]:
        """Return who came before a body, whole or in part."""
        found: dict[str, set[str]] = defaultdict(set)
        for unit_id, successor_id, _ in self.succession:
            found[successor_id].add(unit_id)
        return found

    @cached_property
    def whole_predecessors(self) -> dict[str, set[str]]:
        """Return who became part of a body as a whole."""
        found: dict[str, set[str]] = defaultdict(set)
        for unit_id, successor_id, relation in self.succession:
            if relation == "whole":
                found[successor_id].add(unit_id)
        return found

    def version(self, unit_id: str, day: date) -> Unit:
        """Return the unit's version on the day, else the nearest one."""
        versions = self.units[unit_id]
        return next(
            (u for u in versions if u.holds_on(day)), versions[-1] if day >= versions[-1].valid_from else versions[0]
        )

    def is_unallocated(self, unit_id: str) -> bool:
        """Return whether this is a province's line of cases that no body inherited."""
        return self.units[unit_id][-1].kind == "unallocated"

    def check_level(self, level: str) -> None:
        """Raise `UnknownLevel` for a level that is neither one of the state's nor a grouping of units here."""
        known = {r.level for steps in self.rollups[0].values() for r in steps} | set(STATE_LEVELS)
        if level not in known:
            raise UnknownLevel(level, tuple(sorted(known)))

    def levels(self, unit_id: str) -> tuple[str, ...]:
        """Return the levels at which something adds up to this unit."""
        return tuple(sorted({r.level for r in self.rollups[0].get(unit_id, [])}))

    def at_level(self, level: str, day: date, within: str | None = None) -> list[str]:
        """Return every unit of a level in force on the day, sorted by code."""
        inside = set(self.leaves(within, day)) if within else None
        found: set[str] = set()
        for unit_id, steps in self.rollups[1].items():
            if inside is not None and unit_id not in inside:
                continue
            found.update(
                r.ancestor_id for r in steps if r.level == level and r.holds_on(day) and r.ancestor_id in self.units
            )
        return sorted(found, key=lambda u: (self.units[u][-1].code, u))

    def leaves(self, ancestor_id: str, day: date, level: str = "") -> list[str]:
        """Return the settling units that add up to a unit on the day (at a level, where it has several)."""
        key = (ancestor_id, day, level)
        found = self._leaves.get(key)
        if found is None:
            steps = self.rollups[0].get(ancestor_id, [])
            found = sorted({r.unit_id for r in steps if r.holds_on(day) and level in ("", r.level)})
            _remember(self._leaves, key, found)
        return found

    def ancestors(self, unit_id: str, level: str, day: date) -> list[str]:
        """Return the units of a level that a settling unit adds up to on the day."""
        return [r.ancestor_id for r in self.rollups[1].get(unit_id, []) if r.level == level and r.holds_on(day)]

    def is_in_force(self, unit_id: str, level: str, day: date) -> bool:
        """Return whether anything adds up to the unit on the day."""
        return any(r.level == level and r.holds_on(day) for r in self.rollups[0].get(unit_id, []))

    def resolve(self, unit: str, level: str) -> tuple[str, ...]:
        """Return the bodies that a code or id may mean at a level, one per time; raise `UnknownUnit` else."""
        if unit in self.units:
            candidates = [unit]
        else:
            candidates = [i for i, versions in self.units.items() if any(u.code == unit for u in versions)]
        found = tuple(i for i in candidates if level in self.levels(i))
        if not found:
            others = {u.level for i in candidates for u in self.units[i]} | {
                x for i in candidates for x in self.levels(i)
            }
            raise UnknownUnit(unit, level, tuple(sorted(others - {level})))
        return found

    def level_of(self, unit: str) -> str:
        """Return the level of the unit that a code or id names."""
        return self.units[self.resolve_any(unit)][-1].level

    def bodies_of(self, unit: str) -> frozenset[str]:
        """Return the body that a code or id names, and those that became part of it as a whole."""
        body = self.resolve_any(unit)
        return frozenset({body, *self.whole_predecessors.get(body, set())})

    def resolve_any(self, unit: str) -> str:
        """Return the body in force last that a code or id names, whatever its level."""
        if unit in self.units:
            return unit
        found = [u for versions in self.units.values() for u in versions if u.code == unit]
        if not found:
            raise UnknownUnit(unit)
        return max(found, key=lambda u: u.valid_from).unit_id

    def sent(self, dataset: str, unit_id: str, time: Stretch, today: bool) -> Sent:
        """Return what a unit sent for the part of a stretch that the data know (for today's units: what they were)."""
        end = time.known_to or time.ends_on
        key = (dataset, unit_id, time.starts_on, end, today)
        found = self._sent.get(key)
        if found is None and dataset == WITH_LOGS:
            found = self._told(self.sent("case", unit_id, time, today), unit_id, time.starts_on, end)
            _remember(self._sent, key, found)
        elif found is None:
            coverage = self.coverage.get(dataset) or Coverage([])
            began = self.units[unit_id][0].valid_from

            def bodies(day: date) -> set[str]:
                before = self.whole_predecessors.get(unit_id) if today and day < began else None
                return before or {unit_id}

            found = coverage.sent(bodies, time.starts_on, end)
            _remember(self._sent, key, found)
        return found

    def _told(self, by_log: Sent, unit_id: str, start: date, end: date) -> Sent:
        """Return what was sent when tables of the form's counts count too: those that lie within the stretch."""
        within = [t for t in self.summaries.get(unit_id, ()) if start <= t[0] and t[1] <= end]
        spoken = {month for first, last in within for month in months(first, last)}
        missing = tuple(m for m in by_log.missing if m not in spoken)
        last_month = months(end, end)[0]
        return Sent(by_log.n_months, missing, None if last_month in spoken else by_log.cut_on)

    def incomplete(self, dataset: str, ancestor_id: str, level: str, time: Stretch, today: bool) -> tuple[int, int]:
        """Return how many communes add up to a unit, and how many of them have not sent all of the stretch."""
        end = time.known_to or time.ends_on
        key = (dataset, ancestor_id, level, time.rolls_on, time.starts_on, end, today)
        found = self._incomplete.get(key)
        if found is None:
            communes = self._communes(ancestor_id, time.rolls_on, level)
            found = (len(communes), sum(not self.sent(dataset, u, time, today).is_whole for u in communes))
            _remember(self._incomplete, key, found)
        return found

    def splits_before(self, unit_id: str, day: date) -> bool:
        """Return whether the body was made after the day and took in a part of another: no line leads back."""
        began = self.units[unit_id][0].valid_from
        return day < began and bool(self.predecessors.get(unit_id, set()) - self.whole_predecessors.get(unit_id, set()))

    def _communes(self, ancestor_id: str, day: date, level: str = "") -> list[str]:
        found = ((u, self.version(u, day)) for u in self.leaves(ancestor_id, day, level) if u in self.units)
        return [u for u, version in found if version.kind == "place" and version.level == "commune"]

    def population(self, unit_id: str, day: date) -> int | None:
        """Return the population of a unit on the day: its own, else the sum of its communes when all are known."""

        def own(one: str) -> int | None:
            known = [p for since, p in self.populations.get(one, []) if since <= day]
            return known[-1] if known else None

        direct = own(unit_id)
        if direct is not None:
            return direct
        counts = [own(u) for u in self._communes(unit_id, day) if u != unit_id]
        return sum(c for c in counts if c is not None) if counts and all(c is not None for c in counts) else None


def _remember(kept: dict[Any, Any], key: Any, value: Any, most: int = 20_000) -> None:
    """Keep an answer that many rows of many questions need; all are forgotten when they grow too many."""
    if len(kept) >= most:
        kept.clear()
    kept[key] = value


_known: weakref.WeakKeyDictionary[Any, Places] = weakref.WeakKeyDictionary()


def of(snapshot: Snapshot) -> Places:
    """Return the places of a snapshot, read once for as long as its connection is held."""
    held = getattr(snapshot, "connection", snapshot)
    found = _known.get(held)
    if found is None or found.name != snapshot.name:
        found = _known[held] = Places(snapshot)
    return found
