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
from functools import cache
from pathlib import Path

import streamlit as st

from metrics import places
from metrics.viewer import PROVINCE, Role, Viewer
from ui import numbers
from ui.access import accounts, sessions, viewers, web
from ui.access import store as access_store
from ui.access.accounts import Account
from ui.text import Text
from warehouse import clock, log, snapshots
from warehouse.paths import REPOSITORY, DataDir

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PAGES: dict[Role, frozenset[str]] = {
    "province": frozenset(
        {
            "overview",
            "to_act",
            "this_period",
            "timeliness",
            "complaints",
            "survey",
            "friendly",
            "opinions",
            "data",
            "indices",
            "explorer",
            "plan",
            "dictionary",
            "guide",
        }
    ),
    "auditor": frozenset(
        {
            "overview",
            "this_period",
            "timeliness",
            "complaints",
            "survey",
            "friendly",
            "data",
            "indices",
            "explorer",
            "plan",
            "dictionary",
            "guide",
        }
    ),
    "unit": frozenset(
        {
            "overview",
            "to_act",
            "this_period",
            "timeliness",
            "complaints",
            "survey",
            "friendly",
            "opinions",
            "indices",
            "explorer",
            "plan",
            "dictionary",
            "guide",
        }
    ),
    "viewer": frozenset({"overview", "timeliness", "indices", "explorer", "dictionary", "guide"}),
}
START: dict[Role, str] = {"unit": "to_act", "province": "overview", "auditor": "overview", "viewer": "overview"}
"""Whoever answers for a unit begins with what has to be done; the others begin with the overview."""
OWN_PAGES: dict[accounts.Role, frozenset[str]] = {
    "administrator": frozenset({"administration", "my_account"}),
    "auditor": frozenset({"administration", "my_account"}),
    "analyst": frozenset({"my_account"}),
    "unit": frozenset({"my_account"}),
    "viewer": frozenset({"my_account"}),
}
"""Pages that an account has beside those of what it may see; on an open server there are no accounts."""
AS = "as"
"""Query parameter and state of the role chosen on a server that is open to its own machine."""
_inside: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


class NotAllowed(Exception):
    """Nobody may look: the server can be reached from other machines, and there are no accounts."""


class NotSignedIn(Exception):
    """There are accounts, and this browser has no session."""


def identify() -> Viewer:
    """Return who is looking: the account of the session; without accounts whoever sits at the machine itself.

    Read anew at every run: a session that was ended, here or elsewhere, is over with the next click.
    """
    data_dir = DataDir.from_environment()
    if has_accounts(data_dir):
        found = account()
        if found is None:
            raise NotSignedIn
        return viewers.viewer_of(found, _bodies(data_dir))
    if st.get_option("server.address") not in LOOPBACK:
        raise NotAllowed
    return _looked_as(data_dir)


def has_accounts(data_dir: DataDir) -> bool:
    """Return whether anybody has to sign in."""
    if not access_store.is_there(data_dir):
        return False
    return accounts.are_there(accounts.prepare(access_store.open_store(data_dir)))


def account() -> Account | None:
    """Return the account of this browser's session; None where there is none, or nobody has to sign in."""
    data_dir = DataDir.from_environment()
    if not token() or not access_store.is_there(data_dir):
        return None
    return sessions.account_of(accounts.prepare(access_store.open_store(data_dir)), token())


def token() -> str:
    """Return the token that this browser holds; empty without one."""
    found = st.context.cookies.get(web.SESSION_COOKIE, "")
    return found if isinstance(found, str) else ""


def offered(viewer: Viewer) -> frozenset[str]:
    """Return the pages that this reader may open; with a password that was handed out only the one to change it."""
    own = account()
    if own is None:
        return PAGES[viewer.role]
    return frozenset({"my_account"}) if own.is_to_change else PAGES[viewer.role] | OWN_PAGES[own.role]


def login() -> str:
    """Return the login of this browser's session; empty on an open server."""
    found = account()
    return found.login if found else ""


def look_as(role: str) -> None:
    """On an open server of one machine: look as somebody else would, who sees less."""
    st.session_state[AS] = role


def looked_as() -> str:
    """Return the role chosen on an open server: province, auditor, viewer or unit:CODE."""
    chosen = st.session_state.get(AS) or st.query_params.get(AS, "")
    return chosen if chosen in ("auditor", "viewer") or chosen.startswith("unit:") else "province"


def _looked_as(data_dir: DataDir) -> Viewer:
    """Return the viewer of the role chosen; it can only see less than the machine's own reader."""
    chosen = looked_as()
    if chosen == "province":
        return PROVINCE
    if chosen.startswith("unit:"):
        return Viewer("unit", _bodies(data_dir)(chosen.removeprefix("unit:")), name=chosen)
    return Viewer("auditor" if chosen == "auditor" else "viewer", name=chosen)


def _bodies(data_dir: DataDir) -> Callable[[str], frozenset[str]]:
    """Return what gives the bodies behind an official code; none while nothing is published or the code is unknown."""

    def found(code: str) -> frozenset[str]:
        try:
            return known(data_dir).bodies_of(code)
        except LookupError:
            return frozenset()

    return found


@cache
def pool(data_dir: DataDir) -> snapshots.Pool:
    """Return the one pool of a data folder: what is known of a snapshot is kept with its connection."""
    return snapshots.Pool(data_dir)


def known(data_dir: DataDir) -> places.Places:
    """Return the units of the published snapshot, read once; raise `LookupError` where nothing is published."""
    return places.of(pool(data_dir).at())


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
    if page not in offered(viewer):
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
