"""What a file may cost (`limits.toml`), and the refusal beyond it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from etl.readers.model import Unreadable

MEGABYTE = 1_000_000


@cache
def limits(group: str) -> dict[str, int]:
    """Return the limits of one group."""
    found: dict[str, int] = tomllib.loads((Path(__file__).parent / "limits.toml").read_text("utf-8"))[group]
    return found


def check_bytes(group: str, size: int, name: str = "bytes") -> None:
    """Raise `Unreadable` for more bytes than a file of this group may have."""
    limit = limits(group)[name]
    if size > limit:
        raise Unreadable("too_big", size=str(-(-size // MEGABYTE)), limit=str(limit // MEGABYTE))


def check_area(height: int, width: int) -> None:
    """Raise `Unreadable` for a table too wide, too high or too large."""
    limit = limits("workbook")
    if width > limit["columns"]:
        raise Unreadable("too_many_columns", n=str(width), limit=str(limit["columns"]))
    if height > limit["rows"]:
        raise Unreadable("too_many_rows", n=str(height), limit=str(limit["rows"]))
    if height * width > limit["cells"]:
        raise Unreadable("too_many_cells", n=str(height * width), limit=str(limit["cells"]))
