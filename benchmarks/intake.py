"""From CSV to a published snapshot, against the bare typed read of the same file, in turns."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks import others
from benchmarks.generate import MONTHS, NEXT_LAST_DAY, bare_read, write_log
from benchmarks.measure import Run, median, run
from warehouse.paths import DataDir

TODAY = "2027-11-01"
NEXT_TODAY = "2027-12-01"


@dataclass(frozen=True)
class Intake:
    """Medians over the rounds: seconds and MB."""

    cases: int
    bare: float
    load: float
    publish: float
    peak_mb: float
    log_mb: float
    snapshot_mb: float
    bare_cpu: float
    cpu: float

    @property
    def ratio(self) -> float:
        """CSV to published snapshot over the bare typed read."""
        return (self.load + self.publish) / self.bare

    @property
    def cpu_ratio(self) -> float:
        """Return the same in CPU seconds, which a busy machine disturbs less."""
        return self.cpu / self.bare_cpu


def gandan(data: Path, today: str, *arguments: str) -> Run:
    """Run one command of ours on that data folder."""
    return run([sys.executable, "-m", "gandan", *arguments], {"GANDAN_DATA_DIR": str(data), "GANDAN_TODAY": today})


def bare(source: Path, work: Path) -> Run:
    """Run the yardstick in a process of its own, so that both sides pay for starting one."""
    target = work / "bare.duckdb"
    target.unlink(missing_ok=True)
    code = (
        "from pathlib import Path; from benchmarks.generate import bare_read; "
        f"bare_read(Path({str(source)!r}), Path({str(target)!r}))"
    )
    try:
        return run([sys.executable, "-c", code], {})
    finally:
        target.unlink(missing_ok=True)


def measure(cases: int, work: Path, rounds: int) -> tuple[Intake, Path]:
    """Return the medians and the data folder with the last round's snapshot."""
    source = work / f"cases_{cases}.csv"
    if not source.exists():
        write_log(source, cases)
    data = work / f"data_{cases}"
    bares: list[Run] = []
    loads: list[Run] = []
    publishes: list[Run] = []
    for _ in range(rounds):
        shutil.rmtree(data, ignore_errors=True)
        bares.append(bare(source, work))
        loads.append(gandan(data, TODAY, "load", str(source)))
        publishes.append(gandan(data, TODAY, "publish"))
    snapshot = max((data / "snapshots").glob("*.duckdb"))
    return (
        Intake(
            cases=cases,
            bare=median([r.seconds for r in bares]),
            load=median([r.seconds for r in loads]),
            publish=median([r.seconds for r in publishes]),
            peak_mb=max(r.peak_mb for r in loads + publishes),
            log_mb=source.stat().st_size / 1e6,
            snapshot_mb=snapshot.stat().st_size / 1e6,
            bare_cpu=median([r.cpu for r in bares]),
            cpu=median([a.cpu + b.cpu for a, b in zip(loads, publishes, strict=True)]),
        ),
        data,
    )


def add_others(data: Path, work: Path, cases: int) -> None:
    """Load what a province has beside its cases, so that pages on it are not measured on nothing."""
    others.know_steps(DataDir(data))
    for file in others.write(work, work / f"cases_{cases}.csv"):
        gandan(data, TODAY, "load", str(file))
    gandan(data, TODAY, "publish")


def one_more_month(cases: int, data: Path, work: Path) -> Intake:
    """Return what the next month costs on top of a published log of so many cases (bare = not measured here)."""
    extra = cases // MONTHS
    source = work / f"month_{cases}.csv"
    if not source.exists():
        write_log(source, extra, first=NEXT_LAST_DAY.replace(day=1), last=NEXT_LAST_DAY, seed=2)
    load = gandan(data, NEXT_TODAY, "load", str(source))
    publish = gandan(data, NEXT_TODAY, "publish")
    snapshot = max((data / "snapshots").glob("*.duckdb"))
    return Intake(
        cases=extra,
        bare=1.0,
        load=load.seconds,
        publish=publish.seconds,
        peak_mb=max(load.peak_mb, publish.peak_mb),
        log_mb=source.stat().st_size / 1e6,
        snapshot_mb=snapshot.stat().st_size / 1e6,
        bare_cpu=1.0,
        cpu=load.cpu + publish.cpu,
    )


__all__ = ["Intake", "add_others", "bare_read", "measure", "one_more_month"]
