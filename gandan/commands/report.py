"""`gandan report ii06a`: the form as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gandan.commands.ask import LANG, guarded, stop, viewer_named
from gandan.messages import tell, text
from warehouse.paths import DataDir

FAILED = {
    "broken": {
        "vi": "Không lập biểu: dòng '{0}' không khớp các cột.",
        "en": "Form not written: the columns of line '{0}' do not add up.",
    },
    "empty": {"vi": "Không lập biểu: {0}", "en": "Form not written: {0}"},
}


@click.group()
def report() -> None:
    """Lập biểu báo cáo (official forms as workbooks)."""


@report.command()
@click.option("--unit", required=True, help="Mã đơn vị hoặc unit_id.")
@click.option("--period", required=True, help="2026-10, 2026-Q4, 2026-H1, 2026-9M, 2026.")
@click.option("--calendar", type=click.Choice(["report", "calendar"]), default="report")
@click.option("--by", type=click.Choice(["field", "unit"]), default="field")
@click.option("--level", default="", help="Cấp của đơn vị, khi mã có ở nhiều cấp.")
@click.option("--as-of", help="Tên hoặc nhãn của một bản số liệu.")
@click.option("--as", "as_user", help="province, auditor, viewer hoặc unit:MÃ.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Tệp .xlsx.")
@LANG
def ii06a(
    unit: str,
    period: str,
    calendar: str,
    by: Any,
    level: str,
    as_of: str | None,
    as_user: str | None,
    output: Path,
    lang: str,
) -> None:
    """Biểu II.06a/VPCP/KSTT của một đơn vị và một kỳ (form II.06a)."""
    from metrics import places
    from reports import form_ii06a
    from warehouse.snapshots import Pool

    def run() -> None:
        snapshot = Pool(DataDir.from_environment()).at(as_of)
        viewer = viewer_named(as_user, places.of(snapshot).bodies_of)
        try:
            made = form_ii06a.forms(unit, period, viewer, snapshot, calendar=calendar, by=by, level=level)
        except form_ii06a.IdentityBroken as broken:
            stop(FAILED["broken"][lang].format(broken.line))
        except form_ii06a.NoFigures as empty:
            stop(FAILED["empty"][lang].format(empty))
        try:
            output.write_bytes(form_ii06a.workbook(made, calendar=calendar, period=period, by=by))
        except OSError as error:
            stop(text("cannot_write", lang, path=output, reason=error.strerror))
        tell("written", lang, path=output)

    guarded(run, lang)
