"""The explorer's own choices: metric, units, periods, split; only what the definition allows is offered."""

from __future__ import annotations

import streamlit as st

from metrics import periods
from metrics.model import Metric
from metrics.notes import word
from ui import controls, drill, explorer, labels, narrow
from ui import view as views
from ui.explorer import Choice
from ui.page import Page
from ui.view import mid_sentence

UNITS = "units"


def chosen_metric(page: Page) -> Metric:
    """Return the metric that the reader looks for, by words or by name."""
    text = page.text
    main = page.metric(explorer.MAIN)
    names = {m.name: explorer.metric_label(m, text) for m in explorer.metrics() if m is not main}
    name = narrow.to_one(page, "metric", names, text("explorer.metric"), first=explorer.metric_label(main, text))
    return page.metric(name or main.name)


def chosen(page: Page, metric: Metric) -> Choice:
    """Return what is asked of the metric; what the definition leaves out is said, with what it allows instead."""
    text = page.text
    with st.grid(3, min_column_width=220):
        with st.container():
            is_each = _units(page, metric)
        with st.container():
            tokens = explorer.tokens(page)
            offered = {t: periods.parse(t, page.calendar).name(text.lang) for t in tokens}
            alone = text("explorer.alone", period=page.period_name)
            first = narrow.to_one(page, "from", offered, text("explorer.first"), first=alone)
        with st.container():
            splits = {s: explorer.first_upper(word("split", s, text.lang)) for s in metric.splits}
            label = text("explorer.by")
            by = narrow.to_one(page, "by", splits, label, drops=("value",), first=text("explorer.no_split"))
    for sentence in explorer.not_offered(metric, page):
        st.caption(sentence)
    return Choice(metric, is_each, first, by)


def _units(page: Page, metric: Metric) -> bool:
    """Return whether every unit of the level is asked for; the level itself is the choice of all pages."""
    text = page.text
    levels = [g for g in views.groupings(page.places) if explorer.allows(metric, g)]
    offered = {"": page.unit_name} | {g: text("explorer.each", level=labels.level(g, text)) for g in levels}
    is_wanted = st.query_params.get(UNITS) == explorer.EACH
    is_each = is_wanted and page.view.level in levels
    st.session_state["explorer_units"] = page.view.level if is_each else ""
    st.selectbox(
        text("explorer.units"), list(offered), format_func=offered.__getitem__, key="explorer_units",
        on_change=_units_changed, placeholder=text("filter.choose"),
    )  # fmt: skip
    if is_wanted and not is_each:
        st.caption(text("explorer.no_level", level=labels.level(page.view.level, text)))
    return is_each


def _units_changed() -> None:
    """Write to the URL whether every unit is asked for, and of which level."""
    level = st.session_state["explorer_units"]
    if level:
        st.query_params[UNITS] = explorer.EACH
        controls.choose(level=level)
    elif UNITS in st.query_params:
        del st.query_params[UNITS]


def chosen_value(page: Page, asked: Choice, offered: dict[str, str]) -> str | None:
    """Return the value of the split that is looked at alone; None for all of them."""
    split = mid_sentence(word("split", asked.by, page.text.lang))
    label = f"{page.text('explorer.value')} ({split})"
    value = narrow.to_one(page, "value", offered, label)
    return drill.split(value) if value else None
