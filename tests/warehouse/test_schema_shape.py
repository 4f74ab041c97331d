"""The schema number goes up whenever the tables of a snapshot change: an older file is refused, never half-read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from loads import small_dir, write_load

from gandan import publish as publishing
from warehouse.schema import SCHEMA

SHAPE = Path(__file__).parent / "schema_shape.json"
"""The number and the columns of every table; `GANDAN_REWRITE=1` writes it anew."""


def test_the_tables_are_those_of_the_schema_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A"}])
    monkeypatch.setenv("GANDAN_DATA_DIR", str(data.root))
    with publishing.publish(data).open() as connection:
        rows = connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'main' ORDER BY table_name, ordinal_position"
        ).fetchall()
    tables: dict[str, list[str]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, []).append(f"{column} {kind}")
    now = {"schema": SCHEMA, "tables": tables}
    if os.environ.get("GANDAN_REWRITE"):
        SHAPE.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    kept = json.loads(SHAPE.read_text(encoding="utf-8"))
    assert now == kept, "the tables changed: raise SCHEMA in warehouse/schema.py, then run with GANDAN_REWRITE=1"
    assert len(tables) > 20
