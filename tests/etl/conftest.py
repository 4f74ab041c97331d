"""A data folder of its own for each test, and files drawn in the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.intake import load_files
from etl.receipt import Receipt
from warehouse.paths import DataDir

TODAY = "2026-11-22"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """Return an empty data folder; the day is fixed."""
    monkeypatch.setenv("GANDAN_TODAY", TODAY)
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path / "data"))
    return DataDir(tmp_path / "data")


@pytest.fixture
def load_text(data_dir: DataDir, tmp_path: Path) -> Callable[..., Receipt]:
    """Return a function that writes a text to a file, loads it and returns its one receipt."""

    def load(text: str, name: str = "cases.csv", encoding: str = "utf-8", **options: object) -> Receipt:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        (receipt,) = load_files([path], data_dir, **options)  # type: ignore[arg-type]
        return receipt

    return load
