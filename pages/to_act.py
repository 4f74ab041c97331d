"""To act on: what a unit's chair has to see to, worst first; for the province, where there is most to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from metrics.analysis import to_act as acting
from metrics.analysis.to_act import Item
from metrics.model import Query
from pages.to_act_parts import draft, letters, minutes
from ui import blocks, context, controls, guard, lists, numbers, tables, to_act
from ui.page import Page
from ui.reader import Unit
from ui.view import mid_sentence
from warehouse import clock, mending
from warehouse.paths import REPOSITORY, DataDir

viewer = guard.require("to_act")
# told as of the data's date: no period is chosen; and by level only where the province lists units
WITHOUT = ("period", "level") if viewer.role == "unit" else ("period",)
page = controls.open_page(viewer, "to_act", "case", other=draft.chosen(viewer, falls_back=True), without=WITHOUT)
text, today = page.text, clock.today()
st.html(REPOSITORY / "ui" / "to_act.css")


@st.cache_data(show_spinner=False, max_entries=4)
def standing(root: str, changed: int, snapshot: str) -> tuple[Any, tuple[tuple[int, int], ...]]:
    """Return where rejected rows came again, and how many of each load still wait; kept while no load changes."""
    data_dir = DataDir(Path(root))
    waiting = tuple(sorted((load, n) for load, n in mending.n_open(data_dir).items() if n > 0))
    return mending.standing(data_dir), waiting


def told() -> tuple[Any, tuple[tuple[int, int], ...]]:
    """Return what is known of rejected rows in this data folder."""
    data_dir = DataDir.from_environment()
    # a load that is withdrawn or withheld changes its own folder only
    folders = (data_dir.loads, *data_dir.loads.iterdir()) if data_dir.loads.is_dir() else ()
    changed = max((folder.stat().st_mtime_ns for folder in folders), default=0)
    return standing(str(data_dir.root), changed, page.source.name)


def waiting(unit: Unit) -> tuple[tuple[int, int], ...]:
    """Return the published loads with rows to correct; a draft knows too little of others to tell whose they are."""
    if page.published is page:
        return told()[1]
    own = controls.analysed(page.published, acting.own_loads, question(unit))
    return tuple(one for one in told()[1] if one[0] in own)


def question(unit: Unit) -> Query:
    """Return the question about one unit."""
    return page.query(["pending"], level=unit.level, unit=unit.unit_id)


def dialog(title: str, body: Callable[[], None]) -> None:
    """Open a list over the page; it runs by itself later, so it has its own shield."""
    st.dialog(title, width="large")(lambda: guard.shielded(body, text))()


def found_rows(item: Item, unit: Unit) -> list[dict[str, Any]]:
    """Return the rows behind an item."""
    asked = question(unit)
    if item.check != "returned":
        return list(controls.analysed(page, acting.rows, asked, check=item.check, today=today, month=item.token))
    (done, again), loads = told()[0], tuple(load for load, _ in waiting(unit))
    every = controls.analysed(page, acting.returned_rows, asked, loads=loads)
    came = {(load, *place) for places in (done, again) for load, some in places.items() for place in some}
    return [row for row in every if (row["load_no"], row["sheet"], row["row"]) not in came]


def plain_rows(whose: Page, item: Item, rows: list[dict[str, Any]], shown: lists.List) -> None:
    """Show rows that are neither cases nor letters: steps, and rows that were rejected."""
    reasons = {r["code"]: r["word"] for r in page.read("intake_words", lang=text.lang) if r["kind"] == "reason"}
    listed = to_act.listed(item, rows, reasons, text)
    n = numbers.integer(len(listed), text.lang)
    st.markdown(text("cases.count", n=n, where=shown.where, when=shown.when))
    cut = tables.Table(listed.columns, listed.rows[: lists.SHOWN])
    if len(cut) < len(listed):
        st.caption(text("cases.cut", n=numbers.integer(len(cut), text.lang)))
    st.dataframe(
        tables.styled(cut, text.lang), hide_index=True, key=f"{shown.key}_rows", height=420, alt=shown.title,
        placeholder=numbers.MISSING,
    )  # fmt: skip
    lists.export(whose, lambda: listed, len(listed), shown)


def show_rows(item: Item, unit: Unit) -> None:
    """Open the rows behind an item."""
    title, when = text(f"to_act.name.{item.check}"), text("to_act.as_of", day=numbers.day(item.at)).rstrip(".")
    marks = () if page.published is page else (text("drafts.mark"),)
    figure = to_act.figure(item, unit.unit_id, page.view, page.source.name)
    shown = lists.List(
        f"to-act-{item.check}", title, (unit.full_name, when, *marks), figure, unit.full_name, mid_sentence(when)
    )
    whose = replace(page, unit=unit)
    rows = found_rows(item, unit)

    def body() -> None:
        if to_act.is_plain(item):
            plain_rows(whose, item, rows, shown)
        else:
            lists.draw(whose, rows, shown)

    lists.opened(whose, shown, len(rows))
    dialog(title, body)


def open_button(item: Item, unit: Unit) -> None:
    """Offer the rows behind an item, one click away."""
    label = text("to_act.open", n=numbers.integer(item.n, text.lang))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if item.n and st.button(label, key=f"act_{item.check}", icon=":material/list:"):
            show_rows(item, unit)
        if item.check == "apology":
            mark = "" if page.published is page else f"-{text('drafts.file_mark')}"
            when = f"{item.at:%Y-%m-%d}{mark}"
            letters.offer(replace(page, unit=unit), item.n, lambda: found_rows(item, unit), when)


def show_items(unit: Unit) -> None:
    """Show what the unit has to act on."""
    draft.banner(page, unit)
    found = controls.analysed(page, acting.to_act, question(unit), today=today, returned=waiting(unit))
    if old := to_act.old(found, text):
        st.warning(old, icon=":material/history:")
    st.markdown(to_act.head(found, unit.full_name, text), anchors=False)
    if not found.items:
        st.caption(text("to_act.none_why"))
    for at, item in enumerate(found.items, start=1):
        with st.container(border=True, gap="xsmall"):
            blocks.heading(f"{at}. {to_act.title(item, text)}")
            st.markdown(to_act.worst(item, text), anchors=False)
            st.caption(to_act.why(item, text))
            open_button(item, unit)
    if found.others:
        blocks.heading(text("to_act.others", n=len(found.items)))
        for item in found.others:
            st.markdown(to_act.line(item, text), anchors=False)
            open_button(item, unit)
    with st.expander(text("to_act.checked"), icon=":material/checklist:", expanded=not found.items):
        st.markdown(to_act.checked(found.checked, text), anchors=False)
        st.caption(to_act.order(text))
    minutes.show(page, unit)
    draft.show(page, unit)


def show_busiest() -> None:
    """Show the units with most to do, counts only, and open one."""
    asked = page.query(["pending"], level=page.view.level, unit=None, within=page.unit.unit_id)
    found = controls.analysed(page, acting.busiest, asked, today=today, returned=told()[1])
    if not found:
        st.info(text("to_act.busiest_none"))
        return
    shown = to_act.busiest(found, page.unit_label, text)
    blocks.table(page, shown, text("to_act.busiest"), "to_act_busiest")
    st.caption(f"{text('to_act.busiest_why')} {to_act.order(text)}")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(text("to_act.open_units"), width="content")
        for load in found[: to_act.SHOWN_UNITS]:
            label = page.unit_label(load.unit_id)
            key = f"to_act_open_{load.unit_id}"
            st.button(label, key=key, on_click=controls.choose, kwargs={"unit": load.unit_id}, type="tertiary")


def own_units() -> list[Unit]:
    """Return the units in force today for which the viewer answers."""
    listed = (page.places.get(unit_id) for unit_id in sorted(viewer.unit_ids))
    return [u for u in listed if u is not None and u.is_in_force(today, today)]


def of_unit() -> None:
    """Show the chosen unit where it is the viewer's own, else the own one."""
    own = own_units()
    if page.unit.unit_id in viewer.unit_ids:
        show_items(page.unit)
    elif len(own) == 1:
        show_items(own[0])
    elif own:
        st.info(text("to_act.not_own"))
        for unit in own:
            label = text("to_act.open_unit", unit=mid_sentence(unit.full_name))
            st.button(label, key=f"own_{unit.unit_id}", on_click=controls.choose, kwargs={"unit": unit.unit_id})
    else:
        st.info(text("to_act.no_unit"))


st.caption(f"{context.freshness(page, [])}")
if viewer.role == "unit":
    of_unit()
elif page.unit.level in ("commune", "agency"):
    show_items(page.unit)
else:
    show_busiest()
