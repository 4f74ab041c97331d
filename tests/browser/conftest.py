"""A server of its own on a free port, and a real Chromium that may talk to nobody else."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.ui import world
from warehouse.paths import REPOSITORY

ARTIFACTS = Path(__file__).parent / "artifacts"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world, published; or the folder that GANDAN_SCREENSHOT names."""
    named = os.environ.get("GANDAN_SCREENSHOT")
    return Path(named).resolve() if named else world.publish(tmp_path_factory.mktemp("data")).root


@contextmanager
def serving(data_dir: Path, cwd: Path, *command: str, today: str = "2026-11-21") -> Iterator[str]:
    """Run a server until it answers; yield its address; end it by its own process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = command or (sys.executable, "-m", "gandan", "serve", "--port", "{port}")
    environment = os.environ | {"GANDAN_DATA_DIR": str(data_dir), "GANDAN_TODAY": today}
    server = subprocess.Popen(
        [part.format(port=port) for part in command],
        cwd=cwd,
        env=environment | {"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                assert server.poll() is None, f"the server ended with {server.returncode}"
                time.sleep(0.2)
        else:
            pytest.fail("the server did not answer within 30 seconds")
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(10)


@pytest.fixture(scope="session")
def address(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server, started by `gandan serve` from another folder."""
    with serving(data, tmp_path_factory.mktemp("elsewhere")) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "no chromium here: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(chromium: Browser) -> Iterator[Callable[[int, str], tuple[BrowserContext, list[str]]]]:
    """One window per width and colour scheme, opened once, with the list of strangers that its pages asked for."""
    opened: dict[tuple[int, str], tuple[BrowserContext, list[str]]] = {}

    def _window(width: int, scheme: Any) -> tuple[BrowserContext, list[str]]:
        if (width, scheme) not in opened:
            strangers: list[str] = []

            def keep_home(route: Route) -> None:
                url = route.request.url
                if url.startswith(("http://127.0.0.1:", "data:", "blob:")):
                    route.continue_()
                else:
                    strangers.append(url)
                    route.abort()

            context = chromium.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                locale="vi-VN",
                timezone_id="Asia/Ho_Chi_Minh",
                accept_downloads=True,
            )
            context.route(lambda url: not url.startswith("http://127.0.0.1:"), keep_home)
            opened[width, scheme] = context, strangers
        return opened[width, scheme]

    yield _window
    for context, _ in opened.values():
        context.close()


@pytest.fixture
def visit(window: Callable[..., tuple[BrowserContext, list[str]]], address: str) -> Iterator[Visit]:
    """Open a page in a window of a size and colour scheme; at the end nothing may have gone to another machine."""
    pages: list[Page] = []
    asked: list[list[str]] = []

    def _visit(path: str, width: int = 1440, scheme: Any = "light", at: str = address, waits_for: str = "h1") -> Page:
        context, strangers = window(width, scheme)
        page = context.new_page()
        pages.append(page)
        asked.append(strangers)
        page.goto(at + path)
        settle(page, waits_for)
        return page

    yield _visit
    for page in pages:
        page.close()
    assert [url for strangers in asked for url in strangers] == []


def until(page: Page, is_so: str, arg: Any = None, seconds: float = 30) -> None:
    """Wait until a function of the page says yes; asked from here, since the pages' policy lets no text be run."""
    end = time.monotonic() + seconds
    while not page.evaluate(is_so, arg):
        assert time.monotonic() < end, f"not within {seconds} seconds: {is_so}"
        page.wait_for_timeout(50)


def settle(page: Page, waits_for: str = "h1") -> None:
    """Wait until the page has run, its title is there, and nothing is still loading."""
    page.wait_for_selector(waits_for, timeout=30_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=30_000)
    until(page, "() => document.querySelectorAll('[data-testid=stSkeleton]').length === 0", seconds=15)
    for chart in page.query_selector_all("[data-testid=stPlotlyChart]"):
        chart.wait_for_selector(".main-svg", timeout=15_000)
