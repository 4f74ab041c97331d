"""This period: the month of one unit against its own history, its target and its like; lateness; citizens' voice."""

import streamlit as st

from metrics.analysis import casemix as mixing
from metrics.analysis import peers, standing, trend
from metrics.analysis import this_period as month
from pages.to_act_parts import draft, minutes
from ui import blocks, charts, control_chart, control_words, controls, guard, sentences, survey
from ui import this_period as shown
from ui.view import mid_sentence
from warehouse.paths import REPOSITORY

viewer = guard.require("this_period")

MAIN = month.MAIN
FIGURES = (MAIN, "settled", "pending_overdue", "processing_days_median")
LETTERS = (
    "complaints_received", "complaint_backlog", "complaint_on_time_rate", "petitions_received", "feedback_received",
    "feedback_on_time_rate", "feedback_satisfied_rate", "apology_rate", "chair_reception_weeks_rate", "dialogues_held",
)  # fmt: skip
SURVEY = ("satisfaction_rate", "friendly_overall")
FRIENDLY = (
    "friendly_listen", "friendly_explain", "friendly_keep_word", "friendly_apologise", "friendly_thank",
    "friendly_respect", "friendly_civil", "friendly_close",
)  # fmt: skip

page = controls.open_page(viewer, "this_period", "case", other=draft.chosen(viewer))
text = page.text
for sheet in ("to_act.css", "this_period.css"):
    st.html(REPOSITORY / "ui" / sheet)
draft.banner(page, page.unit, with_others=True)
blocks.context_line(page, "case")

metric = page.metric(MAIN)
question = page.query([MAIN])
when = mid_sentence(page.period.title(text.lang))
is_commune = page.unit.level == "commune"
is_body = page.unit.level in ("commune", "agency")

names = tuple(dict.fromkeys((MAIN, *LETTERS, *month.OVERDUE, *month.WHOLE, *month.RECORDED)))
rows = {r.metric: r for r in page.ask(names)}
metrics = {name: page.metric(name) for name in (*names, *SURVEY, *FRIENDLY)}
cards = page.figures(FIGURES)
chart = controls.analysed(page, trend.chart, control_chart.question(page, MAIN))
# the question of the overview: what it keeps is taken from there, and the other way round
level = "commune" if is_commune else page.view.level
among = controls.analysed(
    page.published, standing.standing, page.query([MAIN], level=level, unit=None, within=page.scope.unit_id)
)
own = among.of(page.unit.unit_id)
found = month.findings(chart, page.view.period, own, rows)


def history() -> None:
    """Show the month on the control chart of its own history."""
    if not chart.points:
        st.info(text("empty.no_cases"))
        return
    title = control_words.title(chart, metric, text, page.period.end)
    subtitle = control_words.subtitle(chart, page.where, text)
    blocks.chart(control_chart.figure(chart, metric, text), title, subtitle, "month")
    if beneath := control_words.beneath(chart, metric, text):
        st.caption(" ".join(beneath))
    blocks.note_event(page, chart)
    label = text("control.twin", label=metric.label[text.lang])
    blocks.twin(page, control_chart.table(chart, metric, text), label, "month")


def verdicts() -> None:
    """Show what calls for attention and what is fine; and of what there are no data."""
    blocks.heading(shown.title(found, text))
    if found:
        st.markdown(shown.listed(found, metrics, text))
    st.caption(text("month.findings.rule"))
    silent = shown.silent(rows, metrics, text)
    if silent:
        st.caption(silent)


def alike() -> None:
    """Show the communes most like this one, with intervals and tiers."""
    # the communes alike are told by the year so far: the mix of one month is mostly chance
    year = f"{page.view.period}-YTD" if page.period.kind == "month" else page.view.period
    similar = controls.analysed(page.published, peers.peers, question.at(period=year))
    units = shown.alike(among, similar)
    blocks_title = shown.alike_title(units, page.unit.unit_id, text)
    if len(units) < 2:
        blocks.heading(blocks_title)
        return
    style = charts.Style(
        unit=metric.unit, lang=text.lang, target=chart.target,
        target_label=control_words.target_label(chart, metric, text),
    )  # fmt: skip
    figure = charts.ranking(shown.alike_marks(units, metric, page.unit.unit_id, text), style)
    blocks.chart(
        figure,
        blocks_title,
        draft.published(page) + text("month.alike.subtitle", when=page.period.title(text.lang), n=len(among.judged)),
        "alike",
    )
    blocks.twin(page.published, shown.alike_table(units, metric, text), text("month.alike.twin"), "alike")


def lateness() -> None:
    """Show by field, procedure and step what carries the lateness."""
    fields = controls.analysed(page, month.fields, question)
    blocks.heading(shown.late_title(fields, text))
    if not fields:
        return
    mix = controls.analysed(page.published, mixing.casemix, question)
    late = shown.late_procedures(mix)
    is_compared = page.unit.level != "province"
    key = "month.late.subtitle" if is_compared else "month.late.subtitle_own"
    st.caption(text(key, when=page.period.title(text.lang)))
    if late:
        table = shown.procedures_table(late, text, is_compared=is_compared)
        if said := draft.published(page):
            st.caption(said)
        st.markdown(shown.markdown(table, text.lang, shown.MOST))
    blocks.twin(page, shown.fields_table(fields, text), text("month.late.twin_fields"), "fields")
    if late:
        blocks.twin(page.published, table, text("casemix.title"), "procedures")
    if is_body:
        steps = controls.analysed(page, month.steps, question)
        settled = sum(c.settled for c in fields)
        st.markdown(shown.steps_said(steps, settled, text))
        if steps.steps:
            blocks.twin(page, shown.steps_table(steps, text), text("month.steps.twin"), "steps")


def voice() -> None:
    """Show letters, feedback, reception and the survey, as far as there are data and the viewer may see them."""
    blocks.heading(text("month.voice.title"))
    year = survey.year_of(page.view.period)
    # few people of one commune answer in a month, and no survey is held in most: it is read by the year
    # and surveys are planned by the calendar year, whichever month is reported on
    asked = page.published.ask((*SURVEY, *FRIENDLY), period=year or page.view.period, calendar="calendar")
    told = text("month.voice.year", year=(year or page.view.period)[:4])
    surveyed = {r.metric: r for r in asked}
    st.caption(text("month.voice.subtitle", when=when, survey=told))
    listed = [rows[n] for n in LETTERS if not shown.is_absent(rows[n])]
    listed += [surveyed[n] for n in SURVEY if not shown.is_absent(surveyed[n])]
    if not listed:
        st.info(text("month.voice.none"))
        return
    half = -(-len(listed) // 2)
    for column, part in zip(st.columns(2, gap="large"), (listed[:half], listed[half:]), strict=True):
        if part:
            column.markdown(shown.markdown(shown.voice_table(part, metrics, text), text.lang))
    details = [*listed, *(surveyed[n] for n in FRIENDLY if not shown.is_absent(surveyed[n]))]
    blocks.twin(page, shown.voice_details(details, metrics, text), text("month.voice.title"), "voice")


blocks.say(
    sentences.rate(text, metric, rows[MAIN], page.unit_name, page.period_name),
    control_words.brief(chart, metric, page.view.period, text) or sentences.moved(text, metric, rows[MAIN], cards[0]),
)
blocks.cards(page, cards)
left, right = st.columns([2, 3], gap="large")
with left:
    verdicts()
with right:
    history()
if is_commune:
    left, right = st.columns(2, gap="large")
    with left:
        alike()
    with right:
        lateness()
else:
    lateness()
voice()
if is_body and viewer.owns(page.unit.unit_id):
    minutes.show(page, page.unit)
with st.container(key="month_census"):
    st.caption(text("control.census"))
