"""What must hold before a snapshot is published: checks beside columns, and one file per further check."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.marts import FOLDER, SqlFile, sql_files

CASES = "fct_case"
CHECKS = FOLDER / "checks"
SAMPLE = 5


@dataclass(frozen=True)
class Finding:
    """A check that found rows: its name, whether it stops the publish, how many rows, and the first of them."""

    check: str
    is_fatal: bool
    n_rows: int
    columns: tuple[str, ...]
    sample: tuple[tuple[object, ...], ...]
    texts: dict[str, str]

    def message(self, lang: str = "vi") -> str:
        """Return the sentence of the check with its first rows."""
        rows = "; ".join(", ".join(f"{c}={v}" for c, v in zip(self.columns, row, strict=True)) for row in self.sample)
        return f"{self.check}: {self.texts[lang]} ({self.n_rows}) {rows}".rstrip()


def run_checks(con: duckdb.DuckDBPyConnection, has_previous: bool, changes: str | None = None) -> list[Finding]:
    """Return what the checks found in the marts of `con`, compared with the attached `previous` when there is one.

    With `changes` (an addition) what is said of each case by itself is checked for the changed cases only: the others
    were checked when they came in.
    """
    cases = f"(SELECT * EXCLUDE (sign) FROM {changes} WHERE sign = 1)" if changes else CASES
    findings = _column_findings(con, cases)
    for path in sorted(CHECKS.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        head = re.match(r"-- #(fail|warn)( #PREVIOUS| #EACH)?\n-- vi: (.+)\n-- en: (.+)\n", text)
        if head is None:
            raise ValueError(f"{path.name}: a check begins with -- #fail or -- #warn, -- vi: …, -- en: …")
        level, directive, vi, en = head.groups()
        if directive == " #PREVIOUS" and not has_previous:
            continue
        if directive == " #EACH":
            text = re.sub(rf"\bFROM {CASES}\b", f"FROM {cases} AS {CASES}" if changes else f"FROM {CASES}", text)
        found = _rows(con, text)
        if found is not None:
            findings.append(Finding(path.stem, level == "fail", *found, {"vi": vi, "en": en}))
    return findings


def _column_findings(con: duckdb.DuckDBPyConnection, cases: str) -> list[Finding]:
    findings = []
    for file in sql_files().values():
        if file.kind != "TABLE":
            continue
        source = f"{cases} AS {CASES}" if file.name == CASES and cases != CASES else file.name
        for column, check in file.column_checks:
            sql: str | None
            if check == "NO_NULLS":
                # Where the rows lie, never what they say: the sentence goes to a screen and a log.
                sql = f"SELECT {_where(file)} FROM {source} WHERE {column} IS NULL"
                texts = {"vi": f"cột {column} có ô trống", "en": f"column {column} has nulls"}
            else:
                sql = _repeated(con, source, column, _where(file))
                texts = {"vi": f"cột {column} có giá trị lặp", "en": f"column {column} has repeated values"}
            found = _rows(con, sql) if sql else None
            if found is not None:
                findings.append(Finding(f"{file.name}.{column}", True, *found, texts))
    return findings


def _repeated(con: duckdb.DuckDBPyConnection, table: str, column: str, where: str) -> str | None:
    """Return the query for repeated values, None when no two values share a hash (eight bytes a row, not the text)."""
    shared = f"SELECT hash({column}) AS key FROM {table} GROUP BY hash({column}) HAVING count(*) > 1"
    if not con.execute(f"{shared} LIMIT 1").fetchall():
        return None
    repeated = f"SELECT {column} FROM {table} WHERE hash({column}) IN ({shared}) GROUP BY {column} HAVING count(*) > 1"
    return f"SELECT {where} FROM {table} WHERE {column} IN ({repeated})"


def _where(file: SqlFile) -> str:
    """Return the columns that say where rows of a table come from; of what comes from no single row, everything."""
    return "load_no, source_row" if "source_row" in file.text or file.name.startswith("case_") else "*"


def _rows(
    con: duckdb.DuckDBPyConnection, sql: str
) -> tuple[int, tuple[str, ...], tuple[tuple[object, ...], ...]] | None:
    result = con.execute(f"SELECT *, count(*) OVER () AS n_found FROM ({sql}) LIMIT {SAMPLE}")
    columns = tuple(c[0] for c in result.description or [])[:-1]
    rows = result.fetchall()
    if not rows:
        return None
    return rows[0][-1], columns[:6], tuple(row[:-1][:6] for row in rows)


def check_names(folder: Path = CHECKS) -> list[str]:
    """Return the names of the check files."""
    return [path.stem for path in sorted(folder.glob("*.sql"))]
