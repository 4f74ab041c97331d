"""`gandan audit` and `gandan audit-verify`: who did what, and whether the chain holds."""

from __future__ import annotations

import csv
import json
import sys

import click

from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse import csv_text
from warehouse.paths import DataDir


@click.command()
@click.option("--last", type=int, default=None, help="Chỉ n dòng cuối (the last n only).")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@lang_option
def audit(last: int | None, form: str, lang: str) -> None:
    """Nhật ký truy cập và thay đổi (audit trail: sign-ins, lists seen, exports, loads, publishes, changes)."""
    from ui.access import audit as trail
    from ui.access.store import open_store

    found = trail.entries(trail.prepare(open_store(DataDir.from_environment())), last)
    if form == "json":
        click.echo(json.dumps([vars(one) for one in found], ensure_ascii=False, indent=1))
    elif form == "csv":
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(["number", "at", "who", "action", "details", "hash"])
        for one in found:
            details = json.dumps(one.details, ensure_ascii=False)
            out.writerow([csv_text.plain(c) for c in (one.number, one.at, one.who, one.action, details, one.hash)])
    else:
        for one in found:
            told = ", ".join(f"{k}={v}" for k, v in one.details.items() if v not in ("", None))
            click.echo(f"{one.number:>6}  {one.at}  {one.who:<24}{one.action:<20}{told}")
    if not found:
        tell("audit_empty", lang)


@click.command("audit-verify")
@lang_option
def audit_verify(lang: str) -> None:
    """Kiểm tra chuỗi nhật ký (verify the hash chain); mã thoát 5 khi chuỗi bị đứt."""
    from ui.access import audit as trail
    from ui.access.store import open_store

    store = trail.prepare(open_store(DataDir.from_environment()))
    broken = trail.verify(store)
    if broken is not None:
        stop(Exit.CHECK_FAILED, text(f"audit_{broken.how}", lang, number=broken.number))
    tell("audit_whole", lang, n=len(trail.entries(store)))
