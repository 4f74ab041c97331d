"""Cells of an old workbook (.xls) that hold an error, which the fast reader shows as empty."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from etl.readers.kinds import OLE
from etl.readers.model import Unreadable

FREE, END = 0xFFFFFFFF, 0xFFFFFFFE
BOF, BOUNDSHEET, FORMULA, BOOLERR, FILEPASS = 0x0809, 0x0085, 0x0006, 0x0205, 0x002F
MOST_SECTORS = 1 << 20


def errors_by_sheet(content: bytes) -> dict[str, list[tuple[int, int]]]:
    """Return (row, column) of cells with an error by the sheet's name; raise `Unreadable` for a damaged container.

    A formula always carries a saved value here, so there is nothing unsaved to tell. The container is walked before
    the reader of the cells sees it: a chain of sectors that bites its tail would cost that one all its memory.
    """
    try:
        book = _book(content)
    except (struct.error, IndexError, ValueError):
        raise Unreadable("broken_workbook", detail="OLE") from None
    try:
        return _errors(book)
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}  # damaged further in: the reader of the cells says so


def _book(content: bytes) -> bytes:
    """Return the stream of records out of its container."""
    if not content.startswith(OLE):
        return content
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    if size not in (512, 4096):
        raise ValueError(size)
    n_fat, first_directory = struct.unpack_from("<I", content, 44)[0], struct.unpack_from("<I", content, 48)[0]
    small_limit, first_small = struct.unpack_from("<I", content, 56)[0], struct.unpack_from("<I", content, 60)[0]
    fat_sectors = list(struct.unpack_from("<109I", content, 76))
    extra = struct.unpack_from("<I", content, 68)[0]
    seen = 0
    while extra not in (END, FREE):
        if seen > 1000:
            raise ValueError("a chain without end")
        block = struct.unpack_from(f"<{size // 4}I", content, (extra + 1) * size)
        fat_sectors += block[:-1]
        extra, seen = block[-1], seen + 1
    fat: list[int] = []
    for sector in fat_sectors[: min(n_fat, MOST_SECTORS)]:
        if sector < END:
            fat += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)

    def chain(first: int) -> bytes:
        return b"".join(content[(at + 1) * size : (at + 2) * size] for at in _chain(first, fat))

    directory = chain(first_directory)
    root_first = struct.unpack_from("<I", directory, 116)[0]
    for entry in range(0, len(directory) - 127, 128):
        n = struct.unpack_from("<H", directory, entry + 64)[0]
        if directory[entry : entry + max(0, n - 2)].decode("utf-16-le", "replace").lower() not in ("workbook", "book"):
            continue
        first, length = struct.unpack_from("<II", directory, entry + 116)
        if length >= small_limit:
            return chain(first)[:length]
        small_fat_bytes, small = chain(first_small), chain(root_first)
        small_fat = struct.unpack(f"<{len(small_fat_bytes) // 4}I", small_fat_bytes)
        return b"".join(small[at * 64 : at * 64 + 64] for at in _chain(first, small_fat))[:length]
    raise ValueError("no workbook")


def _chain(first: int, following: Sequence[int]) -> list[int]:
    """Return the sectors of a stream in order."""
    found: list[int] = []
    at = first
    while at < len(following):
        if len(found) > len(following):
            raise ValueError("a chain without end")
        found.append(at)
        at = following[at]
    if at not in (END, FREE):
        raise ValueError("a chain out of the file")
    return found


def _errors(book: bytes) -> dict[str, list[tuple[int, int]]]:
    names: dict[int, str] = {}
    found: dict[str, list[tuple[int, int]]] = {}
    sheet, at = "", 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        data = at + 4
        if kind == BOUNDSHEET:
            names[struct.unpack_from("<I", book, data)[0]] = _name(book[data + 6 : data + length])
        elif kind == BOF:
            sheet = names.get(at, "")
        elif kind == FILEPASS:
            raise Unreadable("encrypted")
        is_error = kind == BOOLERR and length >= 8 and book[data + 7]
        if is_error or (kind == FORMULA and book[data + 12 : data + 14] == b"\xff\xff" and book[data + 6] == 2):
            found.setdefault(sheet, []).append(struct.unpack_from("<HH", book, data))
        at = data + length
    return found


def _name(data: bytes) -> str:
    n, is_wide = data[0], data[1] & 1
    return data[2 : 2 + n * 2].decode("utf-16-le") if is_wide else data[2 : 2 + n].decode("latin-1")
