"""The stages one by one: `python -m etl extract|recognise|validate|stage FILE` and `marts`, in `GANDAN_DATA_DIR`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from etl import messages
from etl.codebook import read_codebook
from etl.extract import Unreadable, open_sheets, store
from etl.intake import load_files
from etl.loaded import staged_loads
from etl.personal import safe, safe_file_name
from etl.receipt import Question, Receipt
from etl.recognise import Unanswered, recognise
from etl.reference.tables import build_reference
from etl.runner import build_marts
from warehouse.engines import connect_builder
from warehouse.lock import writer
from warehouse.paths import DataDir

NOTHING_ACCEPTED = 3
STAGES = ("extract", "recognise", "validate", "stage", "marts")


@click.command()
@click.argument("stage", type=click.Choice(STAGES))
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def main(stage: str, file: Path | None) -> None:
    """Chạy một bước; `gandan load` và `gandan publish` chạy tất cả (run one stage)."""
    data_dir = DataDir.from_environment()
    if (file is None) != (stage == "marts"):
        raise click.UsageError(f"python -m etl {stage}" + (" FILE" if file is None else ""))
    with writer(data_dir, "load"):
        if file is None:
            _marts(data_dir)
        elif stage == "stage":
            _tell(load_files([file], data_dir))
        elif stage == "validate":
            _validate(file, data_dir)
        else:
            _look(file, data_dir, stage == "extract")


def _look(file: Path, data_dir: DataDir, is_extract: bool) -> None:
    """Say what tables the file holds, or which column is which field; only extract leaves its bytes in the inbox."""
    waiting = set(data_dir.inbox.iterdir()) if data_dir.inbox.is_dir() else set()
    stored, work, name = store(file, data_dir.inbox), data_dir.work / "load-now", safe_file_name(file.name)
    work.mkdir(parents=True, exist_ok=True)
    work.chmod(0o700)
    try:
        for sheet in open_sheets(stored, work):
            if is_extract:
                width = max(len(row) for row in sheet.preview)
                click.echo(messages.text("step", "extract", sheet=safe(sheet.name) or "–", width=width))
                continue
            found = recognise(sheet, data_dir, codebook=read_codebook(file, None))
            if isinstance(found, Unanswered):
                for question in found.questions:
                    click.echo(messages.question(question, name))
                continue
            named = {at: field for field, at in found.fields.items()} | found.items
            click.echo(messages.text("step", "recognise", layout=found.layout.name, row=found.last_header_row + 1))
            for at, header in enumerate(found.headers):
                click.echo(f"  {at + 1:>3} {safe(header)} → {named.get(at, '–')}")
    except Unreadable as error:
        click.echo(messages.question(Question(error.code, "", error.values), name), err=True)
        sys.exit(NOTHING_ACCEPTED)
    finally:
        shutil.rmtree(work)
        if not is_extract and stored.path not in waiting:
            stored.path.unlink()


def _validate(file: Path, data_dir: DataDir) -> None:
    """Load into a folder that is thrown away: the receipt of a real load, and nothing staged."""
    aside = DataDir(data_dir.work / "validate-now")
    shutil.rmtree(aside.root, ignore_errors=True)
    aside.root.mkdir(parents=True)
    aside.root.chmod(0o700)
    try:
        if (data_dir.root / "reference").is_dir():
            (aside.root / "reference").symlink_to(data_dir.root / "reference")
        _tell(load_files([file], aside))
    finally:
        shutil.rmtree(aside.root)


def _tell(receipts: list[Receipt]) -> None:
    for one in receipts:
        click.echo(
            "\n".join([*messages.receipt_lines(one), *(messages.question(q, one.file_name) for q in one.questions)])
        )
    if not any(r.n_accepted for r in receipts):
        sys.exit(NOTHING_ACCEPTED)


def _marts(data_dir: DataDir) -> None:
    """Build every mart table into `work/marts.duckdb` and say its rows; sums, checks and the pointer are publish's."""
    data_dir.work.mkdir(parents=True, exist_ok=True)
    path = data_dir.work / "marts.duckdb"
    path.unlink(missing_ok=True)
    con = connect_builder(path, data_dir.work / "spill")
    build_reference(con, data_dir)
    build_marts(con, data_dir, [one.load_no for one in staged_loads(data_dir) if not one.is_withheld])
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1").fetchall():
        click.echo(f"{name:<22}{con.execute(f'SELECT count(*) FROM {name}').fetchall()[0][0]:>12}")
    con.close()


if __name__ == "__main__":
    main()
