"""A corrected workbook that came back: the rows of a receipt's sheet, and which rejected rows they mend.

The workbook is known by its number ("Phiếu số 12-ab12cd34") in a cell of the sheet or in its properties. Its rows are
read as those of the load they come from: same dataset, same columns, same date of the data; nothing is asked.
"""

from __future__ import annotations

import csv
import re
import tomllib
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from etl import returned
from etl.extract import PREVIEW_ROWS, Sheet, Stored
from etl.layouts import Layout, all_layouts, canonical
from etl.loaded import Load
from etl.readers.model import ZIP_TROUBLE
from etl.receipt import Question, Receipt, read_receipt
from etl.recognise import Match
from etl.returned import Place, ReturnedRow
from etl.text import clean, fold
from etl.values import OUTSIDE
from warehouse.ledger import WITHDRAWN
from warehouse.paths import DataDir

LANGUAGES = ("vi", "en")
MARKED_WITHIN = 8
"""The number stands within so many rows of the top of a sheet."""
PROPERTY = "gandan_slip"
"""Custom property of the workbook with the number of the receipt."""
PROPERTIES = "docProps/custom.xml"
MOST_BYTES = 1 << 16
SETTLED_ERAS = ("2tier", "3tier")


@cache
def words(lang: str) -> dict[str, str]:
    """Return the words of the receipt in a language (`slip.toml`)."""
    table = tomllib.loads(Path(__file__).with_name("slip.toml").read_text("utf-8"))
    return {key: entry[lang] for key, entry in table.items()}


def number_of(load_no: int, sha256: str) -> str:
    """Return the number of a load's receipt: the load and the first signs of the file's hash.

    >>> number_of(12, "ab12cd34ef")
    '12-ab12cd34'
    """
    return f"{load_no}-{sha256[:8]}"


@cache
def _marks() -> re.Pattern[str]:
    heads = "|".join(fold(words(lang)["number"].format(number="")) for lang in LANGUAGES)
    return re.compile(rf"\b(?:{heads}) (\d{{1,9}}) ([0-9a-f]{{8}})\b")


@dataclass
class Correction:
    """A corrected sheet, ready to be loaded: how it is read, and which row mends which."""

    load: Load
    sheet: Sheet
    match: Match
    origins: dict[int, Place]
    """Row in this sheet -> (sheet, row) of the rejected row."""
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def data_on(self) -> date | None:
        """The date of the data, unless another is stated: that of the load that is corrected."""
        return self.load.receipt.data_on

    @property
    def chained(self) -> dict[int, tuple[int, str, int]]:
        """Return row -> (load, sheet, row) that it mends, for `returned.note`."""
        return {row: (self.load.load_no, *place) for row, place in self.origins.items()}


def of(stored: Stored, sheets: list[Sheet], data_dir: DataDir) -> Correction | Question | None:
    """Return the correction that a file is, the question that stops it, or None: no receipt of ours."""
    number = next((found for sheet in sheets if (found := _number(sheet))), None) or _property(stored.path)
    if number is None:
        return None
    load = _load(data_dir, *number)
    tables = [(sheet, at) for sheet in sheets if not sheet.is_hidden and (at := _header_row(sheet)) is not None]
    if load is None and not tables:
        return None  # a paper of somebody else's that has a number, too
    if load is None:
        return Question("slip_unknown", "", {"number": f"{number[0]}-{number[1]}"})
    if (load.folder / WITHDRAWN).exists():
        return Question("slip_withdrawn", "", {"number": f"{number[0]}-{number[1]}", "load_no": str(number[0])})
    if tables:
        return _read(load, *tables[0], data_dir)
    return Question("slip_without_rows", "", {"number": f"{number[0]}-{number[1]}"})


def _number(sheet: Sheet) -> tuple[int, str] | None:
    for row in sheet.preview[:MARKED_WITHIN]:
        for cell in row:
            if found := _marks().search(fold(cell)):
                return int(found[1]), found[2]
    return None


def _property(path: Path) -> tuple[int, str] | None:
    """Return the number in the workbook's properties: a sender may have deleted the row with the number."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(PROPERTIES) as opened:
            content = opened.read(MOST_BYTES).decode("utf-8", "replace")
    except (*ZIP_TROUBLE, KeyError):
        return None
    found = re.search(rf'name="{PROPERTY}"[^>]*>\s*<[^>]+>(\d{{1,9}})-([0-9a-f]{{8}})<', content)
    return (int(found[1]), found[2]) if found else None


def _load(data_dir: DataDir, load_no: int, sha8: str) -> Load | None:
    """Return the load of a number; where the same bytes were loaded anew under another number, that load."""
    of_the_bytes = []
    for folder in sorted(data_dir.loads.iterdir()) if data_dir.loads.is_dir() else []:
        if folder.name.isdigit() and (folder / "receipt.json").is_file():
            receipt = read_receipt(folder)
            if receipt.sha256.startswith(sha8):
                of_the_bytes.append(Load(int(folder.name), folder, receipt, False))
    exact = next((one for one in of_the_bytes if one.load_no == load_no), None)
    return exact or (of_the_bytes[0] if len(of_the_bytes) == 1 else None)


def _header_row(sheet: Sheet) -> int | None:
    for lang in LANGUAGES:
        wanted = {fold(words(lang)[key]) for key in ("origin_sheet", "origin_row")}
        for at, row in enumerate(sheet.preview[: MARKED_WITHIN * 2]):
            if wanted <= {fold(cell) for cell in row}:
                return at
    return None


def column_headers(kept: returned.Returned) -> dict[str, str]:
    """Return field -> header of the sheet of rejected rows: the sender's own, in the sender's order, each once."""
    found: dict[str, str] = {}
    for sheet in kept.sheets:
        for column in sheet.columns:
            if column.field in found:
                continue
            header, n = column.header or column.field, 1
            while fold(header) in {fold(taken) for taken in (*found.values(), *_own_headers())}:
                n += 1
                header = f"{column.header or column.field} ({n})"
            found[column.field] = header
    return found


def _own_headers() -> list[str]:
    return [words(lang)[key] for lang in LANGUAGES for key in ("origin_sheet", "origin_row", "reason", "advice")]


def _read(load: Load, sheet: Sheet, header: int, data_dir: DataDir) -> Correction | Question:
    kept = returned.read(load)
    rows = sheet.rows or _text_rows(sheet)
    headers = [clean(cell) for cell in rows[header]]
    by_name = {fold(text): name for name, text in column_headers(kept).items()}
    fields: dict[str, int] = {}
    for at, text in enumerate(headers):
        name = by_name.get(fold(text))
        if name and name not in fields:
            fields[name] = at
    missing = [text for name, text in column_headers(kept).items() if name not in fields]
    if missing:
        listed = ", ".join(f'"{text}"' for text in missing)
        number = number_of(load.load_no, load.receipt.sha256)
        return Question("slip_header", "", {"number": number, "missing": listed})
    by_place = {one.place: one for one in kept.rows if not one.is_restricted}
    at_sheet, at_row = (_own_column(headers, key) for key in ("origin_sheet", "origin_row"))
    origins: dict[int, Place] = {}
    body = [list(row) + [""] * (len(headers) - len(row)) for row in rows]
    for n, row in enumerate(body[header + 1 :], header + 1):
        place = _place(row[at_sheet], row[at_row], kept)
        one = by_place.get(place) if place else None
        if one is not None:
            origins[n + sheet.first_row] = one.place
            _without_shapes(row, one, fields, kept)
    layout = _layout(load, kept, data_dir)
    for name in _differing(kept):
        # What each sheet of the file said once for all its rows (a period in its title) is a column here.
        told = {one.sheet: str(one.settings["constants"].get(name, "")) for one in kept.sheets}
        fields[name] = len(headers)
        headers.append(name)
        for n, row in enumerate(body):
            row.append(told.get(origins[n + sheet.first_row][0], "") if n + sheet.first_row in origins else "")
    read = replace(sheet, path=None, rows=body, preview=[[clean(c) for c in r] for r in body[:PREVIEW_ROWS]])
    shown = [text if at in fields.values() else "" for at, text in enumerate(headers)]
    match = Match(layout, header, fields, shown, survey_id=layout.survey_id)
    # The receipt gives dates as dates and asks for dd/mm/yyyy: nothing is left of how the file wrote them.
    answers = {**load.receipt.answers, "date_order": "dmy", "date_cells": "keep"}
    if load.receipt.era in SETTLED_ERAS:
        answers["era"] = load.receipt.era
    return Correction(load, read, match, origins, answers)


def _differing(kept: returned.Returned) -> list[str]:
    """Return the fields that the sheets of a file set to different constants."""
    settings = [sheet.settings.get("constants", {}) for sheet in kept.sheets]
    names = {name for one in settings for name in one}
    return sorted(name for name in names if len({one.get(name) for one in settings}) > 1)


def _text_rows(sheet: Sheet) -> list[list[str]]:
    if sheet.path is None:
        return sheet.preview
    with sheet.path.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        return list(csv.reader(opened, delimiter=sheet.delimiter))


def _own_column(headers: list[str], key: str) -> int:
    wanted = {fold(words(lang)[key]) for lang in LANGUAGES}
    return next(at for at, text in enumerate(headers) if fold(text) in wanted)


def _place(sheet: str, row: str, kept: returned.Returned) -> Place | None:
    number = clean(row).removesuffix(".0")
    if not number.isdigit():
        return None
    name = clean(sheet)
    # A text file has a sheet without a name; a spreadsheet may also have lost the name of the only one.
    names = {one.sheet for one in kept.sheets}
    return (name if name in names or len(names) != 1 else next(iter(names))), int(number)


def _without_shapes(row: list[str], one: ReturnedRow, fields: dict[str, int], kept: returned.Returned) -> None:
    """Take out what is still the shape that we wrote: it is no value. A text outside the catalogue stays one."""
    types = {column.field: column.type for sheet in kept.sheets for column in sheet.columns}
    for name in one.shaped:
        at = fields.get(name)
        if at is not None and clean(row[at]) == one.cells[name]:
            row[at] = OUTSIDE if types.get(name) == "catalogue" else ""


def _layout(load: Load, kept: returned.Returned, data_dir: DataDir) -> Layout:
    """Return how the load's own file was read; dates as the receipt asks for them, and never a whole register."""
    receipt = load.receipt
    told = next((sheet.settings for sheet in kept.sheets if sheet.settings), {})
    base = all_layouts(data_dir).get(receipt.layout)
    if base is None or base.dataset != receipt.dataset:
        base = replace(canonical(receipt.dataset), name=receipt.layout)
    known: dict[str, Any] = {name: told[name] for name in returned.SETTINGS if name in told}
    known |= {"date_order": "dmy", "covers": ""}
    if "constants" in known:
        known["constants"] = {k: v for k, v in known["constants"].items() if k not in _differing(kept)}
    if receipt.era in SETTLED_ERAS:
        known["era"] = receipt.era
    return replace(base, **known)


def corrects(one: Correction, folder: Path) -> dict[str, Any]:
    """Return what a receipt says of a correction: the rows it mends (taken) and those rejected again.

    `folder` holds the load's `rows.parquet` and returned rows.
    """
    taken = set(pq.read_table(folder / "rows.parquet", columns=["source_row"]).column(0).to_pylist())
    own = Load(0, folder, Receipt(""), False)
    refused = {r.row: r.sheet for r in returned.read(own).rows}
    return {
        "load_no": one.load.load_no,
        "rows": [[*place] for row, place in sorted(one.origins.items()) if row in taken],
        "again": [[*place, refused[row], row] for row, place in sorted(one.origins.items()) if row in refused],
    }
