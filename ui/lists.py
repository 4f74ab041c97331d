"""A list of rows on the screen: filter, order, columns, export, what people note at a row, a doubt about its figure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from ui import case_lists, context, guard, numbers, tables
from ui.access import accounts, audit, notes, opinions, work
from ui.access import store as access_store
from ui.access.store import Store
from ui.access.work import Kind, Mark, Row
from ui.case_lists import MARKED, Choice, Record
from ui.page import Page
from ui.text import Text
from ui.text import plainly as plainly
from warehouse.calendar import WorkingCalendar
from warehouse.paths import DataDir

SHOWN = 500
"""Rows drawn; the export has all."""
HIGHEST, ROW = 420, 36
"""Pixels of a list and of a row: as high as all its rows, so that a filter makes nothing jump."""
KEPT_COLUMNS = "list_columns"
KEPT_CHOICES, KEPT_LISTS = "list_choices", 20
"""What was chosen above the lists opened last, so many of them: a list opened again stands as it was left."""


@dataclass(frozen=True)
class List:
    """A list to draw: `key` tells it from others, `head` are its export's lines, `figure` what it stands behind."""

    key: str
    title: str
    head: tuple[str, ...] = ()
    figure: opinions.Figure | None = None
    where: str = ""
    when: str = ""


# Who writes, and where -----------------------------------------------------------------------------------------------


def who(page: Page) -> str:
    """Return the name under which something is written: the account's login, on an open server the part taken."""
    account = guard.account()
    return account.login if account is not None else page.viewer.name or page.viewer.role


def person(page: Page, name: str) -> str:
    """Return in words who wrote something: the account's name, on an open server the part that was taken."""
    part, _, code = name.partition(":")
    if part in ("province", "unit"):
        unit = next((u for u in page.places.units if u.code == code and u.valid_to is None), None) if code else None
        return unit.full_name if unit is not None else page.text(f"access.role.{part}")
    found = accounts.get(accounts.prepare(store()), name)
    return found.name if found is not None else name


def note(by: str, action: str, **details: object) -> None:
    """Write to the audit trail, where there is one: on an open server without accounts nobody is known.

    `by` is found while the page is drawn: a file is made later, where no session can be asked.
    """
    data_dir = DataDir.from_environment()
    if access_store.is_there(data_dir):
        audit.note(data_dir, by, action, **details)


def store() -> Store:
    """Return the store with the tables of lists, made when it is not there."""
    return opinions.prepare(work.prepare(access_store.open_store(DataDir.from_environment())))


def refusal(text: Text, why: notes.Refused) -> str:
    """Return why a note is not kept, and what to do."""
    return text(f"lists.refused.{why.code}", n=notes.LONGEST)


def figure_of(page: Page, metric: str) -> opinions.Figure:
    """Return the figure that a page shows of a metric."""
    return opinions.Figure(metric, page.unit.unit_id, page.view.period, page.view.calendar, page.source.name)


# A list --------------------------------------------------------------------------------------------------------------


def opened(page: Page, shown: List, n: int) -> None:
    """Note that a list was opened: once, not at every click in it."""
    note(who(page), "list_viewed", list=shown.key, unit=page.unit.unit_id, period=page.view.period, rows=n)


def draw(page: Page, found: Any, shown: List) -> None:
    """Draw the list with all that can be done with it."""
    text, day = page.text, data_day(page)
    records = case_lists.prepared(context.records_of(found), day, WorkingCalendar.load(DataDir.from_environment()))
    kind = case_lists.kind_of(records)
    # one person marks many rows: each is looked up once
    named = cache(lambda who: person(page, who))
    rows = case_lists.marked(records, _held(page, kind, records), kind, text.lang, named)
    choice = _choice(page, rows, shown, kind)
    left = case_lists.chosen(rows, choice, day)
    n, total = (numbers.integer(len(x), text.lang) for x in (left, rows))
    where, when = shown.where or context.where(page), shown.when or context.when(page)
    if len(left) == len(rows):
        st.markdown(text("cases.count", n=n, where=where, when=when))
    else:
        st.markdown(text("lists.filtered", n=n, total=total, where=where, when=when))
    if not left:
        st.info(text("lists.none_left" if rows else "empty.no_rows"))
        return
    if len(left) > SHOWN:
        st.caption(text("cases.cut", n=numbers.integer(SHOWN, text.lang)))
    can_write = any(case_lists.writable(left[:SHOWN], kind, page.viewer))
    picked = _frame(page, left[:SHOWN], choice, shown, can_write, height=min(HIGHEST, ROW * (len(rows) + 2)))
    export(page, lambda: case_lists.table(text, left, page.unit_label, choice), len(left), shown)
    if can_write and kind is not None:
        _history(page, picked, kind)
        _mark_form(page, picked, kind, shown.key)
    if shown.figure is not None and work.may_write(page.viewer, shown.figure.unit_id):
        codes = [case_lists.row_of(one, kind).code for one in picked] if kind is not None else []
        doubt(page, shown.figure, codes)


def _labels(text: Text, column: str) -> Callable[[str], str]:
    return lambda value: case_lists.option_label(text, column, value)


def data_day(page: Page) -> date:
    """Return the day up to which open rows are told to be late: the data's."""
    told = page.info.get("data_on", "")[:10]
    return date.fromisoformat(told) if told[:4].isdigit() else page.period.end


def _held(page: Page, kind: Kind | None, records: Sequence[Record]) -> dict[Row, Mark]:
    if kind is None or not access_store.is_there(DataDir.from_environment()):
        return {}
    return work.marks(store(), page.viewer, kind, (case_lists.row_of(one, kind) for one in records))


def _choice(page: Page, rows: Sequence[Record], shown: List, kind: Kind | None) -> Choice:
    """Return what the reader chose above the list; one opened again is filtered and sorted as it was left."""
    text, key = page.text, shown.key
    place = (key, shown.where, page.unit.unit_id, page.view.period, page.view.calendar)
    offered = {c: case_lists.options(rows, c) for c in (*case_lists.FILTERS, case_lists.LATE)}
    offered = {c: values for c, values in offered.items() if values}
    keys = {c: f"filter_{c}_{key}" for c in offered}
    orders = case_lists.orders(rows)
    _as_left(
        place, {keys[c]: values for c, values in offered.items()}, {f"order_{key}": orders, f"marked_{key}": MARKED}
    )
    n_set = sum(bool(st.session_state.get(k)) for k in (*keys.values(), f"marked_{key}"))
    filters: dict[str, frozenset[str]] = {}
    marked: Any = ""
    columns = case_lists.columns(rows)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        order = st.selectbox(
            text("lists.order"), orders,
            format_func=lambda o: text(f"lists.orders.{o}"), key=f"order_{key}", width=260,
            placeholder=text("filter.choose"),
        )  # fmt: skip
        if offered or kind is not None:
            label = text("lists.filter_n", n=n_set) if n_set else text("lists.filter")
            with st.popover(label, icon=":material/filter_list:"):
                for column, values in offered.items():
                    name = text("lists.late_label") if column == case_lists.LATE else text(f"column.{column}")
                    chosen = st.multiselect(
                        name, values, key=keys[column], placeholder=text("filter.all"), select_all=False,
                        format_func=_labels(text, column),
                    )  # fmt: skip
                    filters[column] = frozenset(chosen)
                if kind is not None:
                    marked = st.selectbox(
                        text("lists.marked_label"), MARKED, key=f"marked_{key}",
                        format_func=lambda m: text(f"lists.marked.{m or 'all'}"), placeholder=text("filter.choose"),
                    )  # fmt: skip
        with st.popover(text("lists.columns"), icon=":material/view_column:"):
            kept = _columns(text, columns, key)
    _leave(place, (*keys.values(), f"order_{key}", f"marked_{key}"))
    only = tuple(c for c in columns if c in kept) or tuple(columns)
    return Choice(tuple(sorted(filters.items())), marked or "", str(order or ""), only)


def _as_left(place: tuple[str, ...], several: Mapping[str, Sequence[str]], one: Mapping[str, Sequence[str]]) -> None:
    """Put back what was chosen above this list when it was left, as far as it can still be chosen."""
    left: dict[str, Any] = st.session_state.get(KEPT_CHOICES, {}).get(place, {})
    if st.session_state.get(f"place_{place[0]}") != place:  # what was put back before belongs to another list
        for widget in (*several, *one):
            st.session_state.pop(widget, None)
    st.session_state[f"place_{place[0]}"] = place
    for widget, value in left.items():
        if widget in st.session_state:
            continue
        if widget in several:
            st.session_state[widget] = [v for v in value if v in several[widget]]
        elif value in one.get(widget, ()):
            st.session_state[widget] = value


def _leave(place: tuple[str, ...], widgets: Sequence[str]) -> None:
    """Keep what is chosen above this list, and that of the lists opened last."""
    kept: dict[tuple[str, ...], dict[str, Any]] = st.session_state.setdefault(KEPT_CHOICES, {})
    kept.pop(place, None)
    kept[place] = {w: st.session_state[w] for w in widgets if st.session_state.get(w)}
    for old in list(kept)[:-KEPT_LISTS]:
        del kept[old]


def _columns(text: Text, columns: Sequence[str], key: str) -> list[str]:
    """Return the columns chosen; what was left out stays out in the next list too, and a new column is shown."""
    hidden: frozenset[str] = st.session_state.get(KEPT_COLUMNS, frozenset())
    offered, widget = f"offered_{key}", f"columns_{key}"
    if st.session_state.get(offered) != columns:
        st.session_state[offered] = columns
        st.session_state[widget] = [c for c in columns if c not in hidden]
    st.session_state.setdefault(widget, [c for c in columns if c not in hidden])
    kept = st.pills(
        text("lists.columns_label"), columns, selection_mode="multi", format_func=lambda c: text(f"column.{c}"),
        key=widget,
    )  # fmt: skip
    st.session_state[KEPT_COLUMNS] = (hidden - set(columns)) | (frozenset(columns) - set(kept))
    return kept


def _frame(
    page: Page, rows: Sequence[Record], choice: Choice, shown: List, can_pick: bool, height: int
) -> list[Record]:
    """Draw the rows; return those that the reader picked."""
    table = case_lists.table(page.text, rows, page.unit_label, choice)
    given: dict[str, Any] = {
        "hide_index": True, "height": height, "alt": shown.title, "placeholder": numbers.MISSING,
    }  # fmt: skip
    if not can_pick:
        st.dataframe(tables.styled(table, page.text.lang), key=f"cases_table_{shown.key}", **given)
        return []
    # a pick is by position: with another filter or order it is another table, and nothing is picked
    told = repr((choice.filters, choice.marked, choice.order, st.session_state.get(f"round_{shown.key}", 0)))
    print_ = hashlib.sha256(told.encode()).hexdigest()[:8]
    state: Any = st.dataframe(
        tables.styled(table, page.text.lang), key=f"cases_table_{shown.key}_{print_}", on_select="rerun",
        selection_mode="multi-row", **given,
    )  # fmt: skip
    return [rows[at] for at in state["selection"]["rows"] if at < len(rows)]


def export(page: Page, make: Callable[[], tables.Table], n: int, shown: List) -> None:
    """Offer the list, n rows of it, as a typed workbook; the making of it is noted. An auditor takes none away.

    The table of all rows is put together when it is asked for, not at each click in the list.
    """
    text = page.text
    if page.viewer.role == "auditor":
        st.caption(text("lists.no_export"))
        return

    by = who(page)

    def made() -> bytes:
        note(by, "list_exported", list=shown.key, unit=page.unit.unit_id, period=page.view.period, rows=n)
        return tables.workbook(make(), [shown.title, *(shown.head or page.head())], text("export.sheet"))

    st.download_button(
        text("action.download"), data=made, file_name=f"gandan-{shown.key}-{page.view.period}.xlsx", mime=tables.XLSX,
        key=f"download_{shown.key}", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


# What is noted at rows -----------------------------------------------------------------------------------------------


def _history(page: Page, picked: Sequence[Record], kind: Kind) -> None:
    """Show all that was ever noted at the one row that is picked, the newest first."""
    if len(picked) != 1 or not access_store.is_there(DataDir.from_environment()):
        return
    row = case_lists.row_of(picked[0], kind)
    found = work.history(store(), page.viewer, kind, row)
    if not found:
        return
    said = [case_lists.told(one, page.text, lambda who: person(page, who)) for one in found]
    st.markdown(f"**{page.text('lists.history.title', code=plainly(row.code))}**")
    st.markdown("\n".join(f"- {plainly(one)}" for one in said), anchors=False)


def _mark_form(page: Page, picked: Sequence[Record], kind: Kind, list_key: str) -> None:
    """Offer to note a reason, a short note, who takes the picked rows on and until when."""
    text, lang = page.text, page.text.lang
    turn = st.session_state.get(f"round_{list_key}", 0)
    key = f"{list_key}_{turn}" if turn else list_key
    if done := st.session_state.pop(f"marked_now_{list_key}", 0):
        st.success(text("lists.mark.saved", n=numbers.integer(done, lang)), icon=":material/check:")
    rows = case_lists.writable(picked, kind, page.viewer)
    if len(picked) > len(rows):
        st.caption(text("lists.some_read_only", n=numbers.integer(len(picked) - len(rows), lang)))
    if not rows:
        st.caption(text("lists.mark.pick"))
        return
    reasons = {one.code: one.label(lang) for one in work.reasons(kind)}
    people = _people(page, rows)
    with st.form(f"mark_{key}", border=True):
        st.markdown(f"**{text('lists.mark.title', n=numbers.integer(len(rows), lang))}**")
        reason = st.selectbox(
            text("lists.mark.reason"), ["", *reasons], format_func=lambda c: reasons.get(c, numbers.MISSING),
            key=f"reason_{key}", placeholder=text("filter.choose"),
        )  # fmt: skip
        words = ""
        if kind == "case":  # none on letters: their matter is a person's
            words = st.text_input(
                text("lists.mark.note"), key=f"note_{key}", max_chars=notes.LONGEST, help=text("lists.mark.note_help")
            )
        owner = st.selectbox(
            text("lists.mark.owner"), ["", *people], format_func=lambda c: people.get(c, numbers.MISSING),
            key=f"owner_{key}", placeholder=text("filter.choose"),
        )  # fmt: skip
        until = st.date_input(text("lists.mark.due_on"), value=None, key=f"until_{key}", format="DD/MM/YYYY")
        said = st.container()
        with st.container(horizontal=True):
            is_saved = st.form_submit_button(text("lists.mark.save"), key=f"save_{key}", type="primary")
            is_cleared = st.form_submit_button(text("lists.mark.clear"), key=f"clear_{key}", type="tertiary")
    if not is_saved and not is_cleared:
        return
    if is_saved and not (reason or words.strip() or owner or until):
        said.warning(text("lists.mark.nothing"))
        return
    try:
        if is_cleared:
            n = work.clear(store(), page.viewer, who(page), kind, rows)
        else:
            given: dict[str, Any] = {"reason": reason or "", "note": words, "owner": owner or "", "due_on": until}
            n = work.mark(store(), page.viewer, who(page), kind, rows, **given)
    except notes.Refused as why:
        said.error(refusal(text, why), icon=":material/error:")
        return
    st.session_state[f"marked_now_{list_key}"] = n
    st.session_state[f"round_{list_key}"] = turn + 1  # nothing is picked any more, and the next note begins empty
    _again()


def _people(page: Page, rows: Sequence[Row]) -> dict[str, str]:
    """Return who can take rows on: positions, and the accounts that answer for the rows' units."""
    found = {f"{work.ROLE}{one.code}": one.label(page.text.lang) for one in work.owners()}
    codes = {unit.code for row in rows if (unit := page.places.get(row.unit_id)) is not None}
    for one in accounts.all_accounts(accounts.prepare(store())):
        if one.is_enabled and one.role == "unit" and codes & set(one.unit_codes):
            found[f"{work.ACCOUNT}{one.login}"] = f"{one.name} ({one.login})"
    return found


def _again() -> None:
    """Draw the open dialog anew, or where the list stands on a page, the page."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


# Doubts --------------------------------------------------------------------------------------------------------------


def doubt(page: Page, figure: opinions.Figure, codes: Sequence[str]) -> None:
    """Offer to say what is not right with a figure; the rows meant go with it."""
    text, key = page.text, f"{figure.metric}_{figure.unit_id}"
    if number := st.session_state.pop(f"doubted_now_{key}", 0):
        st.success(text("opinions.sent", n=number), icon=":material/check:")
    with st.expander(text("opinions.raise"), icon=":material/flag:"), st.form(f"doubt_{key}", border=False):
        st.caption(text("opinions.say", n=numbers.integer(len(codes), text.lang)))
        words = st.text_input(
            text("opinions.doubt"), key=f"doubt_words_{key}", max_chars=notes.LONGEST, help=text("lists.mark.note_help")
        )
        said = st.container()
        if not st.form_submit_button(text("opinions.send"), key=f"doubt_send_{key}"):
            return
    try:
        number = opinions.raise_one(store(), page.viewer, who(page), figure, words, codes)
    except notes.Refused as why:
        said.error(refusal(text, why), icon=":material/error:")
        return
    except opinions.Empty:
        said.warning(text("opinions.empty"))
        return
    st.session_state[f"doubted_now_{key}"] = number
    _again()


# Letters to merge ----------------------------------------------------------------------------------------------------


def noted_reasons(page: Page, records: Sequence[Record]) -> dict[tuple[str, str], str]:
    """Return the reasons noted at cases, in words, by unit and code."""
    held = _held(page, "case", records)
    found = {(row.unit_id, row.code): work.reason_label(one.reason, page.text.lang) for row, one in held.items()}
    return {key: words for key, words in found.items() if words}


def merge(page: Page, n: int, make: Callable[[], bytes], mime: str, when: str = "", help: str = "") -> None:
    """Offer the list from which letters of apology are merged; the making of it is noted."""
    if not n:
        return
    by, when = who(page), when or page.view.period

    def made() -> bytes:
        note(by, "letters_exported", unit=page.unit.unit_id, period=when, rows=n)
        return make()

    st.download_button(
        page.text("merge.offer"), data=made, file_name=f"{page.text('merge.file')}-{page.unit.code}-{when}.docx",
        mime=mime, key="merge_letters", icon=":material/mail:", on_click="ignore", help=help or None,
    )  # fmt: skip
