"""The reference tables of a snapshot, from the CSV files of a data folder."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from etl.reference.places import Places
from warehouse.calendar import WorkingCalendar
from warehouse.paths import DataDir

SQL = Path(__file__).with_name("sql")

FILES = {
    "dim_procedure": ("procedures.csv",),
    "dim_population": ("population.csv",),
    "dim_target": ("targets.csv",),
    "office_hours": ("office_hours.csv",),
    "dim_survey": ("surveys.csv",),
    "dim_survey_item": ("survey_items.csv",),
    "dim_survey_part": ("survey_parts.csv",),
    "complaint_deadline": ("deadlines.csv",),
    "dim_duty": ("duties.csv",),
    "unit_group": ("unit_groups.csv", "unit_groups_extra.csv"),
}
"""Table → files with its columns; one that is not there leaves the table empty."""


class ReferenceError(ValueError):
    """A reference file cannot be read; says which file and why."""


def build_reference(con: duckdb.DuckDBPyConnection, data_dir: DataDir) -> list[str]:
    """Return warnings, after creating every reference table of docs/marts.md in the connection."""
    con.execute((SQL / "tables.sql").read_text(encoding="utf-8"))
    places = Places.load(data_dir)
    warnings = list(places.warnings)
    _insert(con, "dim_unit", places.units)
    _insert(con, "unit_succession", places.succession)
    _insert(con, "dim_date", [_day_row(day) for day in WorkingCalendar.load(data_dir).table()])
    for table, names in FILES.items():
        for name in names:
            path = data_dir.reference(name)
            if path.exists():
                warnings += _load(con, table, path)
    con.execute("CREATE TABLE unit_rollup AS\n" + (SQL / "unit_rollup.sql").read_text(encoding="utf-8"))
    return warnings + _unknown_units(con)


def _day_row(day: Any) -> tuple[Any, ...]:
    return tuple(day.__dict__.values())


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[Any]) -> None:
    """Hand the rows over as Arrow: ten thousand times faster than one INSERT a row."""
    columns = _columns(con, table)
    data = pa.table(dict(zip(columns, (_array(values) for values in zip(*rows, strict=True)), strict=True)))
    con.register("reference_rows", data)
    con.execute(f"INSERT INTO {table} SELECT * FROM reference_rows")
    con.unregister("reference_rows")


def _array(values: tuple[Any, ...]) -> pa.Array:
    sample = next((value for value in values if value is not None), None)
    return pa.array(values, pa.date32() if isinstance(sample, date) else None)


def _load(con: duckdb.DuckDBPyConnection, table: str, path: Path) -> list[str]:
    """Insert a CSV by column name; values are cast to the table's types, an empty field is NULL."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    wanted = _columns(con, table)
    known = [name for name in header if name in wanted]
    if not known:
        raise ReferenceError(f"{path}: no known column in {header}; expected {', '.join(wanted)}")
    columns = dict.fromkeys(header, "VARCHAR")
    names = ", ".join(f'"{name}"' for name in known)
    try:
        con.execute(
            f"INSERT INTO {table} BY NAME SELECT {names} FROM "
            "read_csv($path, header = true, delim = ',', quote = '\"', columns = $columns, nullstr = '')",
            {"path": str(path), "columns": columns},
        )
    except duckdb.Error as error:
        raise ReferenceError(f"{path}: {error}") from error
    return [f"{path.name}: column {name!r} is not known and was left out" for name in header if name not in wanted]


def _unknown_units(con: duckdb.DuckDBPyConnection) -> list[str]:
    warnings = []
    for table in ("dim_population", "dim_target", "unit_group"):
        rows = con.execute(
            f"SELECT DISTINCT unit_id FROM {table} WHERE unit_id IS NOT NULL "
            "AND unit_id NOT IN (SELECT unit_id FROM dim_unit) ORDER BY unit_id"
        ).fetchall()
        if rows:
            shown = ", ".join(row[0] for row in rows[:5])
            warnings.append(f"{', '.join(FILES[table])}: {len(rows)} unknown unit_id, first: {shown}")
    return warnings
