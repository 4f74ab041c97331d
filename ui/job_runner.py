"""The process beside a command that a page started: runs it, keeps its talk with times, its result and exit code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from ui import drops

GRACE_SECONDS = 5.0
"""Between asking a command to end and ending it."""
CANCELLED = "cancelled"
"""A file of this name in a job's folder says that somebody asked it to end."""
NICE = 10
"""A heavy load gives way to the pages."""


def run(folder: Path) -> int:
    """Run the command of a job to its end; return the exit code, -15 when it was asked to end."""
    noted = json.loads((folder / "job.json").read_text("utf-8"))
    files = folder / "files"
    command = [*noted["command"], *drops.to_load(files)]
    with suppress(OSError):
        os.nice(NICE)
    is_asked_to_end = False
    with (folder / "result").open("wb") as result, (folder / "said").open("w", encoding="utf-8") as said:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=result, stderr=subprocess.PIPE)

        def end(_signal: int, _frame: object) -> None:
            nonlocal is_asked_to_end
            is_asked_to_end = True
            with suppress(ProcessLookupError):
                child.terminate()
            signal.signal(signal.SIGALRM, lambda *_: child.kill())
            signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

        signal.signal(signal.SIGTERM, end)
        if (folder / CANCELLED).exists():
            end(signal.SIGTERM, None)
        assert child.stderr is not None
        for line in child.stderr:
            said.write(json.dumps([time.time(), line.decode("utf-8", "replace").rstrip("\n")], ensure_ascii=False))
            said.write("\n")
            said.flush()
        code = child.wait()
    shutil.rmtree(files, ignore_errors=True)
    # A command that ended by itself just before it was asked to has its own code.
    code = -signal.SIGTERM if is_asked_to_end and code < 0 else code
    write(folder / "exit", str(code))
    return code


def write(path: Path, content: str) -> None:
    """Write a small file whole or not at all."""
    aside = path.with_name(f".{path.name}")
    aside.write_text(content, encoding="utf-8")
    aside.replace(path)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
