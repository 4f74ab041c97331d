"""A unit's own draft on its pages: which data they show, what says so, and how its files come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import streamlit as st

from metrics.viewer import Viewer
from pages.data_parts import answers, desk
from ui import controls, drafts, jobs, numbers, tables
from ui import desk as words
from ui.drafts import Standing
from ui.page import Page
from ui.reader import Places, Source, Unit
from ui.text import Text
from ui.view import View
from warehouse import clock
from warehouse.drafts import Draft
from warehouse.paths import DataDir

DATA = "data"
"""Parameter of the URL, and state, that says which data the reader wants: draft or published."""
NEWS = timedelta(minutes=15)
"""For so long what became of a file stands open when the page is."""
DROP = "draft_drop"
"""Counts the drops of a session: a new one has an empty box."""


# Which data -----------------------------------------------------------------------------------------------------------


def chosen(viewer: Viewer, falls_back: bool = False) -> Callable[[View, Source, Places], Source]:
    """Return what gives a page its data: the unit's draft where it is newer, unless the reader wants the published.

    With `falls_back` a page that shows the viewer's only unit whatever is chosen has that unit's draft.
    """

    def choose(view: View, source: Source, places: Places) -> Source:
        unit = None if view.asof else _own(viewer, view, places, falls_back)
        found = _standing(viewer, unit, source)
        if found is None or not found.is_there:
            return source
        wanted = _wanted()
        if wanted == "draft" or (found.is_newer and wanted != "published"):
            return drafts.source(DataDir.from_environment(), found, source)
        return source

    return choose


def _wanted() -> str:
    """Return what the URL asks for, else what was chosen on the page before."""
    asked = st.query_params.get(DATA, "")
    if asked in drafts.CHOICES:
        st.session_state[f"kept_{DATA}"] = asked
    return str(st.session_state.get(f"kept_{DATA}", ""))


def _want(which: str) -> None:
    st.query_params[DATA] = which
    st.session_state[f"kept_{DATA}"] = which


def _own(viewer: Viewer, view: View, places: Places, falls_back: bool) -> Unit | None:
    """Return the unit whose draft it would be: the chosen one where it is the viewer's own."""
    today = clock.today()
    unit = places.get(view.unit) or places.get(places.by_code(view.unit, today, today))
    if unit is not None and unit.unit_id in viewer.unit_ids:
        return unit
    listed = [one for unit_id in viewer.unit_ids if (one := places.get(unit_id)) and one.is_in_force(today, today)]
    return listed[0] if falls_back and len(listed) == 1 else None


def _standing(viewer: Viewer, unit: Unit | None, published: Source) -> Standing | None:
    def reach(draft: Draft) -> dict[str, date]:
        found = controls.ACCESS.read("draft_reach", published, bodies=" ".join(draft.bodies))
        return {row["dataset"]: row["last_on"] for row in found}

    return drafts.standing(DataDir.from_environment(), viewer, unit, published.name, reach)


# What says so ---------------------------------------------------------------------------------------------------------


def banner(page: Page, unit: Unit, with_others: bool = False) -> None:
    """Say above everything that figures are a draft's, or that the unit has one; and offer the other."""
    text, shown = page.text, drafts.of(page.source)
    if shown is not None:
        said = [drafts.banner(shown.draft, text), drafts.left_out(shown.draft, text)]
        said += [text("drafts.others")] if with_others else []
        said += [text("drafts.stale")] if shown.is_stale else []
        st.warning(" ".join(s for s in said if s), icon=":material/edit_document:")
        with st.container(horizontal=True, gap="small"):
            st.button(
                text("drafts.to_published"), key="data_published", on_click=_want, args=("published",),
                icon=":material/verified:",
            )  # fmt: skip
            if shown.is_stale and st.button(text("drafts.rebuild"), key="draft_rebuild", icon=":material/sync:"):
                _work(page, unit).start("rebuild", ["rebuild", "--format", "json", "--progress", "json"])
        return
    found = None if page.view.asof else _standing(page.viewer, unit, page.source)
    if found is None:
        return
    if found.is_there:
        st.info(drafts.offer(found, text), icon=":material/edit_document:")
        st.button(
            text("drafts.to_draft"), key="data_draft", on_click=_want, args=("draft",), icon=":material/edit_document:"
        )
    elif said_of := drafts.gone(found.draft, text):
        st.caption(said_of)


def published(page: Page) -> str:
    """Return that a part of a draft's page is of the published figures, nothing on a page of those."""
    return f"{page.text('drafts.part_published')} " if drafts.of(page.source) is not None else ""


# How files come in ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DraftDesk(desk.Desk):
    """The desk of one unit: what it starts is `gandan draft`, for its own code."""

    code: str = ""

    def start(self, kind: str, arguments: Any, files: Any = (), **about: str) -> None:
        """Start a command on the unit's draft and draw the page anew."""
        whose = ["--unit", self.code, "--as", f"unit:{self.code}"]
        super().start(kind, ["draft", *arguments, *whose], files, **about)


def _work(page: Page, unit: Unit) -> DraftDesk:
    folder = DataDir.from_environment().draft(unit.code)
    return DraftDesk(page.viewer, page.text, folder, page.published, unit.code)


def show(page: Page, unit: Unit) -> None:
    """Offer a unit's staff to load its own file, and show what became of it."""
    if page.viewer.role != "unit" or unit.unit_id not in page.viewer.unit_ids or page.view.asof:
        return
    text, work = page.text, _work(page, unit)
    newest = work.newest("load", "answer", "drop", "rebuild", "discard")
    is_news = newest is not None and clock.now() - newest.started_at < NEWS
    is_open = is_news or bool(work.waiting)
    with st.expander(text("drafts.title"), icon=":material/upload_file:", expanded=is_open):
        st.caption(text("drafts.hint"))
        _drop_files(work)
        desk.running(work)
        _became(page, work, newest)
        answers.show(work)
        if drafts.of(page.source) is not None or _is_there(page, unit):
            _drop(work)


def _drop_files(work: DraftDesk) -> None:
    text, key = work.text, f"{DROP}_{st.session_state.get(DROP, 0)}"
    given: list[Any] = st.file_uploader(text("drafts.choose"), accept_multiple_files=True, key=key) or []
    if given and st.button(
        text("drafts.start", n=len(given)), type="primary", icon=":material/upload:", key="draft_start",
        disabled=work.is_busy(),
    ):  # fmt: skip
        st.session_state[DROP] = st.session_state.get(DROP, 0) + 1
        _forget_choice()
        files = [(one.name, one.getbuffer()) for one in given]
        work.start("load", ["load", "--format", "json", "--progress", "json"], files, n=str(len(files)))


def _forget_choice() -> None:
    """A new file is what the reader wants to see."""
    st.session_state.pop(f"kept_{DATA}", None)
    if DATA in st.query_params:
        del st.query_params[DATA]


def _became(page: Page, work: DraftDesk, job: jobs.Job | None) -> None:
    """Show what became of the newest files: receipts, rows to correct, and what the page shows since."""
    text = work.text
    if job is None or job.state == "running" or job.kind == "discard":
        return
    if desk.trouble(work, job):
        return
    if job.kind == "drop":
        st.success(text("drafts.dropped"), icon=":material/check:")
        return
    found: dict[str, Any] = desk.result(job, dict)
    receipts = [one for one in found.get("receipts", []) if one.get("load_no") is not None]
    for one in receipts:
        st.markdown(drafts.receipt(one, text))
        if drafts.n_to_correct(one):
            _slip(work, one, text)
    refused = words.refusals(found.get("receipts", []), work.words)
    if refused:
        st.warning("  \n".join(refused), icon=":material/block:")
    shown = drafts.of(page.source)
    if any(one.get("n_accepted") for one in receipts):
        key = "drafts.taken" if shown is not None else "drafts.taken_older"
        day = numbers.day(shown.draft.data_on) if shown is not None else numbers.MISSING
        st.success(text(key, data_on=day), icon=":material/check:")
    elif receipts:
        st.info(text("drafts.none_taken"))


def _slip(work: DraftDesk, one: dict[str, Any], text: Text) -> None:
    """Offer the workbook of a file's rejected rows, to be corrected and loaded again."""
    number, name = str(one["load_no"]), f"phieu-{one['load_no']}.xlsx"

    def made() -> bytes:
        return jobs.fetch(work.data_dir, ["receipt", number, "--format", "xlsx", "--lang", text.lang], name)

    st.download_button(
        text("drafts.slip", file=one.get("file_name", "")), data=made, file_name=name, mime=tables.XLSX,
        key=f"draft_slip_{number}", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def _is_there(page: Page, unit: Unit) -> bool:
    found = _standing(page.viewer, unit, page.published.source)
    return found is not None and found.is_there


def _drop(work: DraftDesk) -> None:
    text = work.text
    with st.popover(text("drafts.drop"), icon=":material/delete:"):
        st.markdown(text("drafts.drop_say"))
        if st.button(text("drafts.drop"), key="draft_drop_now", disabled=work.is_busy()):
            _forget_choice()
            work.start("drop", ["drop", "--format", "json"])
