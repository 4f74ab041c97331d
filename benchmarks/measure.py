"""A measured run: seconds, CPU seconds and peak memory of a whole process and its children, as the kernel counts."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
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
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    watched = psutil.Process(process.pid)
    peak = 0
    try:
        while process.poll() is None:
            try:
                peak = max(peak, sum(p.memory_info().rss for p in [watched, *watched.children(recursive=True)]))
            except psutil.Error:
                break
            time.sleep(0.02)
    finally:
        output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output.decode()[-2000:]}")
    return Run(time.perf_counter() - started, peak / 1e6, _children_cpu() - before)


def _children_cpu() -> float:
    """Return the CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def median(values: Sequence[float]) -> float:
    """Return the median of at least one value."""
    return statistics.median(values)
