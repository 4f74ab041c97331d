"""Every row accepted or rejected: the rules of `rules.toml` and of the field types as SQL."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import duckdb

from etl.datasets import Dataset, Field
from etl.layouts import Layout
from etl.personal import pattern_sql, rules
from etl.raw import CODE_STATES, STATE, TEXT, Raw
from etl.receipt import Proposal
from etl.text import literal, quoted
from etl.unit_columns import COLUMNS
from etl.values import SQL_TYPE, catalogue, read_column
from warehouse import clock
from warehouse.paths import DataDir

STORED_TYPE = {
    "instant": "TIMESTAMP",
    "day": "DATE",
    "integer": "INTEGER",
    **{k: v for k, v in SQL_TYPE.items() if k != "integer"},
}
REPAIRS = ("suffix_removed", "respondent_replaced")


@dataclass(frozen=True)
class Check:
    """A condition over the typed rows that warns of a row or tells of a repair; one bit of `row_flags` each."""

    code: str
    field: str
    when: str

    @property
    def is_repair(self) -> bool:
        return self.code in REPAIRS


@dataclass
class Plan:
    """How the rows of one sheet are typed and judged."""

    typed_sql: str
    """SELECT rid, the typed columns and `mark_<n>` columns."""
    columns: list[tuple[str, str]]
    """(stored column, its SQL type) in order."""
    reject_sql: str
    """CASE that yields 'reason|field', NULL for a good row."""
    reject_needs: set[str]
    checks: list[Check] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    plain: dict[str, frozenset[str]] = field(default_factory=dict)


@cache
def _rules() -> list[dict]:
    return list(tomllib.loads((Path(__file__).parent / "rules.toml").read_text("utf-8"))["rule"])


@cache
def _calendar_bounds(path: Path, stamp: int) -> tuple[date, date]:
    days = sorted(row["date"] for row in catalogue(DataDir(path.parent.parent), path.name)) if path.exists() else []
    return (
        (date.fromisoformat(days[0][:4] + "-01-01"), date.fromisoformat(days[-1][:4] + "-12-31"))
        if days
        else (date.min, date.max)
    )


def plan(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    dataset: Dataset,
    layout: Layout,
    data_dir: DataDir,
    unit_joins: dict[str, str],
) -> Plan:
    """Return how a sheet's rows are typed and judged; `unit_joins` are the joins of `unit_columns.map_table` by role."""
    selected = ["r.rid AS rid"]
    joins = list(unit_joins.values())
    marks: list[Check] = []
    rejects: list[tuple[str, str, str]] = []
    columns: list[tuple[str, str]] = []
    made = Plan("", columns, "NULL", set())

    def mark(code: str, name: str, when: str) -> str:
        alias = f"mark_{len(marks)}"
        selected.append(f"{when} AS {alias}")
        marks.append(Check(code, name, alias))
        return alias

    for one in dataset.fields.values():
        if one.type in ("unit_code", "unit_name"):
            _unit(one, unit_joins, selected, columns, rejects, mark)
            continue
        kind = STORED_TYPE.get(one.type, "VARCHAR")
        columns.append((one.name, kind))
        name, source = quoted(one.name), f"r.{quoted(one.name)}"
        if one.name not in raw.columns:
            selected.append(f"CAST(NULL AS {kind}) AS {name}")
        elif one.type in ("instant", "day"):
            selected.append(f"{source if one.type == 'instant' else f'CAST({source} AS DATE)'} AS {name}")
            unread = f"(r.{quoted(one.name + TEXT)} IS NOT NULL)"
            if one.is_required:
                selected.append(f"{unread} AS unread_{one.name}")
                rejects += [
                    ("unreadable_date", one.name, f"unread_{one.name}"),
                    ("missing_date", one.name, f"{name} IS NULL"),
                ]
            else:
                mark("unreadable_date", one.name, unread)
        elif one.type == "code":
            state = quoted(one.name + STATE)
            selected += [f"{source} AS {name}", f"r.{state} AS {state}"]
            rejects += [(CODE_STATES[n], one.name, f"{state} = {n}") for n in (4, 2, 3)]
        elif one.type == "respondent":
            _respondent(con, raw, one, selected, rejects, mark, joins)
        else:
            column = read_column(con, raw.table, one, layout, data_dir, f"{raw.table}_{one.name}")
            selected.append(f"CAST({column.value} AS {kind}) AS {name}")
            made.plain[one.name] = column.plain
            made.proposals += column.proposals
            if column.join:
                joins.append(column.join)
            aliases = {code: mark(code, one.name, when) for code, when in column.marks.items() if not one.is_required}
            if one.is_required and not (raw.is_wide and one.type == "answer"):
                _required(one, column.marks, selected, rejects, source, name)
            elif one.is_required:
                aliases = {code: mark(code, one.name, when) for code, when in column.marks.items()}
            del aliases
    present = {f.name for f in dataset.fields.values() if f.name in raw.columns}
    for rule in _rules():
        if rule["dataset"] != dataset.name or not set(rule["columns"]) <= present:
            continue
        when = _fill(rule["when"], data_dir)
        if rule["level"] == "reject":
            rejects.append((rule["id"], rule["field"], when))
        else:
            marks.append(Check(rule["id"], rule["field"], f"({when})"))
    made.typed_sql = f"SELECT {', '.join(selected)} FROM {raw.table} AS r {' '.join(joins)}"
    made.checks = marks
    if len(marks) > 62:
        raise ValueError("more checks than bits of row_flags")
    if rejects:
        made.reject_sql = (
            "CASE " + " ".join(f"WHEN {when} THEN '{code}|{name}'" for code, name, when in rejects) + " END"
        )
    return made


def _unit(
    one: Field,
    unit_joins: dict[str, str],
    selected: list[str],
    columns: list[tuple[str, str]],
    rejects: list[tuple[str, str, str]],
    mark,
) -> None:  # type: ignore[no-untyped-def]
    if one.type == "unit_name":
        return
    role = next(r for r, names in COLUMNS.items() if one.name in names)
    columns.append((f"{role}_id", "VARCHAR"))
    if role not in unit_joins:
        selected.append(f"CAST(NULL AS VARCHAR) AS {role}_id")
        return
    selected.append(f"{role}_map.unit_id AS {role}_id")
    if one.is_required:
        selected.append(f"coalesce({role}_map.reason, 'no_unit') AS {role}_reason")
        for reason in ("no_unit", "unknown_unit", "ambiguous_unit", "unit_not_in_force"):
            rejects.append((reason, one.name, f"{role}_id IS NULL AND {role}_reason = '{reason}'"))
    else:
        mark(
            "unknown_receiving_unit",
            one.name,
            f"coalesce({role}_map.unit_id IS NULL AND {role}_map.reason <> 'no_unit', FALSE)",
        )


def _respondent(
    con, raw: Raw, one: Field, selected: list[str], rejects: list[tuple[str, str, str]], mark, joins: list[str]
) -> None:  # type: ignore[no-untyped-def]
    """Respondents keep their code only when every code of the sheet is one; else all get a number of this load."""
    source, name = f"r.{quoted(one.name)}", quoted(one.name)
    codes = rules()["codes"]
    doubtful = con.execute(
        f"SELECT count(*) FROM {raw.table} AS r WHERE {source} IS NOT NULL AND trim({source}) <> '' AND (regexp_matches({source}, ?) "
        f"OR length({source}) > {codes['longest']} OR NOT regexp_full_match(trim({source}), ?) OR NOT regexp_matches({source}, '[0-9]'))",
        [pattern_sql(), codes["any_code"]],
    ).fetchone()
    if doubtful and doubtful[0]:
        table = f"{raw.table}_respondent"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {source} AS text, row_number() OVER (ORDER BY min(rid)) AS number "
            f"FROM {raw.table} AS r WHERE {source} IS NOT NULL AND trim({source}) <> '' GROUP BY {source}"
        )
        joins.append(f"LEFT JOIN {table} ON {table}.text = {source}")
        selected.append(f"'{{load_no}}-{raw.table.split('_')[1]}-' || {table}.number AS {name}")
        mark("respondent_replaced", one.name, f"{table}.number IS NOT NULL")
    else:
        selected.append(f"nullif(trim({source}), '') AS {name}")
    rejects.append(("missing_value", one.name, f"{name} IS NULL"))


def _required(
    one: Field, marks: dict[str, str], selected: list[str], rejects: list[tuple[str, str, str]], source: str, name: str
) -> None:
    for code, when in marks.items():
        alias = f"bad_{one.name}_{code}"
        if code not in ("number_two_readings", "suffix_removed", "outside_catalogue"):
            selected.append(f"{when} AS {alias}")
            rejects.append((code, one.name, alias))
    selected.append(f"({source} IS NULL OR trim({source}) = '') AS blank_{one.name}")
    rejects.append(("missing_value", one.name, f"blank_{one.name}"))


def _fill(when: str, data_dir: DataDir) -> str:
    calendar = data_dir.reference("calendar.csv")
    first, last = _calendar_bounds(calendar, calendar.stat().st_mtime_ns if calendar.exists() else 0)
    return (
        when.replace("{today}", f"DATE '{clock.today()}'")
        .replace("{calendar_first}", f"DATE '{first}'")
        .replace("{calendar_last}", f"DATE '{last}'")
    )
