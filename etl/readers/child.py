"""A process that reads workbooks and pages for another: what kills it costs one file and nothing else.

Asked on standard input with (kind, path), it answers on standard output with the tables, in plain values that cannot
run anything (`marshal`). It may not write files, and its memory is bounded (`limits.toml`).
"""

from __future__ import annotations

import contextlib
import marshal
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from etl.readers.limits import limits
from etl.readers.mend import mend
from etl.readers.model import Grid, Unreadable
from etl.readers.opendocument import read_ods
from etl.readers.page import read_mht, read_page
from etl.readers.spreadsheet2003 import read_xml
from etl.readers.workbook import read_xls, read_xlsx, warm_up

READERS: dict[str, Callable[[Path], list[Grid]]] = {
    "xlsx": read_xlsx,
    "xls": read_xls,
    "ods": read_ods,
    "html": read_page,
    "mht": read_mht,
    "xml": read_xml,
}
ROWS_AT_ONCE = 4000


def read_grids(kind: str, path: Path) -> list[Grid]:
    """Return the tables of a file with something in them, their texts mended."""
    grids = [g for g in READERS[kind](path) if any(any(r) for r in g.rows)]
    for grid in grids:
        grid.text_repairs = mend(grid.rows)
    if not grids:
        raise Unreadable("empty_file")
    return grids


def _send(out: BinaryIO, value: tuple[Any, ...]) -> None:
    packed = marshal.dumps(value)
    out.write(len(packed).to_bytes(8, "little") + packed)


def _answer(out: BinaryIO, kind: str, path: Path) -> None:
    try:
        for one in read_grids(kind, path):
            _send(out, ("sheet", one.name, one.merged, one.is_hidden, one.errors, one.text_repairs))
            for first in range(0, len(one.rows), ROWS_AT_ONCE):
                _send(out, ("rows", one.rows[first : first + ROWS_AT_ONCE]))
                one.rows[first : first + ROWS_AT_ONCE] = [[]] * len(one.rows[first : first + ROWS_AT_ONCE])
        _send(out, ("done",))
    except Unreadable as error:
        _send(out, ("refused", error.code, error.values))
    except MemoryError:
        _send(out, ("refused", "reader_stopped", {}))
    except Exception as error:
        # Its message may hold a value of the file: only its kind is told.
        _send(out, ("refused", "unreadable_file", {"detail": type(error).__name__}))
    out.flush()


def main() -> None:
    """Answer until the asking process is gone."""
    out = os.fdopen(os.dup(1), "wb")
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # a panic's message may hold a value of the file
        os.dup2(silent, stream)
    limit = limits("reader")["memory_bytes"]
    warm_up()
    for kind, most in ((resource.RLIMIT_AS, limit), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
    while len(size := sys.stdin.buffer.read(8)) == 8:
        kind, path = marshal.loads(sys.stdin.buffer.read(int.from_bytes(size, "little")))
        _answer(out, kind, Path(path))


if __name__ == "__main__":
    main()
