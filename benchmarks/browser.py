"""A page's repeat visit in Chromium, against an empty Streamlit page, in turns."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.measure import median, run
from benchmarks.server import running

VISITS, COLD = 7, 3
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
OURS = [sys.executable, "-m", "gandan", "serve", "--port", "{port}"]
PAGES = {"overview": ".js-plotly-plot", "timeliness": ".js-plotly-plot"}


AT_REST = (
    "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
    " && !document.querySelector('[data-testid=stSkeleton]')"
)
MOST_SECONDS = 60


def visit(page: Page, url: str, waits_for: str) -> float:
    """Return the seconds from asking for a page to its being drawn and at rest."""
    started = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(waits_for, timeout=60_000)
    # Asked from here: the pages' policy lets no text be run within them.
    while not page.evaluate(AT_REST):
        if time.perf_counter() - started > MOST_SECONDS:
            raise TimeoutError(url)
        page.wait_for_timeout(10)
    return time.perf_counter() - started


def empty_page(work: Path) -> list[str]:
    """Return the command that serves an empty Streamlit page."""
    empty = work / "empty" / "empty.py"
    empty.parent.mkdir(parents=True, exist_ok=True)
    empty.write_text("import streamlit as st\nst.title('0')\n", encoding="utf-8")
    quiet = ["--server.headless=true", "--browser.gatherUsageStats=false", "--server.address=127.0.0.1"]
    return [sys.executable, "-m", "streamlit", "run", str(empty), "--server.port={port}", *quiet]


@dataclass(frozen=True)
class Paint:
    """Seconds from asking for the first page of the sample to its first figure in words."""

    cold: float
    """A new browser, as soon as a new server answers."""
    warm: float
    """The same browser and server again."""
    empty: float
    """An empty Streamlit page, warm."""


SAMPLE_TODAY, FIRST_PAGE, FIRST_WORDS = "2026-10-31", "to_act", "[data-testid=stMain] h2"
PAINT_SECONDS = 2.0


def first_paint(work: Path) -> Paint:
    """Return how long the first page of the sample takes to its first words, on a cold server and on a warm one."""
    cold, warm, empty = [], [], []
    environment = {"GANDAN_DATA_DIR": str(sample(work)), "GANDAN_TODAY": SAMPLE_TODAY}
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        blank = stack.enter_context(running(empty_page(work), {})).address
        for _ in range(COLD):
            with running(OURS, environment) as site:
                browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
                page = browser.new_context(locale="vi-VN", viewport={"width": 1440, "height": 900}).new_page()
                cold.append(painted(page, f"{site.address}/{FIRST_PAGE}", FIRST_WORDS))
                for _ in range(VISITS):
                    warm.append(painted(page, f"{site.address}/{FIRST_PAGE}", FIRST_WORDS))
                    empty.append(painted(page, blank, "h1"))
                browser.close()
    return Paint(median(cold), median(warm), median(empty))


def painted(page: Page, url: str, waits_for: str) -> float:
    """Return the seconds from asking for a page to its first words."""
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(waits_for, timeout=60_000)
    return time.perf_counter() - started


def sample(work: Path) -> Path:
    """Return the data folder of the sample province, made where it is not there."""
    folder = work / "sample"
    if not (folder / "CURRENT").exists():
        environment = {"GANDAN_DATA_DIR": str(folder), "GANDAN_TODAY": SAMPLE_TODAY}
        run([sys.executable, "-m", "gandan", "demo", "--no-serve"], environment)
    return folder


def told(paint: Paint) -> list[tuple[str, str, str, bool]]:
    """Return the lines of the result table: what, measured, aim, whether it is met."""
    lines = []
    for name, seconds in (("cold server and browser", paint.cold), ("again", paint.warm)):
        said = f"{seconds:.2f} s ({seconds / paint.empty:.2f} times an empty page, again)"
        what = f"{FIRST_PAGE}: first words on the sample, {name}"
        lines.append((what, said, f"≤ {PAINT_SECONDS:.0f} s", seconds <= PAINT_SECONDS))
    return lines


def chromium() -> str | None:
    """Return where the browser lies."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def repeat_visits(data: Path, today: str, work: Path) -> dict[str, tuple[float, float]]:
    """Return for each page the median seconds of a repeat visit, and those of an empty Streamlit page beside it."""
    bare = empty_page(work)
    times: dict[str, tuple[list[float], list[float]]] = {page: ([], []) for page in PAGES}
    with ExitStack() as stack:
        environment = {"GANDAN_DATA_DIR": str(data), "GANDAN_TODAY": today}
        site = stack.enter_context(running(OURS, environment)).address
        blank = stack.enter_context(running(bare, {})).address
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(locale="vi-VN", viewport={"width": 1440, "height": 900}).new_page()
        for name, chart in PAGES.items():
            visit(page, f"{site}/{name}", chart)  # the first visit fills the caches of both sides
            visit(page, blank, "h1")
            for _ in range(VISITS):
                times[name][0].append(visit(page, f"{site}/{name}", chart))
                times[name][1].append(visit(page, blank, "h1"))
        browser.close()
    return {name: (median(a), median(b)) for name, (a, b) in times.items()}
