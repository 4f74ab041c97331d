"""`gandan load` and `gandan rejects`: files in, receipts and rejected rows out."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl import messages
from etl.receipt import Receipt
from gandan.exit_codes import Exit
from gandan.messages import stop, tell, text
from warehouse import csv_text, ledger
from warehouse.paths import DataDir

if TYPE_CHECKING:
    from etl.intake import Step
    from warehouse.lock import Holder

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


def _answers(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return question keys with their answers; `-` stands for the empty answer (none of these)."""
    found = {}
    for one in given:
        key, separator, value = one.rpartition("=")
        if not separator or not key:
            raise click.BadParameter("KEY=VALUE")
        found[key] = "" if value == "-" else value
    return found


ANSWER = click.option(
    "--answer", "answers", multiple=True, callback=_answers, help="Trả lời câu hỏi: KEY=VALUE (answer a question)."
)
FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
PROGRESS = click.option(
    "--progress", "progress_form", type=click.Choice(["text", "json"]), default="text", help="Tiến độ trên stderr."
)


data_on_option = click.option("--data-on", callback=_day, help="Số liệu tính đến ngày (dd/mm/yyyy).")


class Teller:
    """Says on stderr what goes on, in words or as JSON lines for a program."""

    def __init__(self, form: str, lang: str):
        self.form, self.lang = form, lang

    def step(self, step: Step) -> None:
        word = messages.text("stage", step.stage, self.lang)
        of = step.of or "…"
        line = {"number": step.number, "of": step.of, "file": step.file_name, "stage": step.stage, "text": word}
        self._say(f"[{step.number}/{of}] {step.file_name}: {word}", line)

    def wait(self, holder: Holder | None) -> None:
        who = holder.text(self.lang) if holder else "?"
        self._say(messages.text("receipt", "wait", self.lang, holder=who), {"wait": who})

    def _say(self, text: str, line: dict[str, object]) -> None:
        click.echo(json.dumps(line, ensure_ascii=False) if self.form == "json" else text, err=True)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dataset", help="Loại dữ liệu, khi tiêu đề không cho biết (case, complaint, survey_answer).")
@click.option("--layout", help="Mẫu, khi có nhiều mẫu phù hợp.")
@data_on_option
@click.option("--codebook", type=click.Path(path_type=Path), help="Bảng mã của phiếu khảo sát dạng ngang.")
@click.option("--covers", multiple=True, help="Mã tỉnh, huyện hoặc xã mà tệp là sổ đầy đủ: xã không có dòng là 0.")
@ANSWER
@LANG
@FORMAT
@PROGRESS
def load(
    paths: tuple[Path, ...],
    dataset: str | None,
    layout: str | None,
    data_on: date | None,
    codebook: Path | None,
    covers: tuple[str, ...],
    answers: dict[str, str],
    lang: str,
    form: str,
    progress_form: str,
) -> None:
    """Nạp tệp hoặc thư mục: nhận dạng, kiểm tra, ghi (recognise, validate, stage).

    Mã thoát 4: còn tệp chờ trả lời; các tệp khác vẫn được nạp (exit code 4: a file waits for an answer).
    """
    from etl.intake import load_files

    teller = Teller(progress_form, lang)
    _run(
        lambda data_dir: load_files(
            paths, data_dir, dataset, layout, data_on, teller.step, codebook, on_wait=teller.wait, covers=covers,
            answers=answers,
        ),
        lang,
        form,
    )  # fmt: skip


@click.command()
@click.argument("waiting_ids", nargs=-1, required=True)
@ANSWER
@LANG
@FORMAT
@PROGRESS
def answer(waiting_ids: tuple[str, ...], answers: dict[str, str], lang: str, form: str, progress_form: str) -> None:
    """Trả lời câu hỏi của tệp đang chờ rồi nạp tiếp (answer a waiting file and go on).

    Các tệp chờ khác cùng mẫu cũng được nạp (other files that waited for the same are loaded too).
    """
    from etl import intake

    teller = Teller(progress_form, lang)
    unknown = sorted(set(waiting_ids) - {one["id"] for one in ledger.waiting(DataDir.from_environment())})
    if unknown:
        stop(Exit.USAGE, text("not_waiting", lang, ids=", ".join(unknown)))
    _run(lambda data_dir: intake.answer(waiting_ids, data_dir, answers, teller.step, on_wait=teller.wait), lang, form)


@click.command()
@click.argument("waiting_id")
@LANG
def discard(waiting_id: str, lang: str) -> None:
    """Bỏ một tệp đang chờ trả lời; tệp gốc ở người gửi không đổi (let a waiting file go)."""
    from etl import intake

    if not intake.discard(waiting_id, DataDir.from_environment()):
        stop(Exit.USAGE, text("not_waiting", lang, ids=waiting_id))
    tell("discarded", lang, id=waiting_id)


@click.command()
@LANG
@FORMAT
def waiting(lang: str, form: str) -> None:
    """Liệt kê các tệp chờ trả lời và câu hỏi (files that wait, and what they are asked)."""
    found = ledger.waiting(DataDir.from_environment())
    if form == "json":
        for one in found:
            one["receipts"] = [as_json(Receipt.from_json(json.dumps(r)), lang) for r in one["receipts"]]
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one['id']}  {one['file_name']}")
        for content in one["receipts"]:
            _ask(Receipt.from_json(json.dumps(content)), lang, err=False)
    if not found:
        tell("none_waiting", lang)


ARRIVAL = ("at", "file_name", "outcome", "load_no", "code", "n_bytes", "sha256")


@click.command()
@LANG
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def arrivals(lang: str, form: str) -> None:
    """Liệt kê mọi tệp đã đến và kết quả (every file that ever arrived, and what became of it)."""
    found = ledger.arrivals(DataDir.from_environment())
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif form == "csv":
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(ARRIVAL)
        writer.writerows([csv_text.plain(one.get(name)) for name in ARRIVAL] for one in found)
        click.echo(lines.getvalue(), nl=False)
    else:
        for one in found:
            word = messages.text("outcome", one["outcome"], lang)
            number = one["load_no"] if one["load_no"] is not None else "–"
            click.echo(f"{one['at']}  {number:>5}  {word:<24}{one['file_name']}  {one['sha256'][:12]}")


@click.command()
@click.option("--format", "form", type=click.Choice(["json"]), default="json")
def words(form: str) -> None:
    """Câu chữ cho các mã của bước nạp, hai ngôn ngữ (words for the intake's codes)."""
    click.echo(json.dumps({lang: messages.table(lang) for lang in messages.LANGUAGES}, ensure_ascii=False))


def _run(work: Callable[[DataDir], list[Receipt]], lang: str, form: str) -> None:
    """Do the work, print its receipts, and leave with the exit code that says what happened."""
    from warehouse import log
    from warehouse.lock import Busy

    data_dir = DataDir.from_environment()
    log.get(data_dir)
    try:
        receipts = work(data_dir)
    except Busy as busy:
        click.echo(busy.message(lang), err=True)
        sys.exit(Exit.BUSY)
    if form == "json":
        click.echo(json.dumps([as_json(r, lang) for r in receipts], ensure_ascii=False, indent=1))
    for one in receipts:
        if form == "text":
            for line in messages.receipt_lines(one, lang):
                click.echo(line)
        _ask(one, lang, err=True)
    files = unanswered(receipts)
    if files and len(receipts) > len(files):
        tell("load_waiting", lang, n=len(files), of=len(receipts), files=", ".join(files))
    sys.exit(exit_code(receipts))


def _ask(receipt: Receipt, lang: str, err: bool) -> None:
    for question in receipt.questions:
        click.echo(messages.question(question, receipt.file_name, lang), err=err)
        offered = messages.answers(question, lang)
        if offered:
            click.echo(offered, err=err)


def exit_code(receipts: list[Receipt]) -> Exit:
    """Return whether an answer is needed, whatever else was taken; else whether anything was accepted."""
    if unanswered(receipts):
        return Exit.NEEDS_ANSWER
    return Exit.DONE if any(r.n_accepted for r in receipts) else Exit.NOTHING_ACCEPTED


def unanswered(receipts: list[Receipt]) -> list[str]:
    """Return the files that wait for an answer, in whole or for a sheet."""
    return list(dict.fromkeys(r.file_name for r in receipts if any(q.key or q.code in ANSWERABLE for q in r.questions)))


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


def as_json(receipt: Receipt, lang: str) -> dict[str, object]:
    content: dict[str, object] = json.loads(receipt.to_json())
    content["questions"] = [
        {
            **asdict(q),
            "text": messages.question(q, receipt.file_name, lang),
            "choices": [{**asdict(c), "text": messages.choice(c, lang)} for c in q.choices],
        }
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
    from etl import slip_view
    from etl.rejects import RejectedRow, rejected_rows, write_workbook

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
        writer.writerow([*(one.name for one in fields(RejectedRow)), "text"])
        for r in rows:
            writer.writerow([csv_text.plain(v) for v in (*r.as_dict().values(), messages.reason(r.reason, lang))])
        click.echo(lines.getvalue(), nl=False)
        return
    if not rows:
        click.echo(messages.text("receipt", "none", lang), err=True)
    for r in rows:
        place = " · ".join(
            str(p) for p in (r.load_no, r.file_name, r.sheet, r.row, r.column, r.value_shape) if p not in ("", None)
        )
        state = "" if r.state == "open" else f" [{slip_view.state(r, lang)}]"
        click.echo(f"{place}: {messages.reason(r.reason, lang)}{state}")
