"""Forty people at once on one server process: how long a click takes, and how much memory the server holds.

Chairs of different communes, analysts, auditors and viewers, each signed in, each with a tab of its own. Everybody
opens a page or chooses another unit every five seconds, on a clock of its own: who waits does not slow down the others.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks import browser, clients
from benchmarks.generate import commune_codes
from benchmarks.measure import median
from benchmarks.questions import data_folder
from benchmarks.server import Server, running
from ui.access.accounts import Role

PEOPLE: dict[Role, int] = {"unit": 29, "analyst": 7, "auditor": 2, "viewer": 2}
EVERY, JITTER = 5.0, 1.5
ROUNDS = (60.0, 60.0)
"""Seconds: the first minute after a publish, in which nothing is kept, and the next."""
UNIT_SHARE = 0.3
"""Of the clicks, those that choose another unit; the others open a page."""
UNIT_BOX = "choose_unit"
P95_SECONDS, MEMORY_MB = 1.5, 600


@dataclass
class Load:
    """What happened in one round: seconds of each click, and what the server used."""

    clicks: list[float] = field(default_factory=list)
    failed: int = 0
    peak_mb: float = 0.0
    cpu: float = 0.0
    """CPU seconds of the server per second."""

    def percentile(self, share: float) -> float:
        """Return the seconds within which this share of the clicks was done."""
        return sorted(self.clicks)[min(len(self.clicks) - 1, int(share * len(self.clicks)))]


def measure(data: Path, today: str, work: Path) -> list[Load]:
    """Return what happened in each round."""
    with data_folder(data, today):
        served = clients.beside(data, work / "served")
        with running(browser.OURS, {"GANDAN_DATA_DIR": str(served), "GANDAN_TODAY": today}) as site:
            return asyncio.run(_rounds(site, served))


async def _rounds(site: Server, served: Path) -> list[Load]:
    codes = commune_codes()
    cookies = [
        clients.sign_in(served, f"{role}{at:02d}", role, (codes[4 * at],) if role == "unit" else ())
        for role, n in PEOPLE.items()
        for at in range(n)
    ]
    tabs = []
    for cookie in cookies:
        tab = await clients.reader(site.address, cookie)
        await tab.open("")
        tabs.append(tab)
    loads = []
    clients.publish_again(served)
    for seconds in ROUNDS:
        load = Load()
        before, started = clients.cpu_of(site.pid), time.perf_counter()
        watched = asyncio.create_task(_watch(site, load))
        await asyncio.gather(*(_person(tab, load, at, started + seconds) for at, tab in enumerate(tabs)))
        watched.cancel()
        load.cpu = (clients.cpu_of(site.pid) - before) / (time.perf_counter() - started)
        loads.append(load)
    return loads


async def _person(tab: clients.Reader, load: Load, at: int, until: float) -> None:
    drawn = random.Random(f"{at} {until - time.perf_counter():.0f}")
    due = time.perf_counter() + drawn.uniform(0, EVERY)
    while due < until:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        try:
            await _click(tab, drawn)
        except (RuntimeError, TimeoutError):
            load.failed += 1
        # From when the click was due: one that had to wait for the one before waited too.
        load.clicks.append(time.perf_counter() - due)
        due += EVERY + drawn.uniform(-JITTER, JITTER)


async def _click(tab: clients.Reader, drawn: random.Random) -> None:
    if UNIT_BOX in tab.boxes and drawn.random() < UNIT_SHARE:
        await tab.choose(UNIT_BOX, drawn.choice(tab.boxes[UNIT_BOX][1]))
    else:
        await tab.open(drawn.choice([name for name in tab.pages if name]))


async def _watch(site: Server, load: Load) -> None:
    process = psutil.Process(site.pid)
    while True:
        load.peak_mb = max(load.peak_mb, process.memory_info().rss / 1e6)
        await asyncio.sleep(0.2)


def told(loads: list[Load]) -> list[tuple[str, str, str, bool]]:
    """Return a line for the clicks of each round, and one for the memory of all."""
    lines = []
    names = ("the first minute after a publish", "the next minute")
    for name, load in zip(names, loads, strict=True):
        p95 = load.percentile(0.95)
        said = (
            f"{p95:.2f} s (half {median(load.clicks):.2f} s, longest {max(load.clicks):.2f} s;"
            f" {len(load.clicks)} clicks, {load.failed} failed; {load.cpu:.0%} of a core)"
        )
        what = f"{sum(PEOPLE.values())} people clicking every {EVERY:.0f} s, {name}: 95 % of clicks within"
        lines.append((what, said, f"≤ {P95_SECONDS} s", p95 <= P95_SECONDS and not load.failed))
    peak = max(load.peak_mb for load in loads)
    lines.append(("the same: memory of the server process", f"{peak:,.0f} MB", f"≤ {MEMORY_MB} MB", peak <= MEMORY_MB))
    return lines
