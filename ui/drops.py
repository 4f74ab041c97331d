"""Files that were dropped on a page: kept closed, under names that can do no harm, until a command takes them in."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

COMPANION = ".codebook.csv"
"""A file that belongs to the one beside it and is not loaded by itself."""
TAKEN = frozenset('<>:"/\\|?*')
MOST_BYTES = 180
"""Of a name; a file system takes 255, and two of one name get a number."""


def safe_name(name: str) -> str:
    r"""Return a file name without folders, control characters or signs that a file system takes for its own.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\x\\a b.xlsx"), safe_name("..."), safe_name("-rf.csv")
    ('passwd', 'a b.xlsx', 'tep', '_-rf.csv')
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join("_" if c in TAKEN else c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    # Bytes, not letters: a file system counts 255 bytes, and a Vietnamese letter takes up to three.
    stem = (stem or suffix).encode()[:MOST_BYTES].decode(errors="ignore")
    kept = f"{stem}.{suffix[:10]}" if dot and stem and stem != suffix else stem
    kept = kept or "tep"
    return f"_{kept}" if kept[0] in "-.~" else kept


def keep(folder: Path, files: Iterable[tuple[str, bytes | memoryview]]) -> None:
    """Write files into a closed folder under safe names; two of one name are kept apart."""
    for name, content in files:
        folder.mkdir(mode=0o700, exist_ok=True)
        target = folder / safe_name(name)
        at = 2
        while target.exists():
            target = folder / f"{Path(safe_name(name)).stem} ({at}){Path(safe_name(name)).suffix}"
            at += 1
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)


def to_load(folder: Path) -> list[str]:
    """Return the paths to hand to the command: all but the files that belong to another."""
    kept = sorted(folder.iterdir()) if folder.is_dir() else []
    return [str(f) for f in kept if not f.name.endswith(COMPANION) or len(kept) == 1]
