"""Files within a zip, each stored by itself under its own hash; what may not be unpacked is refused by name."""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
from pathlib import Path

from etl.readers.limits import check_bytes, limits
from etl.readers.model import ZIP_TROUBLE, Stored, Unreadable

BLOCK = 1 << 20
_FURNITURE = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$|\._)", re.IGNORECASE)
_PACKED = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz")


def members(stored: Stored, aside: Path) -> list[Stored]:
    """Return the files of a zip, in its order, each in the inbox beside the zip; `aside` holds one under way."""
    check_bytes("archive", stored.path.stat().st_size)
    limit = limits("archive")
    try:
        with zipfile.ZipFile(stored.path) as archive:
            listed = [one for one in archive.infolist() if not one.is_dir() and not _FURNITURE.search(one.filename)]
            if len(listed) > limit["members"]:
                raise Unreadable("too_many_members", n=str(len(listed)), limit=str(limit["members"]))
            unpacked = sum(one.file_size for one in listed)
            packed = max(1, sum(one.compress_size for one in listed))
            is_dense = unpacked >= limit["ratio_from"] and unpacked > limit["ratio"] * packed
            if is_dense or unpacked > limit["unpacked_bytes"]:
                raise Unreadable("zip_bomb", size=str(unpacked // 1_000_000))
            if not listed:
                raise Unreadable("empty_file")
            aside.mkdir(parents=True, exist_ok=True)
            aside.chmod(0o700)
            return [_member(stored, archive, one, aside) for one in listed]
    except ZIP_TROUBLE as error:
        raise Unreadable("broken_archive", detail=type(error).__name__) from None


def _member(stored: Stored, archive: zipfile.ZipFile, one: zipfile.ZipInfo, aside: Path) -> Stored:
    inner = readable_name(one)
    name = f"{stored.name}/{inner.rpartition('/')[2]}"
    try:
        _check(one, inner)
        return _unpacked(stored, archive, one, name, aside)
    except Unreadable as error:
        refusal = (error.code, error.values)
    except Exception:  # zipfile and zlib raise many kinds for damaged bytes
        refusal = ("broken_member", {})
    # Without bytes there is no hash of bytes: the zip's and the name stand in.
    digest = hashlib.sha256(f"{stored.sha256}/{one.header_offset}/{inner}".encode("utf-8", "replace")).hexdigest()
    return Stored(name, stored.path.with_name(digest), digest, refusal)


def readable_name(one: zipfile.ZipInfo) -> str:
    """Return a member's name; where it is UTF-8 that does not say so, read as such."""
    if one.flag_bits & 0x800:
        return one.filename
    try:
        return one.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return one.filename


def _check(one: zipfile.ZipInfo, inner: str) -> None:
    """Raise `Unreadable` for a member that may not be unpacked."""
    parts = inner.replace("\\", "/").split("/")
    if inner.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", inner) or "\x00" in inner:
        raise Unreadable("unsafe_path")
    if stat.S_ISLNK(one.external_attr >> 16):
        raise Unreadable("unsafe_path")
    if one.flag_bits & 1:
        raise Unreadable("encrypted")
    if parts[-1].lower().endswith(_PACKED):
        raise Unreadable("nested_archive")
    check_bytes("archive", one.file_size)


def _unpacked(stored: Stored, archive: zipfile.ZipFile, one: zipfile.ZipInfo, name: str, aside: Path) -> Stored:
    digest, written = hashlib.sha256(), 0
    copy = aside / "member"
    try:
        with archive.open(one) as read, copy.open("wb") as write:
            copy.chmod(0o600)
            while block := read.read(BLOCK):
                if written == 0 and block[:4] in (b"Rar!", b"7z\xbc\xaf"):
                    raise Unreadable("nested_archive")
                written += len(block)
                if written > one.file_size:
                    raise Unreadable("zip_bomb", size=str(written // 1_000_000))
                digest.update(block)
                write.write(block)
        final = stored.path.with_name(digest.hexdigest())
        copy.replace(final)
    finally:
        copy.unlink(missing_ok=True)
    return Stored(name, final, digest.hexdigest())
