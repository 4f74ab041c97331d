"""A stored file, the tables read from it, and what cannot be read."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PREVIEW_ROWS = 60
ZIP_TROUBLE = (zipfile.BadZipFile, OSError, ValueError, RuntimeError)
"""What the standard library raises for a packed file that is damaged, locked or packed in a way it does not know."""


class Unreadable(Exception):
    """A file that cannot be read; `code` names the message, `values` fill it."""

    def __init__(self, code: str, **values: str):
        self.code, self.values = code, values
        super().__init__(code)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unreadable, (self.code, self.values)


def _unreadable(code: str, values: dict[str, str]) -> Unreadable:
    return Unreadable(code, **values)


@dataclass
class Stored:
    """A file's bytes in the inbox."""

    name: str
    path: Path
    sha256: str
    refusal: tuple[str, dict[str, str]] | None = None
    """Why a file within a zip was not unpacked: it has a name but no bytes."""


@dataclass
class Sheet:
    """One table of text: the first rows to look at, and where the rest is."""

    name: str
    preview: list[list[str]]
    path: Path | None = None
    """A UTF-8 text file; else `rows` holds everything."""
    delimiter: str = ","
    line_of: list[int] = field(default_factory=list)
    """For text files: physical line (1-based) on which each preview row ends."""
    rows: list[list[str]] = field(default_factory=list)
    first_row: int = 1
    """The sender's number of `rows[0]`."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged cells as (top, left, bottom, right), counted in `preview`."""
    is_hidden: bool = False
    text_repairs: dict[str, int] = field(default_factory=dict)
    """What was mended in texts (`etl.readers.mend`): kind -> cells."""
    errors: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) in `rows` of cells that hold an error, or a formula whose value was never saved."""


@dataclass
class Grid:
    """A table as a reader found it; plain values only, it may come from another process."""

    name: str
    rows: list[list[str]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    is_hidden: bool = False
    errors: list[tuple[int, int]] = field(default_factory=list)
    text_repairs: dict[str, int] = field(default_factory=dict)
