"""Rows that are no records (totals, repeated headers, group headings, notes, mere numbers), each with its reason.

In doubt a row is a record: it is then rejected with what it lacks, where a row set aside is only counted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from etl.datasets import all_datasets
from etl.personal import is_unit_like
from etl.personal import rules as personal_rules
from etl.place_names import accented_key
from etl.recognise import Match
from etl.text import clean, fold

REASONS = ("total_row", "repeated_header", "column_numbers", "group_row", "note_row", "row_number_only")
BLANK = "blank"
"""A row without anything in it: passed over, not counted."""

NUMBER = re.compile(r"[-+]?\d[\d.,]*%?(?:E[+-]?\d+)?")
DATE_LIKE = re.compile(r"(?<!\d)\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}(?!\d)|[2-7]\d{4}(?:\.\d+(?:E0)?)?|#EXCEL!")
TABLES = ("settlement_summary", "official_score")
"""Datasets whose rows are counts or scores: their rows are all looked at, and a total may be the row of the unit."""
EVIDENT = 3
"""So many filled cells of mapped columns that are no numbers make a record of a row that lacks the rest."""

Cells = Sequence[str]


@cache
def words() -> dict[str, Any]:
    """Return the words of `furniture.toml`."""
    return tomllib.loads((Path(__file__).parent / "furniture.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Table:
    """What is known of the columns of a sheet when its rows are judged."""

    headers: tuple[str, ...]
    types: dict[int, str] = field(default_factory=dict)
    """Column -> type of the field it is mapped to."""
    dataset: str = ""

    @classmethod
    def of(cls, match: Match) -> Table:
        """Return the columns of a match."""
        fields = all_datasets()[match.layout.dataset].fields
        types = {at: fields[name].type if name in fields else "text" for name, at in match.fields.items()}
        types |= dict.fromkeys(match.items, "answer")
        return cls(tuple(match.headers), types, match.layout.dataset)

    @cached_property
    def header_words(self) -> list[frozenset[str]]:
        """Per column the texts that repeat its header: the whole, and each row of a header of several rows."""
        return [frozenset(fold(part) for part in (h, *h.split(": ")) if fold(part)) for h in self.headers]

    @cached_property
    def has_units(self) -> bool:
        return any(kind in ("unit_code", "unit_name") for kind in self.types.values())


ALIKE = ("unit_code", "unit_name", "catalogue", "procedure_code", "label", "category", "period")
"""Types of fields of which several rows may share one cell."""


def fill_merged(rows: Sequence[list[str]], merged: Iterable[tuple[int, int, int, int]], match: Match) -> int:
    """Write the text of cells merged downwards into each of their rows, and return how many cells were filled.

    Only texts that rows may share, and only into rows that have something of their own: a code, a day or a number.
    """
    fields = all_datasets()[match.layout.dataset].fields
    types = {at: fields[name].type for name, at in match.fields.items() if name in fields}
    own = [at for at, kind in types.items() if kind not in ALIKE]
    filled = 0
    done: dict[int, int] = {}
    for left, top, bottom, right in sorted((left, top, bottom, right) for top, left, bottom, right in merged):
        # No spreadsheet lets merged cells overlap; a file made to do so costs one pass over its rows all the same.
        if top <= done.get(left, -1):
            continue
        done[left] = bottom
        if left != right or types.get(left) not in ALIKE or top <= match.last_header_row or top >= len(rows):
            continue
        text = rows[top][left] if left < len(rows[top]) else ""
        for row in rows[top + 1 : bottom + 1] if text else ():
            if any(at < len(row) and row[at] for at in own) and not (left < len(row) and row[left]):
                row += [""] * (left + 1 - len(row))
                row[left] = text
                filled += 1
    return filled


def records_above(rows: Sequence[Cells], match: Match) -> int:
    """Return how many rows above the header hold a day and a code or unit in its columns: a header taken too low."""
    types = Table.of(match).types
    found = 0
    for row in rows[: match.last_header_row]:
        mapped = [(clean(row[at]), kind) for at, kind in types.items() if at < len(row) and row[at]]
        has_day = any(kind in ("instant", "day") and DATE_LIKE.match(text) for text, kind in mapped)
        names = ("code", "respondent", "unit_code", "unit_name")
        found += has_day and any(kind in names and (_is_code(text) or is_unit_like(text)) for text, kind in mapped)
    return found


def furniture(rows: Mapping[int, Cells], table: Table, last_record: int) -> dict[int, str]:
    """Return the reason of each of these doubtful rows that is no record; `last_record`: the last row surely one.

    >>> table = Table(("STT", "Mã hồ sơ", "Ngày nhận"), {1: "code", 2: "instant"})
    >>> furniture({3: ["", "Tổng cộng", "25"], 4: ["7", "H1-1", ""], 5: ["", "NGƯỜI LẬP BIỂU", ""]}, table, 2)
    {3: 'total_row', 5: 'note_row'}
    """
    sure: dict[int, str | None] = {at: sure_reason(cells, table) for at, cells in rows.items()}
    last = max([last_record, *(at for at, reason in sure.items() if reason is None and _is_record(rows[at], table))])
    found: dict[int, str] = {}
    for at, reason in sure.items():
        told = reason or (None if _is_record(rows[at], table) else _by_place(rows[at], table, at > last))
        if told:
            found[at] = told
    return found


def sure_reason(cells: Cells, table: Table) -> str | None:
    """Return the reason of a row that its own words tell, wherever it stands."""
    filled = _filled(cells)
    if not filled:
        return BLANK
    if _is_column_numbers(filled):
        return "column_numbers"
    if _repeats_header(filled, table):
        return "repeated_header"
    if _is_total(filled, table):
        return "total_row"
    return None


def told_by_words(cells: Cells) -> str | None:
    """Return the reason of a line too short for its table, by its words alone; None: it is a broken record."""
    filled = _filled(cells)
    if not filled:
        return None
    if _is_column_numbers(filled):
        return "column_numbers"
    if _total_words(_first_text(filled)) and not any(DATE_LIKE.search(text) for _, text in filled):
        return "total_row"
    if _is_note(filled):
        return "note_row"
    if len(filled) == 1 and re.fullmatch(words()["group"]["numbered"], filled[0][1]):
        return "group_row"
    return None


def _filled(cells: Cells) -> list[tuple[int, str]]:
    return [(at, text) for at, cell in enumerate(cells) if cell and (text := clean(cell))]


def _is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None


def _first_text(filled: list[tuple[int, str]]) -> str:
    """Return the first cell that is neither a number nor a lone numeral of a group."""
    numeral = words()["group"]["numeral"]
    for _, text in filled:
        if not _is_number(text) and not re.fullmatch(numeral, text):
            return text
    return ""


def _is_column_numbers(filled: list[tuple[int, str]]) -> bool:
    rule = words()["column_numbers"]
    if len(filled) < rule["least"] or not all(re.fullmatch(rule["cell"], text) for _, text in filled):
        return False
    numbers = [int(m.group()) for _, text in filled if (m := re.search(r"\d+", text))]
    return len(numbers) >= rule["least"] and numbers == list(range(1, 1 + len(numbers)))


def _repeats_header(filled: list[tuple[int, str]], table: Table) -> bool:
    rule, known = words()["header"], table.header_words
    same = sum(at < len(known) and fold(text) in known[at] for at, text in filled)
    return same >= max(rule["least"], rule["share"] * len(filled))


def _total_words(text: str) -> bool:
    rule = words()["total"]
    bare = re.sub(r"^(?:[IVXLC]+|\d+)[.)]\s*", "", text)
    key = accented_key(re.sub(r"[\"“”*_:=+…]", " ", bare))
    if any(key.startswith(w) for w in rule["not_begins"]):
        return False
    if any(key == w or key.startswith(w + " ") for w in rule["begins"]):
        return True
    only_words = " ".join(w for w in key.split() if w.isalpha())
    return only_words in rule["whole"] or (key.isascii() and only_words in _bare_wholes())


@cache
def _bare_wholes() -> frozenset[str]:
    return frozenset(fold(w) for w in words()["total"]["whole"])


def _is_total(filled: list[tuple[int, str]], table: Table) -> bool:
    if not _total_words(_first_text(filled)):
        return False
    if any(table.types.get(at) in ("instant", "day") and DATE_LIKE.search(text) for at, text in filled):
        return False
    if any(table.types.get(at) == "code" and _is_code(text) for at, text in filled):
        return False
    if table.dataset not in TABLES:
        return True
    # In a table of one unit the total is that unit's row; in a table of many units it is nobody's.
    if not table.has_units:
        return False
    return not any(table.types.get(at) in ("unit_code", "unit_name") and not _total_words(text) for at, text in filled)


def _is_note(filled: list[tuple[int, str]]) -> bool:
    rule = words()["note"]
    if len(filled) > rule["most_cells"]:
        return False
    folded = [fold(text) for _, text in filled]
    return any(
        any(f == w or f.startswith(w + " ") for w in rule["begins"]) or any(re.search(p, f) for p in rule["holds"])
        for f in folded
    )


def _is_code(text: str) -> bool:
    codes = personal_rules()["codes"]
    return bool(len(text) <= codes["longest"] and re.search(r"\d", text) and re.match(codes["any_code"], text))


def _is_record(cells: Cells, table: Table) -> bool:
    """Whether something in a mapped column speaks for a record: a code, a date, a unit, or enough else."""
    filled = _filled(cells)
    mapped = [(at, text, table.types[at]) for at, text in filled if at in table.types]
    if table.dataset in TABLES:
        return sum(_is_number(text) for _, text, kind in mapped if kind in ("integer", "number")) >= 1
    if any(kind in ("code", "respondent") and _is_code(text) for _, text, kind in mapped):
        return True
    if any(kind in ("instant", "day") and DATE_LIKE.search(text) for _, text, kind in mapped):
        return True
    units = [text for _, text, kind in mapped if kind in ("unit_code", "unit_name")]
    if any(is_unit_like(text) or re.fullmatch(r"\d{2,5}", text) for text in units):
        return True
    if _is_note(filled):
        return False
    if units and len(filled) > 1:
        return True
    return sum(not _is_number(text) for _, text, _ in mapped) >= EVIDENT or (not mapped and _is_full(filled))


def _is_full(filled: list[tuple[int, str]]) -> bool:
    return len(filled) >= EVIDENT and not all(_is_number(text) for _, text in filled)


def _by_place(cells: Cells, table: Table, is_below: bool) -> str | None:
    """Return the reason of a row with nothing of a record in it; below the last record it is a note."""
    filled = _filled(cells)
    if _is_note(filled):
        return "note_row"
    if all(_is_number(text) for _, text in filled):
        return "row_number_only"
    is_alone = len({text for _, text in filled}) == 1
    rule = words()["group"]
    if is_alone or (len(filled) == 2 and re.fullmatch(rule["numeral"], filled[0][1])):
        return "note_row" if is_below and not re.fullmatch(rule["numbered"], filled[-1][1]) else "group_row"
    texts = [text for _, text in filled if not _is_number(text)]
    if len(texts) == 1 and re.fullmatch(rule["numbered"], texts[0]):
        return "group_row"  # "I. Lĩnh vực đất đai" with its number of cases
    if is_below and len(filled) <= 2:
        return "note_row"
    if len(filled) <= 2 and not any(at in table.types for at, _ in filled):
        return "note_row"
    return None
