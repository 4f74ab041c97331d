"""Damaged files of every kind are read or refused: no other error, no hang, nothing left behind.

`GANDAN_FUZZ=n` draws n times as many.
"""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path
from random import Random

import pytest
from books_drawn import KINDS, packed

from etl.extract import Sheet, Stored, Unreadable, expand, open_sheets
from etl.readers.legacy import to_cp1258, to_tcvn3

TIMES = int(os.environ.get("GANDAN_FUZZ", "1"))
SECONDS = 30
ROWS: list[list[object]] = [
    ["Mã hồ sơ", "Đơn vị", "Ngày tiếp nhận", "Ngày hẹn trả"],
    *([f"H44.12-261001-{n:04d}", "Xã Hải Lăng", f"{n % 28 + 1:02d}/10/2026", ""] for n in range(30)),
]
PACKED = ("xlsx", "ods")
TOKENS = (b"<", b">", b"&", b'"', b"]]>", b"<!--", b"<row", b"<table>", b"</c>", b"\x00", b"\xff", b"PK\x05\x06",
          b"1048577", b"-1", b"99999999999", b'r="ZZZ1"', b' rowspan="99999"', b"&#x110000;",
          b"\r", b"\n", b";")  # fmt: skip


def damaged(content: bytes, draw: Random) -> bytes:
    """Return the bytes with a few of them flipped, cut out, doubled, moved or replaced by what parsers mind."""
    data = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 5, 20))):
        at, length = draw.randrange(len(data) + 1), draw.choice((1, 2, 4, 16, 200))
        act = draw.randrange(6)
        if act == 0:
            data[at : at + 1] = bytes([draw.randrange(256)])
        elif act == 1:
            del data[at : at + length]
        elif act == 2:
            data[at:at] = data[at : at + length] * draw.choice((1, 2, 50))
        elif act == 3:
            data[at : at + length] = draw.choice(TOKENS)
        elif act == 4:
            other = draw.randrange(len(data) + 1)
            data[at : at + length] = data[other : other + length]
        else:
            data = data[: draw.randrange(len(data) + 1)]
        if not data:
            data = bytearray(b"\x00")
    return bytes(data)


def flipped(content: bytes, draw: Random) -> bytes:
    """Return the bytes with some replaced, none moved: what is within a container stays within."""
    data = bytearray(content)
    for _ in range(draw.choice((1, 2, 5, 20, 100))):
        at, odd = (
            draw.randrange(len(data)),
            draw.choice((b"\x00", b"\xff", b"\xff\xff", b"\xff" * 4, b"\x01\x00\x00\x00")),
        )
        data[at : at + len(odd)] = odd if draw.randrange(2) else draw.randbytes(len(odd))
        del data[len(content) :]
    return bytes(data)


def inside(content: bytes, draw: Random) -> bytes:
    """Return a packed file in which one part is damaged and packed again, so that its checksum is right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    name = draw.choice([n for n in parts if n.endswith(".xml")])
    part = parts[name]
    assert isinstance(part, bytes)
    return packed({**parts, name: damaged(part, draw)}, draw.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))


def outcome(path: Path, aside: Path) -> list[Sheet] | str:
    """Return the sheets or the code of the refusal, and check what must hold of either."""
    began = time.monotonic()
    try:
        found: list[Sheet] | str = open_sheets(Stored(path.name, path, "0" * 64), aside)
    except Unreadable as error:
        found = error.code
    assert time.monotonic() - began < SECONDS
    for sheet in found if isinstance(found, list) else ():
        assert sheet.preview and all(isinstance(c, str) for row in sheet.rows for c in row)
        if sheet.path is not None:
            assert sheet.path.is_file() and sheet.path.parent in (aside, path.parent)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    aside, given = tmp_path / "aside", tmp_path / "given"
    aside.mkdir()
    given.mkdir()
    name, write = KINDS[kind]
    good = write(ROWS)
    seen = set()
    for seed in range(60 * TIMES):
        draw = Random(f"{kind}-{seed}")
        deeper = inside if kind in PACKED else flipped
        content = deeper(good, draw) if seed % 3 else damaged(good, draw)
        (given / name).write_bytes(content)
        found = outcome(given / name, aside)
        seen.add(found if isinstance(found, str) else "read")
    assert "read" in seen
    assert [p.name for p in given.iterdir()] == [name]
    assert {p.name for p in tmp_path.iterdir()} == {"aside", "given"}


@pytest.mark.parametrize("kind", ["tcvn3", "cp1258", "utf-16"])
def test_a_damaged_text_in_an_old_encoding_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    text = "".join(";".join(map(str, row)) + "\n" for row in ROWS)
    good = {"tcvn3": lambda: to_tcvn3(text).encode("latin-1"), "cp1258": lambda: to_cp1258(text),
            "utf-16": lambda: text.encode("utf-16")}[kind]()  # fmt: skip
    (tmp_path / "aside").mkdir()
    for seed in range(40 * TIMES):
        (tmp_path / "a.csv").write_bytes(damaged(good, Random(f"{kind}-{seed}")))
        outcome(tmp_path / "a.csv", tmp_path / "aside")


def test_a_damaged_zip_is_read_or_refused_and_leaves_only_its_members(tmp_path: Path) -> None:
    good = packed({name: write(ROWS) for name, write in KINDS.values()})
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for seed in range(60 * TIMES):
        path = inbox / "zip"
        path.write_bytes(damaged(good, Random(f"zip-{seed}")))
        try:
            members = expand(Stored("a.zip", path, "0" * 64), tmp_path / "aside")
        except Unreadable:
            members = []
        for one in members:
            if one.path != path:
                assert one.refusal or one.path.name == one.sha256
                if not one.refusal:
                    outcome(one.path, tmp_path / "aside")
                one.path.unlink(missing_ok=True)
        assert [p.name for p in inbox.iterdir()] == ["zip"]
        assert not (tmp_path / "aside").exists() or list((tmp_path / "aside").glob("member")) == []
