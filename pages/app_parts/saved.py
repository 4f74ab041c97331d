"""Saved views, on every page: a panel that opens one with a click, saves the page as it is, and edits the list."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from datetime import date

import streamlit as st

from metrics.viewer import Viewer
from ui import controls, guard, lists, reader, saved_views
from ui import view as choices
from ui.access import notes, views
from ui.access import store as access_store
from ui.access.store import Store
from ui.access.views import SavedView
from ui.access.work import NotAllowed
from ui.text import Text
from warehouse.paths import DataDir

PANEL = "saved_views"
TOLD, REMOVED = "saved_views_told", "saved_views_removed"
KNOWN = (*choices.KEYS, controls.PART, *controls.NARROW)
"""Parameters of pages; anything else in an address is not kept."""


def panel(text: Text, viewer: Viewer, page: str, pages: Collection[str]) -> Callable[[], None]:
    """Offer the panel in the sidebar; return what opens it where it was asked for, to be called after the page.

    Nothing is read before it is opened, and what is pressed in it while the page still runs would be lost.
    """
    is_wanted = False
    if page:
        with st.sidebar:
            is_wanted = st.button(text("views.title"), key=PANEL, icon=":material/bookmark:", width="stretch")
    body = functools.partial(_inside, text, viewer, page, pages)

    def show() -> None:
        if is_wanted:
            st.dialog(text("views.title"), width="medium")(lambda: guard.shielded(body, text))()

    return show


def _inside(text: Text, viewer: Viewer, page: str, pages: Collection[str]) -> None:
    try:
        who = _who(viewer)
    except guard.NotSignedIn:
        st.info(text("access.needed"), icon=":material/lock:")
        return
    found = saved_views.ordered(views.seen_by(_store(), who) if _is_there() else [], who, pages)
    _say(text, viewer, who)
    for heading, some in (
        ("own", [v for v in found if v.who == who]),
        ("shared", [v for v in found if v.who != who]),
    ):
        _list(text, heading, some)
    if not found:
        st.caption(text("views.none"))
    _save(text, viewer, who, page)
    mine = [v for v in found if views.may_change(viewer, who, v)]
    if mine:
        _edit(text, viewer, who, mine)
    here = saved_views.kept(st.query_params.to_dict(), KNOWN)
    st.caption(text("views.link"))
    st.code(saved_views.address(str(st.context.url or ""), page, here), language=None, wrap_lines=True)


def _who(viewer: Viewer) -> str:
    """Return under whose name views are kept, of the session as it is now: a dialog runs on by itself."""
    now = guard.identify()
    if (now.role, now.name) != (viewer.role, viewer.name):
        raise guard.NotSignedIn
    return guard.login()


def _is_there() -> bool:
    return access_store.is_there(DataDir.from_environment())


def _store() -> Store:
    return views.prepare(access_store.open_store(DataDir.from_environment()))


def _say(text: Text, viewer: Viewer, who: str) -> None:
    """Say what the last click did, or why not; a removal can be taken back."""
    kind, words = st.session_state.pop(TOLD, ("", ""))
    if kind == "error":
        st.error(words, icon=":material/error:")
    elif words:
        st.success(words, icon=":material/check:")
    number, name = st.session_state.get(REMOVED, (0, ""))
    if not number:
        return

    def back() -> None:
        _done(text, viewer, who, lambda: views.restore(_store(), viewer, who, number), "")

    st.button(text("views.undo", name=lists.plainly(name)), key="view_undo", on_click=back, icon=":material/undo:")


def _list(text: Text, heading: str, some: Sequence[SavedView]) -> None:
    """Offer each view with one click."""
    if not some:
        return
    st.caption(text(f"views.{heading}"))
    for view in some:
        icon = ":material/group:" if view.is_shared else ":material/bookmark:"
        label = f"{lists.plainly(view.name)} · {text(f'page.{view.page}.nav')}"
        if st.button(label, key=f"view_{view.id}", type="tertiary", icon=icon, wrap=True):
            _open(view)


def _open(view: SavedView) -> None:
    """Go to the page with the choices that were saved; what was chosen before does not mix in."""
    parameters = saved_views.opened(view, _reach() if view.newest else None)
    kept = {"lang": controls.language(), **{k: v for k, v in parameters.items() if k in choices.KEYS}}
    st.session_state[controls.KEPT] = kept
    st.session_state[controls.DEFAULT] = None
    st.session_state.pop(controls.OWN, None)
    looks_as = {guard.AS: st.query_params[guard.AS]} if guard.AS in st.query_params else {}
    st.switch_page(f"pages/{view.page}.py", query_params={"lang": kept["lang"], **looks_as, **parameters})


def _reach() -> tuple[date, date] | None:
    """Return how far the data of cases go; None before there are any."""
    try:
        source = controls.snapshot()
    except LookupError:
        return None
    extent = reader.extent(source)
    if not extent:
        return None
    return choices.reach(extent.get("case") or next(iter(extent.values())), reader.info(source))


def _save(text: Text, viewer: Viewer, who: str, page: str) -> None:
    """Offer to save the page as it is."""

    def save() -> None:
        name = st.session_state["view_name"]
        url = saved_views.kept(st.query_params.to_dict(), KNOWN)
        newest, n = "", 1
        if st.session_state.get("view_newest"):
            url, newest, n = saved_views.following(url)
        is_shared = bool(st.session_state.get("view_share"))
        _done(
            text, viewer, who, lambda: views.save(_store(), viewer, who, name, page, url, newest, n, is_shared),
            text("views.saved", name=lists.plainly(name.strip())),
        )  # fmt: skip

    with st.form("view_form", border=False, clear_on_submit=True):
        st.text_input(text("views.name"), key="view_name", max_chars=views.LONGEST, help=text("views.name_help"))
        st.checkbox(text("views.newest"), key="view_newest", help=text("views.newest_help"))
        if viewer.role == "province":
            st.checkbox(text("views.share"), key="view_share")
        st.form_submit_button(text("views.save"), key="view_save", on_click=save, type="primary")


def _edit(text: Text, viewer: Viewer, who: str, mine: Sequence[SavedView]) -> None:
    """Offer to rename, share and remove."""
    by_id = {v.id: v for v in mine}
    with st.expander(text("views.edit"), icon=":material/edit:"):
        number = st.selectbox(
            text("views.which"), list(by_id), format_func=lambda n: by_id[n].name, key="view_which",
            placeholder=text("filter.choose"),
        )  # fmt: skip
        view = by_id[number or mine[0].id]

        def rename() -> None:
            name = st.session_state[f"view_new_{view.id}"]
            _done(
                text,
                viewer,
                who,
                lambda: views.rename(_store(), viewer, who, view.id, name),
                text("views.saved", name=lists.plainly(name)),
            )

        def share() -> None:
            _done(text, viewer, who, lambda: views.share(_store(), viewer, who, view.id, not view.is_shared), "")

        def remove() -> None:
            said = text("views.removed", name=lists.plainly(view.name))
            if _done(text, viewer, who, lambda: views.remove(_store(), viewer, who, view.id), said):
                st.session_state[REMOVED] = (view.id, view.name)

        st.text_input(text("views.new_name"), value=view.name, key=f"view_new_{view.id}", max_chars=views.LONGEST)
        with st.container(horizontal=True, gap="xsmall"):
            st.button(text("views.rename"), key="view_rename", on_click=rename)
            if viewer.role == "province":
                label = text("views.to_unshare" if view.is_shared else "views.to_share")
                st.button(label, key="view_to_share", on_click=share)
            st.button(text("views.remove"), key="view_remove", on_click=remove, icon=":material/delete:")


def _done(text: Text, viewer: Viewer, who: str, act: Callable[[], object], said: str) -> bool:
    """Return whether it could be done; say so, or why not."""
    st.session_state.pop(REMOVED, None)
    wrong = ""
    try:
        if _who(viewer) != who:
            raise guard.NotSignedIn
        act()
    except notes.Refused as why:
        wrong = text(f"lists.refused.{why.code}", n=notes.LONGEST)
    except views.Bad as why:
        wrong = text(f"views.bad.{why.code}", n=views.LONGEST if why.code == "long" else views.MOST)
    except guard.NotSignedIn:
        wrong = text("access.needed")
    except NotAllowed:
        wrong = text("views.not_allowed")
    except LookupError:
        wrong = text("views.gone")
    st.session_state[TOLD] = ("error", wrong) if wrong else ("done", said)
    return not wrong
