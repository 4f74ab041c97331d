"""Timeliness: change over time, three rules of on time, units compared, what is pending, fields; form II.06a."""

import streamlit as st

from metrics.analysis import ageing as ages
from metrics.analysis import casemix as mixing
from metrics.analysis import conventions as rules
from metrics.analysis import peers, published, standing, trend
from reports import form_ii06a
from ui import (
    ageing,
    blocks,
    casemix,
    charts,
    control_chart,
    control_words,
    controls,
    conventions,
    funnel,
    guard,
    mixes,
    sentences,
    theme,
    tiers,
)
from ui.view import mid_sentence

viewer = guard.require("timeliness")

MAIN = "on_time_rate"
FIGURES = (MAIN, "settled_late", "pending_overdue", "processing_days_median")
OTHERS = "received_for_others"
PARTS = ("settled_early", "settled_on_time", "settled_late")

page = controls.open_page(viewer, "timeliness", "case")
text = page.text
blocks.context_line(page, "case")

metric = page.metric(MAIN)
now = {r.metric: r for r in page.ask([MAIN, "pending", "pending_overdue", OTHERS])}
cards = page.figures(FIGURES)
months = controls.analysed(page, trend.chart, control_chart.question(page, MAIN))
when = page.period.title(text.lang)
is_body = page.unit.level in ("commune", "agency")


def over_time() -> None:
    """Show the control chart with its verdict."""
    found = months
    if not found.points:
        st.info(text("empty.no_cases"))
        return
    subtitle = control_words.subtitle(found, page.where, text)
    blocks.chart(
        control_chart.figure(found, metric, text),
        control_words.title(found, metric, text, page.period.end),
        subtitle,
        "trend",
    )
    blocks.say(*control_words.sentences(found, metric, text))
    blocks.note_event(page, found)
    blocks.twin(
        page, control_chart.table(found, metric, text), text("control.twin", label=metric.label[text.lang]), "trend"
    )


def three_rules() -> None:
    """Show the three rules side by side, what each lets pass, who changes tier, and the portal's own figure."""
    found = controls.analysed(page, rules.side_by_side, page.query([MAIN]))
    if not found.is_known:
        st.info(text("empty.no_cases"))
        return
    subtitle = text("conventions.subtitle", where=page.where, when=mid_sentence(when))
    blocks.chart(conventions.figure(found, text), conventions.title(found, text), subtitle, "rules")
    blocks.say(conventions.listed(found, text))
    blocks.say(conventions.promises(found, text))
    blocks.twin(page, conventions.table(found, text), text("conventions.twin"), "rules")
    question = page.query([MAIN], level=page.view.level, unit=None, within=page.scope.unit_id)
    changed = controls.analysed(page, rules.tier_changes, question)
    blocks.say(conventions.changed(changed, text))
    if changed.changes:
        blocks.twin(page, conventions.changed_table(changed, text), text("conventions.changed_title"), "tiers_by_rule")
    blocks.heading(text("portal.title"))
    theirs = controls.analysed(page, published.portal, page.query([MAIN]))
    others = () if theirs else published.portal_periods([page.unit.unit_id], viewer, page.source)
    blocks.say(conventions.portal(theirs, others, text))


def units() -> None:
    """Show the units of the level by number of cases, and by tier; never a bare rank."""
    question = page.query([MAIN], level=page.view.level, unit=None, within=page.scope.unit_id)
    found = controls.analysed(page, standing.standing, question)
    chosen, order, within = page.unit.unit_id, list(page.units_below()), mid_sentence(when)
    title = funnel.title(found, text)
    blocks.chart(funnel.figure(found, text, chosen), title, funnel.subtitle(found, text, within), "funnel")
    blocks.say(funnel.sentence(found, text), control_words.target_set(found.target, metric, text))
    blocks.twin(page, funnel.table(found, text, order), title, "funnel")
    title = tiers.title(found, text)
    if found.has_tiers:
        blocks.chart(tiers.figure(found, text, chosen), title, tiers.subtitle(found, text, within), "tiers")
        blocks.say(tiers.headline(found, text, chosen))
    else:
        blocks.heading(title)
    st.caption(tiers.notes(found, text))
    blocks.twin(page, tiers.table(found, text, order), metric.label[text.lang], "units")


def pending() -> None:
    """Show how late what is pending is."""
    found = controls.analysed(page, ages.ageing, page.query(["pending"]))
    if found is None:
        st.info(text("empty.no_cases"))
        return
    blocks.say(ageing.sentence(found, text))
    subtitle = text("ageing.subtitle", where=page.where, day=f"{found.at:%d/%m/%Y}")
    if found.n_overdue:
        blocks.chart(ageing.figure(found, text), ageing.title(found, text), subtitle, "ageing")
    else:
        blocks.heading(ageing.title(found, text))
        st.caption(subtitle)
    blocks.twin(page, ageing.table(found, text), text("ageing.twin"), "ageing")


def fields() -> None:
    """Show results by field; of one body also late cases against what its mix of procedures leads to expect."""
    by_field = page.ask(PARTS, by="field_name")
    bars, title = mixes.results(by_field, PARTS, text)
    if bars:
        names = (text("chart.early"), text("chart.on_time"), text("chart.late"))
        colours = (theme.ACCENT_SOFT, theme.ACCENT, theme.CONCERN)
        key = "chart.mix_subtitle" if len(bars) == mixes.MOST_BARS else "chart.mix_subtitle_all"
        subtitle = text(key, where=page.where, when=mid_sentence(when), n=len(bars))
        style = charts.Style(unit=metric.unit, lang=text.lang)
        blocks.chart(charts.mix(bars, names, colours, style), title, subtitle, "mix")
        blocks.twin(page, mixes.table(by_field, PARTS, text), text("title.mix_none"), "mix")
    else:
        st.info(text("empty.no_cases"))
        return
    if page.unit.level == "commune":
        mixed = controls.analysed(page, mixing.casemix, page.query([MAIN]))
        blocks.heading(text("casemix.title"))
        blocks.say(casemix.sentence(mixed, text), casemix.note(mixed, text))
        blocks.twin(page, casemix.table(mixed, text), text("casemix.title"), "casemix")
        similar = controls.analysed(page, peers.peers, page.query([MAIN]))
        blocks.say(casemix.peers_sentence(similar, text))


def make_form(by: form_ii06a.By) -> bytes:
    """Return form II.06a of the chosen unit and period as a workbook."""
    made = form_ii06a.forms(
        page.unit.unit_id, page.view.period, page.viewer, page.source, calendar=page.calendar, by=by
    )
    return form_ii06a.workbook(made, calendar=page.calendar, period=page.view.period, by=by)


blocks.say(
    sentences.rate(text, metric, now.get(MAIN), page.unit_name, page.period_name),
    # a month is judged by its control chart, another period by the one before it
    control_words.brief(months, metric, page.view.period, text)
    or sentences.moved(text, metric, now.get(MAIN), cards[0]),
    sentences.backlog(text, page.metric("pending"), now.get("pending"), now.get("pending_overdue")),
    sentences.for_others(text, now.get(OTHERS)) if page.unit.level == "commune" else "",
)
blocks.cards(page, cards)

SECTIONS = {"trend": over_time, "rules": three_rules, "units": units, "pending": pending, "mix": fields}
SECTIONS[controls.part(page, tuple(SECTIONS), "timeliness")]()

st.caption(text("control.census"))
if now[MAIN].value is not None:
    with st.container(horizontal=True):
        blocks.form(page, make_form, "field", "action.form")
        if not is_body:
            blocks.form(page, make_form, "unit", "action.form_by_unit")
