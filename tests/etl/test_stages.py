"""`python -m etl STAGE`: each stage alone makes what the whole makes, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from etl_drawn import HEADER

from etl.__main__ import main
from warehouse.paths import DataDir

GOOD = "H44.12-261001-0001,19432,2026-10-01,2026-10-05,2026-10-03,completed\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Nguyễn Văn Thử.csv"
    path.write_text(HEADER + GOOD + ",19432,2026-10-01,,,\n", "utf-8")
    return path


def run(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exit_code == code, done.output
    return done.output


def test_extract_keeps_the_bytes_and_recognise_keeps_nothing(data_dir: DataDir, file: Path) -> None:
    assert "canonical" in run("recognise", file) and list(data_dir.inbox.iterdir()) == []
    assert "6 cột" in run("extract", file)
    assert [p.read_bytes() for p in data_dir.inbox.iterdir()] == [file.read_bytes()]
    assert "case_code → case_code" in run("recognise", file)


def test_validate_says_what_a_load_would_and_stages_nothing(data_dir: DataDir, file: Path) -> None:
    said = run("validate", file)
    assert "đọc 2 = nhận 1 + loại 1" in said and "Nguyễn" not in said
    assert not data_dir.loads.exists() and list(data_dir.work.iterdir()) == []
    assert "đọc 2 = nhận 1 + loại 1" in run("stage", file)
    assert (data_dir.loads / "000001" / "receipt.json").is_file()


def test_marts_are_built_aside_and_not_published(data_dir: DataDir, file: Path) -> None:
    run("stage", file)
    counts = dict(line.split() for line in run("marts").splitlines() if len(line.split()) == 2)
    assert (counts["fct_case"], counts["reject"], counts["load"]) == ("1", "1", "1")
    assert (data_dir.work / "marts.duckdb").is_file() and not data_dir.snapshots.exists()


def test_a_file_that_cannot_be_read_is_told_at_the_stage_that_meets_it(data_dir: DataDir, tmp_path: Path) -> None:
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"PK\x03\x04 cut off")
    for stage in ("extract", "recognise", "validate", "stage"):
        assert "hỏng" in run(stage, broken, code=3)
