"""What every part of the Data page works with: who looks, the words, the facts on disk, and how a command is run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import streamlit as st

from metrics.viewer import Viewer
from ui import arrivals, controls, desk, guard, jobs, numbers, reader
from ui.desk import Words
from ui.page import Page
from ui.text import Text
from ui.view import View
from warehouse import clock, ledger
from warehouse.paths import DataDir


@dataclass(frozen=True)
class Desk:
    """The Data page before and after the first publish; `page` is None before."""

    viewer: Viewer
    text: Text
    data_dir: DataDir
    page: Page | None

    @property
    def view(self) -> View:
        """What is chosen."""
        return self.page.view if self.page is not None else controls.current_view()

    def head(self) -> list[str]:
        """The lines that go with every export."""
        return self.page.head() if self.page is not None else []

    @cached_property
    def loads(self) -> list[ledger.Record]:
        """Every staged load by number."""
        return ledger.loads(self.data_dir)

    @cached_property
    def waiting(self) -> list[ledger.Record]:
        """The files that wait for an answer."""
        return ledger.waiting(self.data_dir)

    @property
    def waiting_ids(self) -> list[str]:
        return [str(one["id"]) for one in self.waiting]

    @cached_property
    def published(self) -> list[int]:
        """The numbers of the loads in the snapshot that is published now."""
        if self.page is None or self.current is None:
            return []
        held = self.page.access.read("loads", self.current)
        return [int(r["load_no"]) for r in held if not r["is_withheld"]]

    @cached_property
    def current(self) -> reader.Source | None:
        """The snapshot that is published now, whichever the reader looks at."""
        if self.page is None:
            return None
        return controls.snapshot() if self.view.asof else self.page.source

    @cached_property
    def words(self) -> Words:
        """What the intake calls its codes: asked of it once, else what the snapshot holds."""
        try:
            found: dict[str, dict[str, str]] = _intake_words(jobs.PREFIX, str(self.data_dir.root))[self.text.lang]
        except (jobs.Refused, KeyError, TypeError):
            found = {}
        if self.page is not None:
            held = arrivals.words(self.page.read("intake_words", lang=self.text.lang))
            for (kind, code), word in held.items():
                found = {**found, kind: {code: word, **found.get(kind, {})}}
        return Words(found)

    @property
    def stamp(self) -> str:
        """The state of all that a publish is made of; it changes with every load, answer, withdrawal and publish."""
        root = self.data_dir.root
        paths = [self.data_dir.pointer, self.data_dir.learned, root / "reference", *self.data_dir.loads.glob("*")]
        facts = sorted((p.name, p.stat().st_mtime_ns) for p in paths if p.exists())
        # Not `hash`: it differs from one server process to the next.
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]

    def start(self, kind: str, arguments: Sequence[str], files: Any = (), **about: str) -> None:
        """Start a command and draw the page anew, with the job on it."""
        jobs.start(
            self.data_dir, kind, [*arguments, "--lang", self.text.lang], files, {**about, "stamp": self.stamp},
            guard.login() or self.viewer.name,
        )  # fmt: skip
        st.rerun()

    def asked(self, *arguments: str) -> Any:
        """Return what a short command prints, kept while nothing on disk changes."""
        return _asked(jobs.PREFIX, str(self.data_dir.root), (*arguments, "--lang", self.text.lang), self.stamp)

    def newest(self, *kinds: str) -> jobs.Job | None:
        """Return the newest job of these kinds, if it is still looked at."""
        return next(iter(jobs.jobs(self.data_dir, *kinds)), None)

    def is_busy(self) -> bool:
        """Return whether a job runs that writes."""
        return bool(jobs.running(self.data_dir))


@st.cache_data(show_spinner=False, max_entries=4)
def _intake_words(_prefix: tuple[str, ...], root: str) -> dict[str, dict[str, dict[str, str]]]:
    found = jobs.ask(DataDir(Path(root)), ["words", "--format", "json"])
    return {
        lang: {
            kind: {code: word for code, word in codes.items() if isinstance(word, str)} for kind, codes in kinds.items()
        }
        for lang, kinds in found.items()
    }


@st.cache_data(show_spinner=False, max_entries=60)
def _asked(_prefix: tuple[str, ...], root: str, arguments: tuple[str, ...], stamp: str) -> Any:
    return jobs.ask(DataDir(Path(root)), arguments)


USUAL_STEPS = 22
WITH_RESULT = (0, 3, 4)
"""Exit codes of a load that has receipts: done, nothing accepted, a file waits for an answer."""


def said(job: jobs.Job) -> str:
    """Return what a job that failed said, as one line."""
    return " ".join(job.talk()[-4:])


def is_newest(work: Desk, job: jobs.Job) -> bool:
    """Return whether nothing was started after a job: what it said is news only then."""
    return next(iter(jobs.jobs(work.data_dir))).id == job.id


def refused(work: Desk, why: jobs.Refused) -> None:
    """Show why a short command gave no answer."""
    words = " ".join(why.said[-4:])
    now = numbers.clock(clock.now())
    st.error(work.text("desk.failed", said=words) if words else work.text("desk.failed_silent", time=now),
             icon=":material/error:")  # fmt: skip


def trouble(work: Desk, job: jobs.Job | None) -> bool:
    """Return whether a job gave no result; while that is news, show why."""
    if job is None or job.state == "running":
        return False
    is_done = job.state == "done" and job.code in (WITH_RESULT if job.kind in ("load", "answer") else (0,))
    if not is_done and is_newest(work, job):
        text, time, words = work.text, numbers.clock(job.started_at), said(job)
        if job.state == "cancelled":
            st.info(text("desk.cancelled", time=time), icon=":material/cancel:")
        elif job.state == "done" and words:
            st.error(text("desk.failed", said=words), icon=":material/error:")
        else:
            st.error(text("desk.failed_silent", time=time), icon=":material/error:")
    return not is_done


def result(job: jobs.Job | None, kind: type) -> Any:
    """Return a job's result where it is of this kind, else an empty one."""
    found = job.result if job is not None and job.state == "done" else None
    return found if isinstance(found, kind) else kind()


# Jobs that run --------------------------------------------------------------------------------------------------------


def running(work: Desk) -> None:
    """Show the jobs that run, with progress and a button to end each; draw the page anew when one has ended."""
    live = jobs.running(work.data_dir)
    if not live:
        return
    shown = [job.id for job in live]

    @st.fragment(run_every=1)
    def follow() -> None:
        guard.shielded(lambda: _follow(work, shown), work.text)

    follow()


def _follow(work: Desk, shown: Sequence[str]) -> None:
    live = jobs.running(work.data_dir)
    if [job.id for job in live] != list(shown):
        st.rerun()
    for job in live:
        text, found = work.text, jobs.progress(job)
        name = text(f"desk.job.{job.kind}", **{"n": job.about.get("n", "")})
        since = text("desk.job.since", time=numbers.clock(job.started_at))
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.progress(
                found.share(_usual_steps(work, job.kind)), text=f"**{name}** · {since}  \n{desk.progress(text, found)}"
            )
            if st.button(text("desk.job.cancel"), key=f"cancel_{job.id}", icon=":material/stop_circle:"):
                jobs.cancel(job)


def _usual_steps(work: Desk, kind: str) -> int:
    """Return how many steps the last such command had, or a usual number."""
    done = next((job for job in jobs.jobs(work.data_dir, kind) if job.state == "done" and job.code == 0), None)
    return jobs.progress(done).n_steps if done is not None else USUAL_STEPS
