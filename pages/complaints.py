"""Complaints and feedback: the kinds apart, deadlines, the backlog; denunciations as counts per quarter only."""

import streamlit as st

from metrics import periods
from ui import blocks, charts, controls, figures, guard, panels, sentences, series, standings

viewer = guard.require("complaints")

KINDS = ("complaints_received", "petitions_received", "feedback_received")
SECRET = "denunciations_received"
FIGURES = (*KINDS, "complaint_backlog", "complaint_on_time_rate")

page = controls.open_page(viewer, "complaints", "complaint")
text = page.text
blocks.context_line(page, "complaint", rule=False)

now = {r.metric: r for r in page.ask([*KINDS, "complaint_backlog"])}
shown = {name: figures.value_text(page.metric(name), now.get(name), text.lang) for name in now}
if all(r.value is None for r in now.values()):
    st.info(text("empty.no_letters"))
    st.stop()
blocks.say(
    text(
        "sentence.letters",
        unit=page.unit_name,
        period=page.period_name,
        complaints=shown[KINDS[0]],
        petitions=shown[KINDS[1]],
        feedback=shown[KINDS[2]],
    ),
    text("sentence.backlog_letters", n=shown["complaint_backlog"]),
    text("letters.neutral"),
)
blocks.cards(page, page.figures(FIGURES))
st.caption(text("letters.pakn"))

tokens, past = page.series([*KINDS, SECRET], kind="quarter")
names = [*KINDS, SECRET]
kinds_past = tuple(
    (page.metric(n).label[text.lang], series.points(page.metric(n), past[n], tokens, page.calendar, text))
    for n in names
    if any(r is not None and r.is_shown and r.value is not None for r in past[n])
)
if kinds_past:
    whole = max((i for i, row in enumerate(past[KINDS[0]]) if not series.is_running(row)), default=-1)
    last = [figures.value_text(page.metric(n), past[n][whole], text.lang) for n in KINDS]
    quarter = periods.parse(tokens[whole], page.calendar).name(text.lang)
    title = text("title.kinds", quarter=quarter, complaints=last[0], petitions=last[1], feedback=last[2])
    figure = panels.panels(kinds_past, charts.Style(unit="letters", lang=text.lang))
    blocks.chart(figure, title, text("chart.kinds_subtitle", where=page.where), "kinds")
    kinds = [page.metric(n) for n in names]
    blocks.twin(page, standings.series_table(kinds, tokens, past, text), text("page.complaints.title"), "kinds")

st.caption(sentences.denunciations(text, past[SECRET][-1], tokens[-1]))

rate = page.metric("complaints_per_10k")
rows = page.below(["complaints_per_10k"])
blocks.twin(page, standings.table(rate, rows, None, text), rate.label[text.lang], "per-10k")
