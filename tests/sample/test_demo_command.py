"""`gandan demo` makes the sample where it may, only once, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from gandan.commands import demo as command
from gandan.demo import generate
from gandan.exit_codes import Exit
from tests.sample.conftest import Small
from warehouse.paths import DataDir
from warehouse.snapshots import SnapshotRef, current


def test_a_folder_with_real_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GANDAN_TODAY", "2026-10-31")
    (tmp_path / "CURRENT").write_text("20261101T000000Z-abcdef\n")
    run = CliRunner().invoke(command.demo, ["--no-serve", "--small"])
    assert run.exit_code == Exit.USAGE
    assert "số liệu thật" in run.stderr and "GANDAN_DATA_DIR=" in run.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["CURRENT"]


def test_the_repositorys_own_data_folder_is_refused_and_its_reference_data_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`GANDAN_DATA_DIR=data gandan demo` once wiped `data/reference/`; a marker of a sample does not change that."""
    (tmp_path / "data" / "reference").mkdir(parents=True)
    (tmp_path / "data" / "reference" / "units.csv").write_text("unit_id\n")
    (tmp_path / "data" / "DEMO").write_text('{"version": "older", "seed": 1, "scale": 1, "files": []}')
    monkeypatch.setattr(command, "REPOSITORY", tmp_path)
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GANDAN_TODAY", "2026-10-31")
    run = CliRunner().invoke(command.demo, ["--no-serve", "--small"])
    assert run.exit_code == Exit.USAGE
    assert "danh mục dùng chung" in run.stderr and "GANDAN_DATA_DIR=" in run.stderr
    assert (tmp_path / "data" / "reference" / "units.csv").read_text() == "unit_id\n"


def test_somebodys_reference_data_is_not_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "targets.csv").write_text("metric\n")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GANDAN_TODAY", "2026-10-31")
    assert CliRunner().invoke(command.demo, ["--no-serve", "--small"]).exit_code == Exit.USAGE
    assert (tmp_path / "reference" / "targets.csv").exists()


def test_the_second_start_makes_and_loads_nothing(
    small: Small, published: SnapshotRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate.set_loaded(small.data_dir)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the sample was made or loaded again")

    monkeypatch.setattr(generate, "generate", never)
    monkeypatch.setattr("etl.intake.load_files", never)
    command.prepare(small.data_dir, 0.05)
    assert current(small.data_dir) == published


def test_an_older_sample_is_made_again(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    (tmp_path / "DEMO").write_text('{"version": "older", "seed": 20261031, "scale": 0.05, "files": []}')
    assert not generate.is_current(data_dir, 0.05)
    assert not generate.is_loaded(data_dir)


def test_without_a_folder_named_the_sample_goes_beside_the_real_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GANDAN_DATA_DIR", raising=False)
    assert command.demo_data_dir().root.parts[-2:] == ("data", "demo")
