"""The server gets ready before the first page is asked for: what takes long to import, the snapshot, its places."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui import world
from warehouse.paths import REPOSITORY

FIRST_PAGE = """
import sys
from gandan import warm
warm.up()
before = set(sys.modules)
from streamlit.testing.v1 import AppTest
from ui import asking
from ui.kept import Kept
asked = []
keep = Kept._keep
def kept(self, key, value):
    if self is asking.FACTS:
        asked.append("facts")
    keep(self, key, value)
Kept._keep = kept
app = AppTest.from_file("app.py", default_timeout=60).run()
app.switch_page("pages/" + sys.argv[1] + ".py").run()
assert not app.exception, app.exception
OURS = ("ui", "metrics", "warehouse", "pages", "plotly", "pandas", "pyarrow", "scipy", "duckdb")
LEAVES = ("plotly.graph_objs.", "plotly.validators.")  # a class each, in no time
new = sorted(m for m in set(sys.modules) - before if m.split(".")[0] in OURS and not m.startswith(LEAVES))
print(len(app.title), *asked, *new)
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.publish(tmp_path_factory.mktemp("data")).root


@pytest.mark.parametrize("page", ["overview", "to_act"])
def test_the_first_page_imports_nothing_more_and_finds_the_facts_of_the_snapshot_read(root: Path, page: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", FIRST_PAGE, page],
        env={**os.environ, "GANDAN_DATA_DIR": str(root), "GANDAN_TODAY": "2026-11-21", "PYTHONPATH": str(REPOSITORY)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    # the page's own script is compiled and run, not imported
    assert found.stdout.split() == ["1"]


def test_a_server_with_nothing_published_gets_ready_all_the_same(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", "from gandan import warm; warm.up(); print('ready')"],
        env={**os.environ, "GANDAN_DATA_DIR": str(tmp_path), "PYTHONPATH": str(REPOSITORY)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (found.returncode, found.stdout.strip()) == (0, "ready"), found.stderr[-2000:]


WITHOUT_EXTRAS = """
import sys
for name in ("authlib", "httpx"):
    sys.modules[name] = None  # as where the extra is not installed: importing it fails
from gandan import warm
warm.up()
print("ready", "ui.lists" in sys.modules)
"""


def test_a_server_without_the_packages_of_single_sign_on_gets_ready_and_says_nothing(root: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS],
        env={**os.environ, "GANDAN_DATA_DIR": str(root), "PYTHONPATH": str(REPOSITORY)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (found.returncode, found.stdout.strip()) == (0, "ready True"), found.stderr[-2000:]
    assert "Traceback" not in found.stderr
