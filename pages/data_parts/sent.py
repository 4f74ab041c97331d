"""Who has sent what: units by month against their terms, whom to remind, and what each unit has sent so far."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from metrics import submissions
from metrics.submission_rules import RuleError, rules
from metrics.viewer import Viewer
from pages.data_parts import totals
from pages.data_parts.desk import Desk
from ui import arrivals, blocks, board, controls, reminder
from ui.page import Page
from warehouse import clock
from warehouse.paths import DataDir

MONTHS = 13


def show(work: Desk) -> None:
    """Draw the part."""
    page, text = work.page, work.text
    assert page is not None
    try:
        known = rules(work.data_dir).datasets(page.calendar)
    except RuleError as wrong:
        st.error(str(wrong), icon=":material/error:")
        return
    dataset = controls.dataset_choice(page, [n for n in known if n in page.extent] or list(known))
    found = _board(work, page, dataset)
    tokens = [c.token for c in found.cycles][::-1]
    token = st.selectbox(
        text("desk.sent.cycle"), tokens, index=tokens.index(found.newest_due()), key=f"board_cycle_{page.calendar}",
        format_func=lambda t: board.period(found, t, text), placeholder=text("filter.choose"),
    )  # fmt: skip
    blocks.say(*board.sentences(found, token, text))
    _remind(work, page, dataset, found, token)
    rows = board.ordered(found, token)
    if rows:
        title = board.title(found, token, text)
        blocks.chart(board.figure(found, text, rows), title, board.subtitle(found, text), "board")
        blocks.twin(page, board.table(found, text, rows), title, "board")
        named = {"dataset": board.capital(board.dataset(text, dataset)), "period": board.period(found, token, text)}
        blocks.twin(page, board.cycle_table(found, token, text), text("board.cycle_title", **named), "board-cycle")
        if note := board.notes(found, text):
            st.caption(note)
    totals.show(work)
    covered = page.read("coverage", unit_id=page.unit.unit_id, end=page.period.end)
    blocks.twin(page, arrivals.coverage(text, covered), text("data.coverage_title"), "coverage")


def _remind(work: Desk, page: Page, dataset: str, found: submissions.Board, token: str) -> None:
    """Offer the list of whom to remind, as a table and as a letter to copy."""
    text = work.text
    named = {"dataset": board.dataset(text, dataset), "period": board.period(found, token, text)}
    title = text("board.list_title", **named)
    table = board.owing_table([found], token, text)
    if not len(table):
        st.success(text("board.list_none", **named), icon=":material/check:")
        return
    blocks.table(page, table, title, f"owing-{dataset}")
    with st.expander(text("desk.sent.letter"), icon=":material/mail:"):
        st.caption(text("desk.sent.letter_copy"))
        st.code(reminder.letter([found], token, text), language=None, wrap_lines=True)


def _board(work: Desk, page: Page, dataset: str) -> submissions.Board:
    within = None if page.unit.level == "province" else page.unit.unit_id
    upto = f"{page.period.end:%Y-%m}"
    kept = work.stamp, len(work.waiting), str(clock.today())
    return _told(dataset, page.calendar, upto, within, work.viewer, str(work.data_dir.root), page.source.name, kept,
                 page.source)  # fmt: skip


@st.cache_data(show_spinner=False, max_entries=60)
def _told(
    dataset: str,
    calendar: Any,
    upto: str,
    within: str | None,
    viewer: Viewer,
    root: str,
    name: str,
    kept: tuple[object, ...],
    _source: Any,
) -> submissions.Board:
    """Return the board; kept while neither the snapshot, nor what lies on disk, nor the day changes."""
    return submissions.board(
        _source, DataDir(Path(root)), dataset, calendar=calendar, upto=upto, n_cycles=MONTHS, within=within,
        viewer=viewer,
    )  # fmt: skip
