"""Fixtures for every test, and the rule that nothing is left out in silence."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared" / "data"
MUST_RUN = ("browser", "shared")
"""Markers of tests that an environment can lack; under CI each must have run and none may be skipped."""

BROWSER = "tests/browser/"

_outcomes: dict[str, Counter[str]] = {marker: Counter() for marker in MUST_RUN}
_skipped: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on the real data say why they are skipped where it is missing; under CI they run and fail."""
    if SHARED.is_dir() or os.environ.get("CI"):
        return
    missing = pytest.mark.skip(reason=f"the real data is not here: {SHARED.name} beside the repository")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(missing)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return what shares the tests out: one worker drives the browser, since two at once on two cores time out.

    xdist's own groups (3.8) have no effect with this pytest (9.2), which keeps the name of a test elsewhere.
    """
    from xdist.scheduler import LoadScopeScheduling

    class OneBrowser(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else nodeid

    return OneBrowser(config, log)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        _skipped.append(report.nodeid)
    if report.when == "call":
        for marker in MUST_RUN:
            if marker in report.keywords:
                _outcomes[marker][report.outcome] += 1


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Under CI a whole run fails when a marked group did not run or anything was skipped."""
    if hasattr(session.config, "workerinput") or not os.environ.get("CI") or session.config.option.keyword:
        return
    if session.config.args != session.config.getini("testpaths"):
        return  # someone asked for a part; the rule is about the whole
    problems = [f"no test marked '{m}' ran" for m in MUST_RUN if not _outcomes[m]["passed"]]
    problems += [f"skipped under CI: {nodeid}" for nodeid in _skipped]
    if problems:
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        for problem in problems:
            reporter.write_line(f"CI rule broken: {problem}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def first_page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with a page that asks nothing: an application that a test opens draws its first page before the wanted one.

    Tests of the first page itself are marked `first_page`.
    """
    guard = sys.modules.get("ui.guard")
    if guard is not None and not request.node.get_closest_marker("first_page"):
        monkeypatch.setattr(guard, "START", dict.fromkeys(guard.START, "guide"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data beside the repository (../shared/data)."""
    assert SHARED.is_dir(), f"the real data is missing: {SHARED.parent.name}/{SHARED.name} beside the repository"
    return SHARED
