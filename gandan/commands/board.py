"""`gandan board`: who has sent what, who owes what, and the letter that reminds them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gandan.commands.ask import guarded, viewer_named
from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse import csv_text
from warehouse.paths import DataDir

if TYPE_CHECKING:
    from metrics.submissions import Board
    from ui.tables import Table

FORMS = ("table", "json", "csv", "xlsx", "letter")


@click.command()
@click.option("--dataset", "datasets", multiple=True, help="Loại số liệu (mặc định: mọi loại phải gửi trong kỳ).")
@click.option("--calendar", type=click.Choice(["calendar", "report"]), default="calendar", show_default=True)
@click.option("--period", default="", help="Tháng, ví dụ 2026-10 (mặc định: kỳ mới nhất đã hết hạn gửi).")
@click.option("--months", type=click.IntRange(1, 60), default=13, show_default=True, help="Số kỳ đến kỳ đó.")
@click.option("--within", help="Chỉ các đơn vị thuộc đơn vị này (mã hoặc unit_id).")
@click.option("--owing", is_flag=True, help="Chỉ đơn vị chưa gửi, gửi chưa đủ (who owes only).")
@click.option("--as", "as_user", help="province, auditor, viewer hoặc unit:MÃ.")
@click.option("--format", "form", type=click.Choice(FORMS), default="table", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Tệp .xlsx, .csv hoặc .txt.")
@lang_option
def board(
    datasets: tuple[str, ...],
    calendar: Any,
    period: str,
    months: int,
    within: str | None,
    owing: bool,
    as_user: str | None,
    form: str,
    output: Path | None,
    lang: str,
) -> None:
    """Tình hình gửi số liệu và danh sách đôn đốc (who has sent what, and whom to remind)."""
    from metrics import places
    from metrics import submissions as sent
    from metrics.submission_rules import RuleError, rules
    from ui import board as shown
    from ui.text import Text
    from warehouse.snapshots import Pool

    data_dir = DataDir.from_environment()
    words = Text.of(lang)

    def run() -> None:
        try:
            known = rules(data_dir).datasets(calendar)
        except RuleError as wrong:
            stop(Exit.USAGE, str(wrong))
        unknown = [name for name in datasets if name not in known]
        if unknown:
            stop(Exit.USAGE, text("board_dataset", lang, dataset=unknown[0], known=", ".join(known)))
        snapshot = Pool(data_dir).at()
        units = places.of(snapshot)
        viewer = viewer_named(as_user, units.bodies_of)
        inside = units.resolve_any(within) if within else None
        asked: dict[str, Any] = {"calendar": calendar, "within": inside, "viewer": viewer}
        token = period
        if not token:
            newest = sent.board(snapshot, data_dir, (datasets or known)[0], n_cycles=3, **asked)
            token = newest.newest_due()
        made = [
            sent.board(snapshot, data_dir, name, upto=token, n_cycles=months, **asked) for name in datasets or known
        ]
        if form == "json":
            _write(json.dumps(as_json(made, token, owing, lang), ensure_ascii=False, indent=1, default=str), output)
            return
        if form == "letter":
            from ui.reminder import letter

            _write(letter(made, token, words), output)
            return
        if not period:
            click.echo(f"--period {token}", err=True)
        if owing:
            table = shown.owing_table(made, token, words)
        else:
            is_one = len(made) == 1
            table = shown.cycle_table(made[0], token, words) if is_one else shown.state_table(made, token, words)
        head = [words("board.list_title", dataset="", period=shown.period(made[0], token, words))]
        _export(table, form, output, head, lang)
        for one in made:
            for sentence in shown.sentences(one, token, words):
                click.echo(sentence.replace("**", ""), err=True)
        if made and not all(one.is_confirmed for one in made):
            click.echo(words("board.unconfirmed"), err=True)

    guarded(run, lang)


def as_json(boards: list[Board], token: str, only_owing: bool, lang: str) -> dict[str, Any]:
    """Return the boards as plain records: counts and sentences per dataset, one record per unit and cycle."""
    from metrics.submissions import OWING
    from ui import board as shown
    from ui.reminder import letter
    from ui.text import Text

    words = Text.of(lang)
    return {
        "cycle": token,
        "calendar": boards[0].calendar,
        "today": boards[0].today.isoformat(),
        "boards": [
            {
                "dataset": one.dataset,
                "title": shown.title(one, token, words),
                "sentences": [s.replace("**", "") for s in shown.sentences(one, token, words)],
                "is_confirmed": one.is_confirmed,
                "cycles": [
                    {"token": c.token, "cut_off": c.cut_off.isoformat(), "due_on": due.isoformat() if due else None,
                     "counts": one.counts(c.token)}
                    for c, due in zip(one.cycles, one.due_on, strict=True)
                ],
                "records": [
                    {k: v.isoformat() if isinstance(v, date) else v for k, v in record.items()}
                    for record in one.records()
                    if not only_owing or (record["cycle"] == token and record["state"] in OWING)
                ],
            }
            for one in boards
        ],
        "letter": letter(boards, token, words),
    }  # fmt: skip


def _export(table: Table, form: str, output: Path | None, head: list[str], lang: str) -> None:
    """Write a typed table as a workbook, as CSV, or as lines."""
    from ui import tables

    if form == "xlsx":
        if output is None:
            raise click.UsageError("--format xlsx: -o TỆP.xlsx")
        try:
            output.write_bytes(tables.workbook(table, head, head[0][:31].replace("/", "-").replace(":", "")))
        except OSError as error:
            stop(Exit.USAGE, text("cannot_write", lang, path=output, reason=error.strerror))
        tell("written", lang, path=output)
        return
    if form == "csv":
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow([c.label for c in table.columns])
        lines.writerows([[csv_text.plain(_plain(v)) for v in row] for row in table.rows])
        _write(out.getvalue().rstrip("\n"), output)
        return
    shown = [[tables.shown(v, c.kind, lang) for c, v in zip(table.columns, row, strict=True)] for row in table.rows]
    labels = [c.label for c in table.columns]
    widths = [
        max(len(labels[i]), *(len(row[i]) for row in shown)) if shown else len(labels[i]) for i in range(len(labels))
    ]
    rows = [labels, *shown]
    _write("\n".join("  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)).rstrip() for row in rows), output)


def _plain(value: Any) -> Any:
    return "" if value is None else value.isoformat() if isinstance(value, date) else value


def _write(content: str, output: Path | None) -> None:
    if output is None:
        click.echo(content)
    else:
        output.write_text(content + "\n", encoding="utf-8-sig" if output.suffix == ".csv" else "utf-8")
