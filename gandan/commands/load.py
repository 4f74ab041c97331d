"""`gandan load` and `gandan rejects`: files in, receipts and rejected rows out."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import date, datetime
from pathlib import Path

import click

from etl import messages
from etl.receipt import Receipt
from gandan.exit_codes import Exit
from gandan.messages import stop, tell, text
from warehouse.paths import DataDir

LANG = click.option("--lang", type=click.Choice(messages.LANGUAGES), default="vi", help="Ngôn ngữ (language).")


def _day(_context: click.Context, _option: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(value, form).date()
        except ValueError:
            continue
    raise click.BadParameter("dd/mm/yyyy hoặc yyyy-mm-dd")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dataset", help="Loại dữ liệu, khi tiêu đề không cho biết (case, complaint, survey_answer).")
@click.option("--layout", help="Mẫu, khi có nhiều mẫu phù hợp.")
@click.option("--data-on", callback=_day, help="Số liệu tính đến ngày (dd/mm/yyyy).")
@click.option("--codebook", type=click.Path(path_type=Path), help="Bảng mã của phiếu khảo sát dạng ngang.")
@click.option("--covers", multiple=True, help="Mã tỉnh, huyện hoặc xã mà tệp là sổ đầy đủ: xã không có dòng là 0.")
@LANG
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def load(
    paths: tuple[Path, ...],
    dataset: str | None,
    layout: str | None,
    data_on: date | None,
    codebook: Path | None,
    covers: tuple[str, ...],
    lang: str,
    form: str,
) -> None:
    """Nạp tệp hoặc thư mục: nhận dạng, kiểm tra, ghi (recognise, validate, stage).

    Mã thoát 4: còn tệp chờ trả lời; các tệp khác vẫn được nạp (exit code 4: a file waits for an answer).
    """
    from etl.intake import Step, load_files
    from warehouse import log
    from warehouse.lock import Busy, Holder

    data_dir = DataDir.from_environment()
    log.get(data_dir)

    def say(step: Step) -> None:
        word = messages.text("stage", step.stage, lang)
        click.echo(f"[{step.number}/{step.of}] {step.file_name}: {word}", err=True)

    def told(holder: Holder | None) -> None:
        click.echo(messages.text("receipt", "wait", lang, holder=holder.text(lang) if holder else "?"), err=True)

    try:
        receipts = load_files(paths, data_dir, dataset, layout, data_on, say, codebook, on_wait=told, covers=covers)
    except Busy as busy:
        click.echo(busy.message(lang), err=True)
        sys.exit(Exit.BUSY)
    if form == "json":
        click.echo(json.dumps([_as_json(r, lang) for r in receipts], ensure_ascii=False, indent=1))
    for one in receipts:
        if form == "text":
            for line in messages.receipt_lines(one, lang):
                click.echo(line)
        for question in one.questions:
            click.echo(messages.question(question, one.file_name, lang), err=True)
    files = waiting(receipts)
    if files and len(receipts) > len(files):
        tell("load_waiting", lang, n=len(files), of=len(receipts), files=", ".join(files))
    sys.exit(exit_code(receipts))


def exit_code(receipts: list[Receipt]) -> Exit:
    """Return whether an answer is needed, whatever else was taken; else whether anything was accepted."""
    if waiting(receipts):
        return Exit.NEEDS_ANSWER
    return Exit.DONE if any(r.n_accepted for r in receipts) else Exit.NOTHING_ACCEPTED


def waiting(receipts: list[Receipt]) -> list[str]:
    """Return the files that wait for an answer, in whole or for a sheet."""
    return list(dict.fromkeys(r.file_name for r in receipts if any(q.code in ANSWERABLE for q in r.questions)))


ANSWERABLE = frozenset(
    {
        "unknown_layout",
        "two_layouts",
        "needs_codebook",
        "date_order",
        "mixed_eras",
        "data_on_ahead",
        "unknown_cover",
        "no_header",
        "no_such_layout",
        "no_codebook",
    }
)
"""Questions that an option, a layout or a codebook answers; the others are files that cannot be read."""


def _as_json(receipt: Receipt, lang: str) -> dict[str, object]:
    content: dict[str, object] = json.loads(receipt.to_json())
    content["questions"] = [
        {"code": q.code, "sheet": q.sheet, "values": q.values, "text": messages.question(q, receipt.file_name, lang)}
        for q in receipt.questions
    ]
    return content


@click.command()
@click.option("--load", "load_no", type=int, help="Chỉ lần nạp này.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json", "xlsx"]), default="table")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Tệp .xlsx.")
@LANG
def rejects(load_no: int | None, form: str, output: Path | None, lang: str) -> None:
    """Liệt kê các dòng bị loại và lý do (rejected rows and why)."""
    from etl.rejects import rejected_rows, write_workbook

    data_dir = DataDir.from_environment()
    rows = rejected_rows(data_dir, load_no)
    if form == "xlsx":
        if output is None:
            raise click.UsageError("--format xlsx: -o TỆP.xlsx")
        try:
            # Opened first: the writer of workbooks has errors of its own for a folder that is not there.
            output.open("wb").close()
            write_workbook(rows, output, lang)
        except OSError as error:
            stop(Exit.USAGE, text("cannot_write", lang, path=output, reason=error.strerror))
        tell("written", lang, path=output)
        return
    if form == "json":
        click.echo(
            json.dumps([{**r.as_dict(), "text": messages.reason(r.reason, lang)} for r in rows], ensure_ascii=False)
        )
        return
    if form == "csv":
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(["load_no", "file_name", "sheet", "row", "column", "field", "value_shape", "reason", "text"])
        for r in rows:
            writer.writerow([*r.as_dict().values(), messages.reason(r.reason, lang)])
        click.echo(lines.getvalue(), nl=False)
        return
    if not rows:
        click.echo(messages.text("receipt", "none", lang), err=True)
    for r in rows:
        place = " · ".join(
            str(p) for p in (r.load_no, r.file_name, r.sheet, r.row, r.column, r.value_shape) if p not in ("", None)
        )
        click.echo(f"{place}: {messages.reason(r.reason, lang)}")
