"""The parts that pages are put together from: the choices, the question, figures, charts with their tables, dialogs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from metrics import answer, periods
from metrics.model import Part, Query
from metrics.viewer import Viewer
from ui import charts, context, figures, maps, numbers, reader, tables
from ui import view as choices
from ui.page import Access, Page
from ui.text import Text
from ui.view import View
from warehouse import closed, snapshots
from warehouse.paths import DataDir

CSS = Path(__file__).parent / "print.css"
KEPT = "kept_view"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_CASES = 500


# What is chosen -----------------------------------------------------------------------------------------------------


def current_view() -> View:
    """Return the reader's choice: the URL's, else what was kept from the page before."""
    return View.read(st.query_params.to_dict(), st.session_state.get(KEPT, {}))


def language() -> str:
    """Return the language chosen."""
    return current_view().lang


def _keep(view: View) -> None:
    """Keep the choice for the next page and write it to the URL."""
    st.session_state[KEPT] = view.as_url() | {"asof": view.asof}
    if st.query_params.to_dict() != view.as_url():
        st.query_params.from_dict(view.as_url())


def _changed(field: str) -> None:
    """Take over what a control now says."""
    _keep(replace(current_view(), **{field: st.session_state[f"choose_{field}"] or ""}))


def choose(**changes: str) -> None:
    """Change the choice from a click elsewhere on the page."""
    _keep(replace(current_view(), **changes))


def _control(
    field: str, options: Sequence[str], value: str, label: str, names: Callable[[str], str], text: Text
) -> None:
    key = f"choose_{field}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.selectbox(
        label, options, format_func=names, key=key, on_change=_changed, args=(field,), placeholder=text("filter.choose")
    )


# What is read -------------------------------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def _pool(data_dir: DataDir) -> snapshots.Pool:
    return snapshots.Pool(data_dir)


@st.cache_data(show_spinner=False, max_entries=20)
def _facts(name: str, _source: reader.Source) -> tuple[dict[str, str], dict[str, Any], reader.Places]:
    return reader.info(_source), reader.extent(_source), reader.places(_source)


@st.cache_data(show_spinner=False, max_entries=4000)
def _answered(query: Query, viewer: Viewer, name: str, _source: reader.Source) -> Any:
    return answer.ask(query, viewer, _source)


@st.cache_data(show_spinner=False, max_entries=100)
def _listed(query: Query, part: Part, viewer: Viewer, name: str, _source: reader.Source) -> Any:
    return answer.cases(query, part, viewer, _source)


@st.cache_data(show_spinner=False, max_entries=400)
def _read(statement: str, name: str, _source: reader.Source, values: dict[str, object]) -> list[dict[str, Any]]:
    return reader.rows(_source, statement, **values)


ACCESS = Access(
    ask=lambda query, viewer, source: _answered(query, viewer, source.name, source),
    read=lambda statement, source, **values: _read(statement, source.name, source, values),
)
"""Every answer is kept by question, viewer and snapshot; a new snapshot has a new name, so nothing stale is shown."""


# A page -------------------------------------------------------------------------------------------------------------


def open_page(viewer: Viewer, name: str, dataset: str) -> Page:
    """Return the page with its title and choices drawn; stop with the next step when there is nothing yet."""
    view = current_view()
    text = Text.of(view.lang)
    data_dir = DataDir.from_environment()
    source = _open(data_dir, view, text)
    if source is None:
        st.title(text(f"page.{name}.title"), anchor=False)
        st.info(text("empty.no_snapshot"))
        st.stop()
    info, extent, places = _facts(source.name, source)
    if dataset not in extent:
        dataset = next(iter(extent), "")
    if not extent or not places.units:
        st.title(text(f"page.{name}.title"), anchor=False)
        st.info(text("empty.no_data"))
        st.stop()
    reach = choices.reach(extent[dataset], info)
    view = choices.settled(view, reach, places)
    _keep(view)
    period = periods.parse(view.period, view.calendar)  # type: ignore[arg-type]
    unit = places.get(view.unit)
    _sidebar(view, text, reach, places, period)
    if reader.is_demo(info):
        st.badge(text("app.demo_banner"), icon=":material/science:", color="orange")
    page = Page(viewer, view, text, source, info, extent, places, unit, period, ACCESS)  # type: ignore[arg-type]
    st.title(context.title(page, name), anchor=False)
    if unit is None or not unit.is_in_force(period.start, period.end):
        _not_in_force(page, unit)
        st.stop()
    return page


def _open(data_dir: DataDir, view: View, text: Text) -> reader.Source | None:
    """Return the closed snapshot that was asked for, else the published one."""
    if view.asof:
        try:
            return _pool(data_dir).at(view.asof)
        except LookupError:
            st.warning(text("empty.no_such_snapshot", name=view.asof))
    try:
        return _pool(data_dir).at()
    except LookupError:
        return None


def _sidebar(view: View, text: Text, extent: tuple[Any, Any], places: reader.Places, period: periods.Period) -> None:
    first, last = extent
    offered = {u.unit_id: u for u in choices.choices(places, period.start, period.end)}
    chosen = places.get(view.unit)
    if chosen is not None:
        offered.setdefault(chosen.unit_id, chosen)
    with st.sidebar:
        _control(
            "unit", list(offered), view.unit, text("filter.unit"),
            lambda u: choices.unit_label(offered[u], period.start, text), text,
        )  # fmt: skip
        kind = choices.kind_of(view.period)
        if st.session_state.get("choose_kind") != kind:
            st.session_state["choose_kind"] = kind
        st.selectbox(
            text("filter.kind"),
            [k for k in choices.KINDS if choices.tokens(k, first, last)],
            format_func=lambda k: text(f"kind.{k}"),
            key="choose_kind",
            on_change=_kind_changed,
            args=(first, last),
            placeholder=text("filter.choose"),
        )
        tokens = choices.tokens(kind, first, last)
        tokens = tokens if view.period in tokens else [view.period, *tokens]
        _control(
            "period",
            tokens,
            view.period,
            text("filter.period"),
            lambda p: periods.parse(p, period.calendar).name(text.lang),
            text,
        )
        _control(
            "calendar", choices.CALENDARS, view.calendar, text("filter.calendar"), lambda c: text(f"calendar.{c}"), text
        )
        _control(
            "level", choices.groupings(places), view.level, text("filter.level"),
            lambda g: text(f"level.{g}") if text.has(f"level.{g}") else g, text,
        )  # fmt: skip
        kept = closed_snapshots()
        if kept or view.asof:
            names = {c.label: c.label for c in kept} | {"": text("filter.now")}
            options = ["", *(n for n in names if n)]
            options = options if view.asof in options else [*options, view.asof]
            _control("asof", options, view.asof, text("filter.asof"), lambda n: names.get(n, n), text)
        _control("lang", ("vi", "en"), view.lang, text("filter.lang"), lambda code: text(f"lang.{code}"), text)


def _kind_changed(first: Any, last: Any) -> None:
    view = current_view()
    kind = st.session_state["choose_kind"]
    choose(period=choices.default_period(kind, view.calendar, first, last))


def closed_snapshots() -> list[closed.Closed]:
    """Return the closed snapshots, newest first."""
    return closed.entries(DataDir.from_environment())[::-1]


def _not_in_force(page: Page, unit: reader.Unit | None) -> None:
    """Say why the unit has no figures in this period, and offer the ones it came from or that follow it."""
    text = page.text
    if unit is None:
        st.info(text("empty.no_data"))
        return
    before, after = reader.relatives(page.source, unit.unit_id)
    is_later = unit.valid_from > page.period.end
    day = unit.valid_from if is_later else unit.valid_to
    st.info(text("empty.unit_later" if is_later else "empty.unit_earlier", unit=unit.full_name, day=numbers.day(day)))
    for other in dict.fromkeys(before if is_later else after):
        found = page.places.get(other)
        if found:
            st.button(found.full_name, key=f"go_{other}", on_click=choose, kwargs={"unit": other}, type="tertiary")


# What is shown ------------------------------------------------------------------------------------------------------


def style() -> None:
    """Add the few rules that the theme cannot hold."""
    st.html(CSS)


def context_line(page: Page, dataset: str, rule: bool = True) -> None:
    """Show where, when, by which rule, how fresh, and who has not sent."""
    pieces = [context.where(page), context.when(page)]
    if rule:
        pieces.append(page.text("context.rule"))
    if choices.boundaries(page.unit, page.period.start) == "today":
        pieces.append(page.text("context.today_boundaries"))
    st.caption("  \n".join([" · ".join(pieces), context.freshness(page, page.not_sent(dataset))]))


def say(*sentences: str) -> None:
    """Show the page's answer."""
    st.markdown(" ".join(s for s in sentences if s), anchors=False)


def cards(page: Page, shown: Sequence[figures.Figure]) -> None:
    """Show figures with their own history, what they compare to, their cases and their definition."""
    text = page.text
    with st.grid(len(shown), min_column_width=180):
        for figure in shown:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(
                    figure.label, figure.value, chart_data=list(figure.history) or None, chart_type="line",
                )  # fmt: skip
                lines = [figure.detail, *(f"{c.sign.icon} {c.words}" for c in figure.comparisons)]
                st.caption("  \n".join(line for line in lines if line))
                with st.container(horizontal=True, gap="xsmall"):
                    if figure.has_cases:
                        label = text("action.cases", n=numbers.integer(figure.n_cases, text.lang))
                        if st.button(label, key=f"cases_{figure.metric}", type="tertiary"):
                            show_cases(page, figure.metric)
                    if st.button(text("action.definition"), key=f"definition_{figure.metric}", type="tertiary"):
                        show_definition(page, figure.metric)


def chart(figure: Any, title: str, subtitle: str, key: str, is_selectable: bool = False) -> list[str]:
    """Show a chart under the finding it makes; return the keys of the marks clicked."""
    st.markdown(f"**{title}**")
    st.caption(subtitle)
    mode: Literal["rerun", "ignore"] = "rerun" if is_selectable else "ignore"
    state: Any = st.plotly_chart(
        figure, config=charts.CONFIG, key=key, alt=f"{title}. {subtitle}", on_select=mode, selection_mode="points"
    )
    if not is_selectable:
        return []
    found = [p.get("customdata") for p in state["selection"]["points"]]
    return [str(c[0] if isinstance(c, list) else c) for c in found if c]


def twin(page: Page, table: tables.Table, title: str, key: str, is_open: bool = False) -> None:
    """Show the table behind a chart, with an export of the same values."""
    text = page.text
    with st.expander(text("action.table", title=title), expanded=is_open, icon=":material/table:"):
        if not len(table):
            st.caption(text("empty.no_rows"))
            return
        st.dataframe(
            tables.styled(table, text.lang), hide_index=True, key=f"table_{key}", alt=title, placeholder=numbers.MISSING
        )
        download(page, table, title, key)


def download(page: Page, table: tables.Table, title: str, key: str) -> None:
    """Offer a table as a typed workbook."""
    st.download_button(
        page.text("action.download"),
        data=lambda: tables.workbook(table, [title, *page.head()], page.text("export.sheet")),
        file_name=f"gandan-{key}-{page.view.period}.xlsx",
        mime=XLSX,
        key=f"download_{key}",
        icon=":material/download:",
        on_click="ignore",
    )


def table(page: Page, shown: tables.Table, title: str, key: str) -> None:
    """Show a table that is the page's own matter, with its export."""
    st.markdown(f"**{title}**")
    if not len(shown):
        st.caption(page.text("empty.no_rows"))
        return
    st.dataframe(
        tables.styled(shown, page.text.lang),
        hide_index=True,
        key=f"table_{key}",
        alt=title,
        placeholder=numbers.MISSING,
    )
    download(page, shown, title, key)


def definition(page: Page, name: str) -> None:
    """Show what a metric counts: formula, legal basis, interval, source."""
    metric = page.metric(name)
    with st.container(border=True):
        st.markdown(f"**{metric.label[page.text.lang]}**")
        st.markdown(context.definition(page.text, metric, page.source.name))


def show_definition(page: Page, name: str) -> None:
    """Open the definition of a metric."""
    metric = page.metric(name)

    def body() -> None:
        st.markdown(context.definition(page.text, metric, page.source.name))

    st.dialog(metric.label[page.text.lang], width="large")(body)()


def show_cases(page: Page, name: str) -> None:
    """Open the rows behind a number; there are as many as the number says."""
    text, metric = page.text, page.metric(name)
    part: Part = "denominator" if metric.kind == "proportion" else "numerator"

    def body() -> None:
        found = _listed(page.query([name]), part, page.viewer, page.source.name, page.source)
        listed = context.cases_table(text, found.rows)
        n = numbers.integer(len(listed), text.lang)
        st.markdown(text("cases.count", n=n, where=context.where(page), when=context.when(page)))
        if len(listed) > SHOWN_CASES:
            st.caption(text("cases.cut", n=numbers.integer(SHOWN_CASES, text.lang)))
        cut = replace(listed, rows=listed.rows[:SHOWN_CASES])
        st.dataframe(
            tables.styled(cut, text.lang),
            hide_index=True,
            key=f"cases_table_{name}",
            height=420,
            alt=name,
            placeholder=numbers.MISSING,
        )
        download(page, listed, metric.label[text.lang], f"cases-{name}")

    st.dialog(metric.label[text.lang], width="large")(body)()


# Choices inside a page ----------------------------------------------------------------------------------------------


def _segments(page: Page, key: str, options: Sequence[str], label: str, prefix: str) -> str:
    chosen = st.segmented_control(
        label, options, default=options[0], required=True, format_func=lambda o: page.text(f"{prefix}.{o}"), key=key,
        label_visibility="collapsed",
    )  # fmt: skip
    return str(chosen or options[0])


def section(page: Page, names: Sequence[str]) -> str:
    """Return the part of a page to show; the others are not even asked."""
    return _segments(page, "section", names, page.text("data.section"), "data")


def map_kind(page: Page) -> str:
    """Return the kind of map: tiles, or true boundaries where the data folder has them."""
    return _segments(page, "map_kind", ("map", "boundaries"), page.text("chart.map_kind"), "chart")


def boundary_file(page: Page, rows: Sequence[Any]) -> Path | None:
    """Return the boundary file of the units shown, if the data folder has one."""
    era = "2tier" if page.period.end >= reader.CHANGE_DAY else "3tier"
    codes = frozenset(r.unit_code for r in rows)
    root = DataDir.from_environment().root / "boundaries"
    return maps.boundaries(root, codes, page.province.code, era)


def open_unit(page: Page, clicked: Sequence[str]) -> None:
    """Offer to open the unit that was clicked on a map."""
    unit = page.places.get(clicked[0]) if clicked else None
    if unit is not None and unit.unit_id != page.unit.unit_id:
        label = page.text("action.open_unit", unit=choices.mid_sentence(unit.full_name))
        st.button(label, key="open_unit", on_click=choose, kwargs={"unit": unit.unit_id}, icon=":material/open_in_new:")


def offer_year(page: Page) -> None:
    """Offer the whole year: a survey lies in a few months of it."""
    year = str(page.period.year)
    if page.view.period != year:
        label = page.text("action.open_period", period=choices.mid_sentence(periods.parse(year).name(page.text.lang)))
        st.button(label, key="open_year", on_click=choose, kwargs={"period": year}, icon=":material/calendar_month:")


def form(page: Page, make: Callable[[Any], bytes], by: str, label: str) -> None:
    """Offer form II.06a of the chosen unit and period."""
    st.download_button(
        page.text(label),
        data=lambda: make(by),
        file_name=f"II06a-{page.unit.code}-{page.view.period}-{by}.xlsx",
        mime=XLSX,
        key=f"form_{by}",
        icon=":material/download:",
        on_click="ignore",
    )


def closed_choice(page: Page, kept: Sequence[closed.Closed]) -> closed.Closed:
    """Return the closed snapshot to compare with."""
    labels = [entry.label for entry in kept]
    label = st.selectbox(page.text("data.differ_choose"), labels, key="closed", placeholder=page.text("filter.choose"))
    return kept[labels.index(label)]


def snapshot(name: str) -> reader.Source:
    """Return a kept snapshot."""
    return _pool(DataDir.from_environment()).at(name)


def metric_choice(page: Page, names: Sequence[str]) -> str:
    """Return the metric whose definition is to be shown."""
    return st.selectbox(
        page.text("data.dictionary_choose"), names, format_func=lambda n: page.metric(n).label[page.text.lang],
        key="dictionary", placeholder=page.text("filter.choose"),
    )  # fmt: skip
