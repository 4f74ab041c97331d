"""Stub."""

from __future__ import annotations

from pathlib import Path


def as_latin(head: bytes) -> str:
    return head.decode("latin-1")


def from_legacy(path: Path, copy: Path, delimiter: str) -> dict[str, int] | None:
    return None


def has_signs(path: Path) -> bool:
    return False


def mended_copy(path: Path, copy: Path, delimiter: str) -> dict[str, int]:
    return {}
