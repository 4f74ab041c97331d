"""Answer what a file asks: how its columns are read so far, at most a few choices each, and the labels nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.data_parts.desk import Desk, trouble
from ui import blocks, desk, desk_questions, jobs, numbers
from ui.desk import Record
from ui.desk_questions import Asked

MOST_LABELS = 20
"""Labels offered at a time, the most frequent first."""


def show(work: Desk) -> None:
    """Draw the files that wait for an answer, the first one open."""
    text = work.text
    trouble(work, work.newest("answer", "discard"))
    if not work.waiting:
        return
    blocks.heading(text("desk.ask.title"))
    blocks.say(text("desk.ask.say", n=len(work.waiting)))
    for n, waiting in enumerate(work.waiting):
        questions = desk_questions.asked(text, waiting, work.words)
        label = text("desk.ask.file", file=waiting["file_name"], n=len(questions))
        with st.expander(label, expanded=n == 0, icon=":material/help:"):
            _one(work, waiting, questions)


def _one(work: Desk, waiting: Record, questions: Sequence[Asked]) -> None:
    text, key = work.text, waiting["id"]
    # no form: the button can then say that an answer is missing, and a choice is kept over a refresh of the page
    given: dict[str, str | None] = {}
    for n, one in enumerate(questions):
        if not one.values:
            st.markdown(f"{one.question}  \n{text('desk.ask.no_answer')}")
            continue
        given[one.key] = _choice(text("desk.ask.sheet", sheet=one.sheet) if one.sheet else "", one, f"ask_{key}_{n}")
    is_complete = desk_questions.is_complete(questions, given)
    with st.container(horizontal=True, vertical_alignment="center"):
        if given and st.button(
            text("desk.ask.send"), key=f"send_{key}", type="primary", icon=":material/check:", disabled=not is_complete
        ):
            answers = {k: v for k, v in given.items() if v is not None}
            arguments = desk_questions.arguments(key, answers)
            work.start("answer", [*arguments, "--format", "json", "--progress", "json"], n="1")
        with st.popover(text("desk.ask.discard"), icon=":material/delete:"):
            st.markdown(text("desk.ask.discard_say"))
            if st.button(text("desk.ask.discard"), key=f"discard_{key}"):
                work.start("discard", ["discard", key])
        if waiting.get("until"):
            until = desk.moment(waiting["until"])
            st.caption(text("desk.ask.until", day=numbers.day(until.date()) if until else numbers.MISSING))
    for at, sheet in enumerate(desk_questions.sheets(waiting)):
        name = text("desk.ask.sheet", sheet=sheet["sheet"]) if sheet.get("sheet") else text("desk.ask.reading")
        title = f"{name}. {desk_questions.counted(text, sheet)}"
        with st.expander(title, expanded=desk_questions.is_about_columns(questions), icon=":material/view_column:"):
            blocks.plain(work, desk_questions.readings(text, sheet, work.words), name, f"reading_{key}_{at}")


def _choice(above: str, one: Asked, key: str) -> str | None:
    """Return the answer chosen; the one that the evidence speaks for is marked and taken unless another is."""
    if above:
        st.caption(above)
    at = st.radio(
        one.question, range(len(one.values)), index=one.suggested, format_func=one.labels.__getitem__, key=key
    )
    return None if at is None else one.values[at]


def labels(work: Desk, receipts: Sequence[Record]) -> None:
    """Offer to say what a value means that no table knows, where the table has meanings to choose from."""
    text = work.text
    found = desk.unknown_labels(receipts)
    if not found:
        return
    try:
        tables = work.asked("labels", "--format", "json")
    except jobs.Refused:
        return
    unknown = desk_questions.to_explain(found, tables)
    job = work.newest("labels")
    if job is not None and not trouble(work, job) and job.state == "done":
        st.success(text("desk.labels.added", text=job.about.get("text", "")), icon=":material/check:")
    if not unknown:
        return
    blocks.heading(text("desk.labels.title"))
    st.caption(text("desk.labels.say"))
    for at, (name, label, n, meanings) in enumerate(unknown[:MOST_LABELS]):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            said = {v: text(f"value.{name}.{v}") for v in meanings if text.has(f"value.{name}.{v}")}
            chosen = st.selectbox(
                f"{desk_questions.field_name(text, name, work.words)}: “{label}” ({numbers.integer(n, text.lang)})",
                meanings, index=None, format_func=lambda v, said=said: said.get(v, v), key=f"label_{name}_{label}",
                placeholder=text("desk.labels.value"),
            )  # fmt: skip
            if st.button(text("desk.labels.add"), key=f"add_label_{at}", disabled=chosen is None) and chosen:
                work.start("labels", ["labels-add", name, chosen, label], text=label)
