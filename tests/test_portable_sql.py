"""The files that turn cases into sums keep to the SQL that engines agree on (docs/adr/0003, performance notes).

sqlglot parses and refuses; it never translates, because translating was silently wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from metrics import sum_sql

SQL = Path(__file__).resolve().parents[1] / "etl" / "sql"
CASES_TO_SUMS = [path for path in sorted(SQL.glob("*.sql")) if "#PORTABLE" in path.read_text(encoding="utf-8")]
ALLOWED = {
    "coalesce",
    "count",
    "sum",
    "min",
    "max",
    "rownumber",
    "row_number",
    "cast",
    "case",
    "if",
    "nullif",
    "and",
    "or",
}
"""Function names and sqlglot's own node names for operators that it files under functions."""


def violations(sql: str) -> list[str]:
    """Return what in this SQL leaves the portable subset, in words."""
    found: list[str] = []
    for tree in sqlglot.parse(sql, read="duckdb"):
        assert tree is not None
        for node in tree.walk():
            if isinstance(node, exp.Anonymous):
                if node.name.lower() not in ALLOWED:
                    found.append(f"function {node.name}")
            elif isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
                if not isinstance(node.parent, exp.Cast):
                    found.append("date_trunc without a cast")
            elif isinstance(node, exp.Func) and not isinstance(node, exp.Connector):
                if node.key not in ALLOWED and node.sql_name().lower() not in ALLOWED:
                    found.append(f"function {node.sql_name().lower()}")
            elif isinstance(node, exp.Div | exp.IntDiv | exp.Mod):
                found.append(f"division: {node.sql()}")
            elif isinstance(node, exp.Qualify):
                found.append("QUALIFY")
            elif isinstance(node, exp.Group) and node.args.get("all"):
                found.append("GROUP BY ALL")
            elif isinstance(node, exp.Star) and isinstance(node.parent, exp.Select) and node.args.get("except_"):
                found.append("* EXCLUDE")
    return found


@pytest.mark.parametrize("path", CASES_TO_SUMS, ids=lambda p: p.name)
def test_files_from_cases_to_sums_keep_the_portable_subset(path: Path) -> None:
    assert violations(path.read_text(encoding="utf-8")) == []


def test_there_are_files_to_hold() -> None:
    assert {"fct_case.sql", "fct_complaint.sql", "fct_survey_answer.sql"} <= {p.name for p in CASES_TO_SUMS}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT quantile_cont(days, 0.5) AS p50 FROM t",
        "SELECT date_diff('day', a, b) AS d FROM t",
        "SELECT a, count(*) AS n FROM t GROUP BY ALL",
        "SELECT a / b AS share FROM t",
        "SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1",
        "SELECT lag(a) OVER (ORDER BY b) AS before FROM t",
        "SELECT date_trunc('month', a) AS m FROM t",
        "SELECT round(a, 1) AS r FROM t",
    ],
)
def test_the_lint_refuses_what_engines_do_differently(sql: str) -> None:
    assert violations(sql) != []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a, count(*) FILTER (WHERE b > 1 AND c IS NOT NULL) AS n FROM t GROUP BY a",
        "SELECT CAST(date_trunc('month', a) AS DATE) AS m FROM t",
        "SELECT row_number() OVER (PARTITION BY a ORDER BY b DESC NULLS LAST) AS n FROM t",
        "SELECT coalesce(a, b) AS x, CASE WHEN a IN ('p', 'q') THEN 1 ELSE 0 END AS y FROM t JOIN u ON t.k = u.k",
    ],
)
def test_the_lint_lets_the_portable_subset_pass(sql: str) -> None:
    assert violations(sql) == []


def sum_statements() -> list[tuple[str, str]]:
    """Return the compiled statement of every table of sums: in full, and over the changes of an addition."""
    found = []
    for table in sum_sql.TABLES:
        columns = [column for column in sum_sql.plan() if column.table == table.name]
        found += [
            (table.name, sum_sql.select(table, columns, table.source, "1")),
            (f"{table.name} changes", sum_sql.select(table, columns, "fct_case_change", "sign")),
            *((t.name, sum_sql.merged(t, columns, [f"SELECT * FROM {table.name}"])) for t in table.rolled()),
        ]
        if not table.is_kept:
            passes = sum_sql.passes(table, columns, table.source)
            found += [(f"{table.name} {day}", sql) for day, sql in passes.items()]
            found += [
                (f"{t.name} joined", sum_sql.joined(t, columns, dict.fromkeys(passes, "p"))) for t in table.rolled()
            ]
    return found


@pytest.mark.parametrize(("name", "sql"), sum_statements(), ids=[name for name, _ in sum_statements()])
def test_the_compiled_sums_keep_the_portable_subset(name: str, sql: str) -> None:
    assert violations(sql) == []


def test_every_column_of_a_compiled_sum_has_an_alias() -> None:
    for name, sql in sum_statements():
        for select in sqlglot.parse_one(sql, read="duckdb").find_all(exp.Select):
            unnamed = [e.sql() for e in select.expressions if not isinstance(e, exp.Alias | exp.Column | exp.Star)]
            assert not unnamed, (name, unnamed)
