"""A page's repeat visit in Chromium, against an empty Streamlit page, in turns."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.measure import median
from warehouse.paths import REPOSITORY

VISITS = 7
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PAGES = {"overview": ".js-plotly-plot", "timeliness": ".js-plotly-plot"}


@contextmanager
def server(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    """Run a server until it answers and yield its address."""
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
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("the server did not answer within 20 seconds")
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


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


def repeat_visits(data: Path, today: str, work: Path) -> dict[str, tuple[float, float]]:
    """Return for each page the median seconds of a repeat visit, and those of an empty Streamlit page beside it."""
    empty = work / "empty" / "empty.py"
    empty.parent.mkdir(exist_ok=True)
    empty.write_text("import streamlit as st\nst.title('0')\n", encoding="utf-8")
    quiet = ["--server.headless=true", "--browser.gatherUsageStats=false", "--server.address=127.0.0.1"]
    ours = [sys.executable, "-m", "gandan", "serve", "--port", "{port}"]
    bare = [sys.executable, "-m", "streamlit", "run", str(empty), "--server.port={port}", *quiet]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    times: dict[str, tuple[list[float], list[float]]] = {page: ([], []) for page in PAGES}
    with ExitStack() as stack:
        site = stack.enter_context(server(ours, {"GANDAN_DATA_DIR": str(data), "GANDAN_TODAY": today}))
        blank = stack.enter_context(server(bare, {}))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context(locale="vi-VN", viewport={"width": 1440, "height": 900}).new_page()
        for name, chart in PAGES.items():
            visit(page, f"{site}/{name}", chart)  # the first visit fills the caches of both sides
            visit(page, blank, "h1")
            for _ in range(VISITS):
                times[name][0].append(visit(page, f"{site}/{name}", chart))
                times[name][1].append(visit(page, blank, "h1"))
        browser.close()
    return {name: (median(a), median(b)) for name, (a, b) in times.items()}
