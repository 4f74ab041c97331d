"""Columns that hold two fields each, and fields that are spread over several columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.datasets import Field
from etl.headers import EITHER, Meaning, meaning
from etl.text import clean

_DATE = (
    r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?"
)
_UNIT_CODE = r"\d{2,5}|\d{3}(?:\.\d{2,3}){2,3}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,4}"
_PROCEDURE_CODE = r"[1-9]\.\d{6}(?:\.[0-9A-Za-z.]+)?"
_CODE = r"[0-9A-Za-zĐđ][0-9A-Za-zĐđ._/:#]*(?:-[0-9A-Za-zĐđ._/:#]+)*"
_TEXT = r"\S(?:.*\S)?"
_BETWEEN = r"\s*(?:[-–—→|;,/:]|đến)\s*"
_BETWEEN_DATES = r"\s*(?:[-–—→|;,/]|đến|hẹn trả:?|hẹn:?)?\s*"

_HEADER_JOINTS = re.compile(r"\s+[-–—]\s+|\s*[–—/;|&+→]\s*|\s+và\s+|,\s*|\s+-|-\s+|-")
ATTRIBUTES = ("mã", "tên", "ngày", "giờ", "số")
"""First words that a header may share: "Mã, tên đơn vị", "Ngày tiếp nhận - hẹn trả"."""


@dataclass(frozen=True)
class Split:
    """A compound column, cut into virtual columns, or several columns joined into one (`etl.unpack`)."""

    kind: str
    """cut (one column, several fields) or joined (several columns, one field)."""
    sources: tuple[int, ...]
    """Columns of the sheet."""
    fields: tuple[str, ...]
    targets: tuple[int, ...]
    """Virtual columns, to the right of the sheet's own."""
    pattern: str = ""
    """For cut: a regular expression with one group per field; for joined: the text between the parts."""


def parts_of(dataset: str, header: str) -> list[tuple[Meaning, Meaning]]:
    """Return what the two halves of a header mean, for each way of halving it in which both are sure.

    >>> [tuple(m.fields[0] for m in pair) for pair in parts_of("case", "Ngày tiếp nhận - hẹn trả")]
    [('received_at', 'due_at')]
    >>> [tuple(m.fields[0] for m in pair) for pair in parts_of("case", "Mã, tên đơn vị giải quyết")]
    [('unit_code', 'unit_name')]
    """
    found = []
    text = header.rpartition(": ")[2]
    for joint in _HEADER_JOINTS.finditer(text):
        first, second = clean(text[: joint.start()]), clean(text[joint.end() :])
        if not first or not second:
            continue
        for a, b in _completed(first, second):
            pair = meaning(dataset, a), meaning(dataset, b)
            if all(m.kind in ("sure", "by_cells") for m in pair) and pair[0].fields != pair[1].fields:
                found.append(pair)
                break
    return found


def _completed(first: str, second: str) -> list[tuple[str, str]]:
    """Return the two halves as they stand, and with the word that they share."""
    one, other = first.split(), second.split()
    ways = [(first, second)]
    if len(one) == 1 and one[0].lower() in ATTRIBUTES and len(other) > 1:
        ways.insert(0, (" ".join([*one, *other[1:]]), second))
    if one[0].lower() in ATTRIBUTES:
        ways.append((first, f"{one[0]} {second}"))
        if len(other) == 1 and len(one) > 1:
            ways.append((first, " ".join([second, *one[1:]])))
    return ways


def cut_pattern(fields: Sequence[Field], cells: Sequence[str]) -> tuple[str, bool] | None:
    """Return the pattern that cuts every cell into the two fields, and whether they stand the other way round.

    Only when each cell fits; a date that is not there yet may be missing behind the joint.
    """
    if not cells:
        return None
    for is_turned in (False, True):
        one, other = (_form(f) for f in (reversed(fields) if is_turned else fields))
        if all(f.type in ("instant", "day") for f in fields):
            if is_turned:
                return None
            patterns = [rf"^({one}){_BETWEEN_DATES}({other})?$", rf"^({one})?{_BETWEEN}({other})?$"]
        else:
            patterns = [rf"^({one}){_BETWEEN}({other})$", rf"^({one})\s*\(\s*({other})\s*\)$"]
            if one == _PROCEDURE_CODE or (one == _UNIT_CODE and other == _TEXT):
                # Digits behind a name may belong to it ("Phường 10"); five before it are a code.
                patterns.append(rf"^({_PROCEDURE_CODE if one == _PROCEDURE_CODE else '[0-9]{5}'})\s+({other})$")
        for pattern in patterns:
            compiled = re.compile(pattern)
            matches = [compiled.match(clean(cell)) for cell in cells]
            if all(m and any(m.groups()) for m in matches) and _is_told(fields, is_turned, matches):
                return pattern, is_turned
    return None


def _is_told(fields: Sequence[Field], is_turned: bool, matches: Sequence[re.Match[str] | None]) -> bool:
    """Return whether both halves are there at all: two dates in at least one cell, a code beside its name."""
    groups = [m.groups() for m in matches if m]
    if not any(all(g) for g in groups):
        return False
    order = list(reversed(fields)) if is_turned else list(fields)
    for at, one in enumerate(order):
        if one.type in ("code", "reference", "category"):
            return all(g[at] and any(c.isdigit() for c in g[at]) for g in groups)
        if one.type in ("unit_name", "catalogue", "label"):
            return all(g[at] and any(c.isalpha() for c in g[at]) for g in groups)
    return True


def _form(one: Field) -> str:
    if one.type in ("instant", "day"):
        return _DATE
    if one.type == "unit_code":
        return _UNIT_CODE
    if one.type == "procedure_code":
        return _PROCEDURE_CODE
    if one.type in ("code", "reference"):
        return _CODE
    return _TEXT


def pair_in_cells(
    name: str, fields: dict[str, Field], cells: Sequence[str]
) -> tuple[str, bool, tuple[str, str]] | None:
    """Return how a column of a unit or procedure holds code and name at once, whatever its header says."""
    for pair in EITHER.values():
        if name in pair and all(f in fields for f in pair):
            found = cut_pattern([fields[f] for f in pair], cells)
            if found:
                return found[0], found[1], pair
    return None
