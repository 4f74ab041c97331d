"""Metric explorer: any metric by units, periods and split, with its definition, SQL, rows and command line."""

from typing import Any

import streamlit as st

from metrics import answer, catalogue, line
from metrics.table import AnswerTable
from pages.explorer_parts import choices, rows
from ui import blocks, controls, explorer, explorer_charts, figures, guard, numbers, tables
from ui.explorer import Choice
from ui.explorer_charts import Drawn

viewer = guard.require("explorer")

page = controls.open_page(viewer, "explorer", "case")
text, limits = page.text, explorer.limits()
metric = choices.chosen_metric(page)
dataset = catalogue.sources()[metric.source].dataset
blocks.context_line(page, dataset, rule=explorer.follows_form(metric))
if metric.source == explorer.SURVEY:
    st.caption(text("survey.disclaimer"))
asked = choices.chosen(page, metric)


def values() -> list[Any]:
    """Return the row of each value of the split, of all that is asked about, in the last period."""
    changes = {"level": page.scope.level, "unit": page.scope.unit_id} if asked.is_each else {}
    found = page.ask([metric.name], by=asked.by, **changes)
    # of the whole province a unit may hear less than of itself: its own values are offered then
    return found if any(r.split_value is not None for r in found) else page.ask([metric.name], by=asked.by)


def draw(chart: Drawn | None, key: str) -> None:
    """Draw a chart and what it leaves out."""
    if chart is None:
        return
    blocks.chart(chart.figure, chart.title, chart.subtitle, key)
    if chart.note:
        st.caption(chart.note)


def overall() -> list[Any]:
    """Return the rows of the whole that parts are drawn beside, over the same periods."""
    whole = Choice(metric, first=asked.first)
    changes = {"level": page.scope.level, "unit": page.scope.unit_id} if asked.is_each else {}
    found = explorer.query(page, whole).at(**changes)
    return list(page.access.ask(found, viewer, page.source).rows)


def charts() -> None:
    """Draw what suits the answer: units, periods, values, or two of them; of one figure its card."""
    what = f"{explorer.first_upper(explorer.where(page, asked))}, {explorer.when(page, asked)}"
    along = asked.dimensions
    if is_card:
        blocks.cards(page, page.figures([metric.name]))
    elif not along:
        now = shown[0] if shown else None
        st.metric(names.get(asked.value or "", metric.label[text.lang]), figures.value_text(metric, now, text.lang))
        st.caption(figures.detail_text(metric, now, text))
    elif along == {"units"}:
        draw(explorer_charts.units(page, asked, shown, next(iter(overall()), None), what), "explored_units")
    elif along == {"periods"}:
        draw(explorer_charts.over_time(page, asked, shown, what), "explored_periods")
    elif along == {"split"}:
        draw(explorer_charts.values(page, asked, shown, names, what), "explored_values")
    elif along == {"units", "split"}:
        drawn, note = explorer_charts.units_by_value(page, asked, shown, names, what)
        with st.grid(2, min_column_width=320):
            for i, one in enumerate(drawn):
                with st.container():
                    draw(one, f"explored_{i}")
        st.caption(note)
    elif "periods" in along and len(along) == 2:
        draw(explorer_charts.panels(page, asked, shown, overall(), names, what), "explored_panels")
    else:
        st.caption(text("explorer.cubed"))


is_card = not asked.dimensions and not asked.by
by_value = values() if asked.by else []
names = explorer.value_names(page, asked.by, [r.split_value for r in by_value])
if names:
    value = choices.chosen_value(page, asked, explorer.offered_values(by_value, names))
    asked = Choice(asked.metric, asked.is_each, asked.first, asked.by, value)
query = explorer.query(page, asked)
question = explorer.said(page, asked, names)
n_values = len(names) if "split" in asked.dimensions else 1
n = answer.size(query, page.source) * max(n_values, 1)
st.markdown(text("explorer.asked", question=question))
command = line.command(query, viewer, page.view.asof)

if n > limits["most_rows"]:
    most = explorer.large(limits["most_rows"], text)
    st.warning(text("explorer.too_many", n=explorer.large(n, text), most=most), icon=":material/table_rows:")
    statements = None
else:
    found: AnswerTable = page.access.ask(query, viewer, page.source)
    statements = found.statements
    shown = explorer.ordered(page, asked, found.rows)
    names = names | explorer.value_names(page, asked.by, [r.split_value for r in shown if r.split_value not in names])
    nothing = "" if is_card else explorer.why_nothing(shown, text)
    if nothing:
        st.info(text("explorer.nothing", reason=figures.going_on(nothing)))
    else:
        charts()
    whole = explorer.table(page, asked, shown, names)
    blocks.heading(text("explorer.table"))
    drawn = tables.Table(whole.columns, whole.rows[: limits["drawn_rows"]])
    if len(drawn) < len(whole):
        st.caption(text("explorer.cut", n=explorer.large(len(drawn), text), total=explorer.large(len(whole), text)))
    st.dataframe(
        tables.styled(drawn, text.lang), hide_index=True, key="table_explorer", alt=question,
        placeholder=numbers.MISSING,
    )  # fmt: skip
    blocks.download(page, whole, question, "explorer")
    rows.offer(page, asked, query, shown, question, is_card)

blocks.heading(text("explorer.definition"))
with st.container(border=True):
    blocks.definition(page, metric.name)
blocks.heading(text("explorer.line"))
st.caption(text("explorer.line_help"))
st.code(command, language=None, wrap_lines=True)
if statements is not None:
    with st.expander(text("explorer.sql"), icon=":material/code:"):
        if metric.source == explorer.SURVEY:
            st.caption(text("explorer.sql_survey"))
        if not statements:
            st.caption(text("explorer.sql_none"))
        for statement in statements:
            st.code(statement, language="sql")
