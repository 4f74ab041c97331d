"""Closed periods: which snapshots were signed, and which figures differ since."""

from __future__ import annotations

import streamlit as st

from pages.data_parts.desk import Desk
from ui import arrivals, blocks, controls
from warehouse import closed


def show(work: Desk) -> None:
    """Draw the part."""
    page, text = work.page, work.text
    assert page is not None
    kept = closed.entries(work.data_dir)[::-1]
    if not kept:
        st.info(text("data.closed_none"))
        return
    blocks.table(page, arrivals.closed(text, kept), text("data.closed_title"), "closed")
    entry = controls.closed_choice(page, kept)
    then = page.headline(controls.snapshot(entry.snapshot))
    differing = arrivals.differences(text, then, page.headline(), page.metric)
    n = len(differing)
    st.markdown(text("data.differ_some" if n else "data.differ_none", n=n, name=entry.label))
    if n:
        blocks.table(page, differing, text("data.differ_title"), "differences")
