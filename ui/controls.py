"""What the reader chooses, and the page that comes of it: choices in sidebar and URL, snapshot, question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn, Protocol, TypeVar

import streamlit as st

from metrics import periods
from metrics.viewer import Viewer
from ui import context, guard, numbers, planned, reader
from ui import view as choices
from ui.asking import ACCESS as ACCESS
from ui.asking import analysed as analysed
from ui.asking import facts, opened
from ui.asking import listed as listed
from ui.page import Page
from ui.plain import Plain
from ui.text import Text
from ui.view import View
from warehouse import closed, schema
from warehouse.paths import DataDir

Found = TypeVar("Found")


class Worded(Protocol):
    """Whatever has the words of a language: a page, or the desk before there is one."""

    @property
    def text(self) -> Text: ...


KEPT = "kept_view"
PART = "part"
"""Which part of a page is open; in the URL of that page only."""
NARROW = (
    "metric",
    "field",
    "procedure",
    "with",
    "metrics",
    "first",
    "second",
    "map",
    "day",
    "units",
    "from",
    "by",
    "value",
    "data",
)
"""What a page is narrowed to beside the choices of all pages; in the URL, so that a link opens the same."""
DEFAULT = "default_period"
"""The period that the reader got without choosing one; gone once a period is chosen."""
OWN = "own_period"
"""The period that a page opened on instead of it."""


# What is chosen -----------------------------------------------------------------------------------------------------


def current_view() -> View:
    """Return the reader's choice: the URL's, else what was kept from the page before."""
    return View.read(st.query_params.to_dict(), st.session_state.get(KEPT, {}))


def language() -> str:
    """Return the language chosen."""
    return current_view().lang


def _keep(view: View, shown: View | None = None) -> None:
    """Keep the choice for the next page, and write it, or what is shown in its stead, to the URL."""
    st.session_state[KEPT] = view.as_url() | {"asof": view.asof}
    now = st.query_params.to_dict()
    url = (shown or view).as_url() | {key: now[key] for key in (PART, guard.AS, *NARROW) if key in now}
    if now != url:
        st.query_params.from_dict(url)


def _changed(field: str) -> None:
    """Take over what a control now says."""
    if field == "period":
        st.session_state[DEFAULT] = None
    _keep(replace(current_view(), **{field: st.session_state[f"choose_{field}"] or ""}))


def choose(**changes: str) -> None:
    """Change the choice from a click elsewhere on the page."""
    if "period" in changes:
        st.session_state[DEFAULT] = None
    _keep(replace(current_view(), **changes))


def _control(
    field: str, options: Sequence[str], value: str, label: str, names: Callable[[str], str], text: Text
) -> None:
    key = f"choose_{field}"
    # Always set: a state left by another page may be equal here and yet not be what the box would show.
    st.session_state[key] = value
    st.selectbox(
        label, options, format_func=names, key=key, on_change=_changed, args=(field,),
        placeholder=text("filter.choose"), help=text(f"help.{field}") if text.has(f"help.{field}") else None,
    )  # fmt: skip


# A page -------------------------------------------------------------------------------------------------------------


def open_desk(viewer: Viewer, name: str, dataset: str) -> tuple[Text, Page | None]:
    """Return the words, and the page where something is published: the first files are loaded before there is one."""
    view = current_view()
    text = Text.of(view.lang)
    is_older = False
    try:
        source = _open(DataDir.from_environment(), view, text)
        if source is not None and facts(source)[1]:
            return text, open_page(viewer, name, dataset)
    except schema.SchemaMismatch:
        is_older = True
    open_plain(name)
    if is_older:
        st.warning(text("empty.older_snapshot"), icon=":material/update:")
    return text, None


def open_plain(name: str) -> Plain:
    """Return the page that asks nothing of a snapshot, with its title and the language drawn."""
    view = current_view()
    text = Text.of(view.lang)
    _keep(view)
    with st.sidebar:
        _control("lang", ("vi", "en"), view.lang, text("filter.lang"), lambda code: text(f"lang.{code}"), text)
    st.title(text(f"page.{name}.title"), anchor=False)
    return Plain(text, view)


def open_page(
    viewer: Viewer, name: str, dataset: str, newest: Callable[[Page], str | None] = lambda page: None,
    other: Callable[[View, reader.Source, reader.Places], reader.Source] = lambda view, source, places: source,
    without: Sequence[str] = (),
) -> Page:  # fmt: skip
    """Return the page with its title and choices drawn; stop with the next step when there is nothing yet.

    `newest` gives a page's own first period, where none was chosen; `other` what it reads in place of the published;
    `without` names the choices that mean nothing to it.
    """
    view = current_view()
    text = Text.of(view.lang)
    source = _open(DataDir.from_environment(), view, text)
    if source is None:
        _nothing(text, name, "empty.no_snapshot", viewer)
    info, extent, places = facts(source)
    if not extent or not places.units:
        _nothing(text, name, "empty.no_data")
    if not view.unit:
        view = replace(view, unit=choices.home(viewer, places))
    source = other(view, source, places)
    info, extent, places = facts(source)
    reach = choices.reach(extent.get(dataset) or next(iter(extent.values())), info)
    if not view.period:
        st.session_state[DEFAULT] = choices.settled(view, reach, places).period
    default = st.session_state.get(DEFAULT)
    is_default = default is not None and view.period in ("", default, st.session_state.get(OWN))
    kept = choices.settled(replace(view, period=str(default)) if is_default else view, reach, places)
    page = _page(viewer, kept, text, source)
    own = newest(page) if is_default and page.unit is not None else None
    if own:
        st.session_state[OWN] = own
        page = _page(viewer, replace(kept, period=own), text, source)
    if "period" in without:  # told as of the data's date: the period of other pages is kept, and not shown
        last = choices.settled(replace(kept, period="", calendar="calendar"), reach, places)
        page = _page(viewer, last, text, source)
    _keep(kept, replace(page.view, period="", calendar="") if "period" in without else page.view)
    _sidebar(page, reach, without)
    if page.is_demo:
        st.badge(text("app.demo_banner"), icon=":material/science:", color="orange")
    st.title(context.title(page, name), anchor=False)
    if page.unit is None or not page.unit.is_in_force(page.period.start, page.period.end):
        _not_in_force(page, page.unit)
        st.stop()
    return page


def _page(viewer: Viewer, view: View, text: Text, source: reader.Source) -> Page:
    info, extent, places = facts(source)
    period = periods.parse(view.period, view.calendar)  # type: ignore[arg-type]
    unit = places.get(view.unit)
    plan = planned.gather(DataDir.from_environment(), viewer, view.asof)
    return Page(viewer, view, text, source, info, extent, places, unit, period, ACCESS, plan)  # type: ignore[arg-type]


def _nothing(text: Text, name: str, why: str, viewer: Viewer | None = None) -> NoReturn:
    """Say what to do first, offer the page on which it is done, and stop."""
    st.title(text(f"page.{name}.title"), anchor=False)
    st.info(text(why))
    if viewer is not None and guard.may_write(viewer):
        st.page_link("pages/data.py", label=text("desk.part.load"), icon=":material/upload:")
    st.stop()


def _open(data_dir: DataDir, view: View, text: Text) -> reader.Source | None:
    """Return the closed snapshot that was asked for, else the published one."""
    if view.asof:
        try:
            return opened(data_dir, view.asof)
        except LookupError:
            st.warning(text("empty.no_such_snapshot", name=view.asof))
    try:
        return opened(data_dir)
    except LookupError:
        return None


def _sidebar(page: Page, extent: tuple[Any, Any], without: Sequence[str]) -> None:
    (first, last), view, text, places, period = extent, page.view, page.text, page.places, page.period
    offered = {u.unit_id: u for u in choices.choices(places, period.start, period.end)}
    chosen = places.get(view.unit)
    if chosen is not None:
        offered.setdefault(chosen.unit_id, chosen)
    with st.sidebar:
        _control(
            "unit", list(offered), view.unit, text("filter.unit"),
            lambda u: choices.unit_label(offered[u], period.start, text), text,
        )  # fmt: skip
        if "period" not in without:
            kind = choices.kind_of(view.period)
            st.session_state["choose_kind"] = kind
            st.selectbox(
                text("filter.kind"), [k for k in choices.KINDS if choices.tokens(k, first, last)],
                format_func=lambda k: text(f"kind.{k}"), key="choose_kind", on_change=_kind_changed,
                args=(first, last), placeholder=text("filter.choose"),
            )  # fmt: skip
            tokens = choices.tokens(kind, first, last)
            tokens = tokens if view.period in tokens else [view.period, *tokens]
            _control(
                "period", tokens, view.period, text("filter.period"),
                lambda p: periods.parse(p, period.calendar).name(text.lang), text,
            )  # fmt: skip
            calendars, named = choices.CALENDARS, text("filter.calendar")
            _control("calendar", calendars, view.calendar, named, lambda c: text(f"calendar.{c}"), text)
        if "level" not in without:
            _control(
                "level", choices.groupings(places), view.level, text("filter.level"),
                lambda g: text(f"level.{g}") if text.has(f"level.{g}") else g, text,
            )  # fmt: skip
        kept = closed.entries(DataDir.from_environment())[::-1]
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


def bodies(*levels: str) -> dict[str, str]:
    """Return the bodies of these levels in force on the data's last day, code → name; none before there are data."""
    found = _published()
    return reader.in_force_last(found[2], found[1], levels) if found and found[1] else {}


def names() -> dict[str, str]:
    """Return the full name of every unit by its id and by its code; none before there are data."""
    found = _published()
    return reader.names(found[2]) if found else {}


def _published() -> tuple[dict[str, str], dict[str, tuple[Any, Any]], reader.Places] | None:
    """Return the facts of what the reader looks at, None where nothing is published that can be read."""
    try:
        source = _open(DataDir.from_environment(), current_view(), Text.of(language()))
    except schema.SchemaMismatch:
        return None
    return facts(source) if source is not None else None


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


# Choices inside a page ----------------------------------------------------------------------------------------------


def _segments(page: Page, key: str, options: Sequence[str], label: str, prefix: str) -> str:
    chosen = st.segmented_control(
        label, options, default=options[0], required=True, format_func=lambda o: page.text(f"{prefix}.{o}"), key=key,
        label_visibility="collapsed",
    )  # fmt: skip
    return str(chosen or options[0])


def part(page: Page, names: Sequence[str], prefix: str) -> str:
    """Return which of a page's parts to show, named in `<prefix>.part` of its words; the others are not even asked."""
    return named_part(page, f"{prefix}_part", {n: page.text(f"{prefix}.part.{n}") for n in names})


def named_part(page: Worded, key: str, names: Mapping[str, str]) -> str:
    """Return the part of the page that its URL names, so that a link and the browser's back button open it again."""
    first = next(iter(names))
    wanted = st.query_params.get(PART, first)
    wanted = wanted if wanted in names else first
    if st.session_state.get(key) != wanted:
        st.session_state[key] = wanted
    chosen = st.segmented_control(
        page.text("data.section"), list(names), required=True, format_func=names.__getitem__, key=key,
        label_visibility="collapsed", on_change=_part_changed, args=(key, first),
    )  # fmt: skip
    return str(chosen or wanted)


def open_part(name: str) -> None:
    """Write the part of a page to the URL, to be opened when the page is drawn next."""
    st.query_params[PART] = name


def _part_changed(key: str, first: str) -> None:
    """Write the chosen part to the URL; the first one is what a page opens with and needs no name."""
    chosen = st.session_state[key]
    if chosen and chosen != first:
        st.query_params[PART] = chosen
    elif PART in st.query_params:
        del st.query_params[PART]


def one_of(page: Page, names: Sequence[str], prefix: str, label: str) -> str:
    """Return which of several charts of one form to show, named in `<prefix>`."""
    return _segments(page, prefix.replace(".", "_"), names, label, prefix)


def offer_periods(page: Page, tokens: Sequence[str], place: str = "") -> None:
    """Offer periods by name, one click each; `place` tells the places of a page apart that offer the same."""
    with st.container(horizontal=True, gap="xsmall"):
        for token in tokens:
            name = choices.mid_sentence(periods.parse(token, page.calendar).name(page.text.lang))
            label = page.text("action.open_period", period=name)
            icon = ":material/calendar_month:"
            st.button(label, key=f"open_{place}{token}", on_click=choose, kwargs={"period": token}, icon=icon)


def closed_choice(page: Page, kept: Sequence[closed.Closed]) -> closed.Closed:
    """Return the closed snapshot to compare with."""
    labels = [entry.label for entry in kept]
    label = st.selectbox(page.text("data.differ_choose"), labels, key="closed", placeholder=page.text("filter.choose"))
    return kept[labels.index(label)]


def snapshot(name: str = "") -> reader.Source:
    """Return a kept snapshot, or the published one."""
    return opened(DataDir.from_environment(), name)


def reject_choice(page: Page, files: Sequence[str], reasons: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the file and the reason whose rejected rows are to be shown; None for all."""
    chosen = []
    for column, name, options in zip(st.columns(2), ("file_name", "reason"), (files, reasons), strict=True):
        with column:
            chosen.append(
                st.selectbox(
                    page.text(f"column.{name}"), [None, *options], key=f"reject_{name}",
                    format_func=lambda o: o or page.text("filter.all"), placeholder=page.text("filter.choose"),
                )
            )  # fmt: skip
    return chosen[0], chosen[1]


def dataset_choice(page: Page, names: Sequence[str]) -> str:
    """Return the dataset whose coverage is to be shown."""
    return _segments(page, "coverage_dataset", names, page.text("column.dataset"), "value.dataset")
