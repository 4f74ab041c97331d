"""What the cells of a column look like: dates, codes, names, labels; told from the first rows, nothing is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache

from etl.datasets import Field
from etl.personal import has_personal_pattern, is_person_name, is_unit_like, rules
from etl.text import shape
from etl.types import ambiguous_labels, label_key, label_tables
from warehouse.paths import DataDir

SAMPLE = 60
"""Filled cells of a column that are looked at (chosen by us)."""
ENOUGH = 3
"""Fewer filled cells prove nothing."""
AGREES = 0.6
"""Share of cells of a type from which on a column is of it; below `DENIES` it is none (chosen by us)."""
DENIES = 0.34
EXAMPLES = 3

_DMY = re.compile(
    r"^(?:(?:lúc )?\d{1,2}[:h]\d{2}(?::\d{2})?,? (?:ngày )?)?(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})"
    r"(?:[ T,]+\d{1,2}[:h]\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?)?$"
)
_ISO = re.compile(
    r"^(\d{4})[/\-](\d{1,2})[/\-](\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+\-]\d{2}:?\d{2})?)?$"
)
_SERIAL = re.compile(r"^\d{5}(?:[.,]\d+)?(?:E0)?$")
_TIME = re.compile(r"^(?:\d{1,2}[:h]\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?|0\.\d+(?:E0)?)$")
_INTEGER = re.compile(r"^-?(?:\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,]0+)?(?:E0)?$")
_NUMBER = re.compile(r"^-?(?:\d+|\d{1,3}(?:[.,]\d{3})+)(?:[.,]\d+)?(?:E[+\-]?\d+)?%?$")
_UNIT_CODE = re.compile(r"^(?:\d{1,5}|\d{3}(?:\.\d{2,3}){2,3}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,4})$")
NOTHING = frozenset(("null", "n/a", "na", "none", "#n/a", "#ref!", "#value!", "#excel!", "chưa có", "không có"))
"""What stands where there is nothing; so do signs alone."""
SERIALS = (25569, 73050)
"""Bare numbers that may be days: 1970 to 2099."""
MONTHS = 12
ZERO_DAY = date(1899, 12, 30)


@dataclass(frozen=True)
class Profile:
    """The look of one column."""

    n_filled: int = 0
    n_distinct: int = 0
    shares: Mapping[str, float] = field(default_factory=dict)
    """Kind of cell -> share of the filled cells; a cell may be of several kinds."""
    cells: tuple[str, ...] = ()

    def share(self, *kinds: str) -> float:
        return max((self.shares.get(k, 0.0) for k in kinds), default=0.0)

    @property
    def examples(self) -> list[str]:
        """Return shapes of the first cells that differ: never the cells."""
        return list(dict.fromkeys(shape(c) for c in self.cells))[:EXAMPLES]


def profile(cells: Iterable[str], labels: Mapping[str, Mapping[str, str]]) -> Profile:
    """Return what the filled cells look like; `labels` are the tables of labels."""
    filled = []
    for cell in cells:
        if cell and cell.lower() not in NOTHING and any(c.isalnum() for c in cell):
            filled.append(cell)
            if len(filled) == SAMPLE:
                break
    if not filled:
        return Profile()
    counted: Counter[str] = Counter()
    tables = _tables(labels)
    for cell, n in Counter(filled).items():
        for kind in kinds(cell):
            counted[kind] += n
        for table in tables.get(label_key(cell), ()) if len(cell) <= 80 else ():
            counted[f"label:{table}"] += n
    return Profile(len(filled), len(set(filled)), {k: n / len(filled) for k, n in counted.items()}, tuple(filled))


_LABELS: list[tuple[object, Mapping[str, Mapping[str, str]]]] = []


def known_labels(data_dir: DataDir) -> Mapping[str, Mapping[str, str]]:
    """Return the tables of labels, those of several meanings too: they tell a column of labels all the same."""
    tables = label_tables(data_dir)
    if not _LABELS or _LABELS[0][0] is not tables:
        found = {table: dict(texts) for table, texts in tables.items()}
        for table, texts in found.items():
            told = ambiguous_labels(data_dir, table)
            texts.update(dict.fromkeys(told.labels, "") if told else {})
        _LABELS[:] = [(tables, found)]
    return _LABELS[0][1]


_SEEN: dict[int, tuple[Mapping[str, Mapping[str, str]], dict[str, tuple[str, ...]]]] = {}


def _tables(labels: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return label -> tables that know it."""
    held = _SEEN.get(id(labels))
    if held is None or held[0] is not labels:
        turned: dict[str, tuple[str, ...]] = {}
        for table, texts in labels.items():
            for text in texts if isinstance(texts, Mapping) else ():
                turned[text] = (*turned.get(text, ()), table)
        _SEEN.clear()
        held = _SEEN[id(labels)] = (labels, turned)
    return held[1]


@cache
def _codes() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    codes = rules()["codes"]
    return re.compile(codes["case_code"]), re.compile(codes["any_code"]), re.compile(codes["procedure_code"])


@lru_cache(maxsize=1 << 15)
def kinds(cell: str) -> tuple[str, ...]:
    """Return every kind of value that a cell may be."""
    found = []
    if cell[0].isdigit() or cell[0] == "-" or cell[:3] in ("lúc", "Lúc"):
        if _DMY.match(cell) or _ISO.match(cell):
            return ("date",)
        if _TIME.match(cell):
            found.append("time")
        if _NUMBER.match(cell):
            found.append("number")
            if _INTEGER.match(cell):
                found.append("integer")
            if _SERIAL.match(cell) and SERIALS[0] <= int(cell[:5]) <= SERIALS[1]:
                found.append("serial")
    case_code, any_code, procedure_code = _codes()
    has_digit = any(c.isdigit() for c in cell)
    if has_digit:
        found.append("digit")
    if has_digit and len(cell) <= 64:
        if case_code.match(cell):
            found.append("case_code")
        if procedure_code.match(cell):
            found.append("procedure_code")
        if _UNIT_CODE.match(cell):
            found.append("unit_code")
        if "time" not in found and any_code.match(cell):
            found.append("code")
            if not cell.isdigit() or len(cell) > 5:
                found.append("long_code")
        if has_personal_pattern(cell) and "case_code" not in found:
            found.append("personal")
    if any(c.isalpha() for c in cell) and "long_code" not in found:
        found.append("text")
        if is_unit_like(cell):
            found.append("unit")
        elif is_person_name(cell):
            found.append("personal")
    return tuple(found)


def agreement(one: Field, seen: Profile) -> bool | None:
    """Return whether the cells agree with a field's type; None: they say nothing either way."""
    if seen.n_filled < 1:
        return None
    share = _share(one, seen)
    if share is None:
        return None
    if share >= AGREES:
        return True
    return False if share < DENIES and seen.n_filled >= ENOUGH else None


def _share(one: Field, seen: Profile) -> float | None:
    dates = seen.share("date") + seen.share("serial")
    if one.type in ("instant", "day"):
        return dates
    if one.type == "code":
        return seen.share("code", "case_code") if seen.share("personal") < 0.5 or seen.share("case_code") > 0.5 else 0.0
    if one.type in ("reference", "respondent", "item"):
        return 1 - seen.share("date")
    if one.type == "unit_code":
        return seen.share("unit_code")
    if one.type == "procedure_code":
        return seen.share("procedure_code")
    if one.type in ("unit_name", "catalogue"):
        # Names that come again and again are no people's: words in capitals look like one.
        people = seen.share("personal") if seen.n_distinct * 2 > seen.n_filled else 0.0
        return 1.0 - max(seen.share("date", "number", "case_code", "procedure_code"), people)
    if one.type == "label":
        known = seen.share(f"label:{one.labels}")
        # Labels that no table knows yet are words; what is full of digits are codes, names with codes, dates.
        other = max(seen.share("date", "number", "case_code", "unit"), seen.share("digit"))
        return known if known else 0.5 - other
    if one.type == "boolean":
        return seen.share("label:boolean")
    if one.type == "integer":
        return seen.share("integer") if seen.share("personal") < 0.5 else 0.0
    if one.type == "number":
        return seen.share("number")
    if one.type == "period":
        return 1.0 - seen.share("date")
    return 1.0 - seen.share("date") if one.type == "category" else None


def looks_like(one: Field, seen: Profile) -> bool:
    """Return whether the cells alone speak for a field: what an unknown header may stand over."""
    if seen.n_filled < 1:
        return False
    if one.type in ("instant", "day"):
        return seen.share("date") + (seen.share("serial") if seen.n_filled > 1 else 0.0) >= AGREES
    if one.type == "code":
        return seen.share("case_code") >= AGREES or (
            seen.share("long_code") >= AGREES and seen.n_distinct == seen.n_filled and seen.share("personal") < DENIES
        )
    if one.type == "unit_name":
        return seen.share("unit") >= AGREES
    if one.type == "unit_code":
        return seen.share("unit_code") >= AGREES and seen.share("personal") < DENIES
    if one.type == "label":
        return seen.share(f"label:{one.labels}") >= AGREES
    if one.type in ("integer", "number"):
        return seen.share("integer" if one.type == "integer" else "number") >= AGREES
    if one.type == "boolean":
        return seen.share("label:boolean") >= AGREES
    if one.type == "procedure_code":
        return seen.share("procedure_code") >= AGREES
    return False


@lru_cache(maxsize=1 << 14)
def day_of(cell: str, is_day_first: bool = True) -> date | None:
    """Return the day of a cell, for comparing columns; the file is read with more care later.

    >>> day_of("03/10/2026 08:30"), day_of("46298"), day_of("2026-10-03")
    (datetime.date(2026, 10, 3), datetime.date(2026, 10, 3), datetime.date(2026, 10, 3))
    """
    found = _DMY.match(cell)
    try:
        if found:
            first, second, year = (int(g) for g in found.groups())
            day, month = (first, second) if is_day_first else (second, first)
            return date(year + 2000 if year < 100 else year, month, day)
        found = _ISO.match(cell)
        if found:
            return date(*(int(g) for g in found.groups()))
        if _SERIAL.match(cell):
            return ZERO_DAY + timedelta(days=int(cell[:5]))
    except ValueError:
        return None
    return None


def may_be_turned(cells: Sequence[str]) -> bool:
    """Return whether date cells beside texts look as if a spreadsheet had exchanged day and month where it could.

    Then the order of days says nothing of the columns; `date_order` asks about the cells.
    """
    texts = [int(found[1]) for c in cells if (found := _DMY.match(c))]
    dates = [int(found[3]) for c in cells if (found := _ISO.match(c))]
    return bool(texts and dates) and min(texts) > MONTHS and max(dates) <= MONTHS


def out_of_order(earlier: Sequence[str], later: Sequence[str]) -> tuple[int, int]:
    """Return how many rows have both days, and in how many the later one lies before, whichever order fits best."""
    best: tuple[int, int] | None = None
    for is_day_first in (True, False):
        n = wrong = 0
        for a, b in zip(earlier, later, strict=True):
            first, second = day_of(a, is_day_first), day_of(b, is_day_first)
            if first and second:
                n, wrong = n + 1, wrong + (second < first)
        if best is None or (n >= best[0] and wrong < best[1]):
            best = (n, wrong)
    return best or (0, 0)
