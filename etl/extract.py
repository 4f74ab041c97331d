"""Bytes into the inbox unchanged, and text rows out of them; nothing is understood here yet."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from etl.readers import archive
from etl.readers.cells import cell_text
from etl.readers.delimited import text_sheet, with_one_line_end
from etl.readers.kinds import SUFFIXES, kind_of
from etl.readers.model import PREVIEW_ROWS, Grid, Sheet, Stored, Unreadable
from etl.readers.process import read_apart
from etl.text import clean

__all__ = [
    "PREVIEW_ROWS",
    "SUFFIXES",
    "Sheet",
    "Stored",
    "Unreadable",
    "cell_text",
    "expand",
    "open_sheets",
    "store",
    "with_one_line_end",
]


def store(source: Path, inbox: Path) -> Stored:
    """Return the file copied unchanged into the closed inbox under its SHA-256."""
    inbox.mkdir(parents=True, exist_ok=True)
    inbox.chmod(0o700)
    digest = hashlib.sha256()
    aside = inbox / f".copy-{os.getpid()}"
    aside.touch(0o600)
    with source.open("rb") as read, aside.open("wb") as write, ThreadPoolExecutor(1) as other_core:
        while block := read.read(1 << 22):
            hashing = other_core.submit(digest.update, block)
            write.write(block)
            hashing.result()
    final = inbox / digest.hexdigest()
    aside.replace(final)
    return Stored(source.name, final, digest.hexdigest())


def expand(stored: Stored, aside: Path) -> list[Stored]:
    """Return the files within a zip of files, each stored by itself; of any other file the file itself.

    A member that may not be unpacked is listed with its refusal, which `open_sheets` raises; the others are read.
    """
    try:
        is_archive = kind_of(stored.path, stored.name) == "zip"
    except Unreadable:
        return [stored]  # its own reader says what is wrong
    return archive.members(stored, aside) if is_archive else [stored]


def open_sheets(stored: Stored, aside: Path) -> list[Sheet]:
    """Return the sheets of a stored file, hidden ones too; `aside` is a folder for a transcoded copy."""
    if stored.refusal:
        raise Unreadable(stored.refusal[0], **stored.refusal[1])
    kind = kind_of(stored.path, stored.name)
    if kind == "text":
        return [text_sheet(stored, aside)]
    if kind == "zip":
        raise Unreadable("nested_archive")
    return [_sheet(grid) for grid in read_apart(kind, stored.path)]


def _sheet(grid: Grid) -> Sheet:
    preview = [[clean(c) for c in row] for row in grid.rows[:PREVIEW_ROWS]]
    return Sheet(
        grid.name,
        preview,
        rows=grid.rows,
        merged=[(m[0], m[1], m[2], m[3]) for m in grid.merged],
        is_hidden=grid.is_hidden,
        text_repairs=grid.text_repairs,
        errors={(row, column) for row, column in grid.errors},
    )
