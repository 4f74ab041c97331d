"""One writer at a time: others wait and are told who; the lock dies with its process."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from loads import small_dir

from warehouse import lock, log
from warehouse.lock import Busy, writer
from warehouse.paths import DataDir

HOLD = """
import sys, time, pathlib
from warehouse.lock import writer
from warehouse.paths import DataDir
with writer(DataDir(pathlib.Path(sys.argv[1])), "load"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holding(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A data folder whose lock another process holds."""
    data = small_dir(tmp_path)
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(data.root)], stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"held\n"
    yield data, process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_writer_is_told_who_writes(holding: tuple[DataDir, subprocess.Popen[bytes]]) -> None:
    data, process = holding
    with pytest.raises(Busy) as refused, writer(data, "publish", wait=False):
        pass
    assert refused.value.holder is not None
    assert (refused.value.holder.pid, refused.value.holder.purpose) == (process.pid, "load")
    assert str(process.pid) in refused.value.message("vi")
    assert "nạp tệp" in refused.value.message("vi")
    assert lock.is_held(data)


def test_who_waits_is_told_once_and_gets_the_lock_when_the_holder_is_killed(
    holding: tuple[DataDir, subprocess.Popen[bytes]],
) -> None:
    data, process = holding
    told: list[object] = []
    threading.Timer(0.6, lambda: process.send_signal(signal.SIGKILL)).start()
    started = time.monotonic()
    with writer(data, "publish", on_wait=told.append):
        assert time.monotonic() - started >= 0.5
        mine = lock.holder(data)
        assert mine is not None
        assert mine.purpose == "publish"
    assert len(told) == 1
    assert not lock.is_held(data)
    assert lock.holder(data) is None


def test_waiting_has_an_end_when_one_is_set(holding: tuple[DataDir, subprocess.Popen[bytes]]) -> None:
    data, _ = holding
    with pytest.raises(Busy), writer(data, "publish", timeout=0.3):
        pass


def test_one_thread_may_nest_and_the_outer_use_keeps_the_lock(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    with writer(data, "demo"):
        with writer(data, "publish"):
            pass
        assert lock.is_held(data)
        outer = lock.holder(data)
        assert outer is not None
        assert outer.purpose == "demo"
    assert not lock.is_held(data)


def test_two_threads_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    inside, worst = 0, 0

    def work() -> None:
        nonlocal inside, worst
        with writer(data, "load"):
            inside += 1
            worst = max(worst, inside)
            time.sleep(0.05)
            inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert worst == 1


def test_the_log_is_the_owners_alone_and_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 200)
    data = small_dir(tmp_path)
    logger = log.get(data)
    for number in range(20):
        logger.info("load %d ends", number)
    files = sorted(data.logs.iterdir())
    assert 1 < len(files) <= log.KEPT_FILES + 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    other = small_dir(tmp_path / "other")
    log.get(other).info("elsewhere")
    assert "elsewhere" not in (data.logs / "gandan.log").read_text()
    assert "elsewhere" in (other.logs / "gandan.log").read_text()
