"""Commands of `gandan` that a page starts: each in a process of its own, to be followed from any tab, and ended.

A job is a folder `<data>/jobs/<id>` (0700): what was asked, the talk with its times, the result, the exit code, and the
dropped files until they are taken in. A small process of our own (`ui/job_runner.py`) runs the command and
writes them, so a job outlives a refresh, a second tab, and the server. The files do not lie in the inbox: a publish
empties that, and a job may wait behind a publish.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from ui import drops
from ui.access import audit
from ui.job_runner import CANCELLED, GRACE_SECONDS, write
from warehouse import clock
from warehouse.paths import ENVIRONMENT_VARIABLE, REPOSITORY, DataDir

PREFIX: tuple[str, ...] = (sys.executable, "-m", "gandan")
"""How the command line is started; tests put one of their own here."""
KEPT = timedelta(days=2)
"""For so long an ended job can be looked at; loads, receipts and history are kept elsewhere."""
State = Literal["running", "done", "cancelled", "died"]


@dataclass(frozen=True)
class Job:
    """A command that was started: its kind, what it is about, by whom and when."""

    folder: Path
    kind: str
    about: dict[str, str]
    who: str
    started_at: datetime

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def code(self) -> int | None:
        """The exit code; None until it has ended, or when it was killed without a word."""
        with suppress(OSError, ValueError):
            return int((self.folder / "exit").read_text("ascii"))
        return None

    @property
    def state(self) -> State:
        """Return whether it runs; `died` when its process is gone and left no exit code."""
        code = self.code
        if code is None:
            # Looked at again: it may have ended between the two looks.
            is_alive = _is_alive(self.folder)
            code = self.code
            if code is None:
                return "running" if is_alive else "cancelled" if (self.folder / CANCELLED).exists() else "died"
        return "cancelled" if code == -signal.SIGTERM else "done"

    @property
    def result(self) -> Any:
        """What it printed as JSON; None when that is nothing or no JSON."""
        return _json((self.folder / "result").read_text("utf-8")) if (self.folder / "result").is_file() else None

    def talk(self) -> list[str]:
        """Return what it said in words, progress left out; nothing when it broke down."""
        return _words(said for _, said in _lines(self.folder))


@dataclass(frozen=True)
class Progress:
    """How far a job is: the n-th of so many, its stage, for whom it waits, and the seconds that are left."""

    number: int = 0
    of: int = 0
    name: str = ""
    stage: str = ""
    waits_for: str = ""
    seconds_left: float | None = None
    text: str = ""
    """The stage in the command's own words."""
    n_steps: int = 0
    """Steps said so far, where they are not counted against a total."""

    def share(self, usual_steps: int = 0) -> float:
        """Return the part that is done; of a command without a total, against the steps that it usually has."""
        if self.of:
            return min(max(self.number - 1, 0) / self.of, 1.0)
        return min(self.n_steps / usual_steps, 0.95) if usual_steps else 0.0


# Starting and ending ------------------------------------------------------------------------------------------------


def start(
    data_dir: DataDir,
    kind: str,
    arguments: Sequence[str],
    files: Iterable[tuple[str, bytes | memoryview]] = (),
    about: dict[str, str] | None = None,
    who: str = "",
    prefix: Sequence[str] | None = None,
) -> Job:
    """Start a command and return its job; `files` (name, content) are kept closed and handed to it as arguments."""
    prune(data_dir)
    root = home(data_dir)
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o700)
    folder = root / f"{clock.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    folder.mkdir(mode=0o700)
    drops.keep(folder / "files", files)
    noted = {
        "kind": kind, "about": about or {}, "who": who, "started_at": clock.now().isoformat(timespec="seconds"),
        "command": [*(prefix or PREFIX), *arguments],
    }  # fmt: skip
    write(folder / "job.json", json.dumps(noted, ensure_ascii=False))
    with (folder / "runner.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "ui.job_runner", str(folder)],
            cwd=REPOSITORY,
            env=_environment(data_dir) | ({audit.ACTING: who} if who else {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    write(folder / "pid", f"{process.pid} {_born(process.pid)}")
    found = read(folder)
    assert found is not None
    return found


def cancel(job: Job) -> None:
    """Ask a job to end; its process ends the command and says so."""
    # The word comes first: a process that is only starting has no ear for signals yet.
    (job.folder / CANCELLED).touch()
    pid, _ = _process(job.folder)
    if pid and _is_alive(job.folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def ask(data_dir: DataDir, arguments: Sequence[str], seconds: float = 60, prefix: Sequence[str] | None = None) -> Any:
    """Return what a short command prints as JSON; raise `Refused` with its own words when it prints none."""
    done = _run(data_dir, arguments, seconds, prefix)
    found = _json(done.stdout)
    if found is None:
        raise Refused(done.returncode, _words(done.stderr.splitlines()))
    return found


def fetch(data_dir: DataDir, arguments: Sequence[str], name: str, prefix: Sequence[str] | None = None) -> bytes:
    """Return the file that a command writes with `-o`; raise `Refused` with its own words when it writes none."""
    aside = home(data_dir) / f"out-{secrets.token_hex(6)}"
    aside.mkdir(parents=True, mode=0o700)
    try:
        done = _run(data_dir, [*arguments, "-o", str(aside / name)], 120, prefix)
        if not (aside / name).is_file():
            raise Refused(done.returncode, _words(done.stderr.splitlines()))
        return (aside / name).read_bytes()
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def fetch_all(data_dir: DataDir, arguments: Sequence[str], prefix: Sequence[str] | None = None) -> bytes:
    """Return as one archive the files that a command writes into the folder after `-o`."""
    aside = home(data_dir) / f"out-{secrets.token_hex(6)}"
    aside.mkdir(parents=True, mode=0o700)
    try:
        done = _run(data_dir, [*arguments, "-o", str(aside)], 600, prefix)
        files = sorted(f for f in aside.iterdir() if f.is_file())
        if not files:
            raise Refused(done.returncode, _words(done.stderr.splitlines()))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.name)
        return packed.getvalue()
    finally:
        shutil.rmtree(aside, ignore_errors=True)


class Refused(Exception):
    """A command gave no result; `said` are its sentences."""

    def __init__(self, code: int, said: list[str]):
        self.code = code
        self.said = said
        super().__init__(f"exit code {code}")


# Looking ------------------------------------------------------------------------------------------------------------


def home(data_dir: DataDir) -> Path:
    """Return where jobs lie."""
    return data_dir.root / "jobs"


def read(folder: Path) -> Job | None:
    """Return the job of a folder, or None when it is none."""
    noted = _json(_text(folder / "job.json"))
    if not isinstance(noted, dict):
        return None
    started = datetime.fromisoformat(noted["started_at"])
    return Job(folder, noted["kind"], noted["about"], noted["who"], started)


def jobs(data_dir: DataDir, *kinds: str) -> list[Job]:
    """Return the jobs that can be looked at, of these kinds if any are named, the newest first."""
    root = home(data_dir)
    folders = sorted(root.iterdir(), reverse=True) if root.is_dir() else []
    found = [job for folder in folders if folder.is_dir() and (job := read(folder))]
    return [job for job in found if not kinds or job.kind in kinds]


def running(data_dir: DataDir) -> list[Job]:
    """Return the jobs that run now, the oldest first; what dead ones left of dropped files is removed."""
    live = []
    for job in jobs(data_dir):
        if job.state == "running":
            live.append(job)
        elif (job.folder / "files").exists():
            shutil.rmtree(job.folder / "files", ignore_errors=True)
    return live[::-1]


def progress(job: Job, now: float | None = None) -> Progress:
    """Return how far a job is, from what it said."""
    found: dict[str, Any] = {}
    first: float | None = None
    waits_for = ""
    n_steps = 0
    for at, said in _lines(job.folder):
        content = _json(said)
        if not isinstance(content, dict):
            continue
        if "wait" in content:
            waits_for = str(content["wait"])
            continue
        waits_for = ""
        first = at if first is None and content.get("of") else first
        n_steps += "step" in content
        found = content
    name = str(found.get("file_name") or found.get("file") or "")
    number, of = int(found.get("number") or 0), int(found.get("of") or 0)
    left = None
    if first is not None and number > 1 and of:
        left = ((time.time() if now is None else now) - first) / (number - 1) * (of - number + 1)
    stage = str(found.get("stage") or found.get("step") or "")
    return Progress(number, of, name, stage, waits_for, left, str(found.get("text") or ""), n_steps)


def prune(data_dir: DataDir) -> None:
    """Remove ended jobs that nobody need look at any more, and the files of those that died."""
    oldest = clock.now() - KEPT
    for job in jobs(data_dir):
        if job.state == "running":
            continue
        shutil.rmtree(job.folder / "files", ignore_errors=True)
        if job.started_at < oldest:
            shutil.rmtree(job.folder, ignore_errors=True)


# -------------------------------------------------------------------------------------------------------------------


def _run(
    data_dir: DataDir, arguments: Sequence[str], seconds: float, prefix: Sequence[str] | None
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [*(prefix or PREFIX), *arguments], cwd=REPOSITORY, env=_environment(data_dir), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as slow:
        raise Refused(-1, []) from slow


def _words(lines: Iterable[str]) -> list[str]:
    """Return the sentences among the lines of a command; of one that broke down none: its lines may quote a value."""
    said = [line.strip() for line in lines if line.strip() and not isinstance(_json(line), dict)]
    return [] if any(line.startswith("Traceback ") for line in said) else said


def _environment(data_dir: DataDir) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
    own = {ENVIRONMENT_VARIABLE: str(data_dir.root), "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    return os.environ | own


def _lines(folder: Path) -> list[tuple[float, str]]:
    found = (_json(line) for line in _text(folder / "said").splitlines())
    return [(float(one[0]), str(one[1])) for one in found if isinstance(one, list) and len(one) == 2]


def _process(folder: Path) -> tuple[int, float]:
    pid, _, born = _text(folder / "pid").partition(" ")
    return (int(pid), float(born)) if pid.isdigit() and born else (0, 0.0)


def _is_alive(folder: Path) -> bool:
    import psutil

    pid, born = _process(folder)
    if not pid:
        # Not yet written down: it was started this very moment, or its starter died at once.
        return time.time() - folder.stat().st_mtime < GRACE_SECONDS
    try:
        process = psutil.Process(pid)
        return bool(process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - born) < 1)
    except psutil.Error:
        return False


def _born(pid: int) -> float:
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
