"""Builds the next snapshot aside and checks it; nobody reads it yet."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from etl import runner
from etl.checks import Finding, run_checks
from etl.loaded import Load
from etl.reference.tables import build_reference
from metrics import sums
from warehouse import clock, schema, snapshots
from warehouse.engines import connect_builder, connect_reader
from warehouse.paths import GROUP_READS, REPOSITORY, DataDir
from warehouse.snapshots import SnapshotRef

DISK_FACTOR = 3
BUILD_MEMORY = "1500MB"
CODE = (
    "etl/sql",
    "etl/reference/sql",
    "etl/runner.py",
    "etl/loaded.py",
    "etl/corrections.py",
    "etl/datasets.toml",
    "metrics/definitions",
    "metrics/catalogue.py",
    "metrics/compile.py",
    "metrics/sum_sql.py",
    "metrics/sums.py",
)
"""What decides the content of a snapshot besides loads and reference: another version of it means a full build."""

Progress = Callable[[str], None]
Compare = Callable[[duckdb.DuckDBPyConnection, str | None], Any]
"""Looks at the marts of the build beside the attached `previous`, with the table of changes of an addition."""


class CheckFailed(Exception):
    """A `#fail` check found rows: nothing was published."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        super().__init__("; ".join(f.message("en") for f in findings))


class DiskFull(OSError):
    """Less free disk than three times the snapshot: nothing was started."""

    def __init__(self, free: int, needed: int):
        self.free = free
        self.needed = needed
        super().__init__(f"{free} bytes free, {needed} needed")


@dataclass(frozen=True)
class Base:
    """What a build starts from: a published snapshot to add to (else nothing), the loads it lacks, and why not."""

    ref: SnapshotRef | None
    added: list[Load]
    why_full: tuple[str, ...] = ()
    """Why the published one cannot be added to: first, asked, unreadable, schema, reference, code, loads."""


@dataclass(frozen=True)
class Made:
    """A checked file in `work/`, what was said of it, and what the comparison with the published one gave."""

    name: str
    path: Path
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...]
    compared: Any = None


def base_of(data_dir: DataDir, loads: list[Load], full: bool = False) -> Base:
    """Return the published snapshot when it can be added to, and the loads it lacks."""
    ref = snapshots.current(data_dir)
    if ref is None:
        return Base(None, loads, ("first",))
    if full:
        return Base(None, loads, ("asked",))
    try:
        info = ref.info()
        if info.get("schema") != str(schema.SCHEMA):
            return Base(None, loads, ("schema",))
        with ref.open() as con:
            held = {
                number: (sha256, str(data_on))
                for number, sha256, data_on in con.execute(
                    "SELECT load_no, sha256, data_on FROM load WHERE NOT is_withheld"
                ).fetchall()
            }
    except Exception:  # a damaged file: whatever the reason, a full build needs none of it
        return Base(None, loads, ("unreadable",))
    here = {load.load_no: (load.receipt.sha256, str(load.receipt.data_on)) for load in loads}
    differing = {
        "reference": info.get("reference_sha256") != reference_hash(data_dir),
        "code": info.get("code_sha256") != code_hash(),
        "loads": any(here.get(number) != identity for number, identity in held.items()),
    }
    if any(differing.values()):
        return Base(None, loads, tuple(name for name, differs in differing.items() if differs))
    return Base(ref, [load for load in loads if load.load_no not in held])


def build(data_dir: DataDir, loads: list[Load], base: Base, progress: Progress, compare: Compare | None = None) -> Made:
    """Return the next snapshot, built and checked in `work/`; raise `CheckFailed` when a `#fail` check finds rows."""
    name = next_name(data_dir)
    data_dir.work.mkdir(mode=GROUP_READS, parents=True, exist_ok=True)
    spill = data_dir.work / "spill"
    spill.mkdir(exist_ok=True)
    half = data_dir.work / f"{name}.duckdb"
    if base.ref:
        progress("copy")
        shutil.copyfile(base.ref.path, half)
        half.chmod(0o600)
    con = connect_builder(half, spill, memory_limit=BUILD_MEMORY)
    numbers = [load.load_no for load in loads]
    warnings: list[str] = []
    try:
        con.execute("SET checkpoint_threshold = '1TB'")  # one checkpoint at the end, not one per table
        if base.ref:
            built = runner.add_loads(con, data_dir, numbers, [load.load_no for load in base.added], progress)
        else:
            progress("reference")
            warnings = build_reference(con, data_dir)
            built = runner.build_marts(con, data_dir, numbers, progress)
        _write_info(con, data_dir, name, base.ref)
        progress("sums")
        sums.build(con, changes=built.changes)
        progress("checks")
        findings, compared = _checked(con, data_dir, built.changes, compare)
        progress("checkpoint")
        con.execute("CHECKPOINT")
    finally:
        con.close()
    progress("verify")
    seal(half, name)
    return Made(name, half, tuple(warnings), tuple(findings), compared)


def _checked(
    con: duckdb.DuckDBPyConnection, data_dir: DataDir, changes: str | None, compare: Compare | None
) -> tuple[list[Finding], Any]:
    before = snapshots.current(data_dir)
    has_previous = False
    if before is not None:
        try:
            has_previous = before.info().get("schema") == str(schema.SCHEMA)
        except duckdb.Error:
            has_previous = False
    if before is not None and has_previous:
        con.execute(f"ATTACH '{str(before.path).replace(chr(39), chr(39) * 2)}' AS previous (READ_ONLY)")
    try:
        findings = run_checks(con, has_previous, changes)
        fatal = [finding for finding in findings if finding.is_fatal]
        if fatal:
            raise CheckFailed(fatal)
        compared = compare(con, changes) if compare and has_previous else None
    finally:
        if has_previous:
            con.execute("DETACH previous")
    return findings, compared


def _write_info(con: duckdb.DuckDBPyConnection, data_dir: DataDir, name: str, base: SnapshotRef | None) -> None:
    before = snapshots.current(data_dir)
    con.execute("CREATE OR REPLACE TABLE snapshot_info (key VARCHAR, value VARCHAR)")
    latest = con.execute("SELECT CAST(max(data_on) AS VARCHAR) FROM load WHERE NOT is_withheld").fetchall()[0][0]
    info = {
        "schema": str(schema.SCHEMA),
        "snapshot": name,
        "built_at": clock.now().isoformat(timespec="seconds"),
        "data_on": latest or clock.today().isoformat(),
        "is_demo": "true" if (data_dir.root / "DEMO").exists() else "false",
        "reference_sha256": reference_hash(data_dir),
        "code_sha256": code_hash(),
        "previous": before.name if before else "",
        "added_to": base.name if base else "",
    }
    con.executemany("INSERT INTO snapshot_info VALUES (?, ?)", list(info.items()))


def seal(path: Path, name: str) -> None:
    """Close a built file to writing once it is seen to be whole and on the disk."""
    _verify(path, name)
    _fsync(path)
    path.chmod(0o444)


def _verify(path: Path, name: str) -> None:
    """Raise unless the closed file opens read-only, whole, under its name."""
    if path.with_name(path.name + ".wal").exists():
        raise RuntimeError(f"{path.name}: a write-ahead log is left over; the file is not whole")
    con = connect_reader(path)
    try:
        named = con.execute("SELECT value FROM snapshot_info WHERE key = 'snapshot'").fetchall()
        if named != [(name,)]:
            raise RuntimeError(f"{path.name}: names itself {named}")
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'").fetchall():
            con.execute(f'SELECT count(*) FROM "{table}"').fetchall()
    finally:
        con.close()


def next_name(data_dir: DataDir) -> str:
    """Return the name of the next snapshot: real UTC time, later than every name kept, and six random digits."""
    moment = datetime.now(UTC).replace(microsecond=0)
    kept = snapshots.all_kept(data_dir)
    if kept:
        moment = max(moment, kept[-1].built_at + timedelta(seconds=1))
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def reference_hash(data_dir: DataDir) -> str:
    """Return a hash of every reference file in force."""
    return hash_of(data_dir.reference_files())


@cache
def code_hash() -> str:
    """Return a hash of the code and definitions that decide what lies in a snapshot, as first read here."""
    files: list[Path] = []
    for name in CODE:
        path = REPOSITORY / name
        files += sorted(f for f in path.rglob("*") if f.is_file() and f.suffix in (".sql", ".toml")) or [path]
    return hash_of(files)


def hash_of(files: list[Path]) -> str:
    """Return a hash of names and contents."""
    digest = hashlib.sha256()
    for path in files:
        if path.is_file():
            digest.update(path.name.encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def need_disk(data_dir: DataDir) -> tuple[int, int]:
    """Return (free, needed) bytes; raise `DiskFull` unless thrice the snapshot (or the staged rows) is free."""
    ref = snapshots.current(data_dir)
    rows = sum(f.stat().st_size for f in data_dir.loads.glob("*/rows.parquet")) if data_dir.loads.is_dir() else 0
    needed = DISK_FACTOR * max(ref.path.stat().st_size if ref else 0, rows)
    free = shutil.disk_usage(data_dir.root).free
    if free < needed:
        raise DiskFull(free, needed)
    return free, needed


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
