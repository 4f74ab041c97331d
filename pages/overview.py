"""Overview: how the province is, who can be told from the middle, who moved beyond noise, who has not sent."""

import streamlit as st

from metrics import periods
from metrics.analysis.movers import movers as find_movers
from metrics.analysis.standing import standing as find_standing
from ui import blocks, charts, controls, guard, maps, movers, sentences, standings, tiers
from ui.view import mid_sentence

viewer = guard.require("overview")

MAIN = "on_time_rate"
FIGURES = (MAIN, "settled", "pending_overdue", "online_rate")

page = controls.open_page(viewer, "overview", "case")
text = page.text
blocks.context_line(page, "case")

metric = page.metric(MAIN)
own = next(iter(page.ask([MAIN])), None)
query = page.query([MAIN], level=page.view.level, unit=None, within=page.scope.unit_id)
standing = controls.analysed(page, find_standing, query)
moved = controls.analysed(page, find_movers, query)
before = periods.parse(moved.before, page.calendar).name(text.lang) if moved.before else ""
cards = page.figures(FIGURES)

blocks.say(
    sentences.rate(text, metric, own, page.unit_name, page.period_name),
    sentences.moved(text, metric, own, cards[0]),
    tiers.headline(standing, text, page.view.unit),
    movers.sentence(moved, text, before),
)
blocks.cards(page, cards)

units = page.units_below()
when = mid_sentence(page.period.title(text.lang))
level = text(f"level.{page.view.level}").lower() if text.has(f"level.{page.view.level}") else page.view.level
label = metric.label[text.lang]
style = charts.Style(unit=metric.unit, lang=text.lang)
spots = tiers.spots(standing, units, page.view.unit, text)
places = standings.places(standing.units, units)
file = controls.boundary_file(page, standing.units)
map_kind = controls.map_kind(page) if file else "map"

if not any(u.value is not None for u in standing.units):
    st.info(text("empty.no_cases"))
is_wide = bool(places) and standing.has_tiers
left, right = st.columns([3, 2], gap="large") if is_wide else (st.container(), st.container())
with left:
    title, where = tiers.spread_title(standing, text), {"label": label, "level": level, "when": when}
    if map_kind == "boundaries" and file:
        figure = maps.choropleth(spots, file, style, text("chart.absent"))
        clicked = blocks.chart(figure, title, text("chart.boundaries_subtitle", **where), "boundaries", True)
        controls.open_unit(page, clicked)
    elif places:
        figure = maps.tile_map(spots, places, style, text("chart.absent"))
        clicked = blocks.chart(figure, title, text("chart.map_subtitle", **where), "map", True)
        controls.open_unit(page, clicked)
with right:
    if standing.has_tiers:
        figure = tiers.figure(standing, text, page.view.unit)
        blocks.chart(figure, tiers.title(standing, text), tiers.subtitle(standing, text, when), "tiers")
notes = (tiers.notes(standing, text), movers.chance(moved, text))
st.caption("  \n".join(n.replace(" %", "\u00a0%") for n in notes if n))
table = movers.beside(tiers.table(standing, text, list(units)), tiers.order(standing, list(units)), moved, text)
blocks.twin(page, table, f"{label}, {mid_sentence(level)}", "overview")
