"""The candidate: the next snapshot, built and checked under `candidate/`, which no reader and no pointer knows.

`candidate.json` is written last and removed last. So a file without it is a leftover; and a publish that was killed
between moving the file and moving the pointer is found by it and taken back: what nobody published is never kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from typing import Any

from etl.checks import Finding
from etl.loaded import Load
from gandan import build
from warehouse import schema, snapshots
from warehouse.paths import GROUP_READS, DataDir
from warehouse.snapshots import SnapshotRef

RECORD = "candidate.json"


@dataclass(frozen=True)
class Candidate:
    """A snapshot that could be published: its file, what it was made from, and what is known of it."""

    ref: SnapshotRef
    previous: str
    """The snapshot that was published when it was built; empty: none."""
    inputs: str
    """A hash of all that decides its content."""
    is_addition: bool
    n_added: int
    why_full: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    difference: dict[str, Any] | None = None
    """What would change against the published one; None where nobody asked yet."""


def inputs_of(data_dir: DataDir, staged: list[Load]) -> str:
    """Return a hash of what a snapshot would be made from now: loads, reference data, code, and what is published."""
    ref = snapshots.current(data_dir)
    loads = [
        [one.load_no, one.receipt.sha256, str(one.receipt.data_on), one.withheld_why, one.withheld] for one in staged
    ]
    learned = sorted(data_dir.learned.rglob("*.toml")) if data_dir.learned.is_dir() else []
    content = [
        schema.SCHEMA,
        build.reference_hash(data_dir),
        build.code_hash(),
        build.hash_of(learned),  # names of learned layouts are words of the snapshot
        ref.name if ref else "",
        (data_dir.root / "DEMO").exists(),
        loads,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def settle(data_dir: DataDir) -> None:
    """Leave `candidate/` with one whole candidate or empty; hold the lock. Call it before the pointer is read or moved.

    A record whose file lies among the kept snapshots belongs to a publish that was cut off: with the pointer moved all
    is done, else the file comes back.
    """
    record = _read(data_dir)
    keep: set[str] = set()
    if record is not None:
        name = record["name"]
        aside, kept = data_dir.candidate / f"{name}.duckdb", data_dir.snapshots / f"{name}.duckdb"
        current = snapshots.current(data_dir)
        if kept.is_file() and not (current and current.name == name):
            kept.rename(aside)
            snapshots.fsync_folder(data_dir.candidate)
        if aside.is_file():
            keep = {RECORD, aside.name}
    if data_dir.candidate.is_dir():
        for path in sorted(data_dir.candidate.iterdir()):
            if path.name not in keep:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def standing(data_dir: DataDir, staged: list[Load]) -> Candidate | None:
    """Return the candidate when all it was made from is still the same; a stale one is thrown away. Hold the lock."""
    settle(data_dir)
    record = _read(data_dir)
    if record is None:
        return None
    if record["inputs"] != inputs_of(data_dir, staged):
        discard(data_dir)
        return None
    name = record["name"]
    return Candidate(
        SnapshotRef(name, data_dir.candidate / f"{name}.duckdb"),
        record["previous"],
        record["inputs"],
        record["is_addition"],
        record["n_added"],
        tuple(record["why_full"]),
        tuple(record["warnings"]),
        tuple(_finding(one) for one in record["findings"]),
        record["difference"],
    )


def keep(data_dir: DataDir, made: build.Made, base: build.Base, staged: list[Load]) -> Candidate:
    """Return the candidate that a build became: the file first, the record last."""
    discard(data_dir)
    data_dir.candidate.mkdir(mode=GROUP_READS, parents=True, exist_ok=True)
    ref = SnapshotRef(made.name, data_dir.candidate / made.path.name)
    made.path.rename(ref.path)
    snapshots.fsync_folder(data_dir.candidate)
    current = snapshots.current(data_dir)
    found = Candidate(
        ref,
        current.name if current else "",
        inputs_of(data_dir, staged),
        base.ref is not None,
        len(base.added),
        base.why_full,
        made.warnings,
        made.findings,
    )
    note(data_dir, found)
    return found


def note(data_dir: DataDir, candidate: Candidate) -> None:
    """Write the record of a candidate, in one step."""
    content = {
        "name": candidate.ref.name,
        "previous": candidate.previous,
        "inputs": candidate.inputs,
        "is_addition": candidate.is_addition,
        "n_added": candidate.n_added,
        "why_full": candidate.why_full,
        "warnings": candidate.warnings,
        "findings": [asdict(one) for one in candidate.findings],
        "difference": candidate.difference,
    }
    aside = data_dir.candidate / f".{RECORD}.{os.getpid()}"
    with aside.open("w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, default=str)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(data_dir.candidate / RECORD)
    snapshots.fsync_folder(data_dir.candidate)


def promote(data_dir: DataDir, candidate: Candidate) -> SnapshotRef:
    """Return the published snapshot: the file moves first, then the pointer, then the record goes."""
    data_dir.snapshots.mkdir(mode=GROUP_READS, parents=True, exist_ok=True)
    ref = SnapshotRef(candidate.ref.name, data_dir.snapshots / candidate.ref.path.name)
    candidate.ref.path.rename(ref.path)
    snapshots.fsync_folder(data_dir.snapshots)
    snapshots.point_to(data_dir, ref.name)
    discard(data_dir)
    return ref


def name_of(data_dir: DataDir) -> str | None:
    """Return the name of a whole candidate, fresh or stale, by a look that needs no lock."""
    record = _read(data_dir)
    name = str(record["name"]) if record else None
    return name if name and (data_dir.candidate / f"{name}.duckdb").is_file() else None


def drop(data_dir: DataDir) -> None:
    """Throw the candidate away, which what the caller did made stale; hold the lock."""
    settle(data_dir)
    discard(data_dir)


def discard(data_dir: DataDir) -> None:
    """Remove whatever lies in `candidate/`, the record last: until it is gone, what it names is no leftover."""
    if data_dir.candidate.is_dir():
        for path in sorted(data_dir.candidate.iterdir(), key=lambda one: one.name == RECORD):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _read(data_dir: DataDir) -> dict[str, Any] | None:
    try:
        content = json.loads((data_dir.candidate / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    is_whole = isinstance(content, dict) and snapshots.NAME.fullmatch(str(content.get("name", "")))
    return content if is_whole else None


def _finding(content: dict[str, Any]) -> Finding:
    return Finding(
        **{**content, "columns": tuple(content["columns"]), "sample": tuple(tuple(row) for row in content["sample"])}
    )
