"""What each page asks when it opens, heard from the page itself, and how long the answers take on a snapshot."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.measure import median
from metrics import answer
from metrics.model import Query
from metrics.viewer import Viewer
from warehouse import snapshots
from warehouse.paths import REPOSITORY, DataDir

PAGES = ("overview", "timeliness", "complaints", "survey", "data")
ROUNDS = 25


@contextmanager
def data_folder(data: Path, today: str) -> Iterator[None]:
    """Point the process at a data folder and a day."""
    with mock.patch.dict(os.environ, {"GANDAN_DATA_DIR": str(data), "GANDAN_TODAY": today}):
        yield


def opening(data: Path, today: str) -> dict[str, list[tuple[Query, Viewer]]]:
    """Return the questions of each page's first sight, in order; caches start empty for each page."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    heard: dict[str, list[tuple[Query, Viewer]]] = {}
    real = answer.ask
    with data_folder(data, today):
        for page in PAGES:
            asked: list[tuple[Query, Viewer]] = []

            def listen(query: Query, viewer: Viewer, source: Any, _asked: list[Any] = asked) -> Any:
                _asked.append((query, viewer))
                return real(query, viewer, source)

            st.cache_data.clear()
            with mock.patch.object(answer, "ask", listen):
                app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=120).run()
                asked.clear()
                st.cache_data.clear()
                app.switch_page(f"pages/{page}.py").run()
            if app.exception:
                raise RuntimeError(f"page {page}: {app.exception[0].message}")
            heard[page] = asked
    return heard


def seconds(
    small: Path, large: Path, today: str, heard: dict[str, list[tuple[Query, Viewer]]]
) -> dict[str, tuple[float, float]]:
    """Return for each page the median seconds of its opening questions on both snapshots, asked in turns."""
    times: dict[str, tuple[list[float], list[float]]] = {page: ([], []) for page in heard}
    sources = []
    for folder in (small, large):
        with data_folder(folder, today):
            sources.append(snapshots.Pool(DataDir.from_environment()).at())
    with data_folder(large, today):
        for _ in range(ROUNDS):
            for page, questions in heard.items():
                for side, source in zip(times[page], sources, strict=True):
                    started = time.perf_counter()
                    for query, viewer in questions:
                        answer.ask(query, viewer, source)
                    side.append(time.perf_counter() - started)
    return {page: (median(a), median(b)) for page, (a, b) in times.items()}
