"""Complaints and feedback: kinds apart, terms, the age of the backlog; denunciations by quarter, province only."""

import streamlit as st

from metrics import periods
from metrics.analysis import letters as analysis
from metrics.analysis import trend
from ui import (
    blocks,
    charts,
    control_chart,
    control_words,
    controls,
    figures,
    guard,
    letters,
    panels,
    sentences,
    series,
    standings,
)
from ui.page import Page

viewer = guard.require("complaints")

KINDS = letters.KINDS
SECRET = "denunciations_received"
WITH_SECRET = (SECRET, "letters_received", "matters_received")
TOP = (*KINDS, "complaint_backlog")
SETTLING = (
    "complaint_acceptance_on_time_rate", "complaint_settlement_rate", "complaint_on_time_rate", "complaint_right_rate",
    "complaint_overturned_rate",
)  # fmt: skip
WAITING = (
    "complaint_backlog_overdue", "complaints_not_accepted_overdue", "letters_unhandled_over_45_days",
    "complaint_backlog_age_median",
)  # fmt: skip
FEEDBACK = ("feedback_on_time_rate", "feedback_satisfied_rate")


def received(page: Page) -> None:
    """Show how many of each kind came, by quarter, and whether a month stands out; never a sum of kinds."""
    text = page.text
    tokens, past = page.series([*KINDS], kind="quarter")
    kinds_past = tuple(
        (page.metric(n).label[text.lang], series.points(page.metric(n), past[n], tokens, page.calendar, text))
        for n in KINDS
        if any(r is not None and r.is_shown and r.value is not None for r in past[n])
    )
    if kinds_past:
        whole = max((i for i, row in enumerate(past[KINDS[0]]) if not series.is_running(row)), default=-1)
        last = [figures.value_text(page.metric(n), past[n][whole], text.lang) for n in KINDS]
        quarter = periods.parse(tokens[whole], page.calendar).name(text.lang)
        title = text("title.kinds", quarter=quarter, complaints=last[0], petitions=last[1], feedback=last[2])
        figure = panels.panels(kinds_past, charts.Style(unit="letters", lang=text.lang))
        blocks.chart(figure, title, text("chart.kinds_subtitle", where=page.where), "kinds")
        kinds = [page.metric(n) for n in KINDS]
        blocks.twin(page, standings.series_table(kinds, tokens, past, text), text("page.complaints.title"), "kinds")
    else:
        st.caption(text("letters.quarters_none"))
    question = control_chart.question(page, KINDS[0]).at(metrics=KINDS)
    blocks.say(*letters.surges(controls.analysed(page, analysis.surges, question), page))
    rate = page.metric("complaints_per_10k")
    blocks.cards(page, page.figures(["group_matters_received", rate.name]))
    st.caption("  \n".join((text("letters.group"), text("letters.per_10k"))))
    blocks.twin(page, standings.table(rate, page.below([rate.name]), None, text), rate.label[text.lang], "per-10k")


def changes(page: Page) -> None:
    """Show one kind month by month, per working day."""
    control(page, monthly(page, controls.one_of(page, KINDS, "letters.kind", page.text("letters.kinds"))))


def monthly(page: Page, name: str) -> trend.ControlChart:
    """Return the control chart of a metric."""
    return controls.analysed(page, trend.chart, control_chart.question(page, name))


def control(page: Page, chart: trend.ControlChart) -> None:
    """Show one series month by month with the limits of chance, and what they say."""
    text, metric = page.text, page.metric(chart.metric)
    if not chart.points:
        st.caption(text("control.title.no_data", label=metric.label[text.lang]))
        return
    figure = control_chart.figure(chart, metric, text)
    title, subtitle = (
        control_words.title(chart, metric, text, page.period.end),
        control_words.subtitle(chart, page.where, text),
    )
    blocks.chart(figure, title, subtitle, f"control-{metric.name}")
    st.caption(" ".join(control_words.sentences(chart, metric, text)))
    blocks.note_event(page, chart)
    label = metric.label[text.lang]
    blocks.twin(page, control_chart.table(chart, metric, text), text("control.twin", label=label), metric.name)


def complaints(page: Page) -> None:
    """Show how complaints are accepted and settled, by which terms, and how long those not settled have waited."""
    text = page.text
    rules = controls.analysed(page, analysis.in_force, page.query([]))
    blocks.cards(page, page.figures(SETTLING))
    said = letters.rules(rules, "complaint", ("accept", "settle", "handle"), text)
    st.caption("  \n".join([*said, *(text(f"letters.{n}") for n in ("by_receipt", "suspended", "census"))]))
    blocks.cards(page, page.figures(WAITING))
    backlog = controls.analysed(page, analysis.backlog, page.query(["complaint_backlog"]))
    if backlog is not None:
        title, subtitle = letters.ageing_title(backlog, text), letters.ageing_subtitle(backlog, page.where, text)
        if backlog.n:
            blocks.chart(letters.ageing(backlog, text), title, subtitle, "ageing")
            blocks.twin(page, letters.ageing_table(backlog, text), text("letters.ageing.age"), "ageing")
        else:
            blocks.heading(title)
    outcomes = letters.outcomes_table(page.ask(["complaints_settled"], by="outcome"), text)
    blocks.twin(page, outcomes, text("letters.outcomes"), "outcomes")
    by_unit(page, "complaint_on_time_rate")


def feedback(page: Page) -> None:
    """Show whether feedback is answered on time and how it is rated."""
    text = page.text
    st.caption(text("letters.feedback_766"))
    blocks.cards(page, page.figures(FEEDBACK))
    rules = controls.analysed(page, analysis.in_force, page.query([]))
    st.caption("  \n".join(letters.rules(rules, "feedback", ("settle", "refuse"), text)))
    control(page, monthly(page, FEEDBACK[0]))
    by_unit(page, FEEDBACK[0])


def by_unit(page: Page, name: str) -> None:
    """Show a rate of every unit to compare, against the whole."""
    metric = page.metric(name)
    whole = next(iter(page.whole([name])), None)
    table = standings.table(metric, page.below([name]), whole, page.text)
    blocks.twin(page, table, page.text("letters.by_unit", label=metric.label[page.text.lang]), f"units-{name}")


def denunciations(page: Page) -> None:
    """Show counts by quarter and nothing else, for the province only."""
    text = page.text
    tokens, past = page.series([*WITH_SECRET], kind="quarter")
    metric = page.metric(SECRET)
    known = [i for i, r in enumerate(past[SECRET]) if r is not None and r.is_shown and r.value is not None]
    st.caption(text("letters.secret"))
    if not known:
        st.info(text("letters.secret_none"))
        return
    last = max((i for i in known if not series.is_running(past[SECRET][i])), default=known[-1])
    quarter = periods.parse(tokens[last], page.calendar).name(text.lang)
    title = text("letters.secret_title", quarter=quarter, n=figures.value_text(metric, past[SECRET][last], text.lang))
    points = series.points(metric, past[SECRET], tokens, page.calendar, text)
    figure = panels.panels(((metric.label[text.lang], points),), charts.Style(unit="letters", lang=text.lang))
    blocks.chart(figure, title, text("letters.secret_subtitle", where=page.where), "secret")
    kinds = [page.metric(n) for n in WITH_SECRET]
    blocks.twin(page, standings.series_table(kinds, tokens, past, text), metric.label[text.lang], "secret")
    rows = page.below([SECRET], period=tokens[last])
    label = f"{text('letters.by_unit', label=metric.label[text.lang])}, {quarter}"
    blocks.twin(page, standings.table(metric, rows, None, text), label, "secret-units")


def terms(page: Page) -> None:
    """Show every term in force for letters received in the period, with its basis and whether it was checked."""
    text = page.text
    table = letters.terms_table(controls.analysed(page, analysis.in_force, page.query([])), text)
    if len(table):
        blocks.table(page, table, text("letters.column.terms", when=page.period_name), "terms")
    else:
        st.info(text("letters.no_rules"))
    st.caption("  \n".join(text(f"letters.{n}") for n in ("by_receipt", "left", "working_days", "remote", "suspended")))


PARTS = {"received": received, "changes": changes, "complaints": complaints, "feedback": feedback,
         "denunciations": denunciations, "terms": terms}  # fmt: skip

page = controls.open_page(viewer, "complaints", "complaint")
text = page.text
blocks.context_line(page, "complaint", rule=False)
asked = [*TOP, "complaint_backlog_overdue", "letters_unhandled_over_45_days"]
now = {r.metric: r for r in page.ask(asked)}
if all(r.value is None for r in now.values()):
    st.info(text("empty.no_letters"))
    st.stop()
blocks.say(*letters.answer(page, now), text("letters.neutral"))
blocks.cards(page, page.figures(TOP))
st.caption(text("letters.pakn"))
if viewer.sees_province:
    tokens, past = page.series([SECRET], kind="quarter")
    st.caption(sentences.denunciations(text, past[SECRET][-1], tokens[-1]))
shown = [name for name in PARTS if name != "denunciations" or viewer.sees_province]
PARTS[controls.part(page, shown, "letters")](page)
