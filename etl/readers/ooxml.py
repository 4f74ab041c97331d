"""What an .xlsx is before it is parsed: its parts within limits and harmless, its errors and unsaved formulas."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from etl.readers.limits import check_area, check_bytes, limits
from etl.readers.model import Unreadable

BLOCK = 1 << 21
SCAN_EVERY_CELL = 60_000_000
"""Bytes of a sheet up to which each cell's address is looked at; larger ones are bounded by their reader's memory."""

_ROOT = re.compile(rb"<[A-Za-z_]")
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FILLED = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Za-z]+)(\d+)"[^>]*(?<!/)>')
_FAR = re.compile(rb' r="(?:[A-Za-z]{3}|[A-Za-z]+\d{7})')
NEAR_COLUMNS = 27 * 26
"""So many columns have names of at most two letters."""
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d{1,8})"')
_UNPLACED = re.compile(rb"<c(?:\s(?![^>]*\br=)[^>]*)?>")
_ERROR = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>')
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_AT = re.compile(rb'\br="([A-Za-z]+)(\d+)"')


@dataclass
class Parts:
    """What was seen of a workbook's parts: file of a sheet -> (row, column) of cells without a value."""

    errors: dict[str, set[tuple[int, int]]] = field(default_factory=dict)


def column_index(letters: bytes) -> int:
    """Return the 0-based column of its letters.

    >>> column_index(b"A"), column_index(b"AB")
    (0, 27)
    """
    n = 0
    for letter in letters.upper():
        n = n * 26 + letter - 64
    return n - 1


def check_directory(archive: zipfile.ZipFile) -> None:
    """Raise `Unreadable` for a packed workbook beyond its limits, encrypted or with macros."""
    limit, parts = limits("workbook"), archive.infolist()
    names = [p.filename for p in parts]
    if len(parts) > limit["parts"]:
        raise Unreadable("too_many_members", n=str(len(parts)), limit=str(limit["parts"]))
    if any(p.flag_bits & 1 for p in parts):
        raise Unreadable("encrypted")
    if any(n.lower().endswith("vbaproject.bin") or n.startswith(("xl/macrosheets/", "Basic/")) for n in names):
        raise Unreadable("macros")
    if "xl/workbook.bin" in names:
        raise Unreadable("binary_workbook")
    if len(set(names)) < len(names):
        raise Unreadable("broken_workbook")
    unpacked = sum(p.file_size for p in parts)
    packed = max(1, sum(p.compress_size for p in parts))
    is_dense = unpacked >= limit["ratio_from"] and unpacked > limit["ratio"] * packed
    if is_dense or unpacked > limit["unpacked_bytes"] or any(p.file_size > limit["part_bytes"] for p in parts):
        raise Unreadable("zip_bomb", size=str(unpacked // 1_000_000))


def check_prolog(part: bytes) -> None:
    """Raise `Unreadable` for a document type or entities before the first element."""
    root = _ROOT.search(part)
    before = part[: root.start()] if root else part
    if b"\x00" in before:  # UTF-16
        before = before.replace(b"\x00", b"")
    if _DECLARED.search(before) or (root is None and len(part) >= limits("workbook")["prolog_bytes"]):
        raise Unreadable("xml_entities")


def look_at(path: Path) -> Parts:
    """Return what the parts of an .xlsx tell; a part that is hostile, damaged or too large is refused."""
    check_bytes("workbook", path.stat().st_size)
    found = Parts()
    try:
        with zipfile.ZipFile(path) as archive:
            check_directory(archive)
            prolog = limits("workbook")["prolog_bytes"]
            for one in archive.infolist():
                if not one.filename.lower().endswith((".xml", ".rels", ".vml")):
                    continue
                if one.filename.startswith("xl/worksheets/") and one.filename.endswith(".xml"):
                    found.errors[one.filename] = _scan(archive, one)
                else:
                    with archive.open(one) as part:
                        check_prolog(part.read(prolog))
    except Unreadable:
        raise
    except Exception as error:  # zipfile and zlib raise many kinds for damaged bytes
        raise Unreadable("broken_workbook", detail=type(error).__name__) from None
    return found


def _rows(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield pieces of a sheet, each cut at the end of a row."""
    with archive.open(one) as part:
        kept = b""
        while block := part.read(BLOCK):
            kept += block
            end = kept.rfind(b"row>")
            if end >= 0:
                yield kept[: end + 4]
                kept = kept[end + 4 :]
        yield kept


def _scan(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> set[tuple[int, int]]:
    errors: set[tuple[int, int]] = set()
    height = width = 0
    most = limits("workbook")["columns"]
    is_first = True
    for piece in _rows(archive, one):
        if is_first:
            check_prolog(piece)
            is_first = False
        height = max(height, _last_row(piece))
        if _FAR.search(piece) or height * NEAR_COLUMNS > limits("workbook")["cells"]:
            # Cells without a value are not counted: a format may reach to the end of the sheet.
            refs = _FILLED.findall(piece) if one.file_size <= SCAN_EVERY_CELL or _FAR.search(piece) else []
            if refs:
                height = max(height, max(int(row[:9]) for _, row in refs))
                width = max(width, max(column_index(letters) for letters in {c for c, _ in refs}) + 1)
                check_area(height, width)
        if (b"<c>" in piece or b"<c t=" in piece or b"<c s=" in piece) and _widest_unplaced(piece) > most:
            check_area(1, _widest_unplaced(piece))
        if b't="e"' in piece:
            errors |= {at for attributes in _ERROR.findall(piece) if (at := _address(attributes))}
        if b"<f" in piece or b":f>" in piece or b":f " in piece:
            # A formula that yields an empty text has type "str": that is an empty cell.
            errors |= {
                at
                for attributes in _FORMULA.findall(piece)
                if b't="str"' not in attributes and (at := _address(attributes))
            }
    return errors


def _last_row(piece: bytes) -> int:
    """Return the number of the last row that begins in a piece; rows stand in order in what programs write."""
    at = piece.rfind(b"row ")
    found = _ROW.match(piece, max(0, piece.rfind(b"<", 0, at))) if at > 0 else None
    return int(found.group(1)) if found else 0


def _widest_unplaced(piece: bytes) -> int:
    """Return how many cells without an address stand side by side in a row: so many are its columns."""
    return max(len(_UNPLACED.findall(row)) for row in piece.split(b"row>"))


def _address(attributes: bytes) -> tuple[int, int] | None:
    found = _AT.search(attributes)
    if not found or len(found.group(2)) > 7 or len(found.group(1)) > 3:
        return None
    return int(found.group(2)) - 1, column_index(found.group(1))


def files_of_sheets(path: Path) -> dict[str, str]:
    """Return the part of each sheet by its name, as the workbook's own list says."""
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    try:
        with zipfile.ZipFile(path) as archive:
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            targets = {one.get("Id"): str(one.get("Target")) for one in links}
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    except (KeyError, ElementTree.ParseError, OSError, zipfile.BadZipFile):
        return {}
    found = {}
    for one in book.iter():
        if one.tag.rpartition("}")[2] != "sheet":
            continue
        by = one.get(relation) or next((v for k, v in one.attrib.items() if k.endswith("}id")), None)
        target = targets.get(by, "")
        found[str(one.get("name"))] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found
