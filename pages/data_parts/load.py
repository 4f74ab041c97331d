"""Load files: drop many, follow the work, answer what is asked, see what became of each."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.data_parts import answers
from pages.data_parts.desk import Desk, result, trouble
from ui import blocks, controls, desk, jobs, numbers

DROP = "drop"
"""Counts the drops of a session: a new one has an empty box."""


def show(work: Desk) -> None:
    """Draw the part."""
    text = work.text
    if work.page is None and not work.loads:
        st.info(text("desk.nothing_yet"))
    _drop(work)
    _batch(work)
    answers.show(work)
    _next(work)


def _drop(work: Desk) -> None:
    text = work.text
    key = f"{DROP}_{st.session_state.get(DROP, 0)}"
    dropped: list[Any] = st.file_uploader(text("desk.drop.label"), accept_multiple_files=True, key=key) or []  # type: ignore[assignment]
    st.caption(text("desk.drop.hint", days=desk.kept_days("waiting_days")))
    if not dropped:
        return
    if st.button(text("desk.drop.start", n=len(dropped)), type="primary", icon=":material/upload:", key="start_load"):
        st.session_state[DROP] = st.session_state.get(DROP, 0) + 1
        files = [(f.name, f.getbuffer()) for f in dropped]
        work.start("load", ["load", "--format", "json", "--progress", "json"], files, n=str(len(files)))


def _batch(work: Desk) -> None:
    """Show what became of the files of the newest load, and of the answers given since."""
    text = work.text
    runs = jobs.jobs(work.data_dir, "load", "answer")
    first = next((n for n, job in enumerate(runs) if job.kind == "load"), len(runs) - 1)
    runs = runs[: first + 1][::-1]
    if not runs or trouble(work, runs[-1]):
        return
    receipts = desk.batch(result(job, list) for job in runs)
    if not receipts:
        return
    started = runs[0].started_at
    title = text("desk.files.title", time=numbers.clock(started), day=numbers.day(started.date()))
    state = work.waiting_ids, work.published
    blocks.say(desk.say(text, receipts, *state))
    refused = desk.refusals(receipts, work.words)
    if refused:
        st.warning("  \n".join([f"**{text('desk.files.refused_title')}**", *refused]), icon=":material/block:")
    learned = desk.new_layouts(receipts)
    if learned:
        st.success(text("desk.files.new_layouts", names=", ".join(learned)), icon=":material/school:")
        if st.button(text("desk.files.see_layouts"), key="see_layouts", type="tertiary", icon=":material/history:"):
            controls.open_part("history")
            st.rerun()
    blocks.table(work, desk.files(text, receipts, work.words, *state), title, "files")
    answers.labels(work, receipts)


def _next(work: Desk) -> None:
    """Offer the next step: what is loaded and not published is compared with what is published."""
    ready = desk.unpublished(work.loads, work.published)
    if not ready or work.is_busy():
        return
    text = work.text
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(text("desk.files.next", n=len(ready)))
        if st.button(text("desk.files.next_button"), type="primary", icon=":material/difference:", key="to_preview"):
            controls.open_part("publish")
            work.start("preview", ["preview", "--format", "json", "--progress", "json"])
