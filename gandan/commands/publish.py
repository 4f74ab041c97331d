"""`gandan publish`, `rollback`, `status`, `close`."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Any

import click

from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse import closed, snapshots
from warehouse.lock import Busy, Holder, writer
from warehouse.paths import DataDir
from warehouse.schema import SchemaMismatch
from warehouse.snapshots import NoSnapshot

if TYPE_CHECKING:
    from gandan.publish import Published


def wait_teller(lang: str) -> Any:
    """Return a function that says, once, for whom a command waits."""

    def told(holder: Holder | None) -> None:
        tell("waiting", lang, holder=holder.text(lang) if holder else "?")

    return told


@click.command()
@click.option("--full", is_flag=True, help="Dựng lại từ đầu (build anew from every load).")
@click.option("--release", "is_release", is_flag=True, help="Dùng lại các lần nạp đang giữ lại (use withheld loads).")
@click.option("--no-wait", is_flag=True, help="Không chờ tiến trình khác (leave when another process writes).")
@lang_option
def publish(full: bool, is_release: bool, no_wait: bool, lang: str) -> None:
    """Công bố bản số liệu từ các lần nạp (publish a snapshot of the loads)."""
    from gandan import publish as builder
    from gandan import rollback as back

    data_dir = DataDir.from_environment()

    def progress(step: str) -> None:
        tell(f"step_{step}", lang)

    try:
        with writer(data_dir, "publish", wait=not no_wait, on_wait=wait_teller(lang)):
            if is_release:
                released = back.release(data_dir)
                tell("released", lang, loads=", ".join(map(str, released)) or "–")
            made = builder.run(data_dir, progress, full=full)
    except Busy as busy:
        stop(Exit.BUSY, busy.message(lang))
    except builder.NothingToPublish:
        stop(Exit.NOTHING_ACCEPTED, text("nothing_to_publish", lang))
    except builder.DiskFull as disk:
        stop(Exit.CHECK_FAILED, text("disk_full", lang, free=_megabytes(disk.free), needed=_megabytes(disk.needed)))
    except builder.CheckFailed as failed:
        for finding in failed.findings:
            click.echo(finding.message(lang), err=True)
        stop(Exit.CHECK_FAILED, text("check_failed", lang))
    _report(made, lang)


def _report(made: Published, lang: str) -> None:
    for warning in made.warnings:
        tell("warning", lang, text=warning)
    for finding in made.findings:
        tell("warning", lang, text=finding.message(lang))
    if made.n_added == 0:
        tell("nothing_new", lang)
    click.echo(str(made.ref.path))


@click.command()
@lang_option
def rollback(lang: str) -> None:
    """Quay lại bản số liệu trước (go back to the snapshot before; later loads wait)."""
    from gandan import rollback as back

    try:
        done = back.rollback(DataDir.from_environment())
    except NoSnapshot as none:
        stop(Exit.USAGE, none.message(lang))
    except back.NothingBefore:
        stop(Exit.USAGE, text("nothing_before", lang))
    loads = ", ".join(map(str, done.withheld)) or "–"
    tell("rolled_back", lang, left=done.left.name, now=done.now.name, loads=loads)
    click.echo(str(done.now.path))


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@lang_option
def status(form: str, lang: str) -> None:
    """Bản đang công bố và những gì đang chờ (what is published and what waits)."""
    from gandan.status import status as look

    try:
        found = look(DataDir.from_environment())
    except SchemaMismatch as mismatch:
        stop(Exit.USAGE, mismatch.message(lang))
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for key, value in found.items():
            if key in ("loads", "kept_snapshots"):
                value = len(value)
            elif key == "closed":
                value = "; ".join(f"{c['label']} ({c['snapshot']}, {c['who']})" for c in value)
            elif isinstance(value, list):
                value = ", ".join(map(str, value))
            click.echo(f"{text('status_' + key, lang):<34}{'–' if value in (None, '') else value}")
    if found["snapshot"] is None:
        stop(Exit.USAGE, NoSnapshot().message(lang))


@click.command()
@click.argument("label")
@click.option("--who", default="", help="Người chốt (who closes; default: the account).")
@click.option("--report", "report_name", default="", help="Báo cáo sử dụng (for which report).")
@click.option("--snapshot", "name", default=None, help="Bản số liệu (default: the published one).")
@lang_option
def close(label: str, who: str, report_name: str, name: str | None, lang: str) -> None:
    """Chốt bản số liệu dưới một tên; bản đã chốt không bao giờ bị xóa (a closed snapshot is kept for ever)."""
    from warehouse import clock, log

    data_dir = DataDir.from_environment()
    try:
        with writer(data_dir, "close", on_wait=wait_teller(lang)):
            ref = snapshots.get(data_dir, name) if name else snapshots.published(data_dir)
            entry = closed.Closed(label.strip(), ref.name, who or getpass.getuser(), clock.now(), report_name)
            closed.add(data_dir, entry)
            log.get(data_dir).info("closed: %s", ref.name)
    except NoSnapshot as none:
        stop(Exit.USAGE, none.message(lang))
    except closed.LabelTaken:
        stop(Exit.USAGE, text("label_taken", lang, label=label))
    tell("closed", lang, label=label, snapshot=ref.name)
    click.echo(str(ref.path))


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.0f}"
