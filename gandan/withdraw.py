"""Takes a load out of every figure from the next publish on, with a reason; it stays on disk and in the history.

What corrected its rows goes and comes back with it: a correction without what it corrects would count half a file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from etl.loaded import Load, staged_loads
from etl.personal import has_personal_pattern, holds_person_name
from gandan import candidate
from warehouse import clock, log
from warehouse.ledger import WITHDRAWN
from warehouse.lock import Holder, writer
from warehouse.paths import DataDir

ACTS = "acts.jsonl"
"""In a load's folder: each withdrawal and each undo, for the inspector."""


class NoSuchLoad(LookupError):
    """No load of that number is staged."""


class NoReason(ValueError):
    """A withdrawal says why, in words that name no person."""


class NotWithdrawn(LookupError):
    """There is nothing to undo."""


def withdraw(
    data_dir: DataDir,
    load_no: int,
    reason: str,
    by: str,
    on_wait: Callable[[Holder | None], None] | None = None,
    wait: bool = True,
) -> dict[str, Any]:
    """Return what was written down: the load takes no part from the next publish on. Twice is once."""
    reason = " ".join(reason.split())
    if not reason or has_personal_pattern(reason) or holds_person_name(reason):
        raise NoReason(reason)
    with writer(data_dir, "withdraw", wait=wait, on_wait=on_wait):
        load = _load(data_dir, load_no)
        if load.withheld_why == "withdrawn":
            return _told(load, load.withheld)
        noted = {"since": clock.now().isoformat(timespec="seconds"), "by": by, "reason": reason}
        along = [one for one in _corrections_of(data_dir, load_no) if one.withheld_why != "withdrawn"]
        # the load itself last: cut off before it, the same command does the rest
        for one in along:
            _write(one.folder / WITHDRAWN, {**noted, "with": load_no})
            _act(one.folder, "withdraw", noted)
        _write(load.folder / WITHDRAWN, noted)
        _act(load.folder, "withdraw", noted)
        candidate.drop(data_dir)
        log.get(data_dir).info("withdrawn: load %d, with %s", load_no, [one.load_no for one in along])
        return _told(load, noted, along)


def undo(
    data_dir: DataDir,
    load_no: int,
    by: str,
    on_wait: Callable[[Holder | None], None] | None = None,
    wait: bool = True,
) -> dict[str, Any]:
    """Return what was undone: the load takes part again from the next publish on."""
    with writer(data_dir, "withdraw", wait=wait, on_wait=on_wait):
        load = _load(data_dir, load_no)
        if load.withheld_why != "withdrawn":
            raise NotWithdrawn(load_no)
        undone = {"since": clock.now().isoformat(timespec="seconds"), "by": by, "reason": ""}
        along = [one for one in _corrections_of(data_dir, load_no) if one.withheld.get("with") == load_no]
        for one in [*along, load]:
            _act(one.folder, "undo", undone)
            (one.folder / WITHDRAWN).unlink()
        candidate.drop(data_dir)
        log.get(data_dir).info("withdrawal undone: load %d, with %s", load_no, [one.load_no for one in along])
        return _told(load, {}, along)


def _corrections_of(data_dir: DataDir, load_no: int) -> list[Load]:
    """Return the loads of corrected rows of a load, those of a correction's own corrections among them."""
    staged = {load.load_no: load for load in staged_loads(data_dir)}
    found: list[Load] = []
    for number in sorted(staged):  # a correction is always later than what it corrects
        corrected = staged[number].receipt.corrects.get("load_no")
        if corrected is not None and int(corrected) in {load_no, *(one.load_no for one in found)}:
            found.append(staged[number])
    return found


def _load(data_dir: DataDir, load_no: int) -> Load:
    for load in staged_loads(data_dir):
        if load.load_no == load_no:
            return load
    raise NoSuchLoad(load_no)


def _told(load: Load, noted: dict[str, Any], along: Sequence[Load] = ()) -> dict[str, Any]:
    receipt = load.receipt
    return {
        "load_no": load.load_no,
        "file_name": receipt.file_name,
        "dataset": receipt.dataset,
        "n_accepted": receipt.n_accepted,
        "is_withdrawn": bool(noted),
        "since": noted.get("since"),
        "by": noted.get("by"),
        "reason": noted.get("reason"),
        "with_corrections": [one.load_no for one in along],
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(path)


def _act(folder: Path, what: str, noted: dict[str, Any]) -> None:
    line = json.dumps({"act": what, "at": noted["since"], "by": noted["by"], "reason": noted["reason"]})
    with (folder / ACTS).open("a", encoding="utf-8") as out:
        out.write(line + "\n")
