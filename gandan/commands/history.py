"""`gandan withdraw` and `gandan changes`: taking a load back, and what changed in cases from file to file."""

from __future__ import annotations

import csv
import getpass
import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from gandan.commands.telling import wait_teller, write_json
from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse.lock import Busy
from warehouse.paths import DataDir
from warehouse.schema import SchemaMismatch
from warehouse.snapshots import NoSnapshot

EVERY = 2**62


@click.command()
@click.argument("load_no", type=int, metavar="LOAD")
@click.option("--reason", default="", help="Lý do, không nêu tên người (why; names no person).")
@click.option("--by", default="", help="Người rút (who; default: the account).")
@click.option("--undo", "is_undo", is_flag=True, help="Dùng lại lần nạp đã rút (take part again).")
@click.option("--no-wait", is_flag=True, help="Không chờ tiến trình khác (leave when another process writes).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Dạng kết quả.")
@lang_option
def withdraw(load_no: int, reason: str, by: str, is_undo: bool, no_wait: bool, form: str, lang: str) -> None:
    """Rút cả một lần nạp: từ lần công bố tới, số liệu không còn lần nạp này (withdraw a load)."""
    from gandan import withdraw as taking

    data_dir = DataDir.from_environment()
    who = by or getpass.getuser()
    try:
        if is_undo:
            done = taking.undo(data_dir, load_no, who, wait_teller(lang), wait=not no_wait)
        else:
            done = taking.withdraw(data_dir, load_no, reason, who, wait_teller(lang), wait=not no_wait)
    except Busy as busy:
        stop(Exit.BUSY, busy.message(lang))
    except taking.NoReason:
        stop(Exit.USAGE, text("withdraw_no_reason", lang))
    except taking.NoSuchLoad:
        stop(Exit.USAGE, text("no_such_load", lang, load_no=load_no))
    except taking.NotWithdrawn:
        stop(Exit.USAGE, text("not_withdrawn", lang, load_no=load_no))
    if form == "json":
        write_json(done)
        return
    tell("withdrawal_undone" if is_undo else "withdrawn", lang, load_no=load_no, file=done["file_name"])
    if along := done["with_corrections"]:
        tell("withdrawn_along", lang, loads=", ".join(map(str, along)))


@click.command()
@click.option("--load", "load_no", type=int, help="Chỉ thay đổi do lần nạp này mang đến (only what this load brought).")
@click.option("--unit", help="Mã hoặc unit_id của đơn vị, hoặc của tỉnh.")
@click.option("--case", "case_code", help="Mã hồ sơ.")
@click.option("--states", "is_states", is_flag=True, help="Với --case: mọi trạng thái qua các lần nạp (every state).")
@click.option("--counts", "is_counts", is_flag=True, help="Chỉ đếm theo lần nạp (counts by load).")
@click.option("--conflicts", "is_conflicts", is_flag=True, help="Hồ sơ do hai đơn vị không kế thừa nhau cùng gửi.")
@click.option("--most", type=int, help="Số dòng nhiều nhất (at most so many rows).")
@click.option("--as-of", help="Tên hoặc nhãn của một bản số liệu.")
@click.option("--format", "form", type=click.Choice(["json", "csv", "table"]), default="table", help="Dạng kết quả.")
@lang_option
def changes(
    load_no: int | None,
    unit: str | None,
    case_code: str | None,
    is_states: bool,
    is_counts: bool,
    is_conflicts: bool,
    most: int | None,
    as_of: str | None,
    form: str,
    lang: str,
) -> None:
    """Hồ sơ thay đổi gì so với lần nạp trước: trạng thái, hạn trả, ngày trả (what changed in cases between files)."""
    from ui import reader
    from warehouse.snapshots import Pool

    case_id = "".join(case_code.split()).upper() if case_code else None
    if is_states and case_id is None:
        raise click.UsageError("--states: --case MÃ")
    try:
        source = Pool(DataDir.from_environment()).at(as_of)
    except (NoSnapshot, SchemaMismatch) as mistake:
        stop(Exit.USAGE, mistake.message(lang))
    asked = {"load_no": load_no, "unit": unit, "case_id": case_id, "most": most or EVERY}
    if is_states:
        rows = reader.rows(source, "case_states", case_id=case_id)
    elif is_conflicts:
        rows = reader.rows(source, "case_conflicts", **asked)
    else:
        rows = reader.rows(source, "case_change_counts" if is_counts else "case_changes", **asked)
    _write(rows, form)


def _write(rows: Sequence[dict[str, Any]], form: str) -> None:
    if form == "json":
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=1, default=str))
        return
    columns = list(rows[0]) if rows else []
    if form == "csv":
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(columns)
        out.writerows([[_plain(row[c]) for c in columns] for row in rows])
        return
    shown = [c for c in columns if any(row[c] not in (None, "") for row in rows)]
    table = [shown, *([_plain(row[c]) or "–" for c in shown] for row in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(shown))]
    for line in table:
        click.echo("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip())


def _plain(value: Any) -> str:
    """Return a cell as text; one that a spreadsheet would take for a formula is marked as text."""
    if value is None:
        return ""
    told = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{told}" if told.startswith(("=", "+", "-", "@", "\t", "\r")) else told
