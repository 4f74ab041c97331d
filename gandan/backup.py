"""One file that holds everything a run keeps, and the way back from it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ui.access import store
from ui.access.oidc_settings import FILE as SIGN_ON
from warehouse import clock, log, snapshots
from warehouse.lock import writer
from warehouse.paths import DataDir
from warehouse.schema import SCHEMA

PARTS = (
    "loads", "snapshots", "reference", "learned", "waiting", "control_totals.csv", "arrivals.jsonl",
    "CURRENT", "closed.json", "DEMO", SIGN_ON, store.FILE,
)  # fmt: skip
"""What is kept: the candidate can be built again, work, jobs and log are of this machine, drafts are their units' own.

The inbox never is: uploaded bytes live no longer than their rule says. A restored file that waited is sent again.
"""
MANIFEST = "MANIFEST.json"


class NotABackup(ValueError):
    """The file is not a whole backup of ours; says why."""


class NotEmpty(FileExistsError):
    """The data folder already holds loads, snapshots or accounts, and a restore never writes over them."""


@dataclass(frozen=True)
class Kept:
    """What a backup holds: files and bytes."""

    n_files: int
    n_bytes: int


def backup(data_dir: DataDir, target: Path) -> Kept:
    """Return what was written to `target`, a tar file for the owner alone.

    Nothing is loaded or published meanwhile; of what people go on writing it holds one moment.
    """
    with writer(data_dir, "backup"):
        aside, people = (target.with_name(f".{target.name}.{end}") for end in ("part", "access"))
        manifest = {"schema": SCHEMA, "made_at": clock.now().isoformat(timespec="seconds"), "files": {}}
        n_bytes = 0
        descriptor = os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out, tarfile.open(fileobj=out, mode="w") as archive:
                found = {path.relative_to(data_dir.root).as_posix(): path for path in _files(data_dir)}
                if store.copy(data_dir, people):
                    found[store.FILE] = people
                for name, path in found.items():
                    manifest["files"][name] = _sha256(path)  # type: ignore[index]
                    archive.add(path, arcname=name, recursive=False)
                    n_bytes += path.stat().st_size
                content = json.dumps(manifest, indent=1).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
                archive.close()
                out.flush()
                os.fsync(out.fileno())
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
            people.unlink(missing_ok=True)
        log.get(data_dir).info("backup: %d files, %d bytes", len(manifest["files"]), n_bytes)  # type: ignore[arg-type]
        return Kept(len(manifest["files"]), n_bytes)  # type: ignore[arg-type]


def restore(data_dir: DataDir, source: Path) -> Kept:
    """Return what was brought back into an empty data folder, each file checked by its hash.

    The pointer comes last, so a restore that breaks off leaves nothing published.
    """
    with writer(data_dir, "restore"):
        if any(data_dir.loads.glob("*")) or snapshots.all_kept(data_dir) or store.is_there(data_dir):
            raise NotEmpty(str(data_dir.root))
        store.clear_away(data_dir)
        try:
            archive = tarfile.open(source, "r:")  # noqa: SIM115 - closed below
        except (tarfile.TarError, EOFError) as error:
            raise NotABackup(str(error)) from error
        with archive:
            try:
                members = archive.getmembers()
                noted = archive.extractfile(MANIFEST)
                manifest = json.loads(noted.read()) if noted else None
            except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
                raise NotABackup(MANIFEST) from error
            files: dict[str, str] = manifest["files"] if manifest else {}
            names = {member.name for member in members if member.name != MANIFEST}
            if names != files.keys() or not all(_is_ours(name) for name in names):
                raise NotABackup(MANIFEST)
            n_bytes = 0
            for member in sorted(members, key=lambda m: m.name == "CURRENT"):
                if member.name == MANIFEST:
                    continue
                archive.extract(member, data_dir.root, filter="data")
                path = data_dir.root / member.name
                if _sha256(path) != files[member.name]:
                    path.unlink()
                    raise NotABackup(member.name)
                if path.suffix == ".duckdb":
                    path.chmod(0o444)
                n_bytes += path.stat().st_size
        log.get(data_dir).info("restore: %d files", len(files))
        return Kept(len(files), n_bytes)


def _files(data_dir: DataDir) -> Iterator[Path]:
    for part in PARTS:
        path = data_dir.root / part
        if part == store.FILE:
            continue  # people go on writing into it: it is copied by itself
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(f for f in path.rglob("*") if f.is_file())


def _is_ours(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and parts[0] in PARTS and ".." not in parts


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
