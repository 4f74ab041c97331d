"""The days on which the units of a file began and ended, where rows of the file may lie outside them."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa

from etl.unit_columns import CHANGE_DAY, index_of
from warehouse.paths import DataDir

Life = tuple[str, date | None, date | None]


def table(con: duckdb.DuckDBPyConnection, data_dir: DataDir, units_of: str, name: str) -> bool:
    """Create a table (unit_id, began_on, ended_on) of the units in `units_of`; False: no day of theirs matters.

    The change of 01/07/2025 begins no life here: a file of two tiers names the heirs of its older rows.
    """
    ids = [i for (i,) in con.execute(f"SELECT DISTINCT unit_id FROM {units_of} WHERE unit_id IS NOT NULL").fetchall()]
    units = index_of(data_dir)
    lives: list[Life] = []
    for unit_id in ids:
        first_day = _first_day(unit_id)
        first, last = units.unit(unit_id, first_day), units.unit(unit_id)
        began = first.valid_from if first.valid_from_is_exact and first.valid_from != CHANGE_DAY else None
        if began or last.valid_to:
            lives.append((unit_id, began, last.valid_to))
    if not lives:
        return False
    columns = list(zip(*lives, strict=True))
    con.register(
        "handed_lives",
        pa.table(
            {
                "unit_id": pa.array(columns[0], pa.string()),
                "began_on": pa.array(columns[1], pa.date32()),
                "ended_on": pa.array(columns[2], pa.date32()),
            }
        ),
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM handed_lives")
    con.unregister("handed_lives")
    return True


def _first_day(unit_id: str) -> date | None:
    """Return the first day of a body, as its id says it."""
    text = unit_id.rpartition("-")[2]
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if len(text) == 8 else None
    except ValueError:
        return None
