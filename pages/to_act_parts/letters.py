"""The list from which letters of apology are merged, offered wherever they are owed; the making of it is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from reports import apology_list
from ui import lists, numbers
from ui.access import work
from ui.page import Page
from warehouse import clock


def offer(page: Page, n: int, find: Callable[[], Sequence[Mapping[str, Any]]], when: str = "") -> None:
    """Offer the page's unit its cases that owe a letter, n of them; they are looked for when the file is made.

    `when` names the file where the page has no period of its own.
    """
    if page.unit.level not in ("commune", "agency") or not work.may_write(page.viewer, page.unit.unit_id):
        return
    text, form = page.text, apology_list.letter(clock.today())

    def made() -> bytes:
        records = [dict(one) for one in find()]
        reasons = lists.noted_reasons(page, records)
        found = apology_list.rows(records, form, page.unit_label, reasons, text.lang)
        return apology_list.document([text(f"merge.column.{c}") for c in apology_list.COLUMNS], found)

    is_confirmed = form is None or form.is_confirmed
    if when:
        said = text("merge.say_due") if is_confirmed else f"{text('merge.say_due')} {text('merge.unconfirmed')}"
        lists.merge(page, n, made, apology_list.DOCX, when, said)
        return
    st.caption(text("merge.say", n=numbers.integer(n, text.lang)) if n else text("merge.say_none"))
    lists.merge(page, n, made, apology_list.DOCX)
    if not is_confirmed:
        st.caption(text("merge.unconfirmed"))
