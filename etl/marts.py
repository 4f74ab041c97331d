"""The SQL files of the marts: their order, read from the SQL itself, and the checks written beside columns."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

import duckdb

FOLDER = Path(__file__).parent / "sql"
COLUMN_CHECKS = ("UNIQUE", "NO_NULLS")


@dataclass(frozen=True)
class SqlFile:
    """One SELECT; the file's name is the name of what it makes."""

    path: Path
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def directives(self) -> set[str]:
        """Return the words after # in the first line."""
        return set(re.findall(r"#([A-Z]+)", self.text.splitlines()[0]))

    @property
    def kind(self) -> str:
        """Return VIEW, TEMP TABLE or TABLE: staging is temporary, marts stay."""
        if "TEMP" in self.directives:
            return "TEMP TABLE"
        return "TEMP VIEW" if self.name.startswith("stg_") or "VIEW" in self.directives else "TABLE"

    @cached_property
    def column_checks(self) -> list[tuple[str, str]]:
        """Return (column, check) pairs from comments such as `-- #UNIQUE #NO_NULLS` above a column."""
        found = []
        lines = self.text.splitlines()
        for comment, column_line in pairwise(lines):
            checks = re.findall(r"#([A-Z_]+)", comment) if comment.lstrip().startswith("--") else []
            if checks:
                column = re.findall(r"\w+", column_line)[-1]
                found += [(column, check) for check in checks if check in COLUMN_CHECKS]
        return found

    def tables(self, con: duckdb.DuckDBPyConnection) -> set[str]:
        """Return the names this SELECT reads from (common table expressions included: they harm no order)."""
        rows = con.execute("SELECT json_serialize_sql(CAST(? AS VARCHAR))", [self.text]).fetchall()
        tree = json.loads(rows[0][0])
        if tree["error"]:
            raise ValueError(f"{self.path.name}: {tree.get('error_message', 'not one SELECT')}")
        names: set[str] = set()
        _collect_tables(tree["statements"], names)
        return names


def _collect_tables(node: object, names: set[str]) -> None:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            names.add(str(node["table_name"]))
        for value in node.values():
            _collect_tables(value, names)
    elif isinstance(node, list):
        for value in node:
            _collect_tables(value, names)


def sql_files(folder: Path = FOLDER) -> dict[str, SqlFile]:
    """Return the SQL files of a folder by name."""
    return {path.stem: SqlFile(path, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.sql"))}


def in_order(files: dict[str, SqlFile], con: duckdb.DuckDBPyConnection) -> list[SqlFile]:
    """Return the files so that each comes after those it reads from."""
    graph = {name: sorted(file.tables(con) & files.keys() - {name}) for name, file in files.items()}
    return [files[name] for name in TopologicalSorter(graph).static_order()]
