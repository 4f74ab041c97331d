"""History: every load with its state, taking one back, what changed in cases, what the intake has learned."""

from __future__ import annotations

import streamlit as st

from pages.data_parts.desk import Desk, trouble
from ui import blocks, desk_history, guard, jobs, numbers
from warehouse import ledger, mending

MOST = 5000
"""Changes that are listed; the rest is a question for the command line."""


def show(work: Desk) -> None:
    """Draw the part."""
    text = work.text
    table = desk_history.loads(text, work.loads, work.published, work.words, mending.n_open(work.data_dir))
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
    unit = None if page.unit.level == "province" else page.unit.unit_id
    blocks.heading(text("desk.history.changes"))
    loads = {int(r["load_no"]): r["file_name"] for r in page.read("loads") if r["dataset"] == "case"}
    number = st.selectbox(
        text("desk.history.changes_load"), [None, *loads], key="changes_load", placeholder=text("filter.choose"),
        format_func=lambda n: text("filter.all") if n is None else text("desk.slip.load", load_no=n, file=loads[n]),
    )  # fmt: skip
    asked = {"load_no": number, "unit": unit, "case_id": None, "most": MOST}
    found = page.read("case_changes", **asked)
    blocks.say(desk_history.change_counts(text, found))
    told = [r for r in found if r["kind"] != "new"]
    if len(told) == MOST:  # new cases come last: where one is listed, every change is
        st.caption(text("desk.history.changes_cut", n=numbers.integer(MOST, text.lang)))
    if told:
        blocks.table(work, desk_history.changes(text, told), text("desk.history.changes_title"), "changes")
    conflicts = page.read("case_conflicts", **asked)
    if conflicts:
        table = desk_history.conflicts(text, conflicts)
        blocks.table(work, table, text("desk.history.conflicts"), "conflicts")
    else:
        st.caption(text("desk.history.conflicts_none"))
    _one_case(work)


def _one_case(work: Desk) -> None:
    """Show every state of one case over the loads."""
    text, page = work.text, work.page
    assert page is not None
    code = st.text_input(text("desk.history.one_case"), key="one_case", max_chars=60)
    if not code.strip():
        return
    found = page.read("case_states", case_id=desk_history.case_id(code))
    if found:
        blocks.table(work, desk_history.states(text, found), text("desk.history.states", code=code.strip()), "states")
    else:
        st.caption(text("desk.history.no_case"))


def _learned(work: Desk) -> None:
    """Show the layouts that were learned from files, and a way to forget one."""
    text = work.text
    blocks.heading(text("desk.history.layouts"))
    trouble(work, work.newest("forget"))
    try:
        found = work.asked("layouts", "--format", "json")
    except jobs.Refused:
        found = []
    learned = {str(one["name"]): one for one in found if one.get("learned_on")}
    if not learned:
        st.caption(text("desk.history.layouts_none"))
        return
    blocks.plain(work, desk_history.layouts(text, [*learned.values()]), text("desk.history.layouts"), "layouts")
    name = st.selectbox(
        text("desk.history.forget_choose"), list(learned), index=None, key="forget_layout",
        placeholder=text("filter.choose"),
    )  # fmt: skip
    if name is None:
        return
    title = text("desk.history.layout_columns", name=name)
    blocks.plain(work, desk_history.layout_columns(text, learned[name], work.words), title, "layout-columns")
    if st.button(text("desk.history.forget"), key="forget", icon=":material/delete:", disabled=work.is_busy()):
        work.start("forget", ["forget", name])
