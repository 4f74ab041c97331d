"""What the intake left behind, as plain records: staged loads, files that wait for an answer, every arrival.

Pages read these; they never run the intake themselves. The intake writes them (`etl/intake.py`, `etl/waiting.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warehouse.paths import DataDir

Record = dict[str, Any]

WITHHELD = "WITHHELD"
"""A file of this name in a load's folder leaves the load out until `gandan publish --release`."""
WITHDRAWN = "WITHDRAWN"
"""A file of this name in a load's folder leaves the load out until `gandan withdraw --undo`; it says who and why."""


def loads(data_dir: DataDir) -> list[Record]:
    """Return every staged load by number: its receipt, `load_no`, `state` and, when withdrawn, `withdrawn`.

    state: staged (takes part), withheld (after a rollback), withdrawn (by a person, with a reason).
    """
    found = []
    folders = sorted(data_dir.loads.iterdir()) if data_dir.loads.is_dir() else []
    for folder in folders:
        receipt = _read(folder / "receipt.json") if folder.name.isdigit() else None
        if receipt is None:
            continue
        withdrawn = _read(folder / WITHDRAWN)
        state = "withheld" if (folder / WITHHELD).exists() else "staged"
        if (folder / WITHDRAWN).exists():
            state = "withdrawn"
        found.append({**receipt, "load_no": int(folder.name), "state": state, "withdrawn": withdrawn or {}})
    return found


def waiting(data_dir: DataDir) -> list[Record]:
    """Return the files that wait for an answer, the oldest first.

    Each is {id, file_name, sha256, since, until, options, receipts}: `receipts` hold the questions with their choices
    and, per sheet, how the columns were understood so far; the bytes lie in the inbox under `sha256` until `until`.
    """
    folder = data_dir.waiting
    found = [_read(path) for path in sorted(folder.glob("*.json"))] if folder.is_dir() else []
    return sorted((one for one in found if one), key=lambda one: (one["since"], one["id"]))


def arrivals(data_dir: DataDir) -> list[Record]:
    """Return every file that ever arrived, in order: {at, file_name, sha256, n_bytes, outcome, load_no, code, by}."""
    return list(_lines(data_dir.arrivals))


def _lines(path: Path) -> Iterator[Record]:
    if not path.is_file():
        return
    for line in path.read_text("utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue  # a line cut off by a killed process


def _read(path: Path) -> Record | None:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
