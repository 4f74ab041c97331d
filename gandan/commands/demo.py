"""`gandan demo`: the sample province from seed to dashboard, through the same steps that real files take."""

from __future__ import annotations

import importlib
import os
import shutil
import time
from pathlib import Path

import click

from gandan.exit_codes import Exit
from warehouse.paths import ENVIRONMENT_VARIABLE, REPOSITORY, DataDir

SMALL_SCALE = 0.05
MADE_BY_THE_DEMO = (
    "incoming",
    "later",
    "reference",
    "loads",
    "inbox",
    "snapshots",
    "work",
    "candidate",
    "waiting",
    "learned",
    "to-try",
    "jobs",
    "drafts",
)
KEPT_BY_PEOPLE = ("reference", "loads", "incoming", "later", "learned", "waiting")
"""Folders that hold somebody's work where nothing marks them as a sample: never cleared."""


def demo_data_dir() -> DataDir:
    """Return the folder of the sample: `GANDAN_DATA_DIR` where it is set, else `data/demo` of the repository."""
    if os.environ.get(ENVIRONMENT_VARIABLE):
        return DataDir.from_environment()
    return DataDir(REPOSITORY / "data" / "demo")


@click.command()
@click.option("--port", default=8501, show_default=True, help="Cổng của bảng điều khiển (port of the dashboard).")
@click.option("--no-serve", is_flag=True, help="Chỉ tạo và công bố, không mở bảng điều khiển (make and publish only).")
@click.option("--small", is_flag=True, help="Bản nhỏ, khoảng 1/20 (about one twentieth).")
def demo(port: int, no_serve: bool, small: bool) -> None:
    """Tỉnh minh họa → số liệu → bảng điều khiển (sample province → snapshot → dashboard)."""
    from gandan.demo import stories

    data_dir = demo_data_dir()
    os.environ[ENVIRONMENT_VARIABLE] = str(data_dir.root)
    os.environ["GANDAN_TODAY"] = stories.LAST_DAY
    prepare(data_dir, SMALL_SCALE if small else 1.0)
    if no_serve:
        return
    serve: click.Command = importlib.import_module("gandan.commands.serve").serve
    serve.main(["--port", str(port)], prog_name="gandan serve", standalone_mode=False)


def prepare(data_dir: DataDir, scale: float) -> None:
    """Leave the folder with the published sample; do only what is not done yet."""
    from etl.intake import load_files
    from gandan import publish
    from gandan.demo import generate

    started = time.monotonic()
    # The repository's own reference data is never the demo's to replace, not even where a marker lies beside it.
    is_repository = data_dir.root.resolve() == (REPOSITORY / "data").resolve()
    if is_repository or (generate.marker_of(data_dir) is None and _holds_data(data_dir)):
        click.echo(
            f"Thư mục {data_dir.root} đã có số liệu thật hoặc danh mục dùng chung; không tạo dữ liệu minh họa ở đó. "
            f"Hãy chọn thư mục khác: {ENVIRONMENT_VARIABLE}=THƯ_MỤC gandan demo",
            err=True,
        )
        raise SystemExit(Exit.USAGE)
    if not generate.is_current(data_dir, scale):
        _clear(data_dir)
        data_dir.root.mkdir(parents=True, exist_ok=True)
        # Marked before the first file: a demo that is killed half-way can be started again.
        (data_dir.root / "DEMO").write_text("{}", encoding="utf-8")
        generate.generate(data_dir, scale, progress=say)
    if not generate.is_loaded(data_dir):
        for folder in (data_dir.loads, data_dir.inbox):
            shutil.rmtree(folder, ignore_errors=True)
        receipts = load_files([data_dir.root / "incoming"], data_dir, progress=_Counted())
        stopped = [receipt.file_name for receipt in receipts if receipt.questions]
        read, accepted = sum(r.n_read for r in receipts), sum(r.n_accepted for r in receipts)
        say(f"Đã nạp {len(receipts)} tệp: đọc {_vi(read)} dòng, nhận {_vi(accepted)}, loại {_vi(read - accepted)}.")
        if stopped:
            say(f"Chưa nạp được: {', '.join(stopped)}")
            raise SystemExit(Exit.NEEDS_ANSWER)
        generate.set_loaded(data_dir)
    say("Đang công bố bản số liệu…")
    try:
        published = publish.run(data_dir, progress=lambda step: None)
    except publish.CheckFailed as failed:
        for finding in failed.findings:
            say(finding.message("vi"))
        say("Bản số liệu không qua kiểm tra nên chưa được công bố.")
        raise SystemExit(Exit.CHECK_FAILED) from failed
    say(f"Số liệu minh họa đã sẵn sàng ({published.ref.name}), sau {time.monotonic() - started:.0f} giây.")


def say(message: str) -> None:
    """Talk goes to stderr."""
    click.echo(message, err=True)


class _Counted:
    """Says every tenth file: a hundred lines would hide the ones that matter."""

    def __init__(self) -> None:
        self.said = -1

    def __call__(self, step: object) -> None:
        number, of = getattr(step, "number", 0), getattr(step, "of", 0)
        if of and number // 10 > self.said:
            self.said = number // 10
            say(f"Đang nạp tệp {number}/{of}…")


def _vi(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _holds_data(data_dir: DataDir) -> bool:
    """Return whether anything of somebody's lies there: figures, files, reference data."""
    return data_dir.pointer.exists() or any(
        (data_dir.root / name).is_dir() and any((data_dir.root / name).iterdir()) for name in KEPT_BY_PEOPLE
    )


def _clear(data_dir: DataDir) -> None:
    """Remove an older sample; only ever called where `DEMO` marks the folder or nothing lies in it yet."""
    for name in MADE_BY_THE_DEMO:
        shutil.rmtree(data_dir.root / name, ignore_errors=True)
    for path in (data_dir.root / "DEMO", data_dir.pointer, Path(data_dir.root / "closed.json")):
        path.unlink(missing_ok=True)
