"""Doubts about figures: what units hold to be wrong, with the rows meant, and what the province answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from metrics import catalogue, compare, periods
from metrics.periods import Period
from ui import blocks, controls, figures, guard, lists, numbers, tables
from ui import view as choices
from ui.access import notes, opinions
from ui.access import store as access_store
from ui.access.opinions import Opinion
from ui.reader import Source
from ui.view import mid_sentence
from warehouse.paths import DataDir
from warehouse.schema import SchemaMismatch

viewer = guard.require("opinions")
page = controls.open_page(viewer, "opinions", "case")
text = page.text
is_kept = access_store.is_there(DataDir.from_environment())
found = opinions.seen_by(lists.store(), viewer) if is_kept else []


def metric_label(one: Opinion) -> str:
    """Return the name of the figure that is meant; of one that is no more, its code."""
    known = catalogue.metrics().get(one.figure.metric)
    return known.label[text.lang] if known else one.figure.metric


def page_of(one: Opinion) -> str:
    """Return the page on which figures of its kind stand."""
    known = catalogue.metrics().get(one.figure.metric)
    if known is None or known.source.startswith("fct_case"):
        return "timeliness"
    return {"fct_complaint": "complaints", "fct_survey_answer": "survey"}.get(known.source, "friendly")


def period_of(one: Opinion) -> Period:
    """Return the period that is meant."""
    return periods.parse(one.figure.period, "report" if one.figure.calendar == "report" else "calendar")


def period_name(one: Opinion) -> str:
    """Return the name of the period that is meant."""
    return mid_sentence(period_of(one).name(text.lang))


def said(who: str, at: str) -> str:
    """Return who wrote something, and when."""
    moment = datetime.fromisoformat(at)
    return text("opinions.by", who=lists.person(page, who), time=numbers.clock(moment), day=numbers.day(moment.date()))


@dataclass(frozen=True)
class Values:
    """The figure meant as it was in the snapshot named, and as it is; `is_kept` is whether the former can be asked."""

    then: str
    now: str
    change: str
    is_kept: bool


def asked(one: Opinion, source: Source) -> Any:
    """Return the row of the figure that is meant, from one snapshot; None where there is none."""
    figure, unit = one.figure, page.places.get(one.figure.unit_id)
    if unit is None or figure.metric not in catalogue.metrics():
        return None
    period = period_of(one)
    query = page.query(
        [figure.metric], level=unit.level, unit=unit.unit_id, period=period.token, calendar=period.calendar,
        boundaries=choices.boundaries(unit, period.start),
    )  # fmt: skip
    return next(iter(page.access.ask(query, viewer, source).rows), None)


def values(one: Opinion) -> Values:
    """Return the figure then and now."""
    metric = catalogue.metrics().get(one.figure.metric)
    now = asked(one, controls.snapshot())
    if metric is None or now is None:
        return Values(numbers.MISSING, numbers.MISSING, "", False)
    shown = figures.value_text(metric, now, text.lang)
    try:
        then = asked(one, controls.snapshot(one.figure.snapshot))
    except (LookupError, SchemaMismatch):
        return Values("", shown, "", False)
    change = compare.change(metric, now, then) if then is not None else None
    said = numbers.difference(
        change.value, metric.unit, text("figure.points"), text.lang, whole=figures.is_whole(metric)
    ) if change is not None and change.value else ""  # fmt: skip
    return Values(figures.value_text(metric, then, text.lang), shown, said, True)


def compared(one: Opinion, found: Values) -> str:
    """Return in words what the figure was and what it is."""
    if not found.is_kept:
        return text("opinions.gone", name=one.figure.snapshot, now=found.now)
    key = "opinions.changed" if found.change or found.then != found.now else "opinions.unchanged"
    return text(key, name=one.figure.snapshot, then=found.then, now=found.now, change=found.change or numbers.MISSING)


def respond(one: Opinion) -> None:
    """Offer the province to answer, and to close the matter."""
    with st.form(f"respond_{one.id}", border=False):
        words = st.text_input(
            text("opinions.answer"), key=f"answer_{one.id}", max_chars=notes.LONGEST, help=text("lists.mark.note_help")
        )
        with st.container(horizontal=True):
            is_sent = st.form_submit_button(text("opinions.answer_only"), key=f"send_{one.id}")
            is_closed = st.form_submit_button(text("opinions.close"), key=f"close_{one.id}", type="primary")
    if not is_sent and not is_closed:
        return
    try:
        opinions.answer(lists.store(), viewer, lists.who(page), one.id, words, is_closed)
    except notes.Refused as why:
        st.error(lists.refusal(text, why), icon=":material/error:")
    except opinions.Empty:
        st.warning(text("opinions.empty"))
    else:
        st.rerun()


def show(one: Opinion) -> None:
    """Draw one doubt with its rows and answers."""
    head = text(
        "opinions.head", n=one.id, unit=page.unit_label(one.figure.unit_id), metric=metric_label(one),
        period=period_name(one),
    )  # fmt: skip
    with st.expander(f"{head} · {text(f'opinions.state.{one.state}')}", expanded=one.state == "open"):
        st.markdown(f"{lists.plainly(one.doubt)}  \n*{said(one.who, one.at)}*")
        found = values(one)
        st.markdown(compared(one, found))
        if one.codes:
            rows = tables.Table((tables.Column(text("opinions.rows")),), tuple((code,) for code in one.codes))
            blocks.plain(page, rows, text("opinions.rows"), f"opinion_{one.id}")
        else:
            st.caption(text("opinions.no_rows"))
        for given in one.answers:
            words = lists.plainly(given.words) or text(f"opinions.state.{given.state}")
            st.markdown(f"**{text('opinions.answer')}:** {words}  \n*{said(given.who, given.at)}*")
        label = text("opinions.open_figure" if found.is_kept else "opinions.open_now")
        if st.button(label, key=f"figure_{one.id}", type="tertiary", icon=":material/open_in_new:"):
            figure, asof = one.figure, one.figure.snapshot if found.is_kept else ""
            controls.choose(unit=figure.unit_id, period=figure.period, calendar=figure.calendar, asof=asof)
            st.switch_page(f"pages/{page_of(one)}.py", query_params=st.query_params.to_dict())
        if viewer.role == "province":
            respond(one)


if not found:
    st.info(text("opinions.none"))
else:
    waiting = sum(one.state == "open" for one in found)
    blocks.say(text("opinions.count", n=numbers.integer(len(found), text.lang), open=waiting))
    for one in found:
        show(one)
    columns = (
        tables.Column(text("opinions.column.number"), "count"), tables.Column(text("opinions.column.state")),
        tables.Column(text("column.unit")), tables.Column(text("column.metric")), tables.Column(text("column.period")),
        tables.Column(text("opinions.doubt")), tables.Column(text("opinions.column.n_rows"), "count"),
        tables.Column(text("opinions.column.who")), tables.Column(text("opinions.column.at"), "date"),
    )  # fmt: skip
    rows = tuple(
        (
            one.id, text(f"opinions.state.{one.state}"), page.unit_label(one.figure.unit_id), metric_label(one),
            period_name(one), one.doubt, len(one.codes), lists.person(page, one.who),
            datetime.fromisoformat(one.at).date(),
        )
        for one in found
    )  # fmt: skip
    blocks.twin(page, tables.Table(columns, rows), text("opinions.list"), "opinions")
