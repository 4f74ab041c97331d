"""What each page costs the server, for each role: CPU of the whole process from the click to the finished script."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from benchmarks import browser, clients
from benchmarks.generate import commune_codes
from benchmarks.measure import median
from benchmarks.questions import data_folder
from benchmarks.server import Server, running
from ui.access.accounts import Role

ROLES: tuple[Role, ...] = ("analyst", "unit", "auditor", "viewer")
LIGHT = "guide"
"""The page that lies between two openings of another: as light as one can be."""
AGAIN = 5
REST = 0.05
"""Seconds after a finished script in which the server puts away what it left."""
BUDGET_MS, TIMES = 120, 1000


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds of one page for one role: when it is opened first after a publish, and again; wall beside it."""

    page: str
    role: str
    first: float
    again: float
    wall: float
    sent_kb: float


def measure(data: Path, today: str, work: Path) -> tuple[list[Cost], float]:
    """Return the costs of every page, and those of an empty Streamlit page."""
    with data_folder(data, today):
        served = clients.beside(data, work / "served")
        environment = {"GANDAN_DATA_DIR": str(served), "GANDAN_TODAY": today}
        with running(browser.OURS, environment) as site, running(browser.empty_page(work), {}) as blank:
            return asyncio.run(_every(site, blank, served))


async def _every(site: Server, blank: Server, served: Path) -> tuple[list[Cost], float]:
    found = []
    codes = commune_codes()
    await _settled(site)
    empty = await clients.reader(blank.address, "")
    await empty.open("")
    nothing = median([await _cpu(empty, "", blank) for _ in range(AGAIN)])
    for role in ROLES:
        clients.publish_again(served)
        units = (codes[len(codes) // 2],) if role == "unit" else ()
        tab = await clients.reader(site.address, clients.sign_in(served, role, role, units))
        await tab.open("")
        for page in [name for name in tab.pages if name]:
            first = await _cpu(tab, page, site)
            again, walls = [], []
            for _ in range(AGAIN):
                await tab.open(LIGHT)
                await asyncio.sleep(REST)
                before = clients.cpu_of(site.pid)
                finished = await tab.open(page)
                await asyncio.sleep(REST)
                again.append(TIMES * (clients.cpu_of(site.pid) - before))
                walls.append(TIMES * finished.seconds)
            found.append(Cost(page, role, first, median(again), median(walls), finished.sent_bytes / TIMES))
        await tab.connection.close()
    return found, nothing


async def _cpu(tab: clients.Reader, page: str, server: Server) -> float:
    before = clients.cpu_of(server.pid)
    await tab.open(page)
    await asyncio.sleep(REST)
    return TIMES * (clients.cpu_of(server.pid) - before)


async def _settled(server: Server) -> None:
    """Wait until a server that has just started does nothing more."""
    while True:
        before = clients.cpu_of(server.pid)
        await asyncio.sleep(1)
        if clients.cpu_of(server.pid) - before < REST:
            return


def told(found: list[Cost], nothing: float) -> list[tuple[str, str, str, bool]]:
    """Return a line for each page, of the role for which it is heaviest."""
    lines = []
    for page in sorted({one.page for one in found}):
        worst = max((one for one in found if one.page == page), key=lambda one: one.again)
        first = max(one.first for one in found if one.page == page)
        said = (
            f"{worst.again:.0f} ms ({worst.again / nothing:.1f} times an empty page; as {worst.role}, wall"
            f" {worst.wall:.0f} ms, {worst.sent_kb:.0f} kB); opened first after a publish at most {first:.0f} ms"
        )
        lines.append((f"{page}: server CPU of one opening", said, f"≤ {BUDGET_MS} ms", worst.again <= BUDGET_MS))
    return lines
