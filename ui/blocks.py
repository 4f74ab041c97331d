"""What pages are put together from: the answer, figures, charts with their tables, exports, dialogs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import streamlit as st

from metrics import explain
from metrics.analysis.trend import ControlChart
from metrics.model import Part
from metrics.viewer import Viewer
from ui import charts, context, control_words, controls, figures, frames, guard, lists, numbers, tables
from ui import view as choices
from ui.access import annotations as annotations_of
from ui.access import web
from ui.page import Page
from ui.text import Text, words
from warehouse.paths import DataDir


class Exports(Protocol):
    """Whatever a table can be shown and exported for: a page, or the Data page before there is one."""

    @property
    def text(self) -> Text: ...
    @property
    def view(self) -> choices.View: ...
    def head(self) -> list[str]: ...


CSS = Path(__file__).parent / "print.css"
REACH = CSS.with_name("reach.html")
WANTED = "dictionary_wanted"
"""The metric whose entry the reader asked for on another page."""


def style() -> None:
    """Add the few rules that the theme cannot hold, and have tables written down our way."""
    frames.use()
    st.html(CSS)


def reach(text: Text) -> None:
    """Let `dong ha` find Đông Hà in every box of choices, and the front end's own words be the reader's."""
    theirs, ours = words("en"), words(text.lang)
    pairs = [
        [[theirs[key], ours[key]] for key in theirs if key.startswith(f"browser.{kind}.") and theirs[key] != ours[key]]
        for kind in ("whole", "parts")
    ]
    program = REACH.read_text(encoding="utf-8")
    for name, value in (("LANGUAGE", text.lang), ("WORDS", pairs)):
        program = program.replace(name, json.dumps(value, ensure_ascii=False).replace("</", "<\\/"), 1)
    with st.sidebar:
        st.html(program, unsafe_allow_javascript=True)


def sign_in(text: Text) -> None:
    """Say that one has to sign in, and where."""
    st.title(text("app.name"), anchor=False)
    st.info(text("access.needed"), icon=":material/lock:")
    link(f"{web.SIGN_IN}?lang={text.lang}", text("access.go"))


def link(address: str, words: str) -> None:
    """Show a link to a page of the server beside the application, in this tab."""
    st.html(f'<a href="{address}" target="_self" style="color:inherit">{words}</a>')


def who(text: Text, viewer: Viewer) -> None:
    """Show who looks: the account with the way out, or on an open server whose part to take."""
    account = guard.account()
    with st.sidebar:
        if account is not None:
            st.caption(f"{account.name} · {text(f'access.role.{account.role}')}")
            link(f"{web.SIGN_OUT}?lang={text.lang}", text("access.sign_out"))
            return
        if guard.has_accounts(DataDir.from_environment()):
            return
        roles = ["province", "unit", "auditor", "viewer"]
        with st.expander(text(f"access.role.{viewer.role}"), icon=":material/visibility:"):
            st.caption(text("access.open"))
            chosen = st.selectbox(
                text("access.as"), roles, index=roles.index(viewer.role) if viewer.role in roles else 0,
                format_func=lambda role: text(f"access.role.{role}"), key="look_as",
            )  # fmt: skip
            if chosen == "unit":
                offered = controls.bodies("commune")
                code = st.selectbox(
                    text("filter.unit"), list(offered), format_func=offered.__getitem__, key="look_as_unit",
                    index=None, placeholder=text("filter.choose"),
                )  # fmt: skip
                chosen = f"unit:{code}" if code else ""
            if chosen and chosen != guard.looked_as():
                guard.look_as(chosen)
                st.rerun()


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
            # actions lie at the bottom of every card, however long its words
            with st.container(border=True, height="stretch", gap="xsmall", vertical_alignment="distribute"):
                with st.container(gap="xsmall"):
                    history = list(figure.history) or None
                    st.metric(figure.label, figure.value, chart_data=history, chart_type="line")
                    lines = [figure.detail, *(f"{c.sign.icon} {c.words}" for c in figure.comparisons)]
                    # a percentage is not parted from its sign at the end of a line
                    st.caption("  \n".join(line.replace(" %", "\u00a0%") for line in lines if line))
                with st.container(horizontal=True, gap="xsmall"):
                    if figure.has_cases:
                        n = figure.n_cases
                        label = (
                            text("action.list") if n is None else text("action.cases", n=numbers.integer(n, text.lang))
                        )
                        if st.button(label, key=f"cases_{figure.metric}", type="tertiary"):
                            show_cases(page, figure.metric)
                    if st.button(text("action.definition"), key=f"definition_{figure.metric}", type="tertiary"):
                        show_definition(page, figure.metric)


def heading(title: str) -> None:
    """Show the finding of a chart or the name of a table, as a heading that a screen reader can go to."""
    st.header(title, anchor=False)


def chart(figure: Any, title: str, subtitle: str, key: str, is_selectable: bool = False) -> list[str]:
    """Show a chart under the finding it makes; return the keys of the marks clicked."""
    heading(title)
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


def download(page: Exports, table: tables.Table, title: str, key: str) -> None:
    """Offer a table as a typed workbook."""
    account = guard.account()

    def made() -> bytes:
        if account is not None:
            lists.note(account.login, "table_exported", table=key, rows=len(table))
        return tables.workbook(table, [title, *page.head()], page.text("export.sheet"))

    st.download_button(
        page.text("action.download"),
        data=made,
        file_name=f"gandan-{key}-{page.view.period}.xlsx",
        mime=tables.XLSX,
        key=f"download_{key}",
        icon=":material/download:",
        on_click="ignore",
    )


def table(page: Exports, shown: tables.Table, title: str, key: str) -> None:
    """Show a table that is the page's own matter, with its export."""
    heading(title)
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


def plain(page: Exports, shown: tables.Table, title: str, key: str) -> None:
    """Show a small table that belongs to what stands around it: no heading, no export."""
    frame = tables.styled(shown, page.text.lang)
    st.dataframe(frame, hide_index=True, key=f"table_{key}", alt=title, placeholder=numbers.MISSING)


def definition(page: Page, name: str) -> None:
    """Show what a metric counts: in words, with its parts in this period, its legal basis, and on request its SQL."""
    text, metric = page.text, page.metric(name)
    now = next(iter(page.ask([name])), None)
    st.markdown(context.definition(text, metric, now, context.where(page), context.when(page), page.source.name))
    if (target := page.target(name)) is not None:
        st.caption(control_words.target_said(target, metric, text))
    with st.expander(text("definition.exact"), icon=":material/code:"):
        st.markdown(context.conditions(text, metric))
        for statement in explain.explain(name, text.lang).sql:
            st.code(statement, language="sql")


def note_event(page: Page, chart: ControlChart) -> None:
    """Offer to note what happened on a day of a chart: the page of events opens with metric, unit and day filled in."""
    if page.view.asof or not annotations_of.may_note(page.viewer, page.unit.unit_id):
        return
    label = page.text("plan.note_event")
    if st.button(label, key=f"note_event_{chart.metric}", type="tertiary", icon=":material/flag:"):
        told = {"part": "events", "metric": chart.metric, "day": str(control_words.wanted_day(chart))}
        st.switch_page("pages/plan.py", query_params=st.query_params.to_dict() | told)


def show_definition(page: Page, name: str) -> None:
    """Open the definition of a metric, with the way to its entry in the dictionary."""

    def body() -> None:
        definition(page, name)
        label = page.text("dictionary.open")
        if st.button(label, key=f"dictionary_{name}", type="tertiary", icon=":material/menu_book:"):
            st.session_state[WANTED] = name
            st.switch_page("pages/dictionary.py", query_params=st.query_params.to_dict())
        explore(page, name)
        figure = lists.figure_of(page, name)
        if page.viewer.role == "unit" and page.viewer.owns(figure.unit_id):
            lists.doubt(page, figure, [])

    _dialog(page, page.metric(name).label[page.text.lang], body)


def explore(page: Page, name: str) -> None:
    """Offer the metric in the explorer, of the same unit and period."""
    if st.button(page.text("explorer.link"), key=f"explore_{name}", type="tertiary", icon=":material/search:"):
        looks_as = {guard.AS: st.query_params[guard.AS]} if guard.AS in st.query_params else {}
        st.switch_page("pages/explorer.py", query_params={**page.view.as_url(), **looks_as, "metric": name})


def _dialog(page: Page, title: str, body: Callable[[], None]) -> None:
    """Open a dialog; it runs by itself later, so it has its own shield."""
    st.dialog(title, width="large")(lambda: guard.shielded(body, page.text))()


def show_cases(page: Page, name: str, what: str = "", **narrowed: Any) -> None:
    """Open the rows behind a number; as many as the number says.

    Where it is narrowed to one value of a split, `what` names that: the list and its export say so beside the unit.
    """
    text, metric = page.text, page.metric(name)
    label = metric.label[text.lang]
    part: Part = "denominator" if metric.is_share else "numerator"

    where = f"{context.where(page)} · {what}" if what else ""
    shown = lists.List(name, label, (where, *page.head()[1:]) if what else (), lists.figure_of(page, name), where)

    is_new = [True]

    def body() -> None:
        rows = controls.listed(page, page.query([name], **narrowed), part).rows
        if is_new:
            lists.opened(page, shown, len(rows))
            is_new.clear()  # the dialog runs by itself at every click in it: it was opened once
        lists.draw(page, rows, shown)

    _dialog(page, label, body)


def form(page: Page, make: Callable[[Any], bytes], by: str, label: str) -> None:
    """Offer form II.06a of the chosen unit and period."""
    account = guard.account()

    def made() -> bytes:
        if account is not None:
            lists.note(account.login, "form_exported", form=by, unit=page.unit.unit_id, period=page.view.period)
        return make(by)

    st.download_button(
        page.text(label),
        data=made,
        file_name=f"II06a-{page.unit.code}-{page.view.period}-{by}.xlsx",
        mime=tables.XLSX,
        key=f"form_{by}",
        icon=":material/download:",
        on_click="ignore",
    )
