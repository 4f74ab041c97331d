"""A small published snapshot, and a way to open a page of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui import world
from ui import guard
from warehouse.paths import REPOSITORY, DataDir

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """The small world, published once."""
    return world.publish(tmp_path_factory.mktemp("data"))


@pytest.fixture
def open_page(published: DataDir, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page of the application with parameters in its URL; no error may be hidden behind a message."""

    def show(error: Exception) -> None:
        raise error

    monkeypatch.setattr(guard, "record", show)
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    monkeypatch.chdir(REPOSITORY)

    def _open(name: str, root: Path | None = None, **url: str) -> AppTest:
        monkeypatch.setenv("GANDAN_DATA_DIR", str(root or published.root))
        page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=30)
        for key, value in url.items():
            page.query_params[key] = value
        page.run()
        page.switch_page(f"pages/{name}.py").run()
        return page

    return _open
