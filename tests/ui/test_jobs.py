"""Jobs: a command in a process of its own, followed from anywhere, ended at will; dropped files harm nobody."""

from __future__ import annotations

import doctest
import io
import os
import signal
import stat
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from ui import drops, jobs
from warehouse.paths import DataDir

FAKE = """
import json, os, sys, time
def say(**said):
    print(json.dumps(said), file=sys.stderr, flush=True)
word = sys.argv[1]
if word == "load":
    say(wait="công bố, người dùng lan")
    for n, path in enumerate(sys.argv[2:], 1):
        say(number=n, of=len(sys.argv) - 2, file_name=os.path.basename(path), stage="validate")
    print("hai tệp đã đọc", file=sys.stderr)
    print(json.dumps({name: open(name).read() for name in sys.argv[2:]}))
    sys.exit(4)
if word == "slow":
    say(number=3, of=5, file_name="c.csv", stage="stage")
    time.sleep(60)
if word == "words":
    print(json.dumps({"dir": os.environ["GANDAN_DATA_DIR"]}))
if word == "write":
    open(sys.argv[-1], "wb").write(b"PK")
if word == "write_all":
    for name in ("a.txt", "b.txt"):
        open(os.path.join(sys.argv[-1], name), "w").close()
if word == "break":
    print("đang đọc", file=sys.stderr)
    raise ValueError("0912345678")
if word == "refuse":
    print("không có lần nạp 7", file=sys.stderr)
    sys.exit(2)
"""


@pytest.fixture
def fake(tmp_path: Path) -> tuple[str, ...]:
    script = tmp_path / "fake.py"
    script.write_text(FAKE, encoding="utf-8")
    return sys.executable, str(script)


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data")


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it, ten seconds at most."""
    for _ in range(200):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def ended(job: jobs.Job) -> jobs.Job:
    until(lambda: job.state != "running")
    return job


def test_a_job_keeps_its_exit_code_its_result_and_its_talk_apart_from_progress(
    data_dir: DataDir, fake: tuple[str, ...]
) -> None:
    files = [("a.csv", b"1"), ("b.csv", b"2")]
    job = ended(jobs.start(data_dir, "load", ["load"], files, {"n": "2"}, "lan", fake))
    assert (job.state, job.code, job.kind, job.about, job.who) == ("done", 4, "load", {"n": "2"}, "lan")
    assert sorted(job.result.values()) == ["1", "2"]
    assert job.talk() == ["hai tệp đã đọc"]


def test_dropped_files_lie_closed_while_the_job_runs_and_are_gone_when_it_has_ended(
    data_dir: DataDir, fake: tuple[str, ...]
) -> None:
    job = jobs.start(data_dir, "load", ["slow"], [("../đơn thư.csv", b"x"), ("đơn thư.csv", b"y")], prefix=fake)
    kept = job.folder / "files"
    assert sorted(f.name for f in kept.iterdir()) == ["đơn thư (2).csv", "đơn thư.csv"]
    modes = [stat.S_IMODE(f.stat().st_mode) for f in (jobs.home(data_dir), job.folder, kept, *kept.iterdir())]
    assert modes == [0o700, 0o700, 0o700, 0o600, 0o600]
    assert "thư" not in (job.folder / "job.json").read_text("utf-8")  # a name may name a person
    jobs.cancel(job)
    assert ended(job).state == "cancelled"
    assert jobs.running(data_dir) == []
    assert not kept.exists()


def test_an_ended_command_is_no_more_and_the_job_says_cancelled(data_dir: DataDir, fake: tuple[str, ...]) -> None:
    job = jobs.start(data_dir, "load", ["slow"], prefix=fake)
    until(lambda: bool(jobs.progress(job).stage))
    runner = psutil.Process(int((job.folder / "pid").read_text().split()[0]))
    command = runner.children()[0]
    jobs.cancel(job)
    assert ended(job).state == "cancelled"
    until(lambda: not command.is_running() or command.status() == psutil.STATUS_ZOMBIE)


def test_another_process_sees_the_same_job_running_and_a_killed_one_as_died(
    data_dir: DataDir, fake: tuple[str, ...]
) -> None:
    job = jobs.start(data_dir, "publish", ["slow"], prefix=fake)
    assert [j.id for j in jobs.running(data_dir)] == [job.id]
    until(lambda: bool(jobs.progress(job).stage))
    pid = int((job.folder / "pid").read_text().split()[0])
    child = psutil.Process(pid).children()[0]
    os.kill(pid, signal.SIGKILL)
    child.kill()
    assert ended(job).state == "died"
    assert jobs.running(data_dir) == []


def test_progress_says_for_whom_it_waits_and_then_how_far_it_is(data_dir: DataDir, tmp_path: Path) -> None:
    folder = jobs.home(data_dir) / "20261121T093000-abcdef"
    folder.mkdir(parents=True)
    (folder / "job.json").write_text(
        '{"kind": "load", "about": {}, "who": "", "started_at": "2026-11-21T09:30:00", "command": []}'
    )
    job = jobs.read(folder)
    assert job is not None
    said = folder / "said"
    said.write_text('[90.0, "{\\"wait\\": \\"công bố, lan\\"}"]\n')
    assert jobs.progress(job).waits_for == "công bố, lan"
    lines = [f'[{at}, "{{\\"number\\": {n}, \\"of\\": 5, \\"file_name\\": \\"f{n}\\", \\"stage\\": \\"stage\\"}}"]'
             for at, n in ((100.0, 1), (110.0, 2), (120.0, 3))]  # fmt: skip
    with said.open("a") as out:
        out.write("\n".join(lines) + '\n[121.0, "{\\"num')  # the last line is being written
    found = jobs.progress(job, now=120.0)
    # two of five done in 20 seconds: three are left, ten seconds each
    assert found == jobs.Progress(3, 5, "f3", "stage", "", 30.0)
    assert found.share() == pytest.approx(2 / 5)
    said.write_text("".join(f'[{n}, "{{\\"step\\": \\"s{n}\\", \\"text\\": \\"đếm\\"}}"]\n' for n in range(3)))
    found = jobs.progress(job)
    assert (found.stage, found.text, found.share(12)) == ("s2", "đếm", 0.25)


def test_a_short_question_is_answered_or_refused_in_the_commands_own_words(
    data_dir: DataDir, fake: tuple[str, ...]
) -> None:
    assert jobs.ask(data_dir, ["words"], prefix=fake) == {"dir": str(data_dir.root)}
    assert jobs.fetch(data_dir, ["write"], "a.xlsx", prefix=fake) == b"PK"
    packed = jobs.fetch_all(data_dir, ["write_all"], prefix=fake)
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["a.txt", "b.txt"]
    assert list(jobs.home(data_dir).iterdir()) == []
    with pytest.raises(jobs.Refused) as refused:
        jobs.ask(data_dir, ["refuse"], prefix=fake)
    assert (refused.value.code, refused.value.said) == (2, ["không có lần nạp 7"])


def test_a_command_that_breaks_down_is_not_quoted(data_dir: DataDir, fake: tuple[str, ...]) -> None:
    with pytest.raises(jobs.Refused) as refused:
        jobs.ask(data_dir, ["break"], prefix=fake)
    assert refused.value.said == []
    job = ended(jobs.start(data_dir, "load", ["break"], prefix=fake))
    assert (job.state, job.code, job.talk()) == ("done", 1, [])


def test_old_jobs_go_and_running_ones_stay(
    data_dir: DataDir, fake: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-01")
    old = ended(jobs.start(data_dir, "load", ["words"], prefix=fake))
    live = jobs.start(data_dir, "load", ["slow"], prefix=fake)
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    new = ended(jobs.start(data_dir, "load", ["words"], prefix=fake))
    assert [j.id for j in jobs.jobs(data_dir, "load")] == [new.id, live.id]
    assert not old.folder.exists()
    jobs.cancel(live)
    ended(live)


def test_a_companion_is_not_loaded_by_itself_and_names_stay_short(tmp_path: Path) -> None:
    drops.keep(tmp_path / "f", [("a.xlsx", b""), ("a.xlsx.codebook.csv", b""), ("ộ" * 300 + ".xlsx", b"")])
    names = [Path(p).name for p in drops.to_load(tmp_path / "f")]
    assert names[0] == "a.xlsx" and len(names) == 2
    assert names[1].endswith("ộ.xlsx") and len(names[1].encode()) < 255
    assert not doctest.testmod(drops).failed
