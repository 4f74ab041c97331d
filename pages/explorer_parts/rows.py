"""The rows behind what the explorer shows: one click, or the reason there are none to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from metrics import line, scope
from metrics.model import Part, Query
from ui import controls, explorer, figures, guard, lists
from ui.explorer import Choice
from ui.page import Page


def offer(page: Page, asked: Choice, query: Query, rows: Sequence[Any], question: str, has_card: bool) -> None:
    """Offer the rows behind the figures, or say why they cannot be listed; a card offers its own."""
    text, metric = page.text, asked.metric
    own = None if asked.is_each else page.unit.unit_id
    part: Part = "denominator" if metric.is_share else "numerator"
    why = refused(page, asked, own)
    if why:
        st.caption(why)
        return
    has_rows, n = explorer.listed(metric, rows, text)
    if not has_rows:
        st.caption(text("explorer.rows_summary" if any(any(r.unlisted) for r in rows) else "explorer.rows_empty"))
        return
    if has_card and any(figures.build(metric, row, [], [], text).has_cases for row in rows):
        return
    most = explorer.limits()["listed_rows"]
    if n is not None and n > most:
        st.caption(text("explorer.rows_many", n=explorer.large(n, text), most=explorer.large(most, text)))
        st.code(line.command(query, page.viewer, page.view.asof, "cases", part), language=None, wrap_lines=True)
        return
    label = text("explorer.rows") if n is None else text("explorer.rows_n", n=explorer.large(n, text))
    if st.button(label, key="cases_explored", icon=":material/list:"):
        show(page, asked, query, part, question)


def refused(page: Page, asked: Choice, own: str | None) -> str:
    """Return why this viewer, or anybody, cannot list the rows; nothing where they can be listed."""
    text, metric = page.text, asked.metric
    if metric.rows == "none":
        return text("survey.rows_hidden" if metric.source == explorer.SURVEY else "explorer.rows_none")
    if not scope.may_list(metric, page.viewer, own):
        return text("explorer.rows_letters" if metric.rows == "own_complaint" else "explorer.rows_own")
    return ""


def show(page: Page, asked: Choice, query: Query, part: Part, question: str) -> None:
    """Open the rows; opening them is noted once, not at every click in them."""
    is_one = not asked.dimensions and not asked.by
    shown = lists.List(
        "explored", asked.metric.label[page.text.lang], (question, *page.head()[2:]),
        lists.figure_of(page, asked.metric.name) if is_one else None,
        explorer.first_upper(explorer.where(page, asked)), explorer.when(page, asked),
    )  # fmt: skip
    is_new = [True]

    def body() -> None:
        found = controls.listed(page, query, part).rows
        if is_new:
            lists.opened(page, shown, len(found))
            is_new.clear()
        lists.draw(page, found, shown)

    st.dialog(shown.title, width="large")(lambda: guard.shielded(body, page.text))()
