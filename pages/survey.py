"""Citizen survey: eight dimensions with intervals, and satisfaction by factor; totals only, never a PAPI result."""

import streamlit as st

from ui import blocks, charts, controls, guard, numbers, sentences, standings
from ui.page import Page

viewer = guard.require("survey")

DIMENSIONS = tuple(f"survey_d{i}" for i in range(1, 9))
TOTAL, SATISFIED = "survey_total", "satisfaction_rate"


def newest(page: Page) -> str | None:
    """Return the last month with a figure: of all eight dimensions, else of satisfaction alone."""
    return next((found[0] for name in (TOTAL, SATISFIED) if (found := page.filled(name, "month"))), None)


page = controls.open_page(viewer, "survey", "survey_answer", newest)
text = page.text
st.markdown(f"*{text('survey.disclaimer')}*")
blocks.context_line(page, "survey_answer", rule=False)

now = {r.metric: r for r in page.ask([TOTAL, SATISFIED, *DIMENSIONS])}
has_total = now[TOTAL].value is not None
is_silent = all(r.value is None and r.status in ("not_sent", "not_available") for r in now.values())
if not has_total:
    others = [p for kind in ("month", "year") for p in page.filled(TOTAL, kind)[:3] if p != page.view.period]
    why = "empty.other_surveys" if others else "empty.no_survey" if is_silent else "empty.no_total"
    st.info(text(why), icon=":material/info:")
    controls.offer_periods(page, others)
if is_silent:
    st.stop()
blocks.say(
    sentences.survey(
        text, page.unit_name, page.period_name, now[TOTAL], now[SATISFIED], page.metric(TOTAL),
        page.metric(SATISFIED),
    )
)  # fmt: skip
blocks.cards(page, page.figures([TOTAL, SATISFIED]))

where = {"where": page.where, "when": page.period.title(text.lang)}
marks = tuple(
    standings.mark(page.metric(d), now[d], "neutral", text, label=page.metric(d).label[text.lang]) for d in DIMENSIONS
)
known = [m for m in marks if m.value is not None]
if known:
    best, worst = max(known, key=lambda m: m.value or 0), min(known, key=lambda m: m.value or 0)
    title = text(
        "title.dimensions", high=sentences.named(best, "score", text), low=sentences.named(worst, "score", text)
    )
    style = charts.Style(unit="score", lang=text.lang, low=1.0, high=10.0)
    n = max(now[d].denominator or 0 for d in DIMENSIONS)
    respondents = numbers.integer(n, text.lang)
    subtitle = text("chart.dimensions_subtitle", n=respondents, **where)
    blocks.chart(charts.ranking(marks, style), title, subtitle, "dimensions")
    dimensions = [page.metric(d) for d in DIMENSIONS]
    blocks.twin(page, standings.metrics_table(dimensions, now, text), text("page.survey.title"), "dimensions")

metric = page.metric(SATISFIED)
rows = [r for r in page.ask([SATISFIED], by="factor") if r.value is not None and r.is_shown]
if rows:
    factors = tuple(
        standings.mark(metric, r, "neutral", text, label=sentences.factor(text, r.split_value))
        for r in sorted(rows, key=lambda r: -r.value)
    )
    title = text(
        "title.factors",
        high=sentences.named(factors[0], "percent", text),
        low=sentences.named(factors[-1], "percent", text),
    )
    answers = numbers.integer(now[SATISFIED].denominator, text.lang)
    style = charts.Style(unit="percent", lang=text.lang)
    blocks.chart(charts.ranking(factors, style), title, text("chart.factors_subtitle", n=answers, **where), "factors")
    blocks.twin(page, standings.split_table(metric, rows, text, sentences.factor), metric.label[text.lang], "factors")
st.caption(text("survey.rows_hidden"))
