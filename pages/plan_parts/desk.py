"""What both parts of the page share: who writes, the store, what was just done, filter, withdrawing, history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from ui import blocks, lists, plan, plan_tables, planned
from ui import view as choices
from ui.access import store as access_store
from ui.access.store import Store
from ui.page import Page
from ui.plan import Line
from ui.text import Text
from warehouse import clock
from warehouse.paths import DataDir

DONE = "plan_done"
"""What was just done: kind, number, and what; said once at the top, with the way back."""
TURN = "plan_turn"
"""Counts what was written, so that a form that was sent begins empty."""
Withdraw = Callable[[int, bool], None]


@dataclass(frozen=True)
class Desk:
    """The page, and what is needed to read and to write on it."""

    page: Page

    @property
    def text(self) -> Text:
        return self.page.text

    @property
    def today(self) -> date:
        return clock.today()

    @property
    def who(self) -> str:
        return lists.who(self.page)

    @property
    def is_kept(self) -> bool:
        """Return whether anybody ever wrote anything; reading alone makes no file."""
        return access_store.is_there(DataDir.from_environment())

    def store(self) -> Store:
        """Return the store with the tables of targets and events, made when it is not there."""
        return planned.prepare(access_store.open_store(DataDir.from_environment()))

    def names(self, key: str) -> str:
        """Return the full name of a unit by its id or official code."""
        places = self.page.places
        unit = places.get(key) or next((u for u in places.units if u.code == key and u.valid_to is None), None)
        return unit.full_name if unit else key

    def units(self) -> dict[str, str]:
        """Return the units in force on the data's last day that the viewer may write for, by id."""
        last = self.page.last_day
        found = {
            u.unit_id: u for u in choices.choices(self.page.places, last, last) if self.page.viewer.owns(u.unit_id)
        }
        return {unit_id: choices.unit_label(u, last, self.text) for unit_id, u in found.items()}

    def level_of(self, unit_id: str) -> str:
        """Return the level of a unit."""
        unit = self.page.places.get(unit_id)
        return unit.level if unit else ""

    @staticmethod
    def key(name: str) -> str:
        """Return the key of a field, another one after each thing written."""
        return f"{name}_{st.session_state.get(TURN, 0)}"


def written(kind: str, number: int, what: str) -> None:
    """Remember what was done, and draw the page anew."""
    st.session_state[DONE] = (kind, number, what)
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    st.rerun()


def said(desk: Desk, kind: str, withdraw: Withdraw) -> None:
    """Say what was just done, with a button that undoes it."""
    done = st.session_state.get(DONE)
    if done is None or done[0] != kind:
        return
    _, number, what = done
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(desk.text(f"plan.now.{kind}_{what}", n=number), icon=":material/check:")
        if st.button(desk.text("plan.turn.undo"), key=f"undo_{kind}", icon=":material/undo:"):
            is_back = what != "withdrawn"
            withdraw(number, is_back)
            written(kind, number, "withdrawn" if is_back else "restored")


def filtered(desk: Desk, kind: str, lines: Sequence[Line]) -> list[Line]:
    """Return the lines that the reader wants to see."""
    text = desk.text
    metrics = {line.of.metric: plan.metric_name(line.of.metric, text) for line in lines}
    whom = {plan.key(line.of): plan.whom(line.of, desk.names, text) for line in lines}
    states = [state for state in plan.STATES if any(line.state == state for line in lines)]
    with st.container(horizontal=True):
        chosen = [
            st.multiselect(
                text(f"plan.columns.{name}"), list(offered), format_func=offered.__getitem__,
                key=f"{kind}_filter_{name}", placeholder=text("filter.all"), select_all=False,
            )
            for name, offered in (
                ("metric", metrics), ("whom", whom), ("state", {s: text(f"plan.state.{s}") for s in states}),
            )
        ]  # fmt: skip
    return plan.chosen(lines, *chosen)


def turns(desk: Desk, kind: str, lines: Sequence[Line], withdraw: Withdraw) -> None:
    """Offer to withdraw or restore one of the lines that the viewer may turn."""
    text = desk.text
    offered = {line.of.number: line for line in lines}
    if not offered:
        return
    with st.expander(text("plan.turn.title"), icon=":material/undo:"):
        number = st.selectbox(
            text("plan.turn.choose"), list(offered), index=None, placeholder=text("filter.choose"),
            format_func=lambda n: _offered(desk, offered[n]), key=desk.key(f"{kind}_turn"),
        )  # fmt: skip
        line = offered.get(number) if number is not None else None
        is_back = line is None or line.state != "withdrawn"
        label = text("plan.turn.withdraw" if is_back else "plan.turn.restore")
        if st.button(label, key=f"{kind}_turn_now", disabled=line is None) and number is not None:
            withdraw(number, is_back)
            written(kind, number, "withdrawn" if is_back else "restored")


def _offered(desk: Desk, line: Line) -> str:
    words = plan.summary(line.of, desk.names, desk.text)
    return f"{words} · {desk.text('plan.state.withdrawn')}" if line.state == "withdrawn" else words


def history(desk: Desk, kind: str, lines: Sequence[Line]) -> None:
    """Show who did what, when; nothing is ever removed from it."""
    with st.expander(desk.text("plan.history"), icon=":material/history:"):
        table = plan_tables.history_table(lines, desk.names, desk.text)
        if len(table):
            blocks.plain(desk.page, table, desk.text("plan.history"), f"{kind}_history")
        else:
            st.caption(desk.text("plan.no_history"))
