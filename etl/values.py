"""What each distinct text of a column means: labels, numbers, booleans and catalogue texts are read once per text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from etl.catalogues import catalogue, names_and_labels
from etl.datasets import Field
from etl.layouts import Layout
from etl.periods import read_period
from etl.personal import code_pattern_sql, looks_personal, rules
from etl.receipt import Proposal
from etl.text import clean, fold, literal, quoted
from etl.types import (
    NumberFormat,
    ambiguous_labels,
    is_plain_label,
    label_key,
    label_tables,
    number_format_of,
    read_number,
)
from warehouse.paths import DataDir

OUTSIDE = "ngoài danh mục"
SQL_TYPE = {"integer": "BIGINT", "number": "DOUBLE", "answer": "DOUBLE", "boolean": "BOOLEAN"}
INLINE = 16
"""Up to so many distinct texts are written into the query; more are joined."""

LONG_NUMBER = re.compile(r"\d{9}")
"""So many digits name a person, an account or a tax payer rather than a category."""

Value = str | int | float | bool | None
Reading = tuple[Value, str | None]
"""The value and the code of a warning or repair, if any."""


@dataclass
class Column:
    """How a text column is read: SQL for its value, per code SQL that is true where the code applies, and a join."""

    value: str
    marks: dict[str, str] = field(default_factory=dict)
    join: str = ""
    proposals: list[Proposal] = field(default_factory=list)
    plain: frozenset[str] = frozenset()
    """Texts that may be shown as they are in a report."""
    unknown: dict[str, int] = field(default_factory=dict)
    """Labels that no table knows and that may be shown -> rows."""


def distinct(con: duckdb.DuckDBPyConnection, table: str, column: str) -> list[tuple[str, int]]:
    """Return each text of a column with its number of rows."""
    q = quoted(column)
    return con.execute(f"SELECT {q}, count(*) FROM {table} WHERE {q} IS NOT NULL GROUP BY {q} ORDER BY {q}").fetchall()


def read_column(
    con: duckdb.DuckDBPyConnection,
    table: str,
    one: Field,
    layout: Layout,
    data_dir: DataDir,
    alias: str,
    answers: Mapping[str, str] | None = None,
) -> Column:
    """Return how the texts of one column are read; `answers` say what a label means that may mean several things."""
    texts = distinct(con, table, one.name)
    reader, proposals = _reader(one, layout, data_dir, texts, answers or {})
    readings = {text: reader(text) if clean(text) else (None, None) for text, _ in texts}
    column = _column(con, one, readings, alias)
    column.proposals = proposals
    limit = rules()["thresholds"]["repeated_cases"]
    column.plain = frozenset(
        t for t, n in texts if n >= limit and len(t) <= 60 and not looks_personal(t) and not LONG_NUMBER.search(t)
    )
    for text, n in texts if one.type in ("label", "catalogue") else ():
        is_label = one.type == "label" and is_plain_label(text, data_dir) and not looks_personal(text)
        # A name outside the catalogue may be a person's matter: only one that many rows share is shown.
        is_shown = text in column.plain or is_label
        if readings[text][1] in ("unknown_label", "outside_catalogue") and is_shown:
            shown = clean(text)
            column.unknown[shown] = column.unknown.get(shown, 0) + n
    return column


def _column(con: duckdb.DuckDBPyConnection, one: Field, readings: dict[str, Reading], alias: str) -> Column:
    raw, sql_type = f"r.{quoted(one.name)}", SQL_TYPE.get(one.type, "VARCHAR")
    codes = sorted({code for _, code in readings.values() if code})
    if not readings:
        return Column(f"CAST(NULL AS {sql_type})")
    if len(readings) <= INLINE and not any("\x00" in t for t in readings):
        whens = " ".join(f"WHEN {literal(t)} THEN {literal(v)}" for t, (v, _) in readings.items() if v is not None)
        value = f"CAST(CASE {raw} {whens} END AS {sql_type})" if whens else f"CAST(NULL AS {sql_type})"
        marks = {
            code: f"coalesce({raw} IN ({', '.join(literal(t) for t, (_, c) in readings.items() if c == code)}), FALSE)"
            for code in codes
        }
        return Column(value, marks)
    name = f"texts_{alias}"
    content = pa.table(
        {
            "text": pa.array(list(readings), pa.string()),
            "value": pa.array(
                [
                    None if v is None else str(v).lower() if isinstance(v, bool) else str(v)
                    for v, _ in readings.values()
                ],
                pa.string(),
            ),
            "code": pa.array([c for _, c in readings.values()], pa.string()),
        }
    )
    con.register("handed_texts", content)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS "
        f"SELECT text, CAST(value AS {sql_type}) AS value, code FROM handed_texts"
    )
    con.unregister("handed_texts")
    return Column(
        f"{name}.value",
        {code: f"coalesce({name}.code = {literal(code)}, FALSE)" for code in codes},
        f"LEFT JOIN {name} ON {name}.text = {raw}",
    )


def _reader(
    one: Field, layout: Layout, data_dir: DataDir, texts: list[tuple[str, int]], answers: Mapping[str, str]
) -> tuple[Callable[[str], Reading], list[Proposal]]:
    labels = label_tables(data_dir)
    if one.type == "label":
        meant = {**labels.get(one.labels, {}), **meanings(one.labels, layout, data_dir, answers)}
        return lambda t: (meant[label_key(t)] or None, None) if label_key(t) in meant else (None, "unknown_label"), []
    if one.type == "boolean":
        table = labels["boolean"]

        def read_boolean(text: str) -> Reading:
            found = table.get(label_key(text))
            return (found == "true", None) if found else (None, "unreadable_value")

        return read_boolean, []
    if one.type == "integer":
        return lambda t: _number(t, layout.number_format, True), []
    if one.type == "number":
        written, is_told = number_format_of((t for t, _ in texts), layout.number_format)

        def read_measure(text: str) -> Reading:
            value, code = _number(text, written, False)
            return value, None if is_told and code == "number_two_readings" else code

        return read_measure, []
    if one.type == "period":

        def read_when(text: str) -> Reading:
            period = read_period(text)
            return period, None if period else "unknown_period"

        return read_when, []
    if one.type == "answer":
        missing, words = labels["missing"], labels["answer"]

        def read_answer(text: str) -> Reading:
            if label_key(text) in missing:
                return None, None
            if label_key(text) in words:
                return float(words[label_key(text)]), None
            return _number(text, layout.number_format, False)

        return read_answer, []
    if one.type == "reference":
        return _reference, []
    if one.type == "procedure_code":
        return _procedure_reader(data_dir), []
    if one.type == "catalogue":
        of_all = labels.get(one.labels, {})
        read, proposals = _catalogue_reader(one, data_dir, [t for t in texts if label_key(t[0]) not in of_all])
        return lambda t: (None, None) if label_key(t) in of_all else read(t), proposals
    if one.type == "item":
        items = {row["item_id"] for row in catalogue(data_dir.reference("survey_items.csv"))}

        def read_item(text: str) -> Reading:
            value, code = _category(text)
            return value, code or (None if not items or value in items else "unknown_item")

        return read_item, []
    known = labels.get(one.labels, {})
    return lambda t: (known[label_key(t)], None) if label_key(t) in known else _category(t), []


def meanings(table: str, layout: Layout, data_dir: DataDir, answers: Mapping[str, str]) -> dict[str, str]:
    """Return what the layout, then the answers say that labels mean: folded label -> value, empty: not known."""
    found = {label_key(k): v for k, v in layout_labels(layout).get(table, {}).items()}
    ambiguous = ambiguous_labels(data_dir, table)
    for key in ambiguous.labels if ambiguous else ():
        given = answers.get(f"{table}:{key}")
        if given is not None and (given == "" or (ambiguous and given in ambiguous.values)):
            found[key] = given
    return found


def layout_labels(layout: Layout) -> Mapping[str, Mapping[str, str]]:
    """Return table -> label -> value, where a layout has labels of its own."""
    own: Mapping[str, Mapping[str, str]] = getattr(layout, "labels", None) or {}
    return own


def _number(text: str, number_format: NumberFormat, is_integer: bool) -> Reading:
    number, is_open = read_number(text, number_format, is_integer)
    if number is None or abs(number) > rules()["thresholds"]["largest_number"]:
        return None, "unreadable_value"
    if is_integer and number < 0:
        return None, "negative_number"
    return (int(number) if is_integer else float(number)), "number_two_readings" if is_open else None


def _category(text: str) -> Reading:
    value = clean(text)
    is_long = len(value) > rules()["codes"]["longest"] or LONG_NUMBER.search(value)
    if is_long or re.search(code_pattern_sql(), value) or looks_personal(value):
        return None, "personal_value"
    return value, None


def _reference(text: str) -> Reading:
    """Read a code that is no key: what is no code may be a note, and is not stored."""
    value, codes = clean(text), rules()["codes"]
    if re.search(code_pattern_sql(), value) or looks_personal(value):
        return None, "personal_value"
    is_code = len(value) <= codes["longest"] and re.match(codes["any_code"], value) and re.search("[0-9]", value)
    return (value, None) if is_code else (None, "unreadable_value")


def _procedure_reader(data_dir: DataDir) -> Callable[[str], Reading]:
    known = {row["procedure_code"] for row in catalogue(data_dir.reference("procedures.csv"))}
    pattern = re.compile(rules()["codes"]["procedure_code"])

    def read(text: str) -> Reading:
        value = clean(text)
        found = pattern.match(value)
        code = found.group(1) if found else value
        if code in known:
            return code, None if code == value else "suffix_removed"
        if found:
            return code, "unknown_procedure" if known else None
        return None, "unreadable_value"

    return read


def _catalogue_reader(
    one: Field, data_dir: DataDir, texts: list[tuple[str, int]]
) -> tuple[Callable[[str], Reading], list[Proposal]]:
    """Where a catalogue exists only its texts are stored; where none does, repeated texts are proposed for it."""
    names = names_and_labels(data_dir, one)
    if names:
        return lambda t: (names[fold(t)], None) if fold(t) in names else (OUTSIDE, "outside_catalogue"), []
    limits = rules()["thresholds"]
    counted: dict[str, int] = {}
    for text, n in texts:
        counted[clean(text)] = counted.get(clean(text), 0) + n
    kept = {
        text: n
        for text, n in counted.items()
        if text and n >= limits["repeated_cases"] and len(text) <= limits["longest_text"] and not looks_personal(text)
    }
    proposals = [Proposal(one.name, text, n) for text, n in sorted(kept.items(), key=lambda p: (-p[1], p[0]))]
    return lambda t: (clean(t), None) if clean(t) in kept else (OUTSIDE, "outside_catalogue"), proposals
