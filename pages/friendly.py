"""Friendly government: apology letters, citizen reception, dialogue and oversight, mobilisation, queue waiting."""

import streamlit as st

from metrics import catalogue, forms, periods
from metrics.analysis import standing, trend
from metrics.answer import Row
from pages.to_act_parts import letters as apologies
from reports import apology_list
from ui import (
    blocks,
    charts,
    control_chart,
    control_words,
    controls,
    dialogues,
    figures,
    friendly,
    guard,
    panels,
    reception_weeks,
    series,
    standings,
    tiers,
    waiting,
)
from ui.view import mid_sentence

viewer = guard.require("friendly")

LETTERS = ("apology_rate", "apology_timely_rate")
SURVEY = "friendly_apologise"
RECEPTION = ("chair_reception_weeks_rate", "reception_visits", "group_visits")
DIALOGUE = ("dialogues_held", "dialogue_answered_rate", "dialogue_published_on_time_rate", "oversight_replied_rate")
MOBILISATION = ("mobilisation_teams", "mobilisation_members", "mobilisation_models", "friendly_units")
QUEUE = (waiting.MEDIAN, waiting.P90, "service_minutes_median")
MONTHS = 12

page = controls.open_page(viewer, "friendly", "case")
text = page.text
when = mid_sentence(page.period.title(text.lang))
chosen = page.unit.unit_id
duties = page.read("duties", start=page.period.start, end=page.period.end)
blocks.context_line(page, "case", rule=False)


def is_empty(part: str, names: tuple[str, ...]) -> bool:
    """Return whether a part has no data at all, having said which file to load."""
    if not friendly.is_silent(page.ask(names)):
        return False
    st.info(text(f"friendly.empty.{part}"), icon=":material/info:")
    return True


def not_sent(dataset: str) -> None:
    """Say how many communes have not sent a part's dataset."""
    missing = page.not_sent(dataset)
    if missing and page.unit.level not in ("commune", "agency"):
        st.caption(text(f"friendly.silent.{dataset}", n=len(missing)))


def letters() -> None:
    """Show who got an apology: by the log, and beside it by the survey; the form in force; units compared."""
    if is_empty("letters", LETTERS):
        return
    metric = page.metric(LETTERS[0])
    blocks.cards(page, page.figures(LETTERS))
    st.caption(f"{text('friendly.not_recorded')}  \n"
               f"{friendly.forms(forms.in_force('apology', page.period.start, page.period.end), text)}")  # fmt: skip
    log = next(iter(page.ask([LETTERS[0]])), None)
    to_merge(log)
    is_asked = SURVEY in catalogue.metrics()
    asked = next(iter(page.ask([SURVEY])), None) if is_asked else None
    blocks.say(friendly.beside(log, asked, page.metric(SURVEY) if is_asked else None, text))
    found = controls.analysed(page, trend.chart, control_chart.question(page, metric.name))
    if found.points:
        title = control_words.title(found, metric, text, page.period.end)
        subtitle = control_words.subtitle(found, page.where, text)
        blocks.chart(control_chart.figure(found, metric, text), title, subtitle, "letters")
        st.caption(" ".join(control_words.sentences(found, metric, text)))
        blocks.note_event(page, found)
        label = text("control.twin", label=metric.label[text.lang])
        blocks.twin(page, control_chart.table(found, metric, text), label, "letters")
    question = page.query([metric.name], level=page.view.level, unit=None, within=page.scope.unit_id)
    units = controls.analysed(page, standing.standing, question)
    if units.has_tiers:
        figure = tiers.figure(units, text, chosen)
        blocks.chart(figure, tiers.title(units, text), tiers.subtitle(units, text, when), "letters-units")
        blocks.say(tiers.sentence(units, text, chosen))
    table = tiers.table(units, text, list(page.units_below()))
    blocks.twin(page, table, text("friendly.by_unit", label=metric.label[text.lang]), "letters-units")


def to_merge(log: Row | None) -> None:
    """Offer a unit's cases that owe a letter and have none on record, for the letters to be merged."""
    if log is None or log.denominator is None or log.numerator is None:
        return
    query = page.query([apology_list.METRIC])
    apologies.offer(
        page, int(log.denominator - log.numerator), lambda: controls.listed(page, query, "denominator").rows
    )


def reception() -> None:
    """Show the weeks in which the chair received, month by unit; visits and groups as neutral counts."""
    if is_empty("reception", RECEPTION):
        return
    blocks.cards(page, page.figures(RECEPTION))
    said = [friendly.duty(duties, name, "commune", text) for name in ("chair_reception", "group_visit")]
    st.caption("  \n".join([*(s for s in said if s), text("friendly.neutral")]))
    not_sent("reception")
    tokens, past = page.series(RECEPTION[1:], kind="month", most=MONTHS)
    rows = page.below([RECEPTION[0]], period=tokens[0], period_to=tokens[-1], boundaries="dated")
    weeks = reception_weeks.weeks(rows, tokens, page.calendar, list(page.units_below()))
    if weeks.units:
        title = reception_weeks.title(weeks, page.calendar, text)
        subtitle = reception_weeks.subtitle(weeks, page.scope.full_name, chosen, text)
        if reception_weeks.drawn(weeks, chosen):
            blocks.chart(reception_weeks.figure(weeks, chosen, text), title, subtitle, "weeks")
        else:
            blocks.heading(title)
        blocks.twin(page, reception_weeks.table(weeks, text), text("friendly.weeks.twin"), "weeks")
    lines = tuple(
        (page.metric(n).label[text.lang], series.points(page.metric(n), past[n], tokens, page.calendar, text))
        for n in RECEPTION[1:]
    )
    visits, groups = (figures.value_text(page.metric(n), past[n][-1], text.lang) for n in RECEPTION[1:])
    month = periods.parse(tokens[-1], page.calendar).name(text.lang)
    title = text("friendly.visits.title", period=month, visits=visits, groups=groups)
    blocks.chart(panels.panels(lines, charts.Style(unit="visits", lang=text.lang)), title,
                 text("friendly.visits.subtitle", where=page.where), "visits")  # fmt: skip
    kinds = [page.metric(n) for n in RECEPTION[1:]]
    blocks.twin(page, standings.series_table(kinds, tokens, past, text), page.metric(RECEPTION[1]).label[text.lang],
                "visits")  # fmt: skip
    hosts = friendly.by_host(page.ask(RECEPTION[1:], by="host"), text)
    blocks.twin(page, hosts, text("friendly.by_host"), "hosts")


def dialogue() -> None:
    """Show dialogues, what became of them, and how many units have held one since the year began."""
    if is_empty("dialogue", DIALOGUE):
        return
    blocks.cards(page, page.figures(DIALOGUE))
    said = [friendly.duty(duties, name, "commune", text) for name in ("dialogue", "dialogue_publish")]
    st.caption("  \n".join([*(s for s in said if s), text("friendly.neutral")]))
    not_sent("engagement")
    year = periods.parse(dialogues.year_to_date(page.period.end), page.calendar)
    rows = page.below(DIALOGUE[:2], period=year.token)
    spread = dialogues.spread([r for r in rows if r.metric == DIALOGUE[0]])
    if spread.n > 1:
        subtitle = dialogues.subtitle(spread, page.scope.full_name, mid_sentence(year.title(text.lang)), text)
        blocks.chart(dialogues.figure(spread, text), dialogues.title(spread, text), subtitle, "dialogues")
    metric = page.metric(DIALOGUE[0])
    table = friendly.counts_by_unit([metric], [r for r in rows if r.metric == metric.name], text)
    label = f"{metric.label[text.lang]}, {mid_sentence(year.name(text.lang))}"
    blocks.twin(page, table, text("friendly.by_unit", label=label), "dialogues")


def mobilisation() -> None:
    """Show teams, members and models as counts, side by side; nothing is judged or added up."""
    if is_empty("mobilisation", MOBILISATION):
        return
    blocks.cards(page, page.figures(MOBILISATION))
    st.caption(text("friendly.neutral"))
    not_sent("engagement")
    kinds = [page.metric(n) for n in MOBILISATION]
    table = friendly.counts_by_unit(kinds, page.below(MOBILISATION), text)
    blocks.twin(page, table, text("friendly.by_unit", label=text("friendly.part.mobilisation")), "mobilisation", True)


def queue() -> None:
    """Show how long people wait for their number to be called: median and 90th percentile, by unit."""
    if is_empty("queue", QUEUE):
        return
    blocks.cards(page, page.figures(QUEUE))
    pair = QUEUE[:2]
    rows = page.below(pair)
    whole = {r.metric: r for r in page.whole(pair)}
    waits = waiting.waits(page.metric(QUEUE[0]), rows, whole, chosen)
    drawn = waiting.apart(waits)
    title = waiting.title(whole, text)
    if drawn:
        subtitle = waiting.subtitle(waits, whole, page.scope.full_name, when, text)
        overall = whole[QUEUE[0]].value if QUEUE[0] in whole else None
        blocks.chart(waiting.figure(drawn, overall, text), title, subtitle, "waiting")
    else:
        blocks.heading(title)
    blocks.say(waiting.sentence(waits, text))
    blocks.twin(page, waiting.table(waits, rows, text), text("friendly.waiting.twin"), "waiting")


PARTS = {"letters": letters, "reception": reception, "dialogue": dialogue, "mobilisation": mobilisation, "queue": queue}

names = [name for part in friendly.ANSWERS.values() for name in part]
now = {r.metric: r for r in page.ask(names)}
metrics = {name: page.metric(name) for name in names}
blocks.say(*friendly.answer(now, metrics, page.unit_name, page.period_name, text))
PARTS[controls.part(page, list(PARTS), "friendly")]()
st.caption(text("friendly.survey"))
if "survey" in guard.PAGES[viewer.role]:
    st.page_link("pages/survey.py", label=text("friendly.open_survey"), icon=":material/group:")
