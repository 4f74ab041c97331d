"""Citizen survey: residents on eight dimensions, users on service, units as far as allowed; never a PAPI result."""

import streamlit as st

from ui import blocks, controls, guard, labels, sentences, survey, survey_units
from ui.page import Page
from ui.survey import DIMENSIONS, FRIENDLY, OVERALL, SATISFIED, TOTAL
from ui.view import mid_sentence

viewer = guard.require("survey")


def newest(page: Page) -> str | None:
    """Return the last month with a figure: of all eight dimensions, else of satisfaction alone."""
    return next((found[0] for name in (TOTAL, SATISFIED) if (found := page.filled(name, "month", 1))), None)


def other_periods(page: Page, name: str) -> list[str]:
    """Return a few other periods that have the figure."""
    return [p for kind in ("month", "year") for p in page.filled(name, kind, 3) if p != page.view.period]


def section(key: str) -> None:
    """Part those who were asked: what follows speaks of them alone."""
    st.divider()
    st.markdown(f"**{text(key)}**")


def residents(page: Page) -> None:
    """Show the eight dimensions, and the parts of the one that is chosen."""
    text = page.text
    dimensions = [page.metric(d) for d in DIMENSIONS]
    known = [d.name for d in dimensions if survey.is_shown(now[d.name])]
    if not known:
        return
    section("survey.residents")
    n = survey.most_respondents([now[d] for d in known], text)
    figure = survey.figure(survey.marks(dimensions, now, text), dimensions[0], text)
    title = survey.finding(dimensions, now, text)
    subtitle = text("survey.dimensions_subtitle", n=n, **where) + survey.hollow([now[d] for d in known], text)
    blocks.chart(figure, title, subtitle, "dimensions")
    blocks.twin(page, survey.metrics_table(dimensions, now, text), text("page.survey.title"), "dimensions")
    chosen = st.selectbox(
        text("survey.choose_dimension"), known, format_func=lambda d: page.metric(d).label[text.lang], key="dimension"
    )
    parts = [page.metric(p) for p in survey.parts_of(chosen)]
    rows = {r.metric: r for r in page.ask([p.name for p in parts])}
    scale = survey.bounds(parts, page.read("survey_parts"), text)
    figure = survey.figure(survey.marks(parts, rows, text), parts[0], text)
    subtitle = text("survey.parts_subtitle", **scale, **where) + survey.hollow(list(rows.values()), text)
    blocks.chart(figure, survey.finding(parts, rows, text), subtitle, "parts")
    blocks.twin(page, survey.metrics_table(parts, rows, text), page.metric(chosen).label[text.lang], "parts")


def users(page: Page) -> None:
    """Show satisfaction by factor, and the five knows and three shows with their own numbers of respondents."""
    text, metric = page.text, page.metric(SATISFIED)
    factors = [r for r in page.ask([SATISFIED], by="factor") if survey.is_shown(r)]
    friendly = [page.metric(f) for f in FRIENDLY]
    rows = {r.metric: r for r in page.ask(FRIENDLY)}
    has_friendly = any(survey.is_shown(r) for r in rows.values())
    section("survey.users")
    if not factors and not has_friendly:
        st.info(text("survey.no_users"), icon=":material/info:")
        controls.offer_periods(page, other_periods(page, SATISFIED), "users_")
        return
    if factors:
        n = survey.most_respondents([now[SATISFIED]], text)
        figure = survey.figure(survey.factor_marks(metric, factors, text), metric, text)
        title = survey.factor_finding(metric, factors, text)
        subtitle = text("survey.factors_subtitle", n=n, **where) + survey.hollow(factors, text)
        blocks.chart(figure, title, subtitle, "factors")
        named = [(sentences.factor(text, r.split_value), r) for r in factors]
        blocks.twin(page, survey.named_table(metric, named, text), metric.label[text.lang], "factors")
        blocks.say(survey.populations(metric, page.ask([SATISFIED], by="population"), text))
    if has_friendly:
        figure = survey.figure(survey.marks(friendly, rows, text), friendly[0], text)
        title = text("survey.friendly_title", finding=survey.finding(friendly[:-1], rows, text))
        subtitle = text("survey.friendly_subtitle", **where) + survey.hollow(list(rows.values()), text)
        blocks.chart(figure, title, subtitle, "friendly")
        blocks.say(*(survey.conditional(m, rows[m.name], text) for m in friendly if m.options.get("is_conditional")))
        blocks.twin(page, survey.metrics_table(friendly, rows, text), text("survey.users"), "friendly")
        asked_of_some = [m.name for m in friendly if m.options.get("is_conditional")]
        items = page.ask(asked_of_some, by="item")
        if any(survey.is_shown(r) for r in items):
            words = {i["item_id"]: i[f"name_{text.lang}"] for i in page.read("survey_items")}
            named = [(f"{r.split_value}. {words[r.split_value]}", r) for r in items]
            table = survey.named_table(page.metric(asked_of_some[0]), named, text)
            blocks.twin(page, table, text("survey.conditional_items"), "items")


def units(page: Page) -> None:
    """Show the units of the level as far as the rule of publishing allows; the rest in grey with the reason."""
    text = page.text
    section("survey.by_unit")
    name = st.selectbox(
        text("survey.choose_metric"), (SATISFIED, OVERALL, TOTAL),
        format_func=lambda m: page.metric(m).label[text.lang], key="survey_metric",
    )  # fmt: skip
    metric, rows = page.metric(name), page.below([name])
    whole = next((r for r in page.whole([name]) if r.value is not None), None)
    found = survey_units.of(metric, rows, whole)
    blocks.say(survey_units.sentence(found, text))
    if found.drawn:
        level = labels.level(page.view.level, text)
        figure = survey_units.figure(found, page.unit.unit_id, text)
        subtitle = survey_units.subtitle(found, level, where["when"], text)
        blocks.chart(figure, survey_units.title(found, text), subtitle, "survey_units")
    title = text("survey.table_by_unit", label=metric.label[text.lang])
    blocks.twin(page, survey_units.table(found, rows, text), title, "survey_units")
    year = survey.year_of(page.view.period)
    if year and survey_units.needs_pooling(rows):
        st.caption(text("survey.pool"))
        controls.offer_periods(page, [year], "units_")


page = controls.open_page(viewer, "survey", "survey_answer", newest)
text = page.text
st.markdown(f"*{text('survey.disclaimer')}*")
blocks.context_line(page, "survey_answer", rule=False)

now = {r.metric: r for r in page.ask([TOTAL, SATISFIED, OVERALL, *DIMENSIONS])}
has_total = survey.is_shown(now[TOTAL])
is_silent = all(r.value is None and r.status in ("not_sent", "not_available") for r in now.values())
if not has_total:
    others = other_periods(page, TOTAL)
    why = "empty.other_surveys" if others else "empty.no_survey" if is_silent else "empty.no_total"
    st.info(text(why), icon=":material/info:")
    controls.offer_periods(page, others)
if is_silent:
    st.stop()
blocks.say(
    sentences.survey(
        text, page.unit_name, page.period_name, now[TOTAL], now[SATISFIED], page.metric(TOTAL), page.metric(SATISFIED)
    )
)
blocks.cards(page, page.figures([TOTAL, SATISFIED, OVERALL], most=6))
where = {"where": page.where, "when": mid_sentence(page.period.title(text.lang))}
st.caption("  \n".join((survey.sampled(list(now.values()), text), text("survey.not_mixed"))))
residents(page)
users(page)
units(page)
st.caption("  \n".join((survey.conditions(text), text("survey.rows_hidden"))))
