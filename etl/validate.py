"""Every row accepted or rejected: the rules of `rules.toml` and of the field types as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from etl import codes, label_meanings, unit_lives
from etl.datasets import Dataset, Field
from etl.layouts import Layout
from etl.personal import code_pattern_sql, rules
from etl.query import count, first_row
from etl.raw import EXCEL_ERROR, MENDED, STATE, TEXT, Raw
from etl.receipt import Proposal
from etl.rules import filled, never_rejects, repairs, rules_of
from etl.text import quoted
from etl.unit_columns import COLUMNS
from etl.values import SQL_TYPE, read_column
from warehouse.paths import DataDir

STORED_TYPE = {**SQL_TYPE, "instant": "TIMESTAMP", "day": "DATE", "integer": "INTEGER"}
MOST_CHECKS = 62
"""Bits of `row_flags`."""


@dataclass(frozen=True)
class Check:
    """A condition over the typed rows that warns of a row or tells of a repair; one bit of `row_flags` each."""

    code: str
    field: str
    when: str

    @property
    def is_repair(self) -> bool:
        return self.code in repairs()


@dataclass
class Plan:
    """How the rows of one sheet are typed and judged."""

    columns: list[tuple[str, str]] = field(default_factory=list)
    """(stored column, its SQL type) in order."""
    checks: list[Check] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    plain: dict[str, frozenset[str]] = field(default_factory=dict)
    """Per field the texts that a report may show as they are."""
    unknown_labels: dict[str, dict[str, int]] = field(default_factory=dict)
    """Field -> label that no table knows and that may be shown -> rows."""
    source: str = ""
    selected: list[str] = field(default_factory=lambda: ["r.rid AS rid"])
    joins: list[str] = field(default_factory=list)
    rejects: list[tuple[str, str, str]] = field(default_factory=list)
    """(reason, field, condition); the first that holds is given."""

    def mark(self, code: str, name: str, when: str) -> None:
        """Add a check whose condition is worked out beside the typed columns."""
        alias = f"mark_{len(self.checks)}"
        self.selected.append(f"{when} AS {alias}")
        self.checks.append(Check(code, name, alias))

    @property
    def typed_sql(self) -> str:
        """Return the SELECT of rid, the typed columns and what the conditions need."""
        return f"SELECT {', '.join(self.selected)} FROM {self.source} AS r {' '.join(self.joins)}"

    @property
    def reject_sql(self) -> str:
        """Return the CASE that yields 'reason|field', NULL for a good row."""
        whens = " ".join(f"WHEN {when} THEN '{code}|{name}'" for code, name, when in self.rejects)
        return f"CASE {whens} END" if whens else "NULL"

    @property
    def flags_sql(self) -> str:
        """Return the sum of the bits of the checks that hold."""
        bits = [f"(CASE WHEN {c.when} THEN {1 << n} ELSE 0 END)" for n, c in enumerate(self.checks)]
        return f"CAST({' | '.join(bits) or '0'} AS BIGINT)"


def plan(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    dataset: Dataset,
    layout: Layout,
    data_dir: DataDir,
    unit_joins: dict[str, str],
    answers: Mapping[str, str] | None = None,
) -> Plan:
    """Return how a sheet's rows are typed and judged; `unit_joins`: joins of `unit_columns.map_table` by role.

    `answers` say what was asked of the labels (`labels.status_questions`).
    """
    made = Plan(source=raw.table, joins=list(unit_joins.values()))
    if raw.has_excel_errors:
        _excel_errors(made, raw, dataset)
    unread, mended = (
        _any(con, raw, dataset, DATES, TEXT, "IS NOT NULL"),
        _any(con, raw, dataset, ("code",), MENDED, "> 0"),
    )
    for one in dataset.fields.values():
        if one.type in ("unit_code", "unit_name"):
            _unit(made, one, unit_joins)
            continue
        kind = STORED_TYPE.get(one.type, "VARCHAR")
        made.columns.append((one.name, kind))
        if one.name not in raw.columns:
            made.selected.append(f"CAST(NULL AS {kind}) AS {quoted(one.name)}")
            if one.is_required:
                made.rejects.append(("missing_value", one.name, "TRUE"))
        elif one.type in ("instant", "day"):
            _date(made, one, one.name in unread)
        elif one.type == "code":
            _code(made, one, one.name in mended)
        elif one.type == "respondent":
            _respondent(con, made, raw, one)
        else:
            _text(con, made, raw, one, layout, data_dir, kind, answers or {})
    _lives(con, made, raw, dataset, data_dir, unit_joins)
    present = {name for name in dataset.fields if name in raw.columns}
    for rule in rules_of(dataset.name):
        if not set(rule["columns"]) <= present:
            continue
        when = filled(rule["when"], data_dir)
        if rule["level"] == "reject":
            made.rejects.append((rule["id"], rule["field"], when))
        else:
            made.checks.append(Check(rule["id"], rule["field"], f"({when})"))
    if len(made.checks) > MOST_CHECKS:
        _keep_what_holds(con, made)
    return made


def _keep_what_holds(con: duckdb.DuckDBPyConnection, made: Plan) -> None:
    """Leave out the checks that hold of no row, where there are more of them than bits."""
    held = ", ".join(f"coalesce(bool_or({c.when}), FALSE)" for c in made.checks)
    row = first_row(con, f"SELECT {held} FROM ({made.typed_sql})") or ()
    made.checks = [check for check, holds in zip(made.checks, row, strict=True) if holds]
    if len(made.checks) > MOST_CHECKS:
        raise ValueError("more checks than bits of row_flags")


def _lives(
    con: duckdb.DuckDBPyConnection, made: Plan, raw: Raw, dataset: Dataset, data_dir: DataDir, joins: dict[str, str]
) -> None:
    """Warn of a row whose unit did not exist yet, or no more, on the row's day."""
    is_figure = any(f.type == "period" or f.name == "period_start" for f in dataset.fields.values())
    if "unit" not in joins or dataset.event not in raw.columns or is_figure:
        return
    name = f"{raw.table}_lives"
    if unit_lives.table(con, data_dir, "unit_map", name):
        day = f"CAST(r.{quoted(dataset.event)} AS DATE)"
        made.joins.append(f"LEFT JOIN {name} ON {name}.unit_id = unit_map.unit_id")
        made.mark(
            "unit_of_another_time",
            "unit_code",
            f"coalesce({day} < {name}.began_on, FALSE) OR coalesce({day} >= {name}.ended_on, FALSE)",
        )


def _unit(made: Plan, one: Field, unit_joins: dict[str, str]) -> None:
    if one.type == "unit_name":
        return
    role = next(r for r, names in COLUMNS.items() if one.name in names)
    made.columns.append((f"{role}_id", "VARCHAR"))
    if role not in unit_joins:
        made.selected.append(f"CAST(NULL AS VARCHAR) AS {role}_id")
        return
    made.selected.append(f"{role}_map.unit_id AS {role}_id")
    for note in ("unit_name_differs", "leading_zero"):
        made.mark(note, one.name, f"coalesce({role}_map.note = '{note}', FALSE)")
    if one.is_required:
        made.selected.append(f"coalesce({role}_map.reason, 'no_unit') AS {role}_reason")
        for reason in ("no_unit", "unknown_unit", "ambiguous_unit", "unit_not_in_force"):
            made.rejects.append((reason, one.name, f"{role}_id IS NULL AND {role}_reason = '{reason}'"))
    else:
        unresolved = f"coalesce({role}_map.unit_id IS NULL AND {role}_map.reason <> 'no_unit', FALSE)"
        made.mark("unknown_receiving_unit", one.name, unresolved)


DATES = ("instant", "day")


def _any(
    con: duckdb.DuckDBPyConnection, raw: Raw, dataset: Dataset, kinds: tuple[str, ...], suffix: str, test: str
) -> set[str]:
    """Return the fields of these types of which some row passes the test in the column beside."""
    names = [f.name for f in dataset.fields.values() if f.type in kinds and f.name in raw.columns]
    names = [name for name in names if name not in raw.constants]
    if not names:
        return set()
    tests = ", ".join(f"coalesce(bool_or({quoted(name + suffix)} {test}), FALSE)" for name in names)
    row = first_row(con, f"SELECT {tests} FROM {raw.table}") or ()
    return {name for name, holds in zip(names, row, strict=True) if holds}


def _date(made: Plan, one: Field, is_unread: bool) -> None:
    source, name = f"r.{quoted(one.name)}", quoted(one.name)
    unread = f"coalesce(r.{quoted(one.name + TEXT)} <> '{EXCEL_ERROR}', FALSE)" if is_unread else "FALSE"
    made.selected.append(f"{source if one.type == 'instant' else f'CAST({source} AS DATE)'} AS {name}")
    if not one.is_required:
        if is_unread:
            made.mark("unreadable_date", one.name, unread)
        return
    if is_unread:
        made.selected.append(f"{unread} AS unread_{one.name}")
        made.rejects.append(("unreadable_date", one.name, f"unread_{one.name}"))
    made.rejects.append(("missing_date", one.name, f"{name} IS NULL"))


def _excel_errors(made: Plan, raw: Raw, dataset: Dataset) -> None:
    """Reject a row whose required cell holds an Excel error, warn of one in a date: neither is an empty cell."""
    for one in dataset.fields.values():
        is_date = one.type in ("instant", "day")
        is_needed = one.is_required or (one.name == "unit_name" and "unit_code" not in raw.columns)
        if one.name not in raw.columns or not (is_date or is_needed):
            continue
        source = f"r.{quoted(one.name + TEXT if is_date else one.name)}"
        holds = f"coalesce({source} = '{EXCEL_ERROR}', FALSE)"
        if is_needed:
            made.selected.append(f"{holds} AS excel_{one.name}")
            made.rejects.append(("excel_error", one.name, f"excel_{one.name}"))
        else:
            made.mark("excel_error", one.name, holds)


def _code(made: Plan, one: Field, is_mended: bool) -> None:
    state = quoted(one.name + STATE)
    made.selected += [f"r.{quoted(one.name)} AS {quoted(one.name)}", f"r.{state} AS {state}"]
    for reason in ("no_code", "personal_code", "not_a_code"):
        made.rejects.append((reason, one.name, f"{state} = {codes.STATES.index(reason)}"))
    if is_mended:
        for n, code in enumerate(codes.REPAIRS, 1):
            made.mark(code, one.name, f"r.{quoted(one.name + MENDED)} = {n}")


def _respondent(con: duckdb.DuckDBPyConnection, made: Plan, raw: Raw, one: Field) -> None:
    """Respondents keep their code only when every code of the sheet is one; else all get a number of this load."""
    source, name, limits = f"r.{quoted(one.name)}", quoted(one.name), rules()["codes"]
    given = f"{source} IS NOT NULL AND trim({source}) NOT IN ('', '{EXCEL_ERROR}')"
    doubtful = count(
        con,
        f"SELECT count(*) FROM {raw.table} AS r WHERE {given} AND (regexp_matches({source}, ?) "
        f"OR length({source}) > {limits['longest']} OR NOT regexp_full_match(trim({source}), ?) "
        f"OR NOT regexp_matches({source}, '[0-9]'))",
        [code_pattern_sql(), limits["any_code"]],
    )
    if doubtful:
        table = f"{raw.table}_respondent"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {source} AS text, "
            f"row_number() OVER (ORDER BY min(rid)) AS number FROM {raw.table} AS r WHERE {given} GROUP BY {source}"
        )
        made.joins.append(f"LEFT JOIN {table} ON {table}.text = {source}")
        made.selected.append(f"'{{prefix}}-{raw.table.split('_')[1]}-' || {table}.number AS {name}")
        made.mark("respondent_replaced", one.name, f"{table}.number IS NOT NULL")
    else:
        made.selected.append(f"nullif(trim({source}), '') AS {name}")
    made.rejects.append(("missing_value", one.name, f"{name} IS NULL"))


def _text(
    con: duckdb.DuckDBPyConnection,
    made: Plan,
    raw: Raw,
    one: Field,
    layout: Layout,
    data_dir: DataDir,
    kind: str,
    answers: Mapping[str, str],
) -> None:
    column = read_column(con, raw.table, one, layout, data_dir, f"{raw.table}_{one.name}", answers)
    if one.type == "label":
        label_meanings.decide_by_dates(con, column, raw, one, data_dir)
    made.selected.append(f"CAST({column.value} AS {kind}) AS {quoted(one.name)}")
    made.plain[one.name] = column.plain
    if column.unknown:
        made.unknown_labels[one.name] = column.unknown
    made.proposals += column.proposals
    if column.join:
        made.joins.append(column.join)
    # A respondent of a wide survey is not rejected for one answer.
    is_needed = one.is_required and not (raw.is_wide and one.type == "answer")
    for code, when in column.marks.items():
        if is_needed and not never_rejects(code):
            made.selected.append(f"{when} AS bad_{one.name}_{code}")
            made.rejects.append((code, one.name, f"bad_{one.name}_{code}"))
        else:
            made.mark(code, one.name, when)
    if is_needed:
        source = f"r.{quoted(one.name)}"
        made.selected.append(f"({source} IS NULL OR trim({source}) = '') AS blank_{one.name}")
        made.rejects.append(("missing_value", one.name, f"blank_{one.name}"))
