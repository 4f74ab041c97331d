"""`gandan publish`, `preview`, `rollback`, `status`, `close`."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Any

import click

from gandan.commands.telling import Tale, building, wait_teller, warnings_of, write_json
from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse import closed, snapshots
from warehouse.lock import Busy, writer
from warehouse.paths import DataDir
from warehouse.schema import SchemaMismatch
from warehouse.snapshots import NoSnapshot

if TYPE_CHECKING:
    from gandan.publish import Published


progress_option = click.option(
    "--progress",
    "progress_form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Dạng báo tiến độ.",
)
json_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Dạng kết quả (result on stdout)."
)
no_wait_option = click.option(
    "--no-wait", is_flag=True, help="Không chờ tiến trình khác (leave when another process writes)."
)


@click.command()
@click.option("--full", is_flag=True, help="Dựng lại từ đầu (build anew from every load).")
@click.option("--release", "is_release", is_flag=True, help="Dùng lại các lần nạp đang giữ lại (use withheld loads).")
@click.option("--previewed", metavar="NAME", help="Chỉ công bố đúng bản đã xem trước (only this candidate).")
@no_wait_option
@json_option
@progress_option
@lang_option
def publish(
    full: bool, is_release: bool, previewed: str | None, no_wait: bool, form: str, progress_form: str, lang: str
) -> None:
    """Công bố bản số liệu từ các lần nạp (publish a snapshot of the loads)."""
    from gandan import publish as builder
    from gandan import rollback as back

    data_dir = DataDir.from_environment()
    tale = Tale(progress_form, lang)
    with building(form, lang):
        with writer(data_dir, "publish", wait=not no_wait, on_wait=tale.wait):
            if is_release:
                released = back.release(data_dir)
                tell("released", lang, loads=", ".join(map(str, released)) or "–")
            made = builder.run(data_dir, tale.step, full=full, previewed=previewed)
        tale.done()
        _report(made, form, lang)


def _report(made: Published, form: str, lang: str) -> None:
    if form == "json":
        write_json(
            {
                "state": "published" if made.is_new else "nothing_new",
                "snapshot": made.ref.name,
                "path": str(made.ref.path),
                "is_addition": made.is_addition,
                "n_added": made.n_added,
                "was_candidate": made.was_candidate,
                "warnings": warnings_of(made.warnings, made.findings, lang),
            }
        )
        return
    for warning in warnings_of(made.warnings, made.findings, lang):
        tell("warning", lang, text=warning["text"])
    if not made.is_new:
        tell("nothing_new", lang)
    click.echo(str(made.ref.path))


@click.command()
@no_wait_option
@json_option
@progress_option
@click.option("--unit", "units", multiple=True, help="Chỉ con số của các đơn vị này (mã hoặc unit_id).")
@click.option("--most", default=40, show_default=True, help="Số con số in ra, dạng text (figures listed).")
@lang_option
def preview(no_wait: bool, form: str, progress_form: str, units: tuple[str, ...], most: int, lang: str) -> None:
    """Dựng và kiểm tra bản số liệu tới, cho biết con số nào sẽ thay đổi (what publishing would change)."""
    from gandan import publish as builder
    from gandan.difference import figures_of

    data_dir = DataDir.from_environment()
    tale = Tale(progress_form, lang)
    with building(form, lang):
        seen = builder.preview(data_dir, tale.step, tale.wait, wait=not no_wait)
        tale.done()
        ready = seen.candidate
        found: dict[str, Any] = dict(ready.difference or {}) if ready else {"state": "nothing_new"}
        if units and ready:
            found["figures"] = figures_of(units, found)
        found = {
            "state": found.pop("state"),
            "candidate": ready.ref.name if ready else None,
            "published": seen.published.name if seen.published else None,
            "is_addition": ready.is_addition if ready else None,
            "n_added": ready.n_added if ready else 0,
            "why_full": list(ready.why_full) if ready else [],
            "warnings": warnings_of(ready.warnings, ready.findings, lang) if ready else [],
            **found,
        }
        if form == "json":
            write_json(found)
        else:
            _tell_difference(found, most, lang)


def _tell_difference(found: dict[str, Any], most: int, lang: str) -> None:
    for warning in found["warnings"]:
        tell("warning", lang, text=warning["text"])
    if found["state"] != "compared":
        click.echo(text(f"preview_{found['state']}", lang))
        return
    counts = {name: found[f"n_{name}"] for name in ("figures", "gone", "past", "new")}
    click.echo(text("preview_counts", lang, **counts))
    for figure in found["figures"][:most]:
        because = "; ".join(f"{one['load_no']} {one['file_name']}" for one in figure["because"]) or "–"
        click.echo(
            f"{figure['unit_name']} · {figure['label'][lang]} · {figure['period']}: "
            f"{_short(figure['before'])} → {_short(figure['after'])}  ({because})"
        )


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


@click.command()
@no_wait_option
@json_option
@lang_option
def rollback(no_wait: bool, form: str, lang: str) -> None:
    """Quay lại bản số liệu trước (go back to the snapshot before; later loads wait)."""
    from gandan import rollback as back

    try:
        done = back.rollback(DataDir.from_environment(), wait_teller(lang), wait=not no_wait)
    except Busy as busy:
        stop(Exit.BUSY, busy.message(lang))
    except NoSnapshot as none:
        stop(Exit.USAGE, none.message(lang))
    except back.NothingBefore:
        stop(Exit.USAGE, text("nothing_before", lang))
    if form == "json":
        write_json({"left": done.left.name, "now": done.now.name, "withheld": list(done.withheld)})
        return
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
