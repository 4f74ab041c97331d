"""Who is looking: the first line of every page. No page shows a figure without it, however the page was reached.

Streamlit runs a file of `pages/` by itself when the first request of a fresh server is a deep link, so `app.py` may not
have run. The guard then runs it, and the page is drawn inside the application or not at all.
"""

from __future__ import annotations

import runpy
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import streamlit as st

from metrics.viewer import PROVINCE, Role, Viewer
from ui import numbers
from ui.text import Text
from warehouse import clock, log
from warehouse.paths import REPOSITORY, DataDir

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PAGES: dict[Role, frozenset[str]] = {
    "province": frozenset(
        {"overview", "timeliness", "complaints", "survey", "friendly", "data", "indices", "dictionary"}
    ),
    "auditor": frozenset(
        {"overview", "timeliness", "complaints", "survey", "friendly", "data", "indices", "dictionary"}
    ),
    "unit": frozenset({"overview", "timeliness", "complaints", "survey", "friendly", "indices", "dictionary"}),
    "viewer": frozenset({"overview", "timeliness", "indices", "dictionary"}),
}
_inside: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


class NotAllowed(Exception):
    """Nobody may look: the server can be reached from other machines, and sign-in is still to come."""


def identify() -> Viewer:
    """Return who is looking. Until accounts exist this is whoever sits at the machine: a loopback server only."""
    if st.get_option("server.address") not in LOOPBACK:
        raise NotAllowed
    return PROVINCE


@contextmanager
def application(viewer: Viewer) -> Iterator[None]:
    """Mark the time in which `app.py` draws a page for this viewer."""
    token = _inside.set(viewer)
    try:
        yield
    finally:
        _inside.reset(token)


def require(page: str) -> Viewer:
    """Return the viewer of this page; run the application when the page was started without it; stop a stranger."""
    viewer = _inside.get()
    if viewer is None:
        runpy.run_path(str(REPOSITORY / "app.py"), run_name="__main__")
        st.stop()
    if page not in PAGES[viewer.role]:
        st.stop()
    return viewer


def may_write(viewer: Viewer) -> bool:
    """Return whether the viewer may load, publish and withdraw: the province only."""
    return viewer.role == "province"


def shielded(draw: Callable[[], object], text: Text) -> None:
    """Draw, and where that fails say so and what to do; Streamlit's own stops and reruns are no `Exception`."""
    try:
        draw()
    except Exception as error:
        record(error)
        st.error(text("app.failed", time=numbers.clock(clock.now())), icon=":material/error:")


def record(error: Exception) -> None:
    """Write to the log what failed and where; not the message, which may quote a value."""
    frames = traceback.extract_tb(error.__traceback__)
    known = [f for f in frames if Path(f.filename).is_relative_to(REPOSITORY) and ".venv" not in f.filename]
    path = " < ".join(f"{f.filename.removeprefix(f'{REPOSITORY}/')}:{f.lineno}" for f in reversed(known[-6:]))
    log.get(DataDir.from_environment()).error("page failed: %s at %s", type(error).__name__, path or "?")
