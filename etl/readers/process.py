"""The tables of a file from a reading process, which is replaced when it dies or takes too long."""

from __future__ import annotations

import atexit
import contextlib
import marshal
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from etl.readers.limits import limits
from etl.readers.model import Grid, Unreadable

CELLS_BEFORE_A_NEW_ONE = 2_000_000
"""After so many cells the process gives its memory back by ending."""


class _Reader:
    """One reading process."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.n_cells = 0
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "etl.readers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def read(self, kind: str, path: Path) -> list[Grid]:
        """Return the tables of a file; raise `Unreadable` for one that was refused, `_Lost` when no answer came."""
        assert self.process.stdin and self.process.stdout
        until = time.monotonic() + limits("reader")["seconds"]
        request = marshal.dumps((kind, str(path)))
        try:
            self.process.stdin.write(len(request).to_bytes(8, "little") + request)
            self.process.stdin.flush()
        except OSError:
            raise _Lost(is_late=False) from None
        grids: list[Grid] = []
        while True:
            word, *values = self._message(until)
            if word == "done":
                return grids
            if word == "refused":
                raise Unreadable(values[0], **values[1])
            if word == "sheet":
                name, merged, is_hidden, errors, repairs = values
                grids.append(Grid(name, [], merged, is_hidden, errors, repairs))
            else:
                grids[-1].rows += values[0]
                self.n_cells += sum(map(len, values[0]))

    def _message(self, until: float) -> Any:
        size = int.from_bytes(self._bytes(8, until), "little")
        return marshal.loads(self._bytes(size, until))

    def _bytes(self, n: int, until: float) -> bytes:
        assert self.process.stdout
        stream, found = self.process.stdout.fileno(), bytearray()
        while len(found) < n:
            left = until - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                raise _Lost(is_late=True)
            block = os.read(stream, min(n - len(found), 1 << 20))
            if not block:
                raise _Lost(is_late=False)
            found += block
        return bytes(found)

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()
        self.process.wait()


class _Lost(Exception):
    def __init__(self, is_late: bool):
        self.is_late = is_late
        super().__init__()


_lock = threading.Lock()
_current: _Reader | None = None


def read_apart(kind: str, path: Path) -> list[Grid]:
    """Return the tables of a file, read in a process of its own kind that is kept for the next file."""
    global _current
    with _lock:
        if _current is None or _current.owner != os.getpid() or _current.process.poll() is not None:
            _current = _Reader()
        reader = _current
        try:
            grids = reader.read(kind, path)
        except Unreadable:
            raise
        except BaseException as error:
            reader.end()
            _current = None
            if isinstance(error, _Lost):
                raise Unreadable("reader_late" if error.is_late else "reader_stopped") from None
            raise
        if reader.n_cells > CELLS_BEFORE_A_NEW_ONE:
            reader.end()
            _current = None
    return grids


@atexit.register
def _end() -> None:
    if _current is not None and _current.owner == os.getpid():
        _current.end()
