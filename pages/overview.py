"""Overview: how the province is, who stands apart beyond noise, who has not sent."""

import streamlit as st

from ui import blocks, charts, controls, guard, maps, sentences, standings
from ui.numbers import number
from ui.view import mid_sentence

viewer = guard.require("overview")

MAIN = "on_time_rate"
FIGURES = (MAIN, "settled", "pending_overdue", "online_rate")

page = controls.open_page(viewer, "overview", "case")
text = page.text
blocks.context_line(page, "case")

metric = page.metric(MAIN)
own = next(iter(page.ask([MAIN])), None)
overall = next(iter(page.whole([MAIN])), None)
rows = page.below([MAIN])
words = standings.words(metric, rows, overall)
cards = page.figures(FIGURES)

blocks.say(
    sentences.rate(text, metric, own, page.unit_name, page.period_name),
    sentences.moved(text, metric, own, cards[0]),
    sentences.apart(text, words, rows),
)
blocks.cards(page, cards)

level = text(f"level.{page.view.level}").lower() if text.has(f"level.{page.view.level}") else page.view.level
style = charts.Style(unit=metric.unit, lang=text.lang)
below, above = words.count("concern"), words.count("improvement")
total = number(overall.value, metric.unit, text.lang) if overall is not None else ""
title = text("title.map" if below or above else "title.map_none", below=below, above=above, value=total)
units = page.units_below()
spots = standings.spots(metric, rows, overall, units, page.view.unit, text)
file = controls.boundary_file(page, rows)
map_kind = controls.map_kind(page) if file else "map"
where = {"label": metric.label[text.lang], "level": level, "when": page.period.title(text.lang)}

places = standings.places(rows, units)
if not any(r.value is not None for r in rows):
    st.info(text("empty.no_cases"))
left, right = st.columns([3, 2], gap="large") if places else (st.container(), st.container())
with left:
    if map_kind == "boundaries" and file:
        figure = maps.choropleth(spots, file, style, text("chart.absent"))
        clicked = blocks.chart(figure, title, text("chart.boundaries_subtitle", **where), "boundaries", True)
        controls.open_unit(page, clicked)
    elif places:
        figure = maps.tile_map(spots, places, style, text("chart.absent"))
        clicked = blocks.chart(figure, title, text("chart.map_subtitle", **where), "map", True)
        controls.open_unit(page, clicked)
with right:
    marks = standings.apart(metric, rows, overall, page.view.unit, text)
    key = "title.ranking" if below + above else "title.ranking_none"
    rest = len(rows) - len(marks)
    subtitle = text("chart.ranking_subtitle", label=where["label"], when=where["when"], rest=rest)
    reference = charts.Style(
        unit=metric.unit,
        lang=text.lang,
        reference=overall.value if overall is not None else None,
        reference_label=text("chart.overall", value=total),
    )
    if marks:
        blocks.chart(charts.ranking(marks, reference), text(key, n=below + above), subtitle, "ranking")
blocks.twin(page, standings.table(metric, rows, overall, text), f"{where['label']}, {mid_sentence(level)}", "overview")
