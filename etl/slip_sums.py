"""The counts and lists of a load by unit, of which its slips are made."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from etl import returned, unit_columns
from etl.correction import number_of
from etl.datasets import all_datasets
from etl.layouts import CANONICAL, all_layouts, canonical
from etl.loaded import Load
from etl.receipt import Receipt
from etl.returned import NEVER_LISTED, ReturnedRow, SheetFacts
from etl.slip_model import Finding, Kind, Month, Slip, letters, readable
from etl.text import literal, quoted
from warehouse.engines import connect_builder
from warehouse.mending import Place
from warehouse.paths import DataDir

ENDS = {"case": "completed_at", "complaint": "settled_on"}
"""Dataset -> the field whose date says that a row is settled."""
DRAWN = re.compile(r"(?=.*[Aa#])0?[Aa#? \-/.,:;@_+()]+…?")
"""A shape (`etl.text.shape`)."""
RESTRICTED = "*"
"""Stands for a unit in the counts of what is only counted."""


@dataclass
class _Tally:
    n_accepted: int = 0
    n_warned: int = 0
    n_repaired: int = 0
    warnings: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    rows: list[ReturnedRow] = field(default_factory=list)
    warned: list[Finding] = field(default_factory=list)
    received: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    days: list[date] = field(default_factory=list)


class Sums:
    """The counts of a load by unit (None: unknown; RESTRICTED: only counted)."""

    def __init__(self, data_dir: DataDir, load: Load):
        self.data_dir, self.load, self.receipt = data_dir, load, load.receipt
        self.kept = returned.read(load)
        self.dataset = all_datasets().get(self.receipt.dataset)
        self.mended = returned.mended(data_dir).get(load.load_no, {})
        self.again = returned.sent_again(data_dir).get(load.load_no, {})
        self.by_unit: dict[str | None, _Tally] = {None: _Tally(), RESTRICTED: _Tally()}
        self._rejected()
        if self.dataset and load.rows.is_file():
            con = connect_builder(None, data_dir.work / "spill", memory_limit="500MB")
            try:
                self._accepted(con)
            finally:
                con.close()
        self._rest()

    @property
    def units(self) -> list[str]:
        return [unit for unit in self.by_unit if unit not in (None, RESTRICTED)]

    @property
    def is_of_one_unit(self) -> bool:
        return len(self.units) == 1 and self.units[0] == self.receipt.sender_unit_id

    def _tally(self, unit: str | None) -> _Tally:
        return self.by_unit.setdefault(unit, _Tally())

    def _rejected(self) -> None:
        rows = self.kept.rows if self.kept.is_kept else _rows_from_before(self.load)
        for row in rows:
            self._tally(RESTRICTED if row.is_restricted else row.unit_id).rows.append(row)

    def _accepted(self, con: duckdb.DuckDBPyConnection) -> None:
        dataset = self.dataset
        assert dataset is not None
        source = f"read_parquet({literal(str(self.load.rows))})"
        present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        unit = "unit_id" if "unit_id" in present else "CAST(NULL AS VARCHAR)"
        if dataset.name == "complaint":
            unit = f"CASE WHEN kind = '{NEVER_LISTED}' THEN '{RESTRICTED}' ELSE {unit} END"
        # A respondent of a wide survey is one row of the sender.
        is_wide = any(sheet.is_wide for sheet in self.kept.sheets)
        per = "DISTINCT (source_sheet, source_row)" if is_wide else "*"
        start = f"CAST({quoted(dataset.event)} AS DATE)" if dataset.event in present else "CAST(NULL AS DATE)"
        con.execute(f"CREATE TEMP VIEW accepted AS SELECT {unit} AS slip_unit, {start} AS event_on, * FROM {source}")
        counted = f"SELECT slip_unit, count({per}), min(event_on), max(event_on) FROM accepted GROUP BY slip_unit"
        for key, n, first, last in con.execute(counted).fetchall():
            tally = self._tally(key)
            tally.n_accepted = n
            tally.days = [day for day in (first, last) if day]
        end = ENDS.get(dataset.name, "")
        for name, into in ((dataset.event, "received"), (end if end in present else "", "settled")):
            if name not in present:
                continue
            by_month = (
                f"SELECT slip_unit, strftime(CAST({quoted(name)} AS DATE), '%Y-%m'), count({per}) FROM accepted "
                + (f"WHERE {quoted(name)} IS NOT NULL " if into == "settled" else "")
                + "GROUP BY ALL"
            )
            for key, month, n in con.execute(by_month).fetchall():
                getattr(self._tally(key), into)[month or ""] += n
        for sheet in self.kept.sheets:
            if "row_flags" in present and sum(s.sheet == sheet.sheet for s in self.kept.sheets) == 1:
                self._flags(con, sheet, per)
        self._warned(con)

    def _flags(self, con: duckdb.DuckDBPyConnection, sheet: SheetFacts, per: str) -> None:
        if not sheet.checks:
            return
        masks = {kind: sum(1 << n for n, c in enumerate(sheet.checks) if c.is_repair is kind) for kind in (False, True)}
        bits = [f"count({per}) FILTER (WHERE row_flags & {1 << n} <> 0)" for n in range(len(sheet.checks))]
        both = [f"count({per}) FILTER (WHERE row_flags & {masks[kind]} <> 0)" for kind in (False, True)]
        found = con.execute(
            f"SELECT slip_unit, {', '.join([*both, *bits])} FROM accepted "
            f"WHERE row_flags <> 0 AND source_sheet = ? GROUP BY slip_unit",
            [sheet.sheet],
        ).fetchall()
        for key, warned, repaired, *counts in found:
            tally = self._tally(key)
            tally.n_warned += warned
            tally.n_repaired += repaired
            for check, n in zip(sheet.checks, counts, strict=True):
                if n:
                    (tally.repairs if check.is_repair else tally.warnings)[check.code] += n

    def _warned(self, con: duckdb.DuckDBPyConnection) -> None:
        """List the warned rows with their units; what no flag tells of (repeated keys) is counted from the list."""
        file = self.load.folder / "warnings.parquet"
        if not file.is_file():
            return
        unit_of = (
            "SELECT source_sheet, source_row, any_value(slip_unit) AS slip_unit FROM accepted "
            "GROUP BY source_sheet, source_row"
        )
        rows = returned.records(
            con,
            f"SELECT w.*, a.slip_unit FROM read_parquet({literal(str(file))}) AS w LEFT JOIN ({unit_of}) AS a "
            f"ON a.source_sheet = w.sheet AND a.source_row = w.row ORDER BY w.sheet, w.row, w.reason",
        )
        flagged = {(s.sheet, c.code) for s in self.kept.sheets for c in s.checks}
        for line in rows:
            tally = self._tally(line["slip_unit"])
            if (line["sheet"], line["reason"]) not in flagged:
                tally.warnings[line["reason"]] += 1
                tally.n_warned += 1
            if line["slip_unit"] == RESTRICTED:
                continue
            tally.warned.append(
                Finding(
                    line["sheet"] or "",
                    line["row"],
                    self._cell(line["sheet"], line["field"], line["row"]),
                    line["column"] or "",
                    line["field"] or "",
                    line["value_shape"] or "",
                    _is_drawn(line["value_shape"]),
                    line["reason"],
                )
            )

    def _rest(self) -> None:
        """What the lists do not hold in full stands with the rows of no known unit: the slips add up to the receipt."""
        rest, every = self.by_unit[None], list(self.by_unit.values())
        for name in ("n_accepted", "n_warned", "n_repaired"):
            missing = getattr(self.receipt, name) - sum(getattr(t, name) for t in every)
            setattr(rest, name, getattr(rest, name) + max(0, missing))
        for name in ("warnings", "repairs"):
            told: Counter[str] = Counter()
            for sheet in self.receipt.sheets:
                told.update(getattr(sheet, name))
            for tally in every:
                told.subtract(getattr(tally, name))
            getattr(rest, name).update(+told)

    def _cell(self, sheet: str | None, field_name: str | None, row: int) -> str:
        column = self._column(sheet, field_name)
        return f"{letters(column.column_no)}{row}" if column else ""

    def _column(self, sheet: str | None, field_name: str | None) -> returned.Column | None:
        names = (field_name, (field_name or "").replace("_code", "_name"))
        for one in self.kept.sheets:
            if one.sheet == (sheet or ""):
                for name in names:
                    for column in one.columns:
                        if column.field == name:
                            return column
        return None

    def slip(self, kind: Kind, unit_id: str | None, also: tuple[str | None, ...] = ()) -> Slip:
        """Return the slip of a unit and of all that is added to it."""
        receipt = self.receipt
        made = Slip(
            self.load.load_no,
            number_of(self.load.load_no, receipt.sha256),
            kind,
            receipt.file_name,
            receipt.sha256,
            receipt.dataset,
            receipt.layout,
            receipt.era,
            receipt.loaded_at,
            receipt.data_on,
            receipt.data_on_source,
            layout_title=self._title(),
            set_aside=_total(receipt, "set_aside"),
            text_repairs=_total(receipt, "text_repairs"),
            dropped=[(column.header, column.reason) for _, column in receipt.dropped],
            corrects=_mends(receipt),
        )
        if kind == "unit" and unit_id:
            made.unit_id = unit_id
            made.unit_code, made.unit_name = self._unit(unit_id)
        tallies = [self.by_unit[key] for key in dict.fromkeys((unit_id, *also)) if key in self.by_unit]
        received: Counter[str] = Counter()
        settled: Counter[str] = Counter()
        for tally in tallies:
            made.n_accepted += tally.n_accepted
            made.n_warned += tally.n_warned
            made.n_repaired += tally.n_repaired
            made.warnings.update(tally.warnings)
            made.repairs.update(tally.repairs)
            made.warned += tally.warned
            received.update(tally.received)
            settled.update(tally.settled)
            for row in tally.rows:
                self._add(made, row)
        days = [day for tally in tallies for day in tally.days]
        made.first_on, made.last_on = min(days, default=None), max(days, default=None)
        has_end = receipt.dataset in ENDS
        made.months = [
            Month(month, received[month], settled[month] if has_end else None)
            for month in sorted({*received, *settled})
        ]
        order = {sheet.sheet: n for n, sheet in enumerate(receipt.sheets)}
        for found in (made.warned, made.rejected):
            found.sort(key=lambda f: (order.get(f.sheet, 0), f.sheet, f.row))
        made.n_open = made.n_rejected - made.n_mended - sum(1 for r in _rows(tallies) if r.place in self.again)
        return made

    def _add(self, made: Slip, row: ReturnedRow) -> None:
        made.n_rejected += 1
        made.rejects[row.reasons[0].partition("|")[0]] += 1
        state, by = _state(row.place, self.mended, self.again)
        made.n_mended += state == "mended"
        if row.is_restricted:
            made.n_unlisted += 1
            return
        for reason in row.reasons:
            code, _, name = reason.partition("|")
            column = self._column(row.sheet, name)
            field_name = column.field if column else name
            value = row.cells.get(field_name, "")
            made.rejected.append(
                Finding(
                    row.sheet,
                    row.row,
                    self._cell(row.sheet, name, row.row),
                    column.header if column else "",
                    name,
                    readable(value),
                    field_name in row.shaped,
                    code,
                    state,
                    by,
                )
            )

    def _title(self) -> dict[str, str]:
        name = self.receipt.layout
        known = all_layouts(self.data_dir).get(name)
        if known is None and name == CANONICAL and self.dataset:
            known = canonical(self.dataset.name)
        return dict(known.title) if known else {}

    def _unit(self, unit_id: str) -> tuple[str, str]:
        try:
            unit = unit_columns.index_of(self.data_dir).unit(unit_id, self.receipt.data_on)
        except (KeyError, IndexError):
            return unit_id.partition("-")[0], unit_id
        return unit.code, unit.full_name


def _rows(tallies: list[_Tally]) -> list[ReturnedRow]:
    return [row for tally in tallies for row in tally.rows]


def _state(place: Place, mended: dict[Place, int], again: dict[Place, int]) -> tuple[str, int | None]:
    if place in mended:
        return "mended", mended[place]
    return ("again", again[place]) if place in again else ("open", None)


def _rows_from_before(load: Load) -> list[ReturnedRow]:
    """Return the rows of a load from before rejected rows were kept: places and reasons, of no known unit."""
    file: Path = load.folder / "rejects.parquet"
    if not file.is_file():
        return []
    is_restricted = load.receipt.dataset in ("complaint", *returned.COUNTED_ONLY)
    lines = pq.read_table(file).to_pylist()
    reasons = [f"{line['reason']}|{line['field']}" for line in lines]
    return [
        ReturnedRow(line["sheet"] or "", line["row"], None, None, is_restricted, [reason], [], {}, [])
        for line, reason in zip(lines, reasons, strict=True)
    ]


def _total(receipt: Receipt, name: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for sheet in receipt.sheets:
        found.update(getattr(sheet, name, {}) or {})
    return dict(found)


def _mends(receipt: Receipt) -> dict[str, Any]:
    told = receipt.corrects
    return {"load_no": told["load_no"], "n_rows": len(told.get("rows", []))} if told else {}


def _is_drawn(value: str | None) -> bool:
    """Return whether what a finding shows is a shape, long ones cut short: nothing but signs for digits and letters.

    >>> _is_drawn("Aaa aaaa…"), _is_drawn("0####"), _is_drawn("31/09/2026"), _is_drawn("")
    (True, True, False, False)
    """
    return bool(DRAWN.fullmatch(value or ""))
