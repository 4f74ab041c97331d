"""Unit codes and names of a file to unit ids, once per distinct text, in the era of the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

import duckdb
import pyarrow as pa

from etl.layouts import Layout
from etl.text import clean, quoted
from etl.units import Resolution, UnitIndex
from warehouse.paths import DataDir

CHANGE_DAY = date(2025, 7, 1)
"""Two tiers since this day (Law 72/2025/QH15); codes are reused across it, so a code needs its file's era."""

WITNESSES = 3

COLUMNS = {"unit": ("unit_code", "unit_name"), "receiving_unit": ("receiving_unit_code", "receiving_unit_name")}


@dataclass(frozen=True)
class UnitTexts:
    """The distinct (code, name) pairs of a file under one role."""

    role: str
    columns: tuple[str, ...]
    pairs: tuple[tuple[str | None, str | None], ...]


def texts_of(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> list[UnitTexts]:
    """Return the unit texts of a sheet, the settling unit's first."""
    found = []
    for role, (code, name) in COLUMNS.items():
        present = tuple(c for c in (code, name) if c in columns)
        if not present:
            continue
        picked = ", ".join(quoted(c) if c in present else "CAST(NULL AS VARCHAR)" for c in (code, name))
        pairs = con.execute(f"SELECT DISTINCT {picked} FROM {table}").fetchall()
        found.append(UnitTexts(role, present, tuple((p[0], p[1]) for p in pairs)))
    return found


@lru_cache(maxsize=4)
def index(data_dir: DataDir, stamp: tuple[tuple[str, int], ...]) -> UnitIndex:
    """Return the index of units; `stamp` tells one state of the reference files from another."""
    return UnitIndex.load(data_dir)


def index_of(data_dir: DataDir) -> UnitIndex:
    """Return the index of the reference files as they are now."""
    return index(data_dir, tuple((str(f), f.stat().st_mtime_ns) for f in data_dir.reference_files()))


def era_of(units: UnitIndex, texts: list[UnitTexts], layout: Layout, latest: date | None) -> str:
    """Return a file's era (3tier, 2tier, mixed, any, unknown): stated by the layout, told by codes, else by dates."""
    if layout.era:
        return layout.era
    pairs = _pairs(texts)
    era: str = units.era_of(pairs, layout.province_code or None) if pairs else "unknown"
    if era == "unknown" and latest is not None:
        return "3tier" if latest < CHANGE_DAY else "2tier"
    return era


def _pairs(texts: list[UnitTexts]) -> list[tuple[str | None, str | None]]:
    pairs = {(clean(code) or None, clean(name) or None) for one in texts for code, name in one.pairs}
    return sorted(pairs - {(None, None)}, key=str)


def witnesses(units: UnitIndex, texts: list[UnitTexts], layout: Layout) -> tuple[str, str]:
    """Return some units that exist only before 01/07/2025, and some only since; known units, never people."""
    three, two = units.era_witnesses(_pairs(texts), layout.province_code or None)
    return ", ".join(three[:WITNESSES]), ", ".join(two[:WITNESSES])


def day_of(era: str, data_on: date) -> date:
    """Return the day on which the codes of a file are read."""
    if era == "3tier":
        return min(data_on, CHANGE_DAY - timedelta(days=1))
    return max(data_on, CHANGE_DAY) if era == "2tier" else data_on


class Resolver(Protocol):
    """Tells the unit of a code and a name, knowing what was answered before."""

    def resolve(self, units: UnitIndex, code: str | None, name: str | None, on: date, layout: Layout) -> Resolution: ...


def map_table(
    con: duckdb.DuckDBPyConnection,
    units: UnitIndex,
    texts: UnitTexts,
    layout: Layout,
    on: date,
    table: str,
    known: Resolver,
) -> str:
    """Create a table (code, name, unit_id, reason, note) of the resolved pairs and return the join that uses it."""
    made: dict[str, list[str | None]] = {"code": [], "name": [], "unit_id": [], "reason": [], "note": []}
    for code, name in texts.pairs:
        given_code, given_name = clean(code) or None, clean(name) or None
        made["code"].append(code)
        made["name"].append(name)
        if not given_code and not given_name:
            made["unit_id"].append(None)
            made["reason"].append("no_unit")
            made["note"].append(None)
            continue
        found = known.resolve(units, given_code, given_name, on, layout)
        made["unit_id"].append(found.unit_id)
        made["reason"].append(None if found.unit_id else REASONS.get(str(found.reason), "unknown_unit"))
        made["note"].append(
            "unit_name_differs" if found.name_differs else "leading_zero" if found.is_repaired else None
        )
    con.register("handed_units", pa.table({k: pa.array(v, pa.string()) for k, v in made.items()}))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM handed_units")
    con.unregister("handed_units")
    code_column, name_column = COLUMNS[texts.role]
    if len(texts.columns) == 1:
        # Equality alone: a missing text finds no row and is told apart by its absence.
        key = "code" if texts.columns[0] == code_column else "name"
        return f"LEFT JOIN {table} ON {table}.{key} = r.{quoted(texts.columns[0])}"
    return (
        f"LEFT JOIN {table} ON {table}.code IS NOT DISTINCT FROM r.{quoted(code_column)} "
        f"AND {table}.name IS NOT DISTINCT FROM r.{quoted(name_column)}"
    )


REASONS = {"unknown": "unknown_unit", "ambiguous": "ambiguous_unit", "not_in_force": "unit_not_in_force"}
