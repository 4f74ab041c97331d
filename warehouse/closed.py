"""Closed snapshots: labelled for a report, kept for ever (`closed.json`)."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from warehouse.paths import DataDir


@dataclass(frozen=True)
class Closed:
    """One closing: under which label, which snapshot, by whom, when (local time), for which report."""

    label: str
    snapshot: str
    who: str
    closed_at: datetime
    report: str = ""


class LabelTaken(ValueError):
    """A label names one snapshot for ever."""


def file(data_dir: DataDir) -> Path:
    """Return where closings are written down."""
    return data_dir.root / "closed.json"


def entries(data_dir: DataDir) -> list[Closed]:
    """Return the closings, oldest first."""
    try:
        listed = json.loads(file(data_dir).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [Closed(**{**entry, "closed_at": datetime.fromisoformat(entry["closed_at"])}) for entry in listed]


def add(data_dir: DataDir, entry: Closed) -> None:
    """Write one closing down; call it while holding the writer's lock."""
    listed = entries(data_dir)
    if any(other.label == entry.label for other in listed):
        raise LabelTaken(entry.label)
    content = [{**asdict(e), "closed_at": e.closed_at.isoformat(timespec="seconds")} for e in [*listed, entry]]
    aside = file(data_dir).with_name(f".closed.json.{os.getpid()}")
    with aside.open("w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(file(data_dir))
