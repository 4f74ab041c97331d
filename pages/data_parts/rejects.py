"""What was rejected and why, by sender, file and reason, in the sender's own rows; and the columns not kept."""

from __future__ import annotations

import streamlit as st

from pages.data_parts.desk import Desk
from ui import arrivals, blocks, controls


def show(work: Desk) -> None:
    """Draw the part."""
    page, text = work.page, work.text
    assert page is not None
    words = arrivals.words(page.read("intake_words", lang=text.lang))
    unit = None if page.unit.level == "province" else page.unit.unit_id
    if unit:
        st.caption(text("desk.rejects.of_unit", unit=page.unit_name))
    by_file = page.read("rejects_by_reason", unit=unit)
    if not by_file:
        st.success(text("data.rejects_none"), icon=":material/check:")
    else:
        worded = {words.get(("reason", r["reason"]), r["reason"]): r["reason"] for r in by_file}
        file_name, why = controls.reject_choice(page, sorted({r["file_name"] for r in by_file}), list(worded))
        chosen = [
            r for r in by_file if file_name in (None, r["file_name"]) and worded.get(why or "") in (None, r["reason"])
        ]
        blocks.table(page, arrivals.reasons(text, chosen, words), text("data.rejects_title"), "reasons")
        rejected = page.read("rejects", reason=worded.get(why or ""), file_name=file_name, unit=unit)
        blocks.table(page, arrivals.rejects(text, rejected, words), text("data.reject_rows_title"), "rejects")
    dropped = page.read("dropped_columns")
    blocks.table(page, arrivals.dropped(text, dropped), text("data.dropped_title"), "dropped")
    st.caption(text("data.dropped_note"))
