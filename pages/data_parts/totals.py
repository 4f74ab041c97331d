"""A unit's own totals: typed in, compared with ours, the difference told row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from metrics import reconciliation
from metrics.control_totals import COUNTS, Totals, path
from pages.data_parts.desk import Desk, refused
from ui import blocks, guard, jobs, numbers, reconciled
from ui.page import Page
from warehouse.paths import DataDir

COLUMNS = 4


def show(work: Desk) -> None:
    """Draw the part."""
    page, text = work.page, work.text
    assert page is not None
    blocks.heading(text("totals.heading"))
    stated = _stated(work, page)
    if stated:
        _compare(work, stated)
    else:
        st.caption(text("totals.none"))
    if guard.may_write(work.viewer):
        _enter(work, page)


def _stated(work: Desk, page: Page) -> list[Totals]:
    """Return what the chosen unit, or any unit of the province, states of its periods, newest first."""
    found = reconciliation.stated(page.source, work.data_dir, work.viewer)
    if page.unit.level != "province":
        found = [t for t in found if t.unit_id == page.unit.unit_id]
    return sorted(found, key=lambda t: (t.end, t.source == "typed", t.unit_id), reverse=True)


def _compare(work: Desk, stated: list[Totals]) -> None:
    page, text = work.page, work.text
    assert page is not None
    at = st.selectbox(
        text("totals.choose"), range(len(stated)), key="totals_choice", placeholder=text("filter.choose"),
        format_func=lambda n: _name(page, stated[n]),
    )  # fmt: skip
    chosen = stated[at or 0]
    arguments = ["totals", "check", "--unit", chosen.unit_id, "--format", "json"]
    arguments += ["--period", chosen.period, "--calendar", chosen.calendar] if chosen.period else []
    if not work.viewer.sees_province:
        arguments += ["--as", f"unit:{chosen.unit_id}"]
    typed = path(work.data_dir)
    stamp = f"{work.stamp} {typed.stat().st_mtime_ns if typed.is_file() else 0}"
    try:
        with st.spinner(text("totals.comparing")):
            found = _checked(jobs.PREFIX, str(work.data_dir.root), tuple(arguments), stamp)
    except jobs.Refused as why:
        refused(work, why)
        return
    days = (chosen.start.isoformat(), chosen.end.isoformat(), chosen.source)
    for record in found:
        if (record["period_start"], record["period_end"], record["source"]) == days:
            _one(work, record)


def _one(work: Desk, record: reconciled.Record) -> None:
    text = work.text
    title = reconciled.title(record, text)
    if not record["has_log"]:
        blocks.say(title)
        st.caption(f"{reconciled.subtitle(record, text)} {text('totals.no_log')}")
        return
    blocks.table(work, reconciled.table(record, text), title, "totals")
    st.caption(" ".join(s for s in (reconciled.subtitle(record, text), reconciled.undated(record, text)) if s))
    rows = reconciled.rows(record, text)
    if len(rows):
        st.caption(text("totals.next"))
        blocks.table(work, rows, text("totals.rows_title"), "totals-rows")


def _enter(work: Desk, page: Page) -> None:
    """Let the analyst type what a unit reports; whatever is wrong with it is said by the command."""
    text = work.text
    with st.expander(text("totals.enter"), icon=":material/edit:"), st.form("totals_form", border=False):
        units = [
            u
            for level in ("commune", "agency")
            for u in page.places.in_force(level, page.period.start, page.period.end)
        ]
        if page.unit.level != "province":
            units = [u for u in units if u.unit_id == page.unit.unit_id]
        unit = st.selectbox(
            text("board.column.unit"), units, index=0 if len(units) == 1 else None, key="totals_unit",
            format_func=lambda u: f"{u.full_name} ({u.code})", placeholder=text("filter.choose"),
        )  # fmt: skip
        st.caption(text("totals.enter_say", period=page.period.title(text.lang)))
        given: dict[str, str] = {}
        columns = st.columns(COLUMNS)
        for n, name in enumerate(COUNTS):
            with columns[n % COLUMNS]:
                given[name] = st.text_input(reconciled.label(name, text), key=f"totals_{name}", max_chars=12)
        is_sent = st.form_submit_button(text("totals.keep"), icon=":material/save:")
    pairs = [f"{name}={value.strip()}" for name, value in given.items() if value.strip()]
    if not is_sent or unit is None:
        return
    arguments = ["totals", "set", "--unit", unit.unit_id, "--period", page.view.period, "--calendar", page.calendar]
    arguments += ["--by", work.viewer.name or "–", "--lang", text.lang, "--", *pairs]
    try:
        with st.spinner(text("totals.keeping")):
            jobs.ask(work.data_dir, arguments)
    except jobs.Refused as why:
        refused(work, why)
        return
    st.rerun()


def _name(page: Page, totals: Totals) -> str:
    """Return a unit, a period and where the totals are from, as one line."""
    text = page.text
    unit = page.places.get(totals.unit_id)
    record: dict[str, Any] = {
        "period": totals.period, "calendar": totals.calendar, "period_start": totals.start.isoformat(),
        "period_end": totals.end.isoformat(),
    }  # fmt: skip
    source = text(f"totals.short_{totals.source}", at=numbers.day(totals.at.date() if totals.at else None))
    return f"{unit.full_name if unit else totals.unit_id}, {reconciled.period(record, text)} ({source})"


@st.cache_data(show_spinner=False, max_entries=60)
def _checked(_prefix: tuple[str, ...], root: str, arguments: tuple[str, ...], stamp: str) -> Any:
    return jobs.ask(DataDir(Path(root)), arguments)
