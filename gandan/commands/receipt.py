"""`gandan receipt`: the receipt of a load, per commune, on screen, as a workbook or to print."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse.paths import DataDir

if TYPE_CHECKING:
    from etl.slip_model import Slip

MOST_LISTED = 200
"""Findings of a kind in the JSON of a slip; the workbook holds them all."""


@click.command()
@click.argument("load_no", type=int)
@click.option("--unit", help="Mã đơn vị hoặc unit_id; unknown: dòng chưa rõ đơn vị; restricted: chỉ đếm.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "xlsx", "html"]), default="text", show_default=True
)
@click.option(
    "--all", "is_all", is_flag=True, help="Mỗi đơn vị một phiếu, kèm danh sách (one per commune, and a list)."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Tệp, hoặc thư mục khi dùng --all.")
@lang_option
def receipt(load_no: int, unit: str | None, form: str, is_all: bool, output: Path | None, lang: str) -> None:
    """Phiếu kết quả tiếp nhận số liệu của một lần nạp (the receipt of a load).

    Tệp .xlsx có trang các dòng bị loại để sửa và gửi lại (the workbook holds the rejected rows, to be sent back).
    """
    from etl import slip as slips

    data_dir = DataDir.from_environment()
    try:
        parts = slips.slips(data_dir, load_no)
        if is_all:
            _all(data_dir, parts, form, output, lang)
            return
        if form == "json" and unit is None:
            content = {"file": _plain(slips.whole(data_dir, load_no), lang), "slips": [_plain(s, lang) for s in parts]}
            _out(json.dumps(content, ensure_ascii=False, indent=1), output, lang)
            return
        chosen = slips.whole(data_dir, load_no) if unit is None else _of_unit(parts, unit)
    except slips.NoSuchLoad:
        stop(Exit.USAGE, text("receipt_no_load", lang, load_no=load_no))
    if chosen is None:
        known = ", ".join(one.unit_code or one.kind for one in parts) or "–"
        stop(Exit.USAGE, text("receipt_no_unit", lang, load_no=load_no, unit=unit, known=known))
    if form == "xlsx" and output is None:
        raise click.UsageError("--format xlsx: -o TỆP.xlsx")
    _out(_content(data_dir, chosen, form, lang), output, lang)


def _of_unit(parts: list[Slip], unit: str) -> Slip | None:
    return next((one for one in parts if unit in (one.unit_code, one.unit_id) or one.kind == unit), None)


def _content(data_dir: DataDir, slip: Slip, form: str, lang: str) -> str | bytes:
    from etl import slip as slips
    from etl import slip_book, slip_print, slip_view

    if form == "xlsx":
        kept = slips.kept_of(data_dir, slip.load_no)
        return slip_book.workbook(slip, slips.rows_of(data_dir, slip), kept, lang)
    if form == "html":
        return slip_print.page(slip, lang)
    if form == "json":
        return json.dumps(_plain(slip, lang), ensure_ascii=False, indent=1)
    return "\n".join(slip_view.lines(slip, lang))


def _plain(slip: Slip, lang: str) -> dict[str, Any]:
    """Return the slip as JSON values, with the words of its reasons."""
    from etl import messages, slip_view

    content = slip.as_dict()
    for name in ("rejected", "warned"):
        content[f"n_more_{name}"] = max(0, len(content[name]) - MOST_LISTED)
        content[name] = content[name][:MOST_LISTED]
    codes = {*slip.rejects, *slip.warnings, *slip.repairs, *(one.reason for one in slip.rejected)}
    return {
        **content,
        "title": slip_view.recipient(slip, lang),
        "note": slip_view.recipient_note(slip, lang),
        "texts": {code: messages.reason(code, lang) for code in sorted(codes)},
    }


def _all(data_dir: DataDir, parts: list[Slip], form: str, folder: Path | None, lang: str) -> None:
    from etl import slip_book

    if folder is None:
        raise click.UsageError("--all: -o THƯ_MỤC")
    form = form if form in ("xlsx", "html") else "xlsx"
    codes = [one.unit_code for one in parts]
    listed = [(one, f"{_stem(one, codes.count(one.unit_code) == 1)}.{form}") for one in parts]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one, name in listed:
            _write(folder / name, _content(data_dir, one, form, lang))
        name = f"{text('receipt_list', lang)}-{parts[0].number if parts else 0}.xlsx"
        _write(folder / name, slip_book.list_of(listed, lang))
    except OSError as error:
        stop(Exit.USAGE, text("cannot_write", lang, path=folder, reason=error.strerror))
    for _, name in listed:
        click.echo(str(folder / name))
    tell("written", lang, path=folder)


def _stem(slip: Slip, is_only: bool) -> str:
    """Return a file name of the receipt's number and the unit's code; its id where two bodies have that code."""
    who = (slip.unit_code if is_only else slip.unit_id) or slip.kind
    return re.sub(r"[^0-9A-Za-z.-]+", "-", f"phieu-{slip.number}-{who}")


def _write(path: Path, content: str | bytes) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _out(content: str | bytes, output: Path | None, lang: str) -> None:
    if output is None:
        click.echo(content)
        return
    try:
        _write(output, content)
    except OSError as error:
        stop(Exit.USAGE, text("cannot_write", lang, path=output, reason=error.strerror))
    tell("written", lang, path=output)


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@lang_option
def receipts(form: str, lang: str) -> None:
    """Các lần nạp, số phiếu và số dòng còn phải sửa (every load with its receipt and what is still to correct)."""
    from etl.correction import number_of
    from warehouse import ledger, mending

    data_dir = DataDir.from_environment()
    still, (done, _) = mending.n_open(data_dir), mending.standing(data_dir)
    found = [
        {
            "load_no": one["load_no"],
            "number": number_of(one["load_no"], one["sha256"]),
            **{name: one[name] for name in ("file_name", "dataset", "loaded_at", "data_on", "state")},
            **{name: one[name] for name in ("n_read", "n_accepted", "n_rejected")},
            "n_mended": len(done.get(one["load_no"], {})),
            "n_open": still.get(one["load_no"]),
            "corrects": (one.get("corrects") or {}).get("load_no"),
        }
        for one in ledger.loads(data_dir)
    ]
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for line in found:
        shown = {**line, "n_open": "–" if line["n_open"] is None else line["n_open"]}
        click.echo(text("receipt_line", lang, **shown))
