"""Looks at what an operator should know before trouble: disk, clock, permissions, versions, leftovers, sign-on."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import requires, version
from typing import Any, Literal

from gandan import candidate
from warehouse import lock, snapshots
from warehouse.paths import GROUP_READS, DataDir
from warehouse.schema import SCHEMA

Level = Literal["ok", "warn", "fail"]
MIN_YEAR = 2025
"""A clock before this is a battery gone flat."""


@dataclass(frozen=True)
class Look:
    """One thing looked at: the key of its sentence, how it stands, and the values of the sentence."""

    key: str
    level: Level
    values: dict[str, Any]


def examine(data_dir: DataDir) -> list[Look]:
    """Return what was found, in order."""
    looks: list[Callable[[DataDir], Iterator[Look]]] = [
        _disk, _clock, _permissions, _versions, _leftovers, _lock, _schema, _single_sign_on,
    ]  # fmt: skip
    return [found for look in looks for found in look(data_dir)]


def _disk(data_dir: DataDir) -> Iterator[Look]:
    from gandan.publish import DiskFull, need_disk

    if not data_dir.root.is_dir():
        yield Look("doctor_no_folder", "fail", {"path": data_dir.root})
        return
    try:
        free, needed = need_disk(data_dir)
        yield Look("doctor_disk", "ok", {"free": free // 1_000_000, "needed": needed // 1_000_000})
    except DiskFull as full:
        yield Look("disk_full", "fail", {"free": full.free // 1_000_000, "needed": full.needed // 1_000_000})


def _clock(data_dir: DataDir) -> Iterator[Look]:
    moment = datetime.now(UTC)
    ref = snapshots.current(data_dir)
    if moment.year < MIN_YEAR or (ref is not None and ref.built_at > moment):
        yield Look("doctor_clock_wrong", "fail", {"now": f"{moment:%d/%m/%Y %H:%M} UTC"})
    else:
        yield Look("doctor_clock", "ok", {"now": f"{moment:%d/%m/%Y %H:%M} UTC"})
    if os.environ.get("GANDAN_TODAY"):
        yield Look("doctor_today_set", "warn", {"day": os.environ["GANDAN_TODAY"]})


def _permissions(data_dir: DataDir) -> Iterator[Look]:
    if not data_dir.root.is_dir():
        return
    problems = []
    if not os.access(data_dir.root, os.W_OK):
        problems.append(str(data_dir.root))
    for folder in (data_dir.inbox, data_dir.logs, data_dir.root / "jobs"):
        if folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
            problems.append(str(folder))
    problems += [
        str(folder)
        for folder in data_dir.shared_with_group
        if folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) & ~GROUP_READS
    ]
    problems += [str(r.path) for r in snapshots.all_kept(data_dir) if stat.S_IMODE(r.path.stat().st_mode) & 0o222]
    if problems:
        yield Look("doctor_permissions_wrong", "fail", {"paths": ", ".join(problems)})
    else:
        yield Look("doctor_permissions", "ok", {})


def _versions(data_dir: DataDir) -> Iterator[Look]:
    differing = []
    for line in requires("gandan") or []:
        if ";" in line or "==" not in line:
            continue
        name, wanted = line.split("==")
        installed = version(name.partition("[")[0])
        if installed != wanted:
            differing.append(f"{name} {installed} (≠ {wanted})")
    if differing:
        yield Look("doctor_versions_differ", "warn", {"list": ", ".join(differing)})
    else:
        yield Look("doctor_versions", "ok", {"gandan": version("gandan"), "duckdb": version("duckdb")})


def _leftovers(data_dir: DataDir) -> Iterator[Look]:
    names = sorted(p.name for p in data_dir.work.iterdir()) if data_dir.work.is_dir() else []
    if data_dir.candidate.is_dir() and candidate.name_of(data_dir) is None:
        names += [f"candidate/{p.name}" for p in sorted(data_dir.candidate.iterdir())]
    if names and not lock.is_held(data_dir):
        yield Look("doctor_leftovers", "warn", {"names": ", ".join(names)})
    else:
        yield Look("doctor_no_leftovers", "ok", {})


def _lock(data_dir: DataDir) -> Iterator[Look]:
    if data_dir.root.is_dir() and lock.is_held(data_dir):
        holder = lock.holder(data_dir)
        yield Look("doctor_locked", "warn", {"holder": holder})
    else:
        yield Look("doctor_unlocked", "ok", {})


def _schema(data_dir: DataDir) -> Iterator[Look]:
    ref = snapshots.current(data_dir)
    if ref is None:
        yield Look("doctor_nothing_published", "warn", {})
        return
    try:
        found = int(ref.info().get("schema", 0))
    except Exception as error:  # a damaged file: any reason is worth telling
        yield Look("doctor_unreadable", "fail", {"name": ref.name, "reason": type(error).__name__})
        return
    if found == SCHEMA:
        yield Look("doctor_schema", "ok", {"schema": found, "name": ref.name})
    else:
        yield Look("doctor_schema_differs", "fail", {"schema": found, "wanted": SCHEMA, "name": ref.name})


def _single_sign_on(data_dir: DataDir) -> Iterator[Look]:
    """Say how single sign-on stands, where the province has it: settings, packages, the provider."""
    from ui.access import oidc_settings

    try:
        settings = oidc_settings.load(data_dir)
    except oidc_settings.Wrong as wrong:
        yield Look(f"doctor_sso_{wrong.code}", "fail", wrong.values)
        return
    if settings is None:
        return
    try:
        from ui.access import oidc
    except ModuleNotFoundError as missing:
        yield Look("doctor_sso_packages", "fail", {"name": missing.name})
        return
    import anyio

    try:
        anyio.run(oidc.metadata, settings)
    except oidc.Failed as failed:
        yield Look(f"doctor_sso_{failed.why}", "fail", {"issuer": settings.issuer, "detail": failed.detail})
        return
    yield Look("doctor_sso", "ok", {"issuer": settings.issuer, "address": f"{settings.public_address}{oidc.CALLBACK}"})
