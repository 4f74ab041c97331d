"""`gandan draft …`: a unit's own files upon the published figures, for that unit alone (docs/adr/0015)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etl import messages
from gandan.commands.load import ANSWER, FORMAT, PROGRESS, Teller, as_json, data_on_option, exit_code
from gandan.commands.telling import Tale, building, write_json
from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse.paths import DataDir

if TYPE_CHECKING:
    from gandan.draft import Loaded
    from warehouse.drafts import Draft

UNIT = click.option("--unit", required=True, help="Mã đơn vị (official code).")
AS = click.option("--as", "as_user", help="province hoặc unit:MÃ (who acts; default: whoever has the data folder).")
NO_WAIT = click.option("--no-wait", is_flag=True, help="Không chờ tiến trình khác (leave when another writes).")


@click.group()
def draft() -> None:
    """Số liệu chưa chốt của riêng một đơn vị, không đổi số liệu đã công bố (a unit's own draft)."""


@draft.command("load")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@UNIT
@AS
@data_on_option
@ANSWER
@NO_WAIT
@FORMAT
@PROGRESS
@lang_option
def load(
    paths: tuple[Path, ...], unit: str, as_user: str | None, data_on: date | None, answers: dict[str, str],
    no_wait: bool, form: str, progress_form: str, lang: str,
) -> None:  # fmt: skip
    """Nạp tệp vào số liệu chưa chốt của đơn vị (load files into a unit's draft)."""
    from gandan import draft as drafting

    tale, teller = Tale(progress_form, lang), Teller(progress_form, lang)

    def run(data_dir: DataDir) -> Loaded:
        return drafting.load(
            data_dir, unit, paths, tale.step, teller.step, tale.wait, not no_wait, data_on=data_on, answers=answers
        )

    _loaded(run, unit, as_user, form, lang)


@draft.command("answer")
@click.argument("waiting_ids", nargs=-1, required=True)
@UNIT
@AS
@ANSWER
@FORMAT
@PROGRESS
@lang_option
def answer(
    waiting_ids: tuple[str, ...], unit: str, as_user: str | None, answers: dict[str, str], form: str,
    progress_form: str, lang: str,
) -> None:  # fmt: skip
    """Trả lời câu hỏi của tệp đang chờ trong số liệu chưa chốt (answer a file that waits in a draft)."""
    from gandan import draft as drafting

    tale, teller = Tale(progress_form, lang), Teller(progress_form, lang)

    def run(data_dir: DataDir) -> Loaded:
        return drafting.answer(data_dir, unit, waiting_ids, answers, tale.step, teller.step, tale.wait)

    _loaded(run, unit, as_user, form, lang)


@draft.command("discard")
@click.argument("waiting_id")
@UNIT
@AS
@lang_option
def discard(waiting_id: str, unit: str, as_user: str | None, lang: str) -> None:
    """Bỏ một tệp đang chờ trả lời (let a waiting file go)."""
    from gandan import draft as drafting

    def run(data_dir: DataDir) -> None:
        if not drafting.discard(data_dir, unit, waiting_id):
            stop(Exit.USAGE, text("not_waiting", lang, ids=waiting_id))
        tell("discarded", lang, id=waiting_id)

    _guarded(run, unit, as_user, "text", lang)


@draft.command("status")
@click.option("--unit", help="Chỉ đơn vị này (only this unit).")
@AS
@FORMAT
@lang_option
def status(unit: str | None, as_user: str | None, form: str, lang: str) -> None:
    """Các số liệu chưa chốt đang có: đơn vị, tệp, ngày; không có con số nào (which drafts there are)."""
    from gandan import draft as drafting
    from warehouse import drafts

    def run(data_dir: DataDir) -> None:
        drafting.settle(data_dir)
        kept = [drafts.read(data_dir, code) for code in drafts.codes(data_dir)]
        found = [one for one in kept if one and one.snapshot and unit in (None, one.unit, one.body)]
        if form == "json":
            write_json([_plain(one) for one in found])
            return
        for one in found:
            files = ", ".join(load.file_name for load in one.loads)
            click.echo(f"{one.unit}  {messages.day(one.data_on)}  {files}")
        if not found:
            tell("draft_none", lang)

    _guarded(run, unit, as_user, form, lang)


@draft.command("rebuild")
@UNIT
@AS
@FORMAT
@PROGRESS
@lang_option
def rebuild(unit: str, as_user: str | None, form: str, progress_form: str, lang: str) -> None:
    """Dựng lại trên số liệu đang công bố (make the draft anew upon what is published now)."""
    from gandan import draft as drafting

    tale = Tale(progress_form, lang)

    def run(data_dir: DataDir) -> None:
        _say(drafting.rebuild(data_dir, unit, tale.step, tale.wait), form, lang)

    _guarded(run, unit, as_user, form, lang)


@draft.command("drop")
@UNIT
@AS
@FORMAT
@lang_option
def drop(unit: str, as_user: str | None, form: str, lang: str) -> None:
    """Bỏ số liệu chưa chốt của đơn vị; số liệu đã công bố giữ nguyên (throw a draft away)."""
    from gandan import draft as drafting

    def run(data_dir: DataDir) -> None:
        is_gone = drafting.drop(data_dir, unit)
        if form == "json":
            write_json({"state": "dropped" if is_gone else "none"})
        tell("draft_dropped" if is_gone else "draft_none", lang)

    _guarded(run, unit, as_user, form, lang)


# ----------------------------------------------------------------------------------------------------------------------


def _loaded(run: Callable[[DataDir], Loaded], unit: str, as_user: str | None, form: str, lang: str) -> None:
    """Do it, print the receipts and the draft, and leave with the exit code of a load."""
    codes: list[Exit] = []

    def shown(data_dir: DataDir) -> None:
        done = run(data_dir)
        if form == "json":
            write_json(
                {"receipts": [as_json(one, lang) for one in done.receipts], "draft": _plain(done.draft)}
            )  # fmt: skip
        else:
            for one in done.receipts:
                for line in messages.receipt_lines(one, lang):
                    click.echo(line)
                for question in one.questions:
                    click.echo(messages.question(question, one.file_name, lang), err=True)
            _say(done.draft, form, lang)
        codes.append(exit_code(done.receipts))

    _guarded(shown, unit, as_user, form, lang)
    sys.exit(codes[0])


def _say(draft: Draft | None, form: str, lang: str) -> None:
    if form == "json":
        write_json({"draft": _plain(draft)})
    elif draft is None:
        tell("draft_none", lang)
    else:
        tell("draft_made", lang, unit=draft.unit, day=messages.day(draft.data_on), n=len(draft.loads))


def _plain(draft: Draft | None) -> dict[str, Any] | None:
    from dataclasses import asdict

    return None if draft is None else {k: v for k, v in asdict(draft).items() if k != "bodies"}


def _guarded(run: Callable[[DataDir], None], unit: str | None, as_user: str | None, form: str, lang: str) -> None:
    """Run it for whom it is for; what the user can mend is said, with a named exit code."""
    from gandan.draft import BadCode
    from metrics.places import UnknownUnit
    from warehouse.schema import SchemaMismatch
    from warehouse.snapshots import NoSnapshot

    data_dir = DataDir.from_environment().home
    try:
        with building(form, lang):
            if not is_own(data_dir, unit, as_user):
                stop(Exit.USAGE, text("draft_not_own", lang))
            run(data_dir)
    except (NoSnapshot, SchemaMismatch) as none:
        stop(Exit.USAGE, none.message(lang))
    except UnknownUnit as unknown:
        stop(Exit.USAGE, unknown.text(lang))
    except BadCode as bad:
        stop(Exit.USAGE, text("draft_bad_code", lang, code=bad))


def is_own(data_dir: DataDir, unit: str | None, as_user: str | None) -> bool:
    """Return whether who acts may have the draft of this unit: the unit itself, and whoever has the data folder."""
    from gandan.commands.ask import viewer_named
    from metrics import places
    from warehouse import snapshots

    if as_user is None or as_user == "province":
        return True
    with snapshots.held(snapshots.published(data_dir)) as source:
        known = places.of(source)
        viewer = viewer_named(as_user, known.bodies_of)
        return viewer.role == "unit" and unit is not None and viewer.owns(known.resolve_any(unit))
