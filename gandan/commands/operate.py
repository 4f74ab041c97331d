"""`gandan doctor`, `backup`, `restore`."""

from __future__ import annotations

from pathlib import Path

import click

from gandan.commands.telling import wait_teller
from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse.lock import writer
from warehouse.paths import DataDir

MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


@click.command()
@lang_option
def doctor(lang: str) -> None:
    """Khám máy và thư mục dữ liệu (disk, clock, permissions, versions, leftovers, lock, schema, sign-on)."""
    from gandan.doctor import examine

    looks = examine(DataDir.from_environment())
    for look in looks:
        holder = look.values.get("holder")
        values = {**look.values, "holder": holder.text(lang)} if holder else look.values
        click.echo(f"{MARKS[look.level]} {text(look.key, lang, **values)}")
    if any(look.level == "fail" for look in looks):
        stop(Exit.CHECK_FAILED, text("doctor_failed", lang))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@lang_option
def backup(file: Path, lang: str) -> None:
    """Sao lưu toàn bộ thư mục dữ liệu vào một tệp (everything into one file)."""
    from gandan.backup import backup as keep
    from gandan.publish import settle_drafts

    data_dir = DataDir.from_environment()
    if file.exists():
        stop(Exit.USAGE, text("file_exists", lang, file=file))
    with writer(data_dir, "backup", on_wait=wait_teller(lang)):
        # Run each night: what units' drafts hold goes on its day, though nobody publishes or loads.
        settle_drafts(data_dir)
        kept = keep(data_dir, file)
    tell("backed_up", lang, n=kept.n_files, size=kept.n_bytes // 1_000_000)
    click.echo(str(file))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@lang_option
def restore(file: Path, lang: str) -> None:
    """Khôi phục từ tệp sao lưu vào thư mục dữ liệu trống (into an empty data folder)."""
    from gandan.backup import NotABackup, NotEmpty
    from gandan.backup import restore as bring_back

    data_dir = DataDir.from_environment()
    try:
        kept = bring_back(data_dir, file)
    except NotEmpty:
        stop(Exit.USAGE, text("restore_not_empty", lang, path=data_dir.root))
    except NotABackup as broken:
        stop(Exit.USAGE, text("not_a_backup", lang, file=file, part=broken))
    tell("restored", lang, n=kept.n_files, size=kept.n_bytes // 1_000_000)
    click.echo(str(data_dir.root))
