"""Text to value by our own rules: dates as SQL for the bulk, numbers, booleans and labels once per distinct text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from etl.text import clean, fold
from warehouse.paths import DataDir

NumberFormat = Literal["vi", "en"]
DateOrder = Literal["dmy", "mdy"]

OURS = Path(__file__).parent / "labels.toml"
LONGEST_LABEL = 8
"""Words of a label; a longer text is a note."""

EXACT = re.compile(r"^-?\d+(?:\.\d+)?E[+-]?\d+$")
"""How extract writes a number that a workbook held as a number: nothing to guess."""

_PLAIN = re.compile(r"^-?\d+$")
_GROUPED = {
    "vi": re.compile(r"^-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$"),
    "en": re.compile(r"^-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$"),
}
_DECIMAL = {"vi": re.compile(r"^-?\d+,\d+$"), "en": re.compile(r"^-?\d+\.\d+$")}


def read_number(text: str, number_format: NumberFormat = "vi", integer: bool = False) -> tuple[Decimal | None, bool]:
    """Return the number (None: unreadable) and whether another reading would give another number.

    >>> read_number("1.234"), read_number("1.234", integer=True), read_number("1.234,5")
    ((Decimal('1234'), True), (Decimal('1234'), False), (Decimal('1234.5'), False))
    """
    value = clean(text).replace(" ", "").removesuffix("%")
    if _PLAIN.match(value) or EXACT.match(value):
        number = Decimal(value)
        return (None, False) if integer and number != number.to_integral_value() else (number, False)
    readings: dict[str, Decimal] = {}
    for name in ("vi", "en"):
        if _GROUPED[name].match(value) or _DECIMAL[name].match(value):
            thousands, point = (".", ",") if name == "vi" else (",", ".")
            number = Decimal(value.replace(thousands, "").replace(point, "."))
            if not integer or number == number.to_integral_value():
                readings[name] = number
    if not readings:
        return None, False
    chosen = readings.get(number_format, next(iter(readings.values())))
    return chosen, len(set(readings.values())) > 1


def number_format_of(texts: Iterable[str], usual: NumberFormat = "vi") -> tuple[NumberFormat, bool]:
    """Return how a column writes its decimals, and whether its texts tell: those that can be read in one way only.

    >>> number_format_of(["14.99", "5.123"]), number_format_of(["14,9", "5.123"]), number_format_of(["5.123"])
    (('en', True), ('vi', True), ('vi', False))
    """
    told: set[NumberFormat] = set()
    for text in texts:
        value = clean(text).replace(" ", "").removesuffix("%")
        ways: list[NumberFormat] = [n for n in ("vi", "en") if _GROUPED[n].match(value) or _DECIMAL[n].match(value)]
        if len(ways) == 1:
            told.add(ways[0])
    return (told.pop(), True) if len(told) == 1 else (usual, False)


def fast_date_sql(column: str, order: DateOrder = "dmy", iso_first: bool = True) -> str:
    """Return SQL that reads ISO and dd/mm/yyyy of the usual lengths by cutting and casting; NULL for all else."""
    d, m = ("1", "4") if order == "dmy" else ("4", "1")
    c = column
    iso = f"WHEN length({c}) <= 19 AND substr({c}, 5, 1) = '-' THEN TRY_CAST({c} AS TIMESTAMP)"
    turned = f"substr({c}, 7, 4) || '-' || substr({c}, {m}, 2) || '-' || substr({c}, {d}, 2) || substr({c}, 11)"
    cut = (
        f"WHEN substr({c}, 3, 1) = '/' AND substr({c}, 6, 1) = '/' AND length({c}) IN (10, 16, 19) "
        f"THEN TRY_CAST({turned} AS TIMESTAMP)"
    )
    return f"CASE {f'{iso} {cut}' if iso_first else f'{cut} {iso}'} END"


def in_range_sql(fast: str) -> str:
    """Return SQL for a date found the fast way where it lies in 1900-2199, NULL for all else."""
    return f"CASE WHEN {fast} BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31 23:59:59' THEN {fast} END"


def full_date_sql(fast: str, column: str, order: DateOrder = "dmy") -> str:
    """Return SQL for the date where the fast way found one, else read the slow way: one-digit days, serials, zones.

    Years outside 1900-2199 are not dates of a case.
    """
    return f"{'read_date' if order == 'dmy' else 'read_date_mdy'}({fast}, {column})"


def date_sql(column: str, order: DateOrder = "dmy") -> str:
    """Return SQL that reads a text column as a local TIMESTAMP; NULL when it cannot be read."""
    return full_date_sql(fast_date_sql(column, order), column, order)


def date_macros() -> list[str]:
    """Return the SQL that makes the macros which `date_sql` calls; run it once per connection."""
    text = (Path(__file__).parent / "read_date.sql").read_text("utf-8")
    ways = (("read_date", "1", "2"), ("read_date_mdy", "2", "1"))
    return [text.replace("{name}", n).replace("{day}", d).replace("{month}", m) for n, d, m in ways]


@dataclass(frozen=True)
class Ambiguous:
    """Labels of a table that mean one thing beside a date and may mean several without one."""

    labels: Mapping[str, str]
    """Folded label -> the label as we write it."""
    values: tuple[str, ...]
    dated: str
    dates: tuple[str, ...]
    """Fields of which one that is filled decides for `dated`."""


NO_TABLES = ("ambiguous", "vocabulary")
"""Parts of `labels.toml` that are no tables of labels."""


@lru_cache(maxsize=8)
def _labels(files: tuple[tuple[Path, int], ...]) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for path, _ in files:
        for table, entries in tomllib.loads(path.read_text("utf-8")).items():
            if table in NO_TABLES:
                continue
            known = tables.setdefault(table, {})
            for value, texts in entries.items():
                known.update({label_key(text): value for text in [value, *texts]})
    return tables


@cache
def _ambiguous() -> dict[str, Ambiguous]:
    found = {}
    for table, entry in tomllib.loads(OURS.read_text("utf-8"))["ambiguous"].items():
        labels = {label_key(text): text for text in entry["labels"]}
        found[table] = Ambiguous(labels, tuple(entry["values"]), entry["dated"], tuple(entry["dates"]))
    return found


@lru_cache(maxsize=8)
def _vocabulary(files: tuple[tuple[Path, int], ...]) -> frozenset[str]:
    own = tomllib.loads(OURS.read_text("utf-8"))["vocabulary"]["words"]
    return frozenset(own) | {word for table in _labels(files).values() for key in table for word in key.split()}


def label_key(text: str) -> str:
    """Return the folded text by which labels are compared; a lone sign keeps itself."""
    return fold(text) or clean(text).lower()


def _label_files(data_dir: DataDir) -> tuple[tuple[Path, int], ...]:
    """Return our labels, the data folder's own, and those learned in the page, each with the state of its file."""
    paths = (OURS, data_dir.root / "reference" / "labels.toml", data_dir.root / "learned" / "labels.toml")
    return tuple((p, p.stat().st_mtime_ns) for p in paths if p.exists())


def label_tables(data_dir: DataDir) -> Mapping[str, Mapping[str, str]]:
    """Return table -> folded text -> value, the data folder's own and its learned `labels.toml` on top of ours."""
    return _labels(_label_files(data_dir))


def ambiguous_labels(data_dir: DataDir, table: str) -> Ambiguous | None:
    """Return the labels of a table that may mean several things; what the data folder's own tables know is decided."""
    found = _ambiguous().get(table)
    if found is None:
        return None
    known = label_tables(data_dir).get(table, {})
    return replace(found, labels={key: text for key, text in found.labels.items() if key not in known})


def is_plain_label(text: str, data_dir: DataDir) -> bool:
    """Return whether a label is made of words of labels alone, so that it names nobody and may be shown.

    >>> here = DataDir.from_environment()
    >>> is_plain_label("Chờ trình ký", here), is_plain_label("Hỏi bà Hoa", here)
    (True, False)
    """
    words = label_key(text).split()
    return 0 < len(words) <= LONGEST_LABEL and set(words) <= _vocabulary(_label_files(data_dir))


@cache
def values_of(table: str) -> tuple[str, ...]:
    """Return the values that a table of our labels leads to, in its order."""
    return tuple(tomllib.loads(OURS.read_text("utf-8")).get(table, {}))
