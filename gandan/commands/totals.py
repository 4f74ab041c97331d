"""`gandan totals`: a unit's own totals of form II.06a, written down and reconciled with ours."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, cast

import click

from gandan.commands.ask import guarded, viewer_named
from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse import csv_text
from warehouse.paths import DataDir

if TYPE_CHECKING:
    from metrics.model import Calendar

CALENDAR = click.option("--calendar", type=click.Choice(["calendar", "report"]), default="calendar", show_default=True)
COLUMNS = (
    "unit_code", "unit_name", "calendar", "period", "period_start", "period_end", "source", "metric", "theirs", "ours",
    "difference", "part", "n", "sign", "is_used", "rest",
)  # fmt: skip


@click.group()
def totals() -> None:
    """Số tổng hợp của đơn vị và đối chiếu (a unit's own totals, and how they compare)."""


@totals.command(name="set")
@click.argument("counts", nargs=-1, required=True, metavar="CHỈ_TIÊU=SỐ...")
@click.option("--unit", required=True, help="Mã đơn vị hoặc unit_id.")
@click.option("--period", required=True, help="2026-10, 2026-Q4, 2026-H1, 2026-9M, 2026.")
@CALENDAR
@click.option("--by", default="", help="Người nhập (mặc định: tài khoản).")
@lang_option
def set_(counts: tuple[str, ...], unit: str, period: str, calendar: str, by: str, lang: str) -> None:
    """Ghi số tổng hợp của đơn vị: received=120 settled=100 …; để trống sau dấu = là bỏ số cũ."""
    import getpass

    from gandan.commands.publish import wait_teller
    from metrics import control_totals
    from warehouse.lock import writer
    from warehouse.snapshots import Pool

    data_dir = DataDir.from_environment()

    def run() -> None:
        try:
            read = control_totals.read_counts(counts)
            with writer(data_dir, "totals", on_wait=wait_teller(lang)):
                kept = control_totals.state(
                    data_dir,
                    Pool(data_dir).at(),
                    unit,
                    period,
                    cast("Calendar", calendar),
                    read,
                    by or getpass.getuser(),
                )
        except control_totals.BadTotals as bad:
            stop(Exit.USAGE, bad.text(lang))
        tell("totals_kept", lang, n=len(kept.counts), unit=kept.unit_id, period=period, by=kept.by)
        click.echo(json.dumps({"unit_id": kept.unit_id, "period": period, "calendar": calendar, "counts": kept.counts}))

    guarded(run, lang)


@totals.command(name="check")
@click.option("--unit", default="", help="Mã đơn vị hoặc unit_id (mặc định: mọi đơn vị có số tổng hợp).")
@click.option("--period", default="", help="Kỳ, ví dụ 2026-10.")
@click.option("--calendar", type=click.Choice(["calendar", "report"]), help="Chỉ kỳ theo lịch hoặc kỳ báo cáo.")
@click.option("--rows/--no-rows", default=True, help="Kèm danh sách dòng (with the rows; json).")
@click.option("--as", "as_user", help="province, auditor, viewer hoặc unit:MÃ.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@lang_option
def check(unit: str, period: str, calendar: str | None, rows: bool, as_user: str | None, form: str, lang: str) -> None:
    """Đối chiếu số của đơn vị với số của hệ thống, giải thích chênh lệch theo từng dòng (theirs against ours)."""
    from gandan import totals as work
    from metrics import periods, places
    from ui import reconciled
    from ui.text import Text
    from warehouse.snapshots import Pool

    data_dir = DataDir.from_environment()
    words = Text.of(lang)

    def run() -> None:
        snapshot = Pool(data_dir).at()
        known = places.of(snapshot)
        viewer = viewer_named(as_user, known.bodies_of)
        if period:
            periods.parse(period)
        bodies = [""]
        if unit:
            bodies = (
                [unit]
                if unit in known.units
                else [u for u, vs in known.units.items() if any(v.code == unit for v in vs)]
            )
            if not bodies:
                raise places.UnknownUnit(unit)
        made = [
            one
            for body in bodies
            for one in work.check(
                snapshot, data_dir, unit_id=body, period=period, calendar=calendar or "", viewer=viewer
            )
        ]
        records = [one.record(with_rows=rows) for one in made]
        if form == "json":
            click.echo(json.dumps(records, ensure_ascii=False, indent=1))
            return
        if not records:
            stop(Exit.USAGE, text("totals_none", lang))
        if form == "csv":
            _csv(records)
            return
        for record in records:
            for line in reconciled.lines(record, words):
                click.echo(line)

    guarded(run, lang)


def _csv(records: list[dict[str, Any]]) -> None:
    """Write one line per part of each count; a count that agrees has one line without a part."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for record in records:
        for found in record["checks"]:
            for part in found["lines"] or [{}]:
                row = {**record, **found, **part}
                lines.writerow(["" if row.get(c) is None else csv_text.plain(row[c]) for c in COLUMNS])
    click.echo(out.getvalue(), nl=False)


@totals.command(name="list")
@click.option("--unit", default="", help="Mã đơn vị hoặc unit_id.")
@click.option("--period", default="", help="Kỳ, ví dụ 2026-10.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@lang_option
def list_(unit: str, period: str, form: str, lang: str) -> None:
    """Mọi số đã nhập, cả số đã thay: ai nhập, khi nào (every count ever typed, with who and when)."""
    from metrics import control_totals

    found = [
        e
        for e in control_totals.entries(DataDir.from_environment())
        if unit in ("", e.unit_id, e.unit_code) and period in ("", e.period)
    ]
    rows = [[e.at.isoformat(), e.by, e.unit_id, e.unit_code, e.calendar, e.period, e.metric, e.value] for e in found]
    if form == "json":
        click.echo(json.dumps([dict(zip(control_totals.HEADER, row, strict=True)) for row in rows], ensure_ascii=False))
        return
    if form == "csv":
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(control_totals.HEADER)
        lines.writerows([["" if v is None else csv_text.plain(v) for v in row] for row in rows])
        click.echo(out.getvalue(), nl=False)
        return
    if not rows:
        tell("totals_none", lang)
    for row in rows:
        click.echo("  ".join("–" if v in (None, "") else str(v) for v in row))
