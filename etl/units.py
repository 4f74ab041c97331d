"""Which unit a code or a name means on a day; never a guess: unknown, ambiguous and not in force are answers too."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from etl.place_names import accented_key, ascii_key, normal
from etl.reference.places import Places, Unit
from warehouse.paths import DataDir

TWO_TIERS_FROM = date(2025, 7, 1)
MAX_SHOWN = 4
"""Candidates named in a message; the rest are counted."""
Era = Literal["3tier", "2tier", "mixed", "unknown"]
CodeOrName = str | tuple[str | None, str | None]
Reason = Literal["", "unknown", "ambiguous", "not_in_force"]

_PARTS = re.compile(r"\s*[,;|(]\s*|\s+[-_/]\s+|\s+thuộc\s+", re.IGNORECASE)
_ABOVE = re.compile(r"\s+(?=(?:tỉnh|tp\.?|thành phố|huyện|quận|thị xã|tx\.?)\s)", re.IGNORECASE)


@dataclass(frozen=True)
class Resolution:
    """One unit, or the reason why there is none, with the units it might be or became."""

    unit_id: str | None
    reason: Reason = ""
    candidates: tuple[str, ...] = ()
    """Ambiguous: the units it may be. Not in force: its successors on that day."""
    hint: str = ""
    """The names of the candidates, for a message."""
    by: Literal["", "id", "code", "name"] = ""
    is_repaired: bool = False
    """A leading zero that a workbook had eaten was put back."""
    name_differs: bool = False
    """The code counted, but the name beside it is another unit's."""


class UnitIndex:
    """Looks units up by code and by name, on a day. Built once per run in a fifth of a second."""

    def __init__(self, places: Places, aliases: Iterable[tuple[str, str]], words: dict[str, object]) -> None:
        self._versions: dict[str, list[Unit]] = defaultdict(list)
        self._by_code: dict[str, list[str]] = defaultdict(list)
        self._by_name: tuple[dict[str, list[str]], ...] = ({}, {}, {}, {})
        for unit in places.units:
            if unit.unit_id not in self._versions:
                self._by_code[unit.code].append(unit.unit_id)
            self._versions[unit.unit_id].append(unit)
            self._name(unit.unit_id, unit.full_name, unit.name, unit.type_name, unit.search_key)
        for unit_id, alias in aliases:
            if alias.isdigit():
                self._by_code[alias].append(unit_id)
            elif unit_id in self._versions:
                unit = self._versions[unit_id][0]
                short = alias.removeprefix(unit.type_name + " ")
                self._name(unit_id, alias, short, unit.type_name, ascii_key(short))
        self._successors: dict[str, list[str]] = defaultdict(list)
        self._predecessors: dict[str, list[str]] = defaultdict(list)
        for row in places.succession:
            self._successors[row.unit_id].append(row.successor_id)
            self._predecessors[row.successor_id].append(row.unit_id)
        self._offices = sorted((accented_key(str(word)) for word in _list(words["offices"])), key=len, reverse=True)
        self._types = {accented_key(k): accented_key(v) for k, v in _table(words["types"]).items()}

    @classmethod
    def load(cls, data_dir: DataDir) -> UnitIndex:
        """Return the index of a data folder's reference files."""
        aliases: list[tuple[str, str]] = []
        path = data_dir.reference("unit_aliases.csv")
        if path.exists():
            with path.open(encoding="utf-8-sig", newline="") as file:
                aliases = [(row["unit_id"], row["alias"]) for row in csv.DictReader(file)]
        words = tomllib.loads(data_dir.reference("unit_words.toml").read_text(encoding="utf-8"))
        return cls(Places.load(data_dir), aliases, words)

    def has(self, unit_id: str) -> bool:
        """Return whether a unit of this id is known."""
        return unit_id in self._versions

    def unit(self, unit_id: str, on: date | None = None) -> Unit:
        """Return the unit as it was on the day, else its newest version."""
        versions = self._versions[unit_id]
        return next((v for v in versions if on is not None and v.is_in_force(on)), versions[-1])

    def resolve(
        self, code: str | None = None, name: str | None = None, *, on: date, province_code: str | None = None
    ) -> Resolution:
        """Return the unit that a code, else a name, means on that day.

        With both, the code counts. `province_code` narrows names to that province of today and what it was formed from.
        """
        code, name = (code or "").strip(), (name or "").strip()
        found = self._by_its_code(code, on) if code else Resolution(None, "unknown")
        if found.reason == "unknown" and name:
            return self._by_its_name(name, on, province_code)
        if found.unit_id is not None and name:
            named = self._by_its_name(name, on, province_code)
            differs = found.unit_id not in (named.unit_id, *(named.candidates if named.reason == "ambiguous" else ()))
            return Resolution(found.unit_id, by=found.by, is_repaired=found.is_repaired, name_differs=differs)
        return found

    def provinces_on(self, province_code: str, on: date) -> list[str]:
        """Return the province of today that a code names, or on a day before it what it was made of."""
        return sorted(u for u in self._provinces(province_code) or () if self._is_in_force(u, on))

    def era_of(self, codes_and_names: Iterable[CodeOrName], province_code: str | None = None) -> Era:
        """Return the era in which all codes and names of a file exist; `unknown` when they exist in both.

        An item is a code, a name, or (code, name) of one row, which tells more: nearly all codes are used in both eras.
        """
        three, two = self.era_witnesses(codes_and_names, province_code)
        if three and two:
            return "mixed"
        return "3tier" if three else "2tier" if two else "unknown"

    def era_witnesses(
        self, codes_and_names: Iterable[CodeOrName], province_code: str | None = None
    ) -> tuple[list[str], list[str]]:
        """Return what exists only before 01/07/2025 and what exists only since, to be shown with the question."""
        three: list[str] = []
        two: list[str] = []
        for item in dict.fromkeys(codes_and_names):
            code, name = item if not isinstance(item, str) else (item, "") if item in self._by_code else ("", item)
            eras = {
                self._era(unit_id) for unit_id in self._meant((code or "").strip(), (name or "").strip(), province_code)
            }
            if len(eras) == 1 and "" not in eras:
                shown = " ".join(part for part in (code, name) if part)
                (three if eras == {"3tier"} else two).append(shown)
        return three, two

    # by code

    def _by_its_code(self, code: str, on: date) -> Resolution:
        if code in self._versions:
            return self._dated([code], on, "id")
        code = code.removesuffix(".0")
        is_repaired = code not in self._by_code and code.isdigit() and len(code) == 4
        # A commune code has five digits, so four are one that lost its zero; two or three may be another level's.
        found = self._by_code.get(code.zfill(5) if is_repaired else code, [])
        if not found:
            return Resolution(None, "unknown")
        answer = self._dated(found, on, "code")
        return Resolution(**{**answer.__dict__, "is_repaired": is_repaired})

    def _dated(self, unit_ids: list[str], on: date, by: Literal["id", "code", "name"]) -> Resolution:
        alive = [unit_id for unit_id in unit_ids if self._is_in_force(unit_id, on)]
        if len(alive) == 1:
            return Resolution(alive[0], by=by)
        if alive:
            return Resolution(None, "ambiguous", tuple(alive), self._hint(alive, on))
        linked = {
            other
            for unit_id in unit_ids
            for other in (*self._successors.get(unit_id, ()), *self._predecessors.get(unit_id, ()))
            if self._is_in_force(other, on)
        }
        return Resolution(None, "not_in_force", tuple(sorted(linked)), self._hint(sorted(linked), on))

    def _is_in_force(self, unit_id: str, on: date) -> bool:
        return any(version.is_in_force(on) for version in self._versions[unit_id])

    def _hint(self, unit_ids: list[str], on: date) -> str:
        shown = "; ".join(self._shown(unit_id, on) for unit_id in unit_ids[:MAX_SHOWN])
        return f"{shown}; … (+{len(unit_ids) - MAX_SHOWN})" if len(unit_ids) > MAX_SHOWN else shown

    def _shown(self, unit_id: str, on: date) -> str:
        unit = self.unit(unit_id, on)
        above = [self.unit(i, on).full_name for i in (unit.district_id, unit.province_id) if i and i != unit_id]
        return ", ".join((f"{unit.full_name} ({unit.code})", *above))

    # by name

    def _name(self, unit_id: str, full_name: str, name: str, type_name: str, search_key: str) -> None:
        """Enter a unit under its full and short name, with accents and without."""
        short = accented_key(name) if re.search(r"[^\w\s]", name) else name.casefold()
        kind = type_name.casefold()
        full = short if full_name == name else f"{kind} {short}"
        plain = search_key if full_name == name else f"{ascii_key(kind)} {search_key}" if kind else search_key
        for table, key in zip(self._by_name, (full, short, plain, search_key), strict=True):
            entries = table.setdefault(key, [])
            if unit_id not in entries:
                entries.append(unit_id)

    def _by_its_name(self, name: str, on: date, province_code: str | None) -> Resolution:
        whole = self._named(name, on, self._provinces(province_code))
        if whole.unit_id is not None:
            # Every province has a Sở Tư pháp, but the reference lists one province's: alone, its name proves nothing.
            is_bare = province_code is None and self.unit(whole.unit_id).level == "agency"
            return (
                Resolution(None, "ambiguous", (whole.unit_id,), self._hint([whole.unit_id], on)) if is_bare else whole
            )
        for pattern in (_PARTS, _ABOVE):
            parts = [part.rstrip(") ") for part in pattern.split(normal(name)) if part.strip(") ")]
            if not parts:
                continue  # nothing but separators names no unit
            head, *above = parts
            if above:
                areas = self._provinces(province_code)
                answer = self._named(head, on, areas, [self._areas(part) for part in above])
                if answer.reason != "unknown":
                    return answer
        return whole

    def _named(
        self, name: str, on: date, provinces: frozenset[str] | None, above: list[frozenset[str]] | None = None
    ) -> Resolution:
        missed = Resolution(None, "unknown")
        for found in self._matches(name):
            found = [unit_id for unit_id in found if provinces is None or self.unit(unit_id).province_id in provinces]
            for areas in above or []:
                found = [unit_id for unit_id in found if not areas or self._lies_in(unit_id, areas)]
            if not found:
                continue
            answer = self._dated(found, on, "name")
            if answer.reason != "not_in_force":
                return answer
            missed = missed if missed.reason == "not_in_force" else answer
        return missed

    def _matches(self, name: str) -> Iterable[list[str]]:
        """Yield the units under each reading of a name, the most exact first."""
        full, short, plain_full, plain_short = self._by_name
        for key in self._readings(accented_key(name)):
            yield full.get(key, [])
            yield short.get(key, [])
            plain = ascii_key(key)
            yield plain_full.get(plain, [])
            yield plain_short.get(plain, [])

    def _readings(self, key: str) -> Iterable[str]:
        """Yield the key as it is, without the office in front of it, and with the type word written out."""
        seen: list[str] = []
        while key:
            seen.append(key)
            first, _, rest = key.partition(" ")
            glued = re.fullmatch(r"(tp|tx|tt|p|q)(\d+)", first)
            if glued:
                first, rest = glued[1], f"{glued[2]} {rest}".strip()
            if rest and self._types.get(first, first) != first:
                seen.append(f"{self._types[first]} {rest}")
            office = next((o for o in self._offices_of(key) if key.startswith(o + " ")), None)
            if office is None:
                break
            key = key[len(office) + 1 :]
        return dict.fromkeys(seen)

    def _offices_of(self, key: str) -> list[str]:
        return self._offices if not key.isascii() else self._plain_offices()

    @lru_cache(maxsize=1)  # noqa: B019 - one index lives as long as its run
    def _plain_offices(self) -> list[str]:
        return sorted({*self._offices, *(ascii_key(word) for word in self._offices)}, key=len, reverse=True)

    # areas

    @lru_cache(maxsize=64)  # noqa: B019
    def _provinces(self, code: str | None) -> frozenset[str] | None:
        """Return the province of today and all it was formed from: a file of either era may carry its code."""
        if not code:
            return None
        own = {unit_id for unit_id in self._by_code.get(code, ()) if self._versions[unit_id][0].level == "province"}
        today = {unit_id for unit_id in own if self._versions[unit_id][-1].valid_to is None}
        today = today or {other for unit_id in own for other in self._successors.get(unit_id, ())}
        return frozenset(own | today | {other for unit_id in today for other in self._predecessors.get(unit_id, ())})

    @lru_cache(maxsize=4096)  # noqa: B019
    def _areas(self, name: str) -> frozenset[str]:
        """Return the districts and provinces of that name; empty when the words name none."""
        found = {
            unit_id
            for matches in self._matches(name)
            for unit_id in matches
            if self._versions[unit_id][0].level in ("province", "district")
        }
        return frozenset(found)

    def _lies_in(self, unit_id: str, areas: frozenset[str]) -> bool:
        unit = self.unit(unit_id)
        return unit.province_id in areas or unit.district_id in areas or unit.area_id in areas

    # eras

    def _era(self, unit_id: str) -> str:
        versions = self._versions[unit_id]
        if versions[-1].valid_to is not None and versions[-1].valid_to <= TWO_TIERS_FROM:
            return "3tier"
        return "2tier" if versions[0].valid_from >= TWO_TIERS_FROM else ""

    def _meant(self, code: str, name: str, province_code: str | None) -> list[str]:
        """Return every unit, of any day, that the pair may mean; a name beside a code decides between its eras."""
        code = code.removesuffix(".0")
        coded = list(self._by_code.get(code.zfill(5) if code.isdigit() and len(code) == 4 else code, ()))
        if not name:
            return coded
        provinces = self._provinces(province_code)
        heads = [name, *(pattern.split(normal(name))[0] for pattern in (_PARTS, _ABOVE))]
        named: list[str] = []
        for head in heads:
            named = next((found for found in self._matches(head) if found), [])
            if named:
                break
        if coded:
            return [unit_id for unit_id in coded if unit_id in named] or coded
        return [unit_id for unit_id in named if provinces is None or self.unit(unit_id).province_id in provinces]


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("unit_words.toml: offices must be a list")
    return value


def _table(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("unit_words.toml: types must be a table")
    return value
