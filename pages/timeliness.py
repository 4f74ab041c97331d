"""Timeliness: early, on time and late, what is pending and overdue, the trend and the fields; form II.06a."""

import streamlit as st

from reports import form_ii06a
from ui import blocks, charts, controls, figures, guard, mixes, numbers, sentences, series, standings, theme

viewer = guard.require("timeliness")

MAIN = "on_time_rate"
FIGURES = (MAIN, "settled_late", "pending_overdue", "processing_days_median")
OTHERS = "received_for_others"
PARTS = ("settled_early", "settled_on_time", "settled_late")

page = controls.open_page(viewer, "timeliness", "case")
text = page.text
blocks.context_line(page, "case")

metric = page.metric(MAIN)
tokens, past = page.series([MAIN], kind="month", most=24)
now = {r.metric: r for r in page.ask([MAIN, "pending", "pending_overdue", OTHERS])}
cards = page.figures(FIGURES)
blocks.say(
    sentences.rate(text, metric, now.get(MAIN), page.unit_name, page.period_name),
    sentences.moved(text, metric, now.get(MAIN), cards[0]),
    text(
        "sentence.backlog",
        pending=figures.value_text(page.metric("pending"), now.get("pending"), text.lang),
        overdue=figures.value_text(page.metric("pending_overdue"), now.get("pending_overdue"), text.lang),
    ),
    sentences.for_others(text, now.get(OTHERS)) if page.unit.level == "commune" else "",
)
blocks.cards(page, cards)

target = page.target(MAIN)
style = charts.Style(
    unit=metric.unit,
    lang=text.lang,
    target=target,
    target_label=text("chart.target", value=numbers.number(target, metric.unit, text.lang)),
    break_label=text("chart.break"),
)
points = series.points(metric, past[MAIN], tokens, page.calendar, text)
if any(p.value is not None for p in points):
    subtitle = text(
        "chart.trend_subtitle",
        where=page.where,
        kind=text("kind.month").lower(),
        label=series.last_label(tokens, page.calendar, text),
    )
    title = sentences.trend_title(text, metric, past[MAIN], "")
    blocks.chart(charts.trend(points, style), title, subtitle, "trend")
    blocks.twin(page, standings.series_table([metric], tokens, past, text), metric.label[text.lang], "trend")
else:
    st.info(text("empty.no_cases"))


def make_form(by: form_ii06a.By) -> bytes:
    """Return form II.06a of the chosen unit and period as a workbook."""
    made = form_ii06a.forms(
        page.unit.unit_id, page.view.period, page.viewer, page.source, calendar=page.calendar, by=by
    )
    return form_ii06a.workbook(made, calendar=page.calendar, period=page.view.period, by=by)


by_field = page.ask(PARTS, by="field_name")
bars, title = mixes.results(by_field, PARTS, text)
if bars:
    names = (text("chart.early"), text("chart.on_time"), text("chart.late"))
    colours = (theme.ACCENT_SOFT, theme.ACCENT, theme.CONCERN)
    key = "chart.mix_subtitle" if len(bars) == mixes.MOST_BARS else "chart.mix_subtitle_all"
    subtitle = text(key, where=page.where, when=page.period.title(text.lang), n=len(bars))
    blocks.chart(charts.mix(bars, names, colours, style), title, subtitle, "mix")
    blocks.twin(page, mixes.table(by_field, PARTS, text), text("title.mix_none"), "mix")

if now[MAIN].value is not None:
    with st.container(horizontal=True):
        blocks.form(page, make_form, "field", "action.form")
        if page.unit.level not in ("commune", "agency"):
            blocks.form(page, make_form, "unit", "action.form_by_unit")
