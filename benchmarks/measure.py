"""A measured run: seconds, CPU seconds and peak memory of a whole process and its children, as the kernel counts."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Run:
    """One finished process."""

    seconds: float
    peak_mb: float
    cpu: float


def run(command: Sequence[str], environment: dict[str, str]) -> Run:
    """Run a command to its end and return its wall and CPU seconds and peak memory; raise on failure."""
    before = _children_cpu()
    started = time.perf_counter()
    # Into a file: nobody empties a pipe while the process is watched.
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT)
        peak = _peak_of(process)
        process.wait()
        if process.returncode:
            said.seek(0)
            output = said.read().decode()[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
    return Run(time.perf_counter() - started, peak / 1e6, _children_cpu() - before)


def _peak_of(process: subprocess.Popen[bytes]) -> int:
    """Return the most memory that a process and its children held together, looked at until it ends."""
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            peak = max(peak, sum(p.memory_info().rss for p in [watched, *watched.children(recursive=True)]))
        except psutil.Error:
            break
        time.sleep(0.02)
    return peak


def _children_cpu() -> float:
    """Return the CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def median(values: Sequence[float]) -> float:
    """Return the median of at least one value."""
    return statistics.median(values)
