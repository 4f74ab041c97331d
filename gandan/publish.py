"""Builds a snapshot aside, checks it, and moves the pointer; a reader sees the old one or the new one, never half."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb

from etl import runner
from etl.checks import Finding, run_checks
from etl.loaded import Load, staged_loads
from etl.reference.tables import build_reference
from metrics import sums
from warehouse import clock, closed, log, snapshots
from warehouse.engines import connect_builder, connect_reader
from warehouse.lock import Holder, writer
from warehouse.paths import GROUP_READS, REPOSITORY, DataDir
from warehouse.schema import SCHEMA
from warehouse.snapshots import SnapshotRef

KEPT = 10
DISK_FACTOR = 3
BUILD_MEMORY = "1500MB"
CODE = (
    "etl/sql",
    "etl/reference/sql",
    "etl/runner.py",
    "etl/loaded.py",
    "etl/datasets.toml",
    "metrics/definitions",
    "metrics/catalogue.py",
    "metrics/compile.py",
    "metrics/sum_sql.py",
    "metrics/sums.py",
)
"""What decides the content of a snapshot besides loads and reference: another version of it means a full build."""

Progress = Callable[[str], None]


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


class NothingToPublish(LookupError):
    """No load is staged."""


@dataclass(frozen=True)
class Published:
    """The new snapshot, whether it was built as an addition, and what the checks warned of."""

    ref: SnapshotRef
    is_addition: bool
    n_added: int
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def publish(data_dir: DataDir, progress: Progress = runner.silent, full: bool = False) -> SnapshotRef:
    """Return the snapshot made of every load that is not withheld (see `run`)."""
    return run(data_dir, progress, full).ref


def run(
    data_dir: DataDir,
    progress: Progress = runner.silent,
    full: bool = False,
    on_wait: Callable[[Holder | None], None] | None = None,
    wait: bool = True,
) -> Published:
    """Return what was published: the snapshot made of every load that is not withheld.

    When the published one has the same code, reference data and a subset of the loads, it is copied and only the new
    loads are worked in; the result is the same as that of a full build. With nothing new the published one is returned.
    """
    with writer(data_dir, "publish", wait=wait, on_wait=on_wait):
        logger = log.get(data_dir)
        started = time.monotonic()
        remove_leftovers(data_dir)
        loads = [load for load in staged_loads(data_dir) if not load.is_withheld]
        if not loads:
            raise NothingToPublish
        base, added = (None, loads) if full else _base(data_dir, loads)
        if base and not added:
            empty_inbox(data_dir)
            return Published(base, True, 0)
        need_disk(data_dir)
        logger.info("publish begins: %d loads, %d new, %s", len(loads), len(added), "addition" if base else "full")
        try:
            made = _build(data_dir, loads, added, base, progress)
        except CheckFailed as failed:
            logger.error("publish refused: %s", ", ".join(f"{f.check} ({f.n_rows})" for f in failed.findings))
            raise
        finally:
            remove_leftovers(data_dir)
        empty_inbox(data_dir)
        prune(data_dir)
        logger.info("publish ends: %s after %.1f s", made.ref.name, time.monotonic() - started)
        return made


def _base(data_dir: DataDir, loads: list[Load]) -> tuple[SnapshotRef | None, list[Load]]:
    """Return the published snapshot when it can be added to, and the loads it lacks."""
    ref = snapshots.current(data_dir)
    if ref is None:
        return None, loads
    try:
        info = ref.info()
        with ref.open() as con:
            held = {
                number: (sha256, str(data_on))
                for number, sha256, data_on in con.execute(
                    "SELECT load_no, sha256, data_on FROM load WHERE NOT is_withheld"
                ).fetchall()
            }
    except Exception:  # an older schema or a damaged file: whatever the reason, a full build needs none of it
        return None, loads
    same = (
        info.get("schema") == str(SCHEMA)
        and info.get("reference_sha256") == reference_hash(data_dir)
        and info.get("code_sha256") == code_hash()
    )
    here = {load.load_no: (load.receipt.sha256, str(load.receipt.data_on)) for load in loads}
    if not same or any(here.get(number) != identity for number, identity in held.items()):
        return None, loads
    return ref, [load for load in loads if load.load_no not in held]


def _build(
    data_dir: DataDir, loads: list[Load], added: list[Load], base: SnapshotRef | None, progress: Progress
) -> Published:
    name = next_name(data_dir)
    data_dir.work.mkdir(mode=GROUP_READS, parents=True, exist_ok=True)
    data_dir.snapshots.mkdir(mode=GROUP_READS, parents=True, exist_ok=True)
    spill = data_dir.work / "spill"
    spill.mkdir(exist_ok=True)
    half = data_dir.work / f"{name}.duckdb"
    if base:
        progress("copy")
        shutil.copyfile(base.path, half)
        half.chmod(0o600)
    con = connect_builder(half, spill, memory_limit=BUILD_MEMORY)
    numbers = [load.load_no for load in loads]
    warnings: list[str] = []
    try:
        con.execute("SET checkpoint_threshold = '1TB'")  # one checkpoint at the end, not one per table
        if base:
            built = runner.add_loads(con, data_dir, numbers, [load.load_no for load in added], progress)
        else:
            progress("reference")
            warnings = build_reference(con, data_dir)
            built = runner.build_marts(con, data_dir, numbers, progress)
        _write_info(con, data_dir, name, base)
        progress("sums")
        sums.build(con, changes=built.changes)
        progress("checks")
        findings = _checked(con, data_dir, built.changes)
        progress("checkpoint")
        con.execute("CHECKPOINT")
    finally:
        con.close()
    progress("verify")
    _verify(half, name)
    _fsync(half)
    half.chmod(0o444)
    ref = SnapshotRef(name, data_dir.snapshots / half.name)
    half.rename(ref.path)
    snapshots.fsync_folder(data_dir.snapshots)
    snapshots.point_to(data_dir, name)
    return Published(ref, base is not None, len(added), tuple(warnings), tuple(findings))


def _checked(con: duckdb.DuckDBPyConnection, data_dir: DataDir, changes: str | None) -> list[Finding]:
    before = snapshots.current(data_dir)
    has_previous = False
    if before is not None:
        try:
            has_previous = before.info().get("schema") == str(SCHEMA)
        except duckdb.Error:
            has_previous = False
    if before is not None and has_previous:
        con.execute(f"ATTACH '{str(before.path).replace(chr(39), chr(39) * 2)}' AS previous (READ_ONLY)")
    try:
        findings = run_checks(con, has_previous, changes)
    finally:
        if has_previous:
            con.execute("DETACH previous")
    fatal = [finding for finding in findings if finding.is_fatal]
    if fatal:
        raise CheckFailed(fatal)
    return findings


def _write_info(con: duckdb.DuckDBPyConnection, data_dir: DataDir, name: str, base: SnapshotRef | None) -> None:
    before = snapshots.current(data_dir)
    con.execute("CREATE OR REPLACE TABLE snapshot_info (key VARCHAR, value VARCHAR)")
    latest = con.execute("SELECT CAST(max(data_on) AS VARCHAR) FROM load WHERE NOT is_withheld").fetchall()[0][0]
    info = {
        "schema": str(SCHEMA),
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
    return _hash(data_dir.reference_files())


@cache
def code_hash() -> str:
    """Return a hash of the code and definitions that decide what lies in a snapshot, as first read here."""
    files: list[Path] = []
    for name in CODE:
        path = REPOSITORY / name
        files += sorted(f for f in path.rglob("*") if f.is_file() and f.suffix in (".sql", ".toml")) or [path]
    return _hash(files)


def _hash(files: list[Path]) -> str:
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


def remove_leftovers(data_dir: DataDir) -> list[str]:
    """Return the names of half-built files that a killed run left in `work/`, now removed; hold the lock."""
    removed = []
    if data_dir.work.is_dir():
        for path in sorted(data_dir.work.iterdir()):
            removed.append(path.name)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return removed


def empty_inbox(data_dir: DataDir) -> None:
    """Remove the uploaded bytes: what is published needs them no more."""
    if data_dir.inbox.is_dir():
        for path in sorted(data_dir.inbox.iterdir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def prune(data_dir: DataDir) -> None:
    """Remove all but the last ten snapshots, the closed ones and the published one."""
    protected = {entry.snapshot for entry in closed.entries(data_dir)}
    ref = snapshots.current(data_dir)
    if ref:
        protected.add(ref.name)
    for old in snapshots.all_kept(data_dir)[:-KEPT]:
        if old.name not in protected:
            old.path.unlink(missing_ok=True)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
