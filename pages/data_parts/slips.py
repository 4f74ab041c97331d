"""Slips: what was read of one file for one commune, on the screen, as a workbook to correct, and to print."""

from __future__ import annotations

import streamlit as st

from pages.data_parts.desk import Desk, refused
from ui import blocks, desk_slips, jobs, tables


def show(work: Desk) -> None:
    """Draw the part."""
    text = work.text
    blocks.heading(text("desk.slip.title"))
    loads = {int(one["load_no"]): one for one in reversed(work.loads)}
    if not loads:
        st.info(text("desk.slip.none"))
        return
    columns = st.columns(2)
    with columns[0]:
        number = st.selectbox(
            text("desk.slip.choose"), list(loads), key="slip_load", placeholder=text("filter.choose"),
            format_func=lambda n: text("desk.slip.load", load_no=n, file=loads[n]["file_name"]),
        )  # fmt: skip
    try:
        found = desk_slips.listed(work.asked("receipt", str(number), "--format", "json"))
    except jobs.Refused as why:
        refused(work, why)
        return
    with columns[1]:
        at = st.selectbox(
            text("desk.slip.unit"), range(len(found)), key=f"slip_unit_{number}", placeholder=text("filter.choose"),
            format_func=lambda n: desk_slips.unit_name(text, found[n]),
        )  # fmt: skip
    if at is None:
        return
    slip = found[at]
    blocks.say(desk_slips.counts(text, slip))
    for line in desk_slips.facts(text, slip, work.words):
        st.caption(line)
    reasons = desk_slips.reasons(slip, "rejected")
    chosen = ""
    if len(reasons) > 1:
        chosen = st.selectbox(
            text("column.reason"), ["", *reasons], key=f"slip_reason_{number}", placeholder=text("filter.choose"),
            format_func=lambda code: work.words("reason", code) if code else text("filter.all"),
        )  # fmt: skip
    if reasons:
        table = desk_slips.findings(text, slip, work.words, reason=chosen)
        blocks.table(work, table, text("desk.slip.rejected_title"), f"slip-{number}")
    if slip.get("warned"):
        with st.expander(text("desk.slip.warned_title"), icon=":material/warning:"):
            warned = desk_slips.findings(text, slip, work.words, "warned")
            blocks.plain(work, warned, text("desk.slip.warned_title"), f"slip-warned-{number}")
    with st.container(horizontal=True):
        for form, label, mime in (("xlsx", "desk.slip.xlsx", tables.XLSX), ("html", "desk.slip.html", "text/html")):
            st.download_button(
                text(label), key=f"slip_{form}", on_click="ignore", icon=":material/download:", mime=mime,
                file_name=desk_slips.file_name(slip, int(number), form),
                data=lambda form=form: _file(work, int(number), slip, form),
            )  # fmt: skip
        if len(found) > 1:
            st.download_button(
                text("desk.slip.all"), key="slip_all", on_click="ignore", icon=":material/folder_zip:",
                mime="application/zip", file_name=f"phieu-{number}.zip", data=lambda: _all(work, int(number)),
            )  # fmt: skip
    st.caption(text("desk.slip.print"))


def _file(work: Desk, number: int, slip: desk_slips.Record, form: str) -> bytes:
    arguments = ["receipt", str(number), *desk_slips.unit_option(slip), "--format", form, "--lang", work.text.lang]
    return jobs.fetch(work.data_dir, arguments, f"phieu.{form}")


def _all(work: Desk, number: int) -> bytes:
    """Return the workbooks of every unit of a load, with their list."""
    arguments = ["receipt", str(number), "--all", "--format", "xlsx", "--lang", work.text.lang]
    return jobs.fetch_all(work.data_dir, arguments)
