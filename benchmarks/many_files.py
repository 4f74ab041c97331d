"""The analyst's month: 120 files of 1,500 rows each, workbooks and text, recognised, validated and staged at once."""

from __future__ import annotations

import csv
import random
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

from benchmarks.intake import gandan
from benchmarks.measure import Run, run
from warehouse.paths import REPOSITORY, DataDir

FILES, ROWS = 120, 1500
TODAY = "2026-12-01"
PROVINCE = "44"
SECONDS, MEMORY_MB = 30, 1500
"""The aims of the intake, on two cores."""
HEADERS = (
    "STT", "Mã hồ sơ", "Tên thủ tục hành chính", "Lĩnh vực", "Cơ quan giải quyết", "Chủ hồ sơ", "Số điện thoại",
    "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày có kết quả", "Trạng thái", "Hình thức nộp", "Ghi chú",
)  # fmt: skip
Cell = str | int | datetime | None


@dataclass(frozen=True)
class Many:
    """What 120 files took, and what reading their cells alone takes."""

    rows: int
    ours: Run
    bare: Run
    n_accepted: int


def _rows(rng: random.Random, number: int, unit: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for i in range(ROWS):
        received = datetime(2026, 10, 1, 8) + timedelta(days=rng.randrange(30), minutes=rng.randrange(500))
        done = received + timedelta(days=rng.randrange(1, 20)) if rng.random() < 0.8 else None
        rows.append(
            [i + 1, f"H44.{number:02d}-{received:%y%m%d}-{i:04d}", "Đăng ký khai sinh", "Hộ tịch", unit, "Nguyễn Thử",
             "0900000000", received, received + timedelta(days=rng.randrange(3, 20)), done,
             "Hoàn thành" if done else "Đang xử lý", "Trực tiếp", None]
        )  # fmt: skip
    return rows


def _write_text(path: Path, rows: list[list[Cell]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened, delimiter=";")
        writer.writerow(HEADERS)
        writer.writerows(
            [f"{c:%d/%m/%Y %H:%M}" if isinstance(c, datetime) else "" if c is None else c for c in row] for row in rows
        )


def _write_workbook(path: Path, rows: list[list[Cell]]) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, moment = book.add_worksheet("T10"), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.write(0, 0, "SỔ THEO DÕI HỒ SƠ")
    sheet.write_row(2, 0, HEADERS)
    for at, row in enumerate(rows, 3):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(at, column, cell, moment)
            elif cell is not None:
                sheet.write(at, column, cell)
    book.close()


def write(folder: Path) -> int:
    """Return the rows written into 120 files of as many communes, every other one a workbook."""
    folder.mkdir(parents=True)
    with DataDir(REPOSITORY / "data").reference("units.csv").open(encoding="utf-8", newline="") as opened:
        listed = list(csv.DictReader(opened))
    today = [u for u in listed if u["level"] == "commune" and not u["valid_to"]]
    units = [f"{u['full_name']}, Tỉnh Quảng Trị" for u in today if u["province_id"].startswith(f"{PROVINCE}-")]
    rng = random.Random(120)
    for number in range(FILES):
        rows = _rows(rng, number, units[number % len(units)])
        if number % 2:
            _write_text(folder / f"hoso {number:03d}.csv", rows)
        else:
            _write_workbook(folder / f"so {number:03d}.xlsx", rows)
    return FILES * ROWS


BARE = """
import sys
from pathlib import Path
import duckdb
from python_calamine import CalamineWorkbook
for path in sorted(Path(sys.argv[1]).iterdir()):
    if path.suffix == ".csv":
        duckdb.sql(f"SELECT count(*) FROM read_csv('{path}', all_varchar = true, delim = ';')").fetchall()
    else:
        CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
"""


def measure(work: Path) -> Many:
    """Return what a whole load takes beside the bare reading of all cells, each in a process of its own."""
    folder, data = work / "many", work / "many-data"
    for old in (folder, data):
        shutil.rmtree(old, ignore_errors=True)
    n_rows = write(folder)
    bare = run([sys.executable, "-c", BARE, str(folder)], {})
    ours = gandan(data, TODAY, "load", str(folder))
    accepted = sum(
        int(f.read_text("utf-8").split('"n_accepted": ')[-1].split(",")[0]) for f in data.glob("loads/*/receipt.json")
    )
    shutil.rmtree(folder)
    shutil.rmtree(data)
    return Many(n_rows, ours, bare, accepted)


def told(many: Many) -> list[tuple[str, str, str, bool]]:
    """Return the lines of the result table: what, measured, aim, whether it is met."""
    is_whole = many.n_accepted == many.rows
    what = f"{FILES} files, {many.rows:,} rows, workbooks and text: recognised, validated, staged"
    ratio = many.ours.seconds / many.bare.seconds
    said = f"{many.ours.seconds:.1f} s, {ratio:.2f} times the bare reading of the cells; {many.n_accepted:,} accepted"
    memory = f"{many.ours.peak_mb:,.0f} MB"
    return [
        (what, said, f"≤ {SECONDS} s", many.ours.seconds <= SECONDS and is_whole),
        (f"peak memory, {FILES} files, all processes", memory, f"≤ {MEMORY_MB:,} MB", many.ours.peak_mb <= MEMORY_MB),
    ]


if __name__ == "__main__":
    scratch = REPOSITORY / "benchmarks" / "scratch"
    scratch.mkdir(exist_ok=True)
    for line in told(measure(scratch)):
        print(*line, sep=" | ")
