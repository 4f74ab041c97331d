"""The shape of the code, held by tests: who may import what, who opens a database, where SQL lies."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGES = ("gandan", "pages", "reports", "ui", "metrics", "etl", "warehouse")
SOURCES = [*sorted(f for p in PACKAGES for f in (REPOSITORY / p).rglob("*.py")), REPOSITORY / "app.py"]


def imported(path: Path) -> set[str]:
    """Return the top-level names of everything a file imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_imports_point_down() -> None:
    run = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "2 kept, 0 broken" in run.stdout


def test_only_the_app_its_server_pages_blocks_controls_and_guard_import_streamlit() -> None:
    names = (
        "app.py",
        "gandan/server.py",
        "ui/blocks.py",
        "ui/controls.py",
        "ui/frames.py",
        "ui/guard.py",
        "ui/lists.py",
        "ui/narrow.py",
    )
    allowed = {REPOSITORY / name for name in names}
    found = {p for p in SOURCES if "streamlit" in imported(p)}
    # Streamlit takes the files directly in pages/ as pages; the parts of a large one lie in a folder beside it.
    elsewhere = {p for p in found - allowed if not p.is_relative_to(REPOSITORY / "pages")}
    assert {str(p.relative_to(REPOSITORY)) for p in elsewhere} == set()


def test_charts_know_plotly_and_the_answer_table_and_nothing_else() -> None:
    assert (
        imported(REPOSITORY / "ui/charts.py") & {"streamlit", "duckdb", "etl", "warehouse", "gandan", "pages"} == set()
    )


def test_a_database_is_opened_only_in_the_warehouse_and_the_runner() -> None:
    openers = {
        str(p.relative_to(REPOSITORY))
        for p in SOURCES
        if re.search(r"duckdb\.connect\(", p.read_text(encoding="utf-8"))
    }
    assert {p for p in openers if not p.startswith("warehouse/") and p != "etl/runner.py"} == set()


@pytest.mark.parametrize("folder", ["pages", "ui", "reports"])
def test_no_sql_in_what_shows_figures(folder: str) -> None:
    sql = re.compile(r"\bSELECT\b[\s\S]{1,400}\bFROM\b")
    offenders = [
        str(p.relative_to(REPOSITORY))
        # what people write lies in a file of its own beside the snapshots, which ui/access alone opens
        for p in (REPOSITORY / folder).rglob("*.py")
        if not p.is_relative_to(REPOSITORY / "ui" / "access") and sql.search(p.read_text(encoding="utf-8"))
    ]
    assert offenders == []


def test_lock_files_pin_every_package_exactly_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-sso.lock", "requirements-dev.lock"):
        lines = (REPOSITORY / name).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if line and not line.lstrip().startswith("#")]
        assert pins, name
        assert [
            p for p in pins if not re.fullmatch(r"[A-Za-z0-9_.\-\[\],]+==[A-Za-z0-9_.+!]+( ; .+)?", p.strip())
        ] == []
        assert [line for line in lines if "://" in line or "--index" in line or "--find-links" in line] == []


def test_modules_stay_small_enough_to_be_one_idea() -> None:
    long = {
        str(p.relative_to(REPOSITORY)): n
        for p in SOURCES
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}


def test_no_file_of_the_repository_names_a_machine_path() -> None:
    files = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    machine_path = re.compile(r"(?<![\w.])/(?:work|root|home/[a-z])/")
    offenders = []
    for name in filter(None, files.stdout.split("\0")):
        path = REPOSITORY / name
        if path.suffix in {".png", ".xlsx"} or not path.is_file() or path == Path(__file__):
            continue
        if machine_path.search(path.read_text(encoding="utf-8", errors="ignore")):
            offenders.append(name)
    assert offenders == []


def test_every_test_file_has_a_name_of_its_own() -> None:
    names = [p.name for p in (REPOSITORY / "tests").rglob("test_*.py")]
    assert sorted(n for n in set(names) if names.count(n) > 1) == []


def test_every_package_is_named_for_the_installation() -> None:
    named = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    folders = {f.parent.relative_to(REPOSITORY) for p in PACKAGES for f in (REPOSITORY / p).rglob("*.py")}
    assert sorted(named) == sorted(str(folder).replace("/", ".") for folder in folders)
