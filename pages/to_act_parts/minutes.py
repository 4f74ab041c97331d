"""The meeting's conclusions: what, who, by when; kept, and there again at the next meeting."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ui import lists, to_act
from ui.access import notes, store, work
from ui.access.work import Line
from ui.page import Page
from ui.reader import Unit
from warehouse.paths import DataDir


def show(page: Page, unit: Unit) -> None:
    """Show the lines that stand, to be changed on the screen and printed on the sheet."""
    lines = {line.number: line for line in _kept(page, unit)}
    st.html(to_act.minutes([lines.get(n) for n in range(1, work.MOST_LINES + 1)], page.text))
    with st.expander(page.text("to_act.minutes.title"), icon=":material/edit_note:", expanded=bool(lines)):
        with st.form(f"minutes_{unit.unit_id}", border=False):
            told = [_line(page, unit, n, lines.get(n)) for n in range(1, work.MOST_LINES + 1)]
            is_sent = st.form_submit_button(page.text("to_act.minutes.keep"), icon=":material/save:")
        if is_sent:
            _keep(page, unit, told)
        st.caption(f"{page.text('to_act.minutes.rule')} {page.text('to_act.print')}")


def _kept(page: Page, unit: Unit) -> list[Line]:
    data_dir = DataDir.from_environment()
    if not store.is_there(data_dir):
        return []
    return work.read_lines(work.prepare(store.open_store(data_dir)), page.viewer, unit.unit_id)


def _line(page: Page, unit: Unit, number: int, held: Line | None) -> Line:
    """Return one line as it stands in the form."""
    text, key = page.text, f"{unit.unit_id}_{number}"
    what, who, until = st.columns([5, 3, 2])
    conclusion = what.text_input(
        f"{text('to_act.minutes.task')} {number}", value=held.conclusion if held else "", max_chars=notes.LONGEST,
        key=f"minutes_task_{key}",
    )  # fmt: skip
    owners = ["", *(work.ROLE + one.code for one in work.owners())]
    if held and held.owner not in owners:
        owners.append(held.owner)
    owner = who.selectbox(
        f"{text('to_act.minutes.who')} {number}", owners, index=owners.index(held.owner) if held else 0,
        format_func=lambda one: work.owner_label(one, text.lang) or text("to_act.minutes.nobody"),
        key=f"minutes_who_{key}", placeholder=text("filter.choose"),
    )  # fmt: skip
    due: date | None = until.date_input(
        f"{text('to_act.minutes.until')} {number}", value=held.due_on if held else None, format="DD/MM/YYYY",
        key=f"minutes_until_{key}",
    )  # fmt: skip
    return Line(number, conclusion, owner or "", due)


def _keep(page: Page, unit: Unit, told: list[Line]) -> None:
    """Keep the lines, or say why one cannot be kept."""
    kept = work.prepare(store.open_store(DataDir.from_environment()))
    try:
        work.write_lines(kept, page.viewer, lists.who(page), unit.unit_id, told)
    except notes.Refused as why:
        st.error(page.text(f"to_act.refused.{why.code}", n=notes.LONGEST))
        return
    st.rerun()
