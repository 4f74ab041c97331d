"""What is written down of a unit's draft: read by pages and commands, written by `gandan.draft` alone (docs/adr/0015).

`draft.json` is the pointer too: it names the draft's snapshot and is replaced in one step, so that a load which was
killed leaves the draft as it was.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from warehouse import clock, snapshots
from warehouse.engines import connect_reader
from warehouse.paths import DataDir
from warehouse.schema import SCHEMA
from warehouse.snapshots import Opened, SnapshotRef

RECORD = "draft.json"
OTHER_UNIT, DENUNCIATION = "other_unit", "denunciation_in_draft"
LEFT_OUT = (OTHER_UNIT, DENUNCIATION)
"""Why a row of a file is set apart from a draft: codes of the intake's messages. Nothing is to be corrected there."""
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,39}")
"""What an official code may be made of to name a folder."""
OPEN = 32
"""Drafts held open by one process: one for each unit that works at the same time."""


@dataclass(frozen=True)
class DraftLoad:
    """One file of a draft."""

    load_no: int
    file_name: str
    dataset: str
    data_on: date
    loaded_at: datetime
    n_read: int
    n_accepted: int
    n_rejected: int
    n_left_out: int
    """Of the rejected rows, those of other units and those that no draft takes."""


@dataclass(frozen=True)
class Draft:
    """A unit's draft: its snapshot, upon which published one it was made, and its files."""

    unit: str
    """Official code."""
    body: str
    bodies: tuple[str, ...]
    """The body and those that became part of it as a whole."""
    snapshot: str = ""
    """Empty: there is none, or it was dropped."""
    base: str = ""
    built_at: datetime | None = None
    until: date | None = None
    """The last day on which it is kept."""
    loads: tuple[DraftLoad, ...] = ()
    dropped: str = ""
    """Why there is none any more: person, published or expired."""
    dropped_at: datetime | None = None
    schema: int = 0
    """Of its snapshot's tables: one of another version of this program is not read, the next load makes it anew."""
    data_on: date | None = None
    """How far its files reach; of a dropped one, how far they reached."""

    @property
    def is_expired(self) -> bool:
        """Whether its term has passed; from then on it is not read, even before its files are gone."""
        return self.until is not None and clock.today() > self.until


def read(data_dir: DataDir, code: str) -> Draft | None:
    """Return what is known of the draft of a unit of this province's folder; None where there never was one."""
    if not CODE.fullmatch(code):
        return None
    try:
        return _draft(json.loads((data_dir.draft(code).root / RECORD).read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        # Not there, or written by another version of this program: the next load makes it anew from its files.
        return None


def _draft(noted: dict[str, Any]) -> Draft:
    loads = tuple(
        DraftLoad(**{**one, "data_on": _day(one["data_on"]), "loaded_at": _moment(one["loaded_at"])})
        for one in noted.pop("loads", [])
    )
    noted |= {name: _moment(noted.get(name)) for name in ("built_at", "dropped_at")}
    noted |= {name: _day(noted.get(name)) for name in ("until", "data_on")}
    return Draft(**{**noted, "bodies": tuple(noted["bodies"]), "loads": loads})


def write(data_dir: DataDir, draft: Draft) -> None:
    """Replace what is known of a draft, in one step that lasts; hold the draft's lock."""
    folder = data_dir.draft(draft.unit).root
    aside = folder / f".{RECORD}.{os.getpid()}"
    with aside.open("w", encoding="utf-8") as out:
        json.dump(asdict(draft), out, ensure_ascii=False, indent=1, default=_plain)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(folder / RECORD)
    snapshots.fsync_folder(folder)


def codes(data_dir: DataDir) -> list[str]:
    """Return the codes of the units that have or had a draft."""
    return sorted(path.parent.name for path in data_dir.drafts.glob(f"*/{RECORD}"))


def ref(data_dir: DataDir, draft: Draft) -> SnapshotRef | None:
    """Return the file of a draft, None where there is none that this version reads, or its term has passed."""
    path = data_dir.draft(draft.unit).snapshots / f"{draft.snapshot}.duckdb"
    is_there = bool(draft.snapshot) and draft.schema == SCHEMA and not draft.is_expired and path.is_file()
    return SnapshotRef(draft.snapshot, path) if is_there else None


def overtaken(draft: Draft, published: str, reach: Mapping[str, date]) -> list[DraftLoad]:
    """Return the files of a draft that what is published now has reached; `reach`: dataset -> last day of the unit.

    On the snapshot that the draft was made upon a file of the same day is a correction of what is published, and none
    of it is overtaken yet.
    """
    if draft.base == published:
        return []
    return [one for one in draft.loads if (last := reach.get(one.dataset)) is not None and last >= one.data_on]


def is_newer(draft: Draft, published: str, reach: Mapping[str, date]) -> bool:
    """Return whether a file of the draft tells something that the published data of its unit do not reach."""
    gone = overtaken(draft, published, reach)
    return any(
        one not in gone and ((last := reach.get(one.dataset)) is None or one.data_on >= last) for one in draft.loads
    )


def opened(ref: SnapshotRef) -> Opened:
    """Return a draft's snapshot to be asked, held open by this process for as long as others do not push it out."""
    return _opened(ref)


@lru_cache(maxsize=OPEN)
def _opened(ref: SnapshotRef) -> Opened:
    return Opened(ref, connect_reader(ref.path), threading.Lock())


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
