"""What each page asks when it opens, heard from the page itself, and how long the answers take on a snapshot."""

from __future__ import annotations

import functools
import inspect
import os
import pkgutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from benchmarks.measure import median
from metrics import analysis, answer
from ui import asking, guard, reader
from warehouse import snapshots
from warehouse.paths import REPOSITORY, DataDir

PAGES = tuple(sorted(guard.PAGES["province"]))
ROUNDS = 15
SOURCES = ("snapshot", "source")
"""What the parameter is called by which a snapshot is handed over."""

Question = Callable[[Any], Any]
"""Something a page asks, to be asked of any snapshot."""


@contextmanager
def data_folder(data: Path, today: str) -> Iterator[None]:
    """Point the process at a data folder and a day."""
    with mock.patch.dict(os.environ, {"GANDAN_DATA_DIR": str(data), "GANDAN_TODAY": today}):
        yield


def _askable() -> list[tuple[ModuleType, str]]:
    """Return every public function that reads a snapshot: answers, analyses, what pages read beside them."""
    modules = [answer, reader]
    modules += [import_module(f"{analysis.__name__}.{m.name}") for m in pkgutil.iter_modules(analysis.__path__)]
    return [
        (module, name)
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and set(inspect.signature(function).parameters) & set(SOURCES)
    ]


class _Listener:
    """Notes what is asked from outside; what an analysis asks itself is part of it."""

    def __init__(self) -> None:
        self.heard: list[Question] = []
        self.depth = 0

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def listen(*given: Any, **named: Any) -> Any:
            if not self.depth:
                bound = signature.bind(*given, **named)
                key = next(s for s in SOURCES if s in bound.arguments)

                def ask(source: Any) -> Any:
                    bound.arguments[key] = source
                    return function(*bound.args, **bound.kwargs)

                self.heard.append(ask)
            self.depth += 1
            try:
                return function(*given, **named)
            finally:
                self.depth -= 1

        return listen


def opening(data: Path, today: str) -> dict[str, list[Question]]:
    """Return the questions of each page's first sight, in order; caches start empty for each page."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    heard: dict[str, list[Question]] = {}
    with data_folder(data, today):
        for page in PAGES:
            listener = _Listener()
            with ExitStack() as patches:
                for module, name in _askable():
                    replaced = listener.wrap(getattr(module, name))
                    patches.enter_context(mock.patch.object(module, name, replaced))
                st.cache_data.clear()
                app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=120).run()
                # What is known of a snapshot (its units, its dates) is read once and serves every page.
                for kept in (asking.ANSWERS, asking.LISTS, asking.ANALYSES, asking.READ):
                    kept.clear()
                listener.heard.clear()
                app.switch_page(f"pages/{page}.py").run()
            if app.exception:
                raise RuntimeError(f"page {page}: {app.exception[0].message}")
            heard[page] = listener.heard
    return heard


def seconds(small: Path, large: Path, today: str, heard: dict[str, list[Question]]) -> dict[str, tuple[float, float]]:
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
                    for ask in questions:
                        ask(source)
                    side.append(time.perf_counter() - started)
    return {page: (median(a), median(b)) for page, (a, b) in times.items()}
