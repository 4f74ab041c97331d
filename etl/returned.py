"""The rejected rows of a load, kept for their sender: what was written in the mapped columns, or its shape.

One file per sheet, `returned-<n>.parquet`, lies beside the load's rows. Of denunciations, of letters that do not say
what they are and of surveys only the place and the reasons are kept: no list may show them (product.md §6).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from etl.datasets import NOT_STORED, Dataset
from etl.datasets import Field as DatasetField
from etl.findings import shown
from etl.layouts import Layout
from etl.loaded import Load
from etl.personal import looks_personal, rules, safe
from etl.query import first_row
from etl.raw import EXCEL_ERROR, STATE, TEXT, Raw
from etl.receipt import SheetReceipt
from etl.recognise import Match
from etl.text import clean, quoted, shape
from etl.validate import Plan
from etl.values import OUTSIDE
from warehouse import mending
from warehouse.mending import Place
from warehouse.paths import DataDir

PATTERN = "returned-*.parquet"
META = b"gandan"
NEVER_LISTED = "denunciation"
"""A kind of letter of which no list may speak."""
COUNTED_ONLY = ("survey_answer",)
"""Datasets of which rows are never shown, whoever asks."""
DATES = ("instant", "day")
READ_WHOLE = (*DATES, *NOT_STORED, "code", "label", "boolean", "catalogue", "integer", "number")
"""Types of which a text that was understood says nothing else."""
GOOD_CODES = (0, 1)
"""Places in `raw.CODE_STATES` of what is a code, whatever its form."""
SETTINGS = (
    "date_order", "number_format", "due_precision", "era", "province_code", "code_pattern", "unit", "sender",
    "survey_id", "constants", "labels",
)  # fmt: skip
"""What a layout says besides its headers: the corrected rows are read with it, also when the layout is gone."""

AS_JSON = ("reasons", "warnings", "cells", "shaped")
"""Columns that hold lists or tables, kept as texts: whoever searches the store finds all of it."""
SCHEMA = pa.schema(
    [
        ("sheet", pa.string()),
        ("row", pa.int32()),
        ("unit_id", pa.string()),
        ("event_on", pa.date32()),
        ("is_restricted", pa.bool_()),
        ("reasons", pa.string()),
        ("warnings", pa.string()),
        ("cells", pa.string()),
        ("shaped", pa.string()),
        ("origin_load", pa.int32()),
        ("origin_sheet", pa.string()),
        ("origin_row", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Column:
    """A mapped column of a sheet: its field, and the sender's own header and number."""

    field: str
    header: str
    column_no: int
    type: str


@dataclass(frozen=True)
class Checked:
    """What a bit of `row_flags` of a sheet's rows means."""

    code: str
    field: str
    is_repair: bool


@dataclass
class SheetFacts:
    """What is known of a sheet besides its rows."""

    sheet: str
    columns: list[Column] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)
    is_wide: bool = False
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass
class ReturnedRow:
    """One rejected row: its place, whose it is, every reason ("code|field"), its mapped cells as they may be shown."""

    sheet: str
    row: int
    unit_id: str | None
    event_on: date | None
    is_restricted: bool
    reasons: list[str]
    warnings: list[str]
    cells: dict[str, str]
    shaped: list[str]
    origin: tuple[int, str, int] | None = None

    @property
    def place(self) -> Place:
        return self.sheet, self.row


def note(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    match: Match,
    plan: Plan,
    dataset: Dataset,
    receipt: SheetReceipt,
    file: Path,
    origins: dict[int, tuple[int, str, int]] | None = None,
) -> None:
    """Write the sheet's rejected rows and what its columns and flags mean; after `stage.stage_sheet`.

    `origins`: of a corrected sheet, the row -> (load, sheet, row) that it mends.
    """
    facts = SheetFacts(
        receipt.sheet,
        _columns(match, dataset),
        [Checked(c.code, c.field, c.is_repair) for c in plan.checks],
        raw.is_wide,
        {**_settings(match.layout), "constants": {**match.layout.constants, **_constants(con, raw)}},
    )
    rows = [
        ReturnedRow(receipt.sheet, line.row, None, None, dataset.name in COUNTED_ONLY, ["broken_line|"], [], {}, [])
        for line in raw.broken
    ]
    if receipt.n_rejected > len(raw.broken):
        rows += _rejected(con, raw, match, plan, dataset, receipt.sheet)
    for one in rows:
        one.origin = (origins or {}).get(one.row)
    _write(sorted(rows, key=lambda r: r.row), facts, file)


def _columns(match: Match, dataset: Dataset) -> list[Column]:
    """Return the mapped columns in the sender's order; a part of a compound column stands where that one stands."""
    source = {target: one.sources[0] for one in match.splits for target in one.targets}
    places = sorted((source.get(at, at), at, name) for name, at in match.fields.items())
    return [Column(name, safe(match.headers[at]), at + 1, dataset.fields[name].type) for at, _, name in places]


def _settings(layout: Layout) -> dict[str, Any]:
    return {name: getattr(layout, name) for name in SETTINGS}


def _constants(con: duckdb.DuckDBPyConnection, raw: Raw) -> dict[str, str]:
    """Return what the sheet's title or layout said of every row, as texts; nothing that looks personal."""
    names = sorted(raw.constants)
    if not names:
        return {}
    picked = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in names)
    row = first_row(con, f"SELECT {picked} FROM {raw.table} LIMIT 1") or ()
    found = {name: str(value).removesuffix(" 00:00:00") for name, value in zip(names, row, strict=False) if value}
    return {name: value for name, value in found.items() if not looks_personal(value)}


def _rejected(
    con: duckdb.DuckDBPyConnection, raw: Raw, match: Match, plan: Plan, dataset: Dataset, sheet: str
) -> list[ReturnedRow]:
    table = f"{raw.table}_turned_away"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM {raw.table} WHERE rid IN (SELECT rid FROM rejected)"
    )
    typed = replace(plan, source=table).typed_sql
    held = ", ".join(f"CASE WHEN {when} THEN '{code}|{name}' END" for code, name, when in plan.rejects)
    warned = ", ".join(f"CASE WHEN {c.when} THEN '{c.code}|{c.field}' END" for c in plan.checks if not c.is_repair)
    is_counted_only = dataset.name in COUNTED_ONLY
    fields = [] if is_counted_only else [f for f in dataset.fields.values() if f.name in match.fields]
    kind = "kind" if dataset.name == "complaint" else ""
    picked = {
        "row": "any_value(t.row_no)",
        "reasons": "any_value(t.held)",
        "warnings": "any_value(t.warned)",
        "counted": "any_value(rejected.reason)",
        "unit": "any_value(t.unit_id)" if "unit_code" in dataset.fields else "NULL",
        "receiving": "any_value(t.receiving_unit_id)" if "receiving_unit_code" in dataset.fields else "NULL",
        "event": f"any_value(try_cast(t.{quoted(dataset.event)} AS DATE))",
        "kind": f"any_value(t.{kind})" if kind else "NULL",
    }
    for one in fields:
        if one.type in DATES:
            picked[f"v.{one.name}"] = f"any_value(CAST(s.{quoted(one.name)} AS VARCHAR))"
            picked[f"t.{one.name}"] = f"any_value(s.{quoted(one.name + TEXT)})"
            continue
        picked[f"v.{one.name}"] = f"any_value(s.{quoted(one.name)})"
        if one.type == "code":
            picked[f"s.{one.name}"] = f"any_value(s.{quoted(one.name + STATE)})"
        elif one.type not in NOT_STORED:
            picked[f"r.{one.name}"] = f"any_value(CAST(t.{quoted(one.name)} AS VARCHAR))"
    selected = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in picked.items())
    found = records(
        con,
        f"SELECT {selected} FROM ("
        f"SELECT *, {raw.row_sql} AS row_no, [{held or 'NULL'}] AS held, [{warned or 'NULL'}] AS warned FROM ({typed})"
        f") AS t INNER JOIN {table} AS s ON s.rid = t.rid INNER JOIN rejected ON rejected.rid = t.rid GROUP BY t.rid",
    )
    con.execute(f"DROP TABLE {table}")
    as_sent = _Cells(plan)
    rows = []
    for record in found:
        is_restricted = is_counted_only or (bool(kind) and record["kind"] in (None, NEVER_LISTED))
        cells, shaped = ({}, []) if is_restricted else as_sent.of(record, fields)
        rows.append(
            ReturnedRow(
                sheet,
                record["row"],
                None if is_restricted else record["unit"],
                record["event"],
                is_restricted,
                _first_per_field([record["counted"], *record["reasons"]]),
                [] if is_restricted else _first_per_field(record["warnings"]),
                cells,
                shaped,
            )
        )
    return rows


def records(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query by column name."""
    result = con.execute(sql)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _first_per_field(held: list[str | None] | None) -> list[str]:
    """Return the findings that hold, one per field: a date that cannot be read is not also missing."""
    found: dict[str, str] = {}
    for one in held or ():
        if one:
            found.setdefault(one.partition("|")[2], one)
    return list(found.values())


class _Cells:
    """What may be shown of the cells of a row: what was understood as it stands, else what findings may show."""

    def __init__(self, plan: Plan):
        self.plain = plan.plain
        self.known: dict[tuple[str, str, bool], tuple[str, bool]] = {}

    def of(self, record: dict[str, Any], fields: list[DatasetField]) -> tuple[dict[str, str], list[str]]:
        cells: dict[str, str] = {}
        shaped = []
        for one in fields:
            value = record[f"v.{one.name}"]
            text = record.get(f"t.{one.name}") if value is None and one.type in DATES else value
            if text is None or text == EXCEL_ERROR or not clean(text):
                continue
            is_understood = self._is_understood(record, one)
            key = (one.name, text, is_understood)
            if key not in self.known:
                self.known[key] = self._shown(one, text, is_understood)
            cells[one.name], is_shape = self.known[key]
            if is_shape:
                shaped.append(one.name)
        return cells, shaped

    def _is_understood(self, record: dict[str, Any], one: DatasetField) -> bool:
        if one.type in DATES:
            return record[f"v.{one.name}"] is not None
        if one.type == "code":
            return record[f"s.{one.name}"] in GOOD_CODES
        if one.type in NOT_STORED:
            is_resolved = record["receiving" if one.name.startswith("receiving_") else "unit"] is not None
            beside = record.get(f"v.{one.name.replace('_name', '_code')}")
            # Beside a code the name need not be that of the unit.
            return is_resolved and (one.type == "unit_code" or not clean(beside))
        read = record[f"r.{one.name}"]
        return read is not None and read != OUTSIDE

    def _shown(self, one: DatasetField, text: str, is_understood: bool) -> tuple[str, bool]:
        if one.type in DATES and is_understood:
            return text.removesuffix(" 00:00:00"), False
        written = clean(text)
        if is_understood and one.type in NOT_STORED:
            is_code = len(written) <= rules()["codes"]["longest"] and re.match(rules()["codes"]["any_code"], written)
            is_understood = not looks_personal(written) and (one.type == "unit_name" or bool(is_code))
        if is_understood and one.type not in READ_WHOLE:
            # Of such a text only a part may have been understood: a code with something behind it.
            is_understood = len(written) <= rules()["codes"]["longest"] and not looks_personal(written)
        if is_understood:
            return written, False
        is_reference = one.type in ("reference", "procedure_code") and re.match(rules()["codes"]["any_code"], written)
        if is_reference and any(c.isdigit() for c in written) and len(written) <= 20 and not looks_personal(written):
            return written, False
        # A name that may be a unit's is looked at like a code that names one.
        name = one.name.replace("unit_name", "unit_code")
        may_be_shown = shown(text, name, self.plain.get(one.name, frozenset()))
        return (written, False) if may_be_shown == written else (shape(text), True)


def _write(rows: list[ReturnedRow], facts: SheetFacts, file: Path) -> None:
    lines = [
        {
            **{name: getattr(one, name) for name in ("sheet", "row", "unit_id", "event_on", "is_restricted")},
            **{name: json.dumps(getattr(one, name), ensure_ascii=False) for name in AS_JSON},
            "origin_load": one.origin[0] if one.origin else None,
            "origin_sheet": one.origin[1] if one.origin else None,
            "origin_row": one.origin[2] if one.origin else None,
        }
        for one in rows
    ]
    table = pa.Table.from_pylist(lines, schema=SCHEMA)
    told = json.dumps(asdict(facts), ensure_ascii=False, default=sorted).encode()
    pq.write_table(table.replace_schema_metadata({META: told}), file)


@dataclass
class Returned:
    """The rejected rows of a load, and what is known of its sheets; `is_kept` is FALSE of a load from before."""

    rows: list[ReturnedRow]
    sheets: list[SheetFacts]
    is_kept: bool = True


def read(load: Load) -> Returned:
    """Return what was kept of a load's rejected rows."""
    files = sorted(load.folder.glob(PATTERN), key=lambda f: int(f.stem.partition("-")[2]))
    found = Returned([], [], bool(files))
    for file in files:
        table = pq.read_table(file)
        found.sheets.append(_facts(json.loads((table.schema.metadata or {})[META])))
        for line in table.to_pylist():
            origin = (line.pop("origin_load"), line.pop("origin_sheet"), line.pop("origin_row"))
            # Lists were kept as such for a while.
            line |= {name: json.loads(line[name]) for name in AS_JSON if isinstance(line[name], str)}
            found.rows.append(ReturnedRow(**line, origin=origin if origin[0] is not None else None))
    return found


def _facts(content: dict[str, Any]) -> SheetFacts:
    return SheetFacts(
        content["sheet"],
        [Column(**one) for one in content["columns"]],
        [Checked(**one) for one in content["checks"]],
        content["is_wide"],
        content["settings"],
    )


def mended(data_dir: DataDir) -> dict[int, dict[Place, int]]:
    """Return load -> (sheet, row) -> the load whose corrected row was taken; only loads that take part."""
    return mending.standing(data_dir)[0]


def sent_again(data_dir: DataDir) -> dict[int, dict[Place, int]]:
    """Return load -> (sheet, row) -> the load in which the row came back and was rejected again."""
    return mending.standing(data_dir)[1]


def as_day(text: str) -> datetime | date | None:
    """Return the date or moment that a kept cell of a date column holds, None where it could not be read.

    >>> as_day("2026-10-03"), as_day("2026-10-03 08:30:00"), as_day("31/02/2026")
    (datetime.date(2026, 10, 3), datetime.datetime(2026, 10, 3, 8, 30), None)
    """
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None
