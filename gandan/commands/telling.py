"""How a command that builds tells of itself: steps on stderr, the result on stdout, refusals with a named exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gandan.exit_codes import Exit
from gandan.messages import stop, tell, text
from warehouse.lock import Busy, Holder

if TYPE_CHECKING:
    from etl.checks import Finding


def wait_teller(lang: str) -> Callable[[Holder | None], None]:
    """Return a function that says, once, for whom a command waits."""

    def told(holder: Holder | None) -> None:
        tell("waiting", lang, holder=holder.text(lang) if holder else "?")

    return told


class Tale:
    """Says each step on stderr: a sentence, or with `json` one JSON object a line, for a page."""

    def __init__(self, form: str, lang: str):
        self.form, self.lang = form, lang

    def step(self, name: str) -> None:
        """Say that a step of the build begins."""
        if self.form == "json":
            self._line({"step": name, "text": text(f"step_{name}", self.lang).lstrip("… ")})
        else:
            tell(f"step_{name}", self.lang)

    def wait(self, holder: Holder | None) -> None:
        """Say who writes, while this command waits for it."""
        if self.form == "json":
            self._line({"wait": holder.text(self.lang) if holder else "?"})
        else:
            wait_teller(self.lang)(holder)

    def done(self) -> None:
        """Say that nothing more is to come."""
        if self.form == "json":
            self._line({"step": "done", "text": ""})

    def _line(self, content: dict[str, Any]) -> None:
        click.echo(json.dumps(content, ensure_ascii=False), err=True)


@contextmanager
def building(form: str, lang: str) -> Iterator[None]:
    """Leave with a sentence and a named exit code when a build is refused; in JSON also with the state on stdout."""
    from etl.corrections import BadCorrections
    from gandan import publish as builder

    def refuse(code: Exit, state: str, message: str, **more: Any) -> NoReturn:
        if form == "json":
            write_json({"state": state, "text": message, **more})
        stop(code, message)

    try:
        yield
    except Busy as busy:
        refuse(Exit.BUSY, "busy", busy.message(lang))
    except builder.NothingToPublish as nothing:
        key = "nothing_takes_part" if nothing.has_loads else "nothing_to_publish"
        refuse(Exit.NOTHING_ACCEPTED, key, text(key, lang))
    except builder.NotAsPreviewed:
        refuse(Exit.NEEDS_ANSWER, "not_as_previewed", text("not_as_previewed", lang))
    except builder.DiskFull as disk:
        sizes = {"free": disk.free // 1_000_000, "needed": disk.needed // 1_000_000}
        refuse(Exit.CHECK_FAILED, "disk_full", text("disk_full", lang, **sizes))
    except BadCorrections as bad:
        for problem in bad.problems:
            click.echo(problem.message(lang), err=True)
        listed = [{"id": p.id, "text": p.message(lang)} for p in bad.problems]
        refuse(Exit.CHECK_FAILED, "bad_corrections", text("bad_corrections", lang), problems=listed)
    except builder.CheckFailed as failed:
        for finding in failed.findings:
            click.echo(finding.message(lang), err=True)
        found = warnings_of((), failed.findings, lang)
        refuse(Exit.CHECK_FAILED, "check_failed", text("check_failed", lang), findings=found)


def warnings_of(warnings: Iterable[str], findings: Iterable[Finding], lang: str) -> list[dict[str, Any]]:
    """Return what the checks found, each with its sentence."""
    return [{"check": "reference", "n_rows": 1, "text": one} for one in warnings] + [
        {"check": one.check, "n_rows": one.n_rows, "text": one.message(lang)} for one in findings
    ]


def write_json(content: Any) -> None:
    """Write a result to stdout; dates as yyyy-mm-dd."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=1, default=str))
