"""History: every load with its state, taking one back, what changed in cases, what the intake has learned."""

from __future__ import annotations

import streamlit as st

from pages.data_parts.desk import Desk, trouble
from ui import blocks, desk_history, guard, jobs, reader
from warehouse import ledger


def show(work: Desk) -> None:
    """Draw the part."""
    text = work.text
    table = desk_history.loads(text, work.loads, work.published, work.words)
    blocks.table(work, table, text("desk.history.loads"), "loads")
    st.caption(text("data.reading"))
    if guard.may_write(work.viewer):
        _withdraw(work)
    if work.page is not None:
        _changes(work)
    if guard.may_write(work.viewer):
        _learned(work)
        came = ledger.arrivals(work.data_dir)
        with st.expander(text("desk.history.arrivals"), icon=":material/inbox:"):
            blocks.plain(work, desk_history.arrivals(text, came), text("desk.history.arrivals"), "arrivals")


def _withdraw(work: Desk) -> None:
    text = work.text
    trouble(work, work.newest("withdraw"))
    loads = {int(one["load_no"]): one for one in reversed(work.loads)}
    taken = [n for n, one in loads.items() if one["state"] == "withdrawn"]
    with st.expander(text("desk.history.withdraw_title"), icon=":material/remove_circle:"):
        st.markdown(text("desk.history.withdraw_say"))
        offered = [n for n in loads if n not in taken]
        number = st.selectbox(
            text("desk.history.withdraw_choose"), offered, index=None, key="withdraw_load",
            placeholder=text("filter.choose"),
            format_func=lambda n: text("desk.slip.load", load_no=n, file=loads[n]["file_name"]),
        )  # fmt: skip
        reason = st.text_input(text("desk.history.withdraw_reason"), key="withdraw_reason", max_chars=300)
        is_ready = number is not None and bool(reason.strip()) and not work.is_busy()
        if st.button(text("desk.history.withdraw"), key="withdraw", disabled=not is_ready):
            work.start("withdraw", ["withdraw", str(number), "--reason", reason.strip()])
        for n in taken:
            if st.button(text("desk.history.withdraw_undo", load_no=n), key=f"undo_{n}", disabled=work.is_busy()):
                work.start("withdraw", ["withdraw", str(n), "--undo"])


def _changes(work: Desk) -> None:
    """Show what changed in cases since the load before, and case codes that several bodies send."""
    text, page = work.text, work.page
    assert page is not None
    for name in (n for n in ("changes", "conflicts") if (reader.SQL / f"case_{n}.sql").exists()):
        found = page.read(f"case_{name}")
        title = text(f"desk.history.{name}")
        if found:
            blocks.table(work, desk_history.records(text, found, page.unit_label), title, name)
        else:
            blocks.heading(title)
            st.caption(text(f"desk.history.{name}_none"))


def _learned(work: Desk) -> None:
    """Show the layouts that were learned from files, and a way to forget one."""
    text = work.text
    blocks.heading(text("desk.history.layouts"))
    trouble(work, work.newest("forget"))
    try:
        found = work.asked("layouts", "--format", "json")
    except jobs.Refused:
        found = []
    learned = [one for one in found if isinstance(one, dict) and one.get("learned_on")]
    if not learned:
        st.caption(text("desk.history.layouts_none"))
        return
    blocks.plain(work, desk_history.records(text, learned, str), text("desk.history.layouts"), "layouts")
    name = st.selectbox(
        text("desk.history.forget_choose"), [one["name"] for one in learned], index=None, key="forget_layout",
        placeholder=text("filter.choose"),
    )  # fmt: skip
    if st.button(text("desk.history.forget"), key="forget", disabled=name is None or work.is_busy()):
        work.start("forget", ["forget", str(name)])
