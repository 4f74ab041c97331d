"""One writer at a time: a lock that dies with its process; those who wait are told who holds it."""

from __future__ import annotations

import getpass
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from warehouse import clock
from warehouse.paths import DataDir

POLL_SECONDS = 0.2
PURPOSES = {
    "load": "nạp tệp",
    "preview": "xem trước thay đổi",
    "publish": "công bố",
    "withdraw": "rút lần nạp",
    "rollback": "quay lại bản trước",
    "release": "dùng lại lần nạp",
    "close": "chốt số liệu",
    "backup": "sao lưu",
    "restore": "khôi phục",
    "demo": "tạo dữ liệu minh họa",
    "totals": "ghi số tổng hợp của đơn vị",
}
"""What a writer does, in Vietnamese; a purpose that is not here is shown as it is."""


@dataclass(frozen=True)
class Holder:
    """Who writes: process, account, purpose and since when (local time)."""

    pid: int
    user: str
    purpose: str
    since: datetime

    def text(self, lang: str = "vi") -> str:
        """Return one clause that names the holder."""
        moment = self.since.strftime("%H:%M:%S %d/%m/%Y")
        if lang == "en":
            return f"{self.purpose} by {self.user}, process {self.pid}, since {moment}"
        return f"{PURPOSES.get(self.purpose, self.purpose)}, người dùng {self.user}, tiến trình {self.pid}, từ {moment}"


class Busy(Exception):
    """Another process writes and the caller does not wait."""

    def __init__(self, holder: Holder | None):
        self.holder = holder
        super().__init__(self.message("en"))

    def message(self, lang: str = "vi") -> str:
        """Return who is writing and what to do."""
        if lang == "en":
            who = self.holder.text("en") if self.holder else "another process"
            return f"The data folder is being written: {who}. Run the command again when it has ended."
        who = self.holder.text("vi") if self.holder else "một tiến trình khác"
        return f"Thư mục dữ liệu đang được ghi: {who}. Hãy chạy lại lệnh khi tiến trình đó kết thúc."


def holder_file(data_dir: DataDir) -> Path:
    """Return the small JSON file beside the lock that says who holds it."""
    return data_dir.lock.with_name(data_dir.lock.name + ".json")


def holder(data_dir: DataDir) -> Holder | None:
    """Return who wrote last beside the lock, if that process still lives."""
    try:
        noted = json.loads(holder_file(data_dir).read_text(encoding="utf-8"))
        found = Holder(noted["pid"], noted["user"], noted["purpose"], datetime.fromisoformat(noted["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if psutil.pid_exists(found.pid) else None


def is_held(data_dir: DataDir) -> bool:
    """Return whether somebody writes at this moment (never waits)."""
    if not data_dir.lock.exists():
        return False
    probe = _file_lock(data_dir, is_singleton=False)
    try:
        probe.acquire(blocking=False)
    except Timeout:
        return True
    probe.release()
    return False


@contextmanager
def writer(
    data_dir: DataDir,
    purpose: str,
    wait: bool = True,
    on_wait: Callable[[Holder | None], None] | None = None,
    timeout: float | None = None,
) -> Iterator[None]:
    """Hold the writer's lock of the folder; nested use in one thread is allowed.

    With `wait=False` (or after `timeout` seconds) a held lock raises `Busy`; `on_wait` is called once, with the holder,
    when the wait begins.
    """
    data_dir.root.mkdir(parents=True, exist_ok=True)
    lock = _file_lock(data_dir, is_singleton=True)
    deadline = None if timeout is None else time.monotonic() + timeout
    is_told = False
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            late = deadline is not None and time.monotonic() >= deadline
            if not wait or late:
                raise Busy(holder(data_dir)) from None
            if on_wait and not is_told:
                on_wait(holder(data_dir))
            is_told = True
            time.sleep(POLL_SECONDS)
    is_outermost = lock.lock_counter == 1
    try:
        if is_outermost:
            _note(data_dir, purpose)
            data_dir.close_to_others()
        yield
    finally:
        if is_outermost:
            data_dir.close_to_others()
            holder_file(data_dir).unlink(missing_ok=True)
        lock.release()


def _file_lock(data_dir: DataDir, is_singleton: bool) -> FileLock:
    # A soft lock (a mere file) would outlive a killed process, so falling back to one is forbidden.
    return FileLock(str(data_dir.lock), is_singleton=is_singleton, fallback_to_soft=False)


def _note(data_dir: DataDir, purpose: str) -> None:
    user = "?"
    with suppress(Exception):  # an account without a name in the password file is no reason to stop
        user = getpass.getuser()
    noted = asdict(Holder(os.getpid(), user, purpose, clock.now()))
    noted["since"] = noted["since"].isoformat(timespec="seconds")
    target = holder_file(data_dir)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    aside.write_text(json.dumps(noted, ensure_ascii=False), encoding="utf-8")
    aside.replace(target)
