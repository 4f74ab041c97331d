"""Publish: what would change and why, before the pointer moves; then one click; and the way back."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from metrics import catalogue
from pages.data_parts.desk import Desk, is_newest, result, trouble
from ui import blocks, desk, desk_moves, numbers, reader
from ui.desk import Record


def show(work: Desk) -> None:
    """Draw the part."""
    text = work.text
    _now(work)
    ready = desk.unpublished(work.loads, work.published)
    st.markdown(
        text("desk.publish.pending", files=desk.names(text, ready)) if ready else text("desk.publish.nothing_new")
    )
    if work.waiting:
        st.warning(text("desk.publish.waiting", n=len(work.waiting)), icon=":material/help:")
    _done(work)
    is_busy = work.is_busy()
    job = work.newest("preview")
    found: Record = result(job, dict)
    is_current = bool(found) and job is not None and job.about.get("stamp") == work.stamp
    if is_current:
        _difference(work, found, len(ready))
        _publish(work, found, len(ready), is_busy)
    else:
        trouble(work, job if job is not None and job.about.get("stamp") == work.stamp else None)
        if found and ready:
            st.info(text("desk.moves.stale"), icon=":material/update:")
        # Corrections, reference data and learned labels change figures too: comparing is always offered.
        kind: Literal["primary", "secondary"] = "primary" if ready or _is_changed(work) else "secondary"
        if (ready or work.current is not None) and st.button(
            text("desk.moves.compare"), type=kind, icon=":material/difference:", key="preview", disabled=is_busy
        ):
            work.start("preview", ["preview", "--format", "json", "--progress", "json"])
    _undo(work, is_busy)
    if is_busy:
        st.caption(text("desk.publish.is_busy"))


def _now(work: Desk) -> None:
    text = work.text
    if work.current is None:
        st.markdown(text("desk.publish.nothing_now"))
        return
    built = desk.moment(reader.info(work.current).get("built_at", ""))
    time, day = (numbers.clock(built), numbers.day(built.date())) if built else (numbers.MISSING, numbers.MISSING)
    st.markdown(text("desk.publish.now", name=work.current.name, time=time, day=day))


def _is_changed(work: Desk) -> bool:
    """Return whether the next snapshot lacks a load that the present one has: it was withdrawn."""
    out = {one["load_no"] for one in work.loads if one["state"] == "withdrawn"}
    return bool(out & set(work.published))


def _done(work: Desk) -> None:
    """Say that the last publish or undo is done, or why it is not."""
    job = work.newest("publish", "rollback")
    if job is None or job.state == "running" or trouble(work, job) or not is_newest(work, job):
        return
    text = work.text
    key = "desk.publish.done" if job.kind == "publish" else "desk.publish.undone"
    st.success(text(key, time=numbers.clock(job.started_at)), icon=":material/check:")
    if job.kind == "publish" and work.page is not None:
        st.page_link("pages/overview.py", label=text("desk.publish.done_next"), icon=":material/map:")


def _difference(work: Desk, given: Record, n_ready: int) -> None:
    text, found = work.text, desk_moves.difference(given)
    blocks.say(desk_moves.sentence(text, found, n_ready))
    warnings = given.get("warnings", [])
    if warnings:
        lines = [desk_moves.warning(w) for w in warnings]
        st.warning("  \n".join([f"**{text('desk.moves.warnings')}**", *lines]), icon=":material/warning:")
    if not desk_moves.figures(found):
        return
    units = desk_moves.units(found)
    unit = st.selectbox(
        text("desk.moves.filter"), ["", *units], format_func=lambda u: units.get(u) or text("filter.all"),
        key="moves_unit", placeholder=text("filter.choose"),
    )  # fmt: skip
    shown = desk_moves.figures(found, unit or "")
    table = desk_moves.table(text, shown, catalogue.metric)
    blocks.table(work, table, text("desk.moves.title"), "moves")
    st.caption(text("desk.moves.shown", n=numbers.integer(len(shown), text.lang)))


def _publish(work: Desk, found: Record, n_ready: int, is_busy: bool) -> None:
    """Offer to publish exactly what was compared."""
    text = work.text
    if not found.get("candidate"):
        return
    st.caption(text("desk.publish.before", n=n_ready))
    if st.button(
        text("desk.publish.button"), type="primary", icon=":material/publish:", key="publish", disabled=is_busy
    ):
        asked = ["publish", "--previewed", str(found["candidate"]), "--format", "json", "--progress", "json"]
        work.start("publish", asked, n=str(n_ready))


def _undo(work: Desk, is_busy: bool) -> None:
    text = work.text
    held = desk.withheld(work.loads)
    if held:
        st.info(text("desk.publish.release_say", loads=desk.names(text, held)), icon=":material/pause_circle:")
        if st.button(text("desk.publish.release", n=len(held)), key="release", disabled=is_busy):
            work.start("publish", ["publish", "--release", "--format", "json", "--progress", "json"], n=str(len(held)))
    if work.current is None or not reader.info(work.current).get("previous"):
        return
    with st.expander(text("desk.publish.undo_title"), icon=":material/undo:"):
        st.markdown(text("desk.publish.undo_say"))
        if st.button(text("desk.publish.undo"), key="rollback", icon=":material/undo:", disabled=is_busy):
            work.start("rollback", ["rollback", "--format", "json"])
