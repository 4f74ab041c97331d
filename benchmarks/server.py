"""A server to be measured: started as its users start it, stopped at the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from warehouse.paths import REPOSITORY

START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """Where a server answers, and which process it is."""

    address: str
    pid: int


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[Server]:
    """Run a server until it answers and yield it; `{port}` in the command stands for a free one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [part.replace("{port}", str(port)) for part in command],
        env={**os.environ, **environment, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + START_SECONDS
        while not answers(address):
            if time.monotonic() > until:
                raise RuntimeError(f"the server did not answer within {START_SECONDS} seconds")
            time.sleep(0.02)
        yield Server(address, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def answers(address: str) -> bool:
    """Return whether the server is up."""
    try:
        urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
    except OSError:
        return False
    return True
