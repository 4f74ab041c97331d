"""Indices: the trial calculation of Decision 766 by group beside the published score; other indices as published."""

from collections.abc import Iterable

import streamlit as st

from metrics import indices as known
from metrics.analysis import published, score766
from metrics.analysis.published import Published
from ui import blocks, charts, controls, guard, indices, indices_history, indices_points, indices_trial
from ui.page import Page
from ui.view import mid_sentence

viewer = guard.require("indices")

ALWAYS = ("766", "PAR_INDEX", "SIPAS", "PAPI", "PCI", "DDCI")


def bodies(page: Page, index_id: str) -> list[str]:
    """Return the units whose scores are shown: the unit, or its province for a province-wide index, and its origins."""
    unit = page.province if known.index(index_id).province_only else page.unit
    related = page.read("relatives", unit_id=unit.unit_id)
    before = [r["unit_id"] for r in related if r["successor_id"] == unit.unit_id and r["relation"] == "whole"]
    return [unit.unit_id, *before]


def asked(page: Page, index_id: str, unit_ids: Iterable[str]) -> Published:
    """Return what was published of an index for some units; kept from one run to the next."""
    question = page.query(()).at(period="", unit=None)
    return controls.analysed(page, published.of_units, question, index_id=index_id, unit_ids=tuple(unit_ids))


def choose(page: Page) -> str:
    """Return the index to show; the others are not even asked."""
    every = published.listed(bodies(page, "766"), page.viewer, page.source)
    options = (*ALWAYS, *(i for i in every if i not in (*ALWAYS, known.PORTAL)))
    return controls.named_part(page, "index", {i: known.index(i).short_label(page.text.lang) for i in options})


def service_index(page: Page) -> None:
    """Show the trial by group beside the published score; never a sum, never a band."""
    text = page.text
    found = asked(page, "766", bodies(page, "766"))
    st.caption(indices.named(found, text))
    trial = controls.analysed(page, score766.trial, page.query(()))
    if trial is not None:
        marks, is_same = indices_trial.beside(found, trial)
        st.markdown(f"*{text('indices.label')}*")
        blocks.say(indices_trial.sentence(text, trial, page.unit_name, page.period_name))
        subtitle = text("indices.trial_subtitle", where=page.where, when=mid_sentence(page.period.title(text.lang)))
        mark_line = indices_trial.mark_line(text, marks, is_same)
        figure = indices_trial.figure(trial, marks, is_same, text)
        blocks.chart(figure, indices_trial.title(text, trial), f"{subtitle} {mark_line}", "trial")
        st.caption("  \n".join(indices_trial.notes(text, trial)))
        with st.container(horizontal=True, gap="xsmall"):
            for name, label in indices_trial.definitions(trial, text).items():
                if st.button(label, key=f"definition_{name}", type="tertiary"):
                    blocks.show_definition(page, name)
        blocks.twin(page, indices_points.groups_table(trial, marks, text), text("indices.table_groups"), "groups")
        blocks.twin(page, indices_points.items_table(trial, text), text("indices.table_items"), "items")
        st.caption(text("indices.scale"))
    if found:
        history(page, found)
        others(page, "766")
    else:
        empty(page, "766")


def as_published(page: Page, index_id: str) -> None:
    """Show one index as published: newest value with its document, history with breaks, parts."""
    text = page.text
    found = asked(page, index_id, bodies(page, index_id))
    st.caption(indices.named(found, text))
    if found.index.province_only and page.unit.level != "province":
        st.caption(text("indices.province_only"))
    if not found:
        empty(page, index_id)
        return
    history(page, found)
    latest = found.newest()
    marks = indices.parts(latest, text)
    if marks:
        title = indices.parts_title(found, marks, latest[0].period, text)
        where = text("indices.parts_subtitle", unit=indices.unit_name(latest[0], text))
        subtitle = f"{where} {indices.documents_line(latest, text)}"
        blocks.chart(charts.ranking(marks, charts.Style(unit="score", lang=text.lang)), title, subtitle, "parts")
    others(page, index_id)


def history(page: Page, found: Published) -> None:
    """Show an index's total over the periods published, and every value behind it."""
    text, newest = page.text, indices.newest(found)
    if newest is not None:
        title = indices.finding(found, newest, text)
        series = found.series(newest.component_id, newest.unit_id)
        line = " ".join((indices.change(found, series, text), indices.documents_line([newest], text))).strip()
        if found.n_periods(newest.component_id) > 1:
            figure = indices_history.history(found, newest.component_id, text)
            blocks.chart(figure, title, f"{indices.history_subtitle(found, text)} {line}", "history")
            breaks = indices.breaks_line(found, newest.component_id, text)
            if breaks:
                st.caption(breaks)
        else:
            blocks.heading(title)
            st.caption(line)
    label = text("indices.table_history", index=found.index.short_label(text.lang))
    blocks.twin(page, indices_history.history_table(found, text), label, "published")
    st.caption(text("indices.as_published"))


def others(page: Page, index_id: str) -> None:
    """Show the newest published values of the units to compare; published scores are for every account."""
    if known.index(index_id).province_only:
        return
    below = {u: unit.full_name for u, unit in page.units_below().items()}
    found = asked(page, index_id, below)
    if found:
        table = indices_history.units_table(found, below, page.text, page.period.end)
        blocks.twin(page, table, page.text("indices.table_units"), "units")


def empty(page: Page, index_id: str) -> None:
    """Say that nothing was published to us, and which file to load."""
    text, index = page.text, known.index(index_id)
    columns = f"`{indices.COLUMNS}`"
    st.info(
        "  \n".join(
            (
                text("indices.empty", index=index.short_label(text.lang)),
                text("indices.load", columns=columns, index_id=f"`{index_id}`"),
            )
        ),
        icon=":material/info:",
    )
    others(page, index_id)


page = controls.open_page(viewer, "indices", "case")
blocks.context_line(page, "case", rule=False)
chosen = choose(page)
if chosen == "766":
    service_index(page)
else:
    as_published(page, chosen)
