"""The audit trail: who signed in, saw lists, took files away, loaded, published, changed; and whether it is whole."""

from __future__ import annotations

import streamlit as st

from ui import blocks, controls, lists, numbers, people
from ui.access import accounts, audit
from ui.access.accounts import Account
from ui.plain import Plain

SHOWN = 2_000
"""Entries looked at on the page, the newest; `gandan audit` gives all."""


def show(work: Plain, own: Account) -> None:
    """Draw the part."""
    text, store = work.text, accounts.prepare(lists.store())
    entries = audit.entries(store, SHOWN)
    _check(work, own)
    actors = sorted({one.who for one in entries})
    actions = sorted({one.action for one in entries}, key=lambda code: people.action(text, code))
    with st.container(horizontal=True):
        by = st.selectbox(
            text("people.column.who"), actors, index=None, key="trail_by", placeholder=text("filter.all"),
            format_func=lambda name: people.who(text, name),
        )  # fmt: skip
        done = st.multiselect(
            text("people.column.action"), actions, key="trail_actions", placeholder=text("filter.all"),
            format_func=lambda code: people.action(text, code),
        )  # fmt: skip
        words = st.text_input(text("people.search"), key="trail_words", max_chars=80)
    found = people.wanted(entries, text, by or "", done, words)
    n, all_of = (numbers.integer(len(x), text.lang) for x in (found, entries))
    blocks.say(text("people.trail_count", n=n, of=all_of))
    units = controls.names()
    blocks.table(work, people.trail_table(text, found, lambda u: units.get(u, u)), text("people.part.trail"), "trail")
    if len(entries) == SHOWN:
        st.caption(text("people.trail_cut", n=numbers.integer(SHOWN, text.lang)))


def _check(work: Plain, own: Account) -> None:
    """Offer to check the chain; the check itself is noted."""
    text = work.text
    if not st.button(text("people.verify"), key="verify", icon=":material/verified:"):
        st.caption(text("people.verify_help"))
        return
    store = accounts.prepare(lists.store())
    broken = audit.verify(store)
    if broken is None:
        st.success(
            text("people.whole", n=numbers.integer(len(audit.entries(store)), text.lang)), icon=":material/check:"
        )
    else:
        number = numbers.integer(broken.number, text.lang)
        st.error(text(f"people.broken.{broken.how}", number=number), icon=":material/error:")
    lists.note(own.login, "trail_verified", code=0 if broken is None else 5)
