"""Overview: how the province is; map and tiers, units by period, fields and procedures, units compared, sources."""

import streamlit as st

from metrics import periods, scope
from metrics.analysis.movers import movers as find_movers
from metrics.analysis.standing import standing as find_standing
from metrics.submission_rules import RuleError
from ui import (
    arrivals,
    blocks,
    board,
    charts,
    controls,
    drill,
    guard,
    heat,
    labels,
    maps,
    mixes,
    movers,
    multiples,
    narrow,
    numbers,
    outlines,
    pairs,
    sentences,
    series,
    standings,
    tiers,
)
from ui import view as choices
from ui.view import mid_sentence
from warehouse import clock
from warehouse.paths import REPOSITORY, DataDir

viewer = guard.require("overview")

MAIN = "on_time_rate"
FIGURES = (MAIN, "settled", "pending_overdue", "online_rate")
# what units are held against each other by over the periods; shares only, since a count says how large a unit is
SHARES = (MAIN, "late_rate", "pending_overdue_rate", "online_rate", "full_online_rate", "supplement_rate")
CHECKS = ("moved_due_count", "reappointed_rate")

page = controls.open_page(viewer, "overview", "case")
text = page.text
blocks.context_line(page, "case")
narrow.way_up(page)

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
level = labels.level(page.view.level, text)
label = metric.label[text.lang]


def spread() -> None:
    """Show the units on the map and in tiers, and who moved."""
    style = charts.Style(unit=metric.unit, lang=text.lang)
    spots = tiers.spots(standing, units, page.view.unit, text)
    places = standings.places(standing.units, units)
    named = {u.unit_code: u.unit_name for u in standing.units}
    outline = narrow.found_outlines(page, frozenset(named), page.view.level)
    map_kind = narrow.map_kind(page, ("map", "boundaries")) if outline.drawn else "map"
    if viewer.role == "province":
        for said in outlines.wrong(outline, text):
            st.warning(said, icon=":material/map:")
    if not any(u.value is not None for u in standing.units):
        st.info(text("empty.no_cases"))
    is_wide = bool(places) and standing.has_tiers
    left, right = st.columns([3, 2], gap="large") if is_wide else (st.container(), st.container())
    with left:
        title, where = tiers.spread_title(standing, text), {"label": label, "level": level, "when": when}
        if map_kind == "boundaries":
            figure = maps.choropleth(spots, outline.drawn, style, text("chart.absent"))
            clicked = blocks.chart(figure, title, text("chart.boundaries_subtitle", **where), "boundaries", True)
            st.caption(outlines.left_out(outline, named, text))
            narrow.open_unit(page, clicked)
        elif places:
            figure = maps.tile_map(spots, places, style, text("chart.absent"))
            clicked = blocks.chart(figure, title, text("chart.map_subtitle", **where), "map", True)
            narrow.open_unit(page, clicked)
    with right:
        if standing.has_tiers:
            figure = tiers.figure(standing, text, page.view.unit)
            blocks.chart(figure, tiers.title(standing, text), tiers.subtitle(standing, text, when), "tiers")
    notes = (tiers.notes(standing, text), movers.chance(moved, text))
    st.caption("  \n".join(n.replace(" %", "\u00a0%") for n in notes if n))
    table = movers.beside(tiers.table(standing, text, list(units)), tiers.order(standing, list(units)), moved, text)
    blocks.twin(page, table, f"{label}, {mid_sentence(level)}", "overview")


def share() -> str:
    """Return the share that units are held against each other by."""
    names = {n: page.metric(n).label[text.lang] for n in SHARES[1:]}
    return narrow.to_one(page, "metric", names, text("overview.metric"), first=label) or MAIN


def by_period() -> None:
    """Show every unit in every period up to this one, in the order of its level."""
    chosen = page.metric(share())
    tokens = choices.history(page.view.period, page.first_day, page.last_day)
    limits = choices.boundaries(page.unit, periods.parse(tokens[0], page.calendar).start)
    rows = page.below([chosen.name], period=tokens[0], period_to=tokens[-1], boundaries=limits)
    found = heat.lines(chosen, rows, tokens, page.calendar, text, page.unit.unit_id)
    title = heat.title(chosen, found, text)
    if any(line.level is not None for line in found):
        subtitle = heat.subtitle(chosen, found, tokens, page.calendar, level, text)
        drawn = heat.figure(found, tuple(tokens), charts.Style(unit=chosen.unit, lang=text.lang))
        narrow.open_unit(page, blocks.chart(drawn, title, subtitle, "heat", True))
    else:
        blocks.heading(title)
    blocks.twin(page, heat.table(chosen, found, tokens, text), f"{chosen.label[text.lang]}, {level}", "heat")


def fields() -> None:
    """Lead from the unit to a field, its procedures, the units below, and the rows; the address names each step."""
    names = drill.fields(page.ask([MAIN], by="field_name"), text)
    if not names:
        st.info(text("empty.no_cases"))
        return
    first, second = st.columns(2)
    with first:
        field = narrow.to_one(page, "field", names, text("overview.fields.field"), drops=("procedure",))
    narrowed = {"by": "field_name", "split_value": drill.split(field)} if field else {}
    what = names.get(field, "")
    if field:
        known = {
            r["procedure_code"]: r["procedure_name"] for r in page.read("procedures", field_name=drill.split(field))
        }
        listed = drill.settled(page.ask([MAIN], by="procedure_code"), known)
        with second:
            offered = {r.split_value: known[r.split_value] for r in listed}
            procedure = narrow.to_one(page, "procedure", offered, text("overview.fields.procedure"))
        if procedure:
            narrowed, what = {"by": "procedure_code", "split_value": procedure}, known[procedure]
    now = next(iter(page.ask([MAIN], **narrowed)), None)
    unit = text("overview.fields.narrowed", unit=page.unit_name, what=what) if what else page.unit_name
    blocks.say(sentences.rate(text, metric, now, unit, page.period_name))
    if now is not None and now.denominator and scope.may_list(metric, viewer, page.unit.unit_id):
        n = numbers.integer(now.denominator - now.unlisted[1], text.lang)  # a unit's table of the form has no list
        if st.button(text("action.cases", n=n), key="cases_narrowed", icon=":material/list:"):
            blocks.show_cases(page, MAIN, what, **narrowed)
    if not field:
        parts = ("settled_early", "settled_on_time", "settled_late")
        blocks.table(page, mixes.table(page.ask(parts, by="field_name"), parts, text), text("title.mix_none"), "fields")
    elif narrowed["by"] == "field_name":
        title = text("overview.fields.procedures", field=what)
        blocks.table(page, drill.table(metric, listed, known, text), title, "procedures")
    if narrowed and page.unit.level != "commune":
        rows = page.below([MAIN], **narrowed)
        title = text("overview.fields.units", what=what, level=level)
        blocks.table(page, standings.table(metric, rows, now, text), title, "fields-units")


def compare() -> None:
    """Show units of any level over the periods, a small chart each on one scale."""
    chosen = page.metric(share())
    offered = {u.unit_id: choices.unit_label(u, page.period.start, text) for u in page.offered()}
    help = text("overview.compare.help")
    wanted = narrow.to_some(
        page, "with", offered, text("overview.compare.choose", n=multiples.MOST), multiples.MOST, help
    )
    whole = mid_sentence(page.province.full_name)
    if not wanted:
        st.info(text("overview.compare.start", whole=whole))
        return
    tokens = choices.history(page.view.period, page.first_day, page.last_day)
    past = {u: page.over([chosen.name], tokens, u)[chosen.name] for u in (page.province.unit_id, *wanted)}
    panels = {
        u: multiples.Panel(
            offered.get(u, page.province.full_name), series.points(chosen, rows, tokens, page.calendar, text)
        )
        for u, rows in past.items()
    }
    shown = tuple(panels[u] for u in wanted)
    title = text("overview.compare.title", label=chosen.label[text.lang], n=len(wanted))
    first, last = (periods.parse(t, page.calendar).name(text.lang) for t in (tokens[0], tokens[-1]))
    subtitle = text("overview.compare.subtitle", first=first, last=mid_sentence(last), whole=whole)
    figure = multiples.figure(shown, panels[page.province.unit_id], charts.Style(unit=chosen.unit, lang=text.lang))
    blocks.chart(figure, title, subtitle, "compare")
    blocks.twin(page, multiples.table(chosen, shown, {panels[u].name: past[u] for u in wanted}, text), title, "compare")


def pair_of_periods() -> tuple[periods.Period, periods.Period | None]:
    """Return the two periods to set side by side: this one and a year earlier, or any two that the address names."""
    offered = pairs.offered_periods(page.first_day, page.last_day, page.calendar, text)
    left, right = st.columns(2)
    with left:
        now = text("overview.pair.first_default", name=page.period.name(text.lang))
        token = narrow.to_one(page, "first", offered, text("overview.pair.first"), first=now)
    one = periods.parse(token or page.view.period, page.calendar)
    usual = pairs.counterpart(one, page.first_day)
    with right:
        none = text("overview.pair.second_none")
        then = text("overview.pair.second_default", name=usual.name(text.lang)) if usual else none
        token = narrow.to_one(page, "second", offered, text("overview.pair.second"), first=then)
    return one, periods.parse(token, page.calendar) if token else usual


def pair() -> None:
    """Show any units in any two periods side by side, with what chance explains of the differences."""
    st.html(REPOSITORY / "ui" / "pairs.css")
    one, other = pair_of_periods()
    labels = {u.unit_id: choices.unit_label(u, one.start, text) for u in page.offered()}
    help, most = text("overview.compare.help"), {"n": multiples.MOST}
    wanted = narrow.to_some(
        page, "with", labels, text("overview.pair.units", **most), multiples.MOST, help, (page.unit.unit_id,)
    )
    names = pairs.offered_metrics(viewer, text)
    label, help = text("overview.pair.metrics", n=pairs.MOST), text("overview.pair.metrics_help")
    kinds = narrow.to_some(page, "metrics", names, label, pairs.MOST, help, FIGURES)
    if other is None:
        st.info(text("overview.pair.choose"))
        return
    for warning in pairs.warnings(one, other, text):
        st.warning(warning, icon=":material/info:")
    if one.token == other.token:
        return
    first, second = (
        {(u, r.metric): r for u in wanted for r in page.of(u, kinds, p.token, p.start)} for p in (one, other)
    )
    found = pairs.pairs(kinds, {u: labels[u] for u in wanted}, first, second, one, other)
    shown = {"first": one.name(text.lang), "second": mid_sentence(other.name(text.lang))}
    blocks.say(pairs.sentence(found, one, other, text))
    st.caption(text("overview.pair.subtitle", **shown))
    for group in pairs.groups(found):
        heading, table = pairs.small_table(group, one, other, text)
        blocks.heading(heading)
        st.html(table)
    title = text("overview.pair.title", **shown)
    blocks.twin(page, pairs.table(found, one, other, text), title, "pair")


def sources() -> None:
    """Show who has sent, what was rejected, whose due dates moved, and what a later file lists no more."""
    blocks.heading(text("overview.sources.board"))
    try:
        # files loaded meanwhile show within a minute
        root, at = str(DataDir.from_environment().root), f"{clock.now():%Y-%m-%d %H:%M}"
        found = controls.analysed(page, board.sent, page.query([MAIN]), dataset="case", root=root, at=at)
    except RuleError as wrong:
        st.error(str(wrong), icon=":material/error:")
    else:
        token = found.newest_due()
        blocks.say(*board.sentences(found, token, text))
        owing = board.owing_table([found], token, text)
        blocks.twin(page, owing, text("overview.sources.owing"), "owing")
    blocks.heading(text("overview.sources.integrity"))
    if viewer.sees_province:
        blocks.say(arrivals.sentence(text, page.read("loads"), len(page.not_sent("case"))))
        words = arrivals.words(page.read("intake_words", lang=text.lang))
        reasons = arrivals.reasons(text, page.read("rejects_by_reason", unit=None), words)
        blocks.twin(page, reasons, text("overview.sources.rejects"), "rejects")
        unseen = page.read("not_seen", unit_id=page.unit.unit_id)
        n = numbers.integer(sum(r["n"] for r in unseen), text.lang)
        key = "overview.sources.not_seen_some" if unseen else "overview.sources.not_seen_none"
        blocks.say(text(key, n=n, units=numbers.integer(len(unseen), text.lang)))
        blocks.twin(page, arrivals.not_seen(text, unseen), text("overview.sources.not_seen"), "not-seen")
    blocks.cards(page, page.figures(CHECKS))
    if "data" in guard.PAGES[viewer.role]:
        st.page_link("pages/data.py", label=text("overview.sources.more"), icon=":material/database:")


PARTS = {
    "map": spread, "months": by_period, "fields": fields, "compare": compare, "pair": pair, "sources": sources,
}  # fmt: skip
PARTS[controls.part(page, tuple(PARTS), "overview")]()
