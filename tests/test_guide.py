"""The guide speaks of commands, files and pages that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from gandan.__main__ import COMMANDS, main
from ui import guard

DOCS = Path(__file__).resolve().parents[1] / "docs"
GUIDE = (DOCS / "huong-dan.md").read_text("utf-8")


def test_every_command_of_the_guide_runs() -> None:
    named = set(re.findall(r"gandan ([a-z\-]+)(?: ([a-z]+))?", GUIDE))
    commands = {first for first, _ in named if first in COMMANDS}
    assert commands >= {"accounts", "audit", "audit-verify", "backup", "restore", "serve", "publish", "doctor", "close"}
    for name in sorted(commands):
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0, name
    for sub in ("add", "list", "password", "disable", "enable", "role"):
        assert CliRunner().invoke(main, ["accounts", sub, "--help"]).exit_code == 0, sub


def test_every_file_that_the_guide_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", GUIDE) if "://" not in link]
    assert len(links) >= 2
    assert [link for link in links if not (DOCS / link).is_file()] == []


def test_the_guide_uses_an_officials_words() -> None:
    for word in ("trễ hạn", "dashboard", "upload", "download", "click", "login", "file "):
        assert word not in GUIDE.lower(), word


def test_the_service_and_the_proxy_speak_of_the_same_port() -> None:
    proxy, service = ((DOCS / "deploy" / n).read_text("utf-8") for n in ("nginx.conf", "gandan.service"))
    assert "127.0.0.1:8501" in proxy and "--address 127.0.0.1 --port 8501" in service
    for line in ("Upgrade $http_upgrade", "X-Forwarded-Proto $scheme", "gzip on"):
        assert line in proxy


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_guide_is_a_page_for_everybody_and_links_to_nothing_outside(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    page = AppTest.from_file(str(DOCS.parent / "app.py"), default_timeout=60)
    page.query_params["lang"] = lang
    page.run()
    page.switch_page("pages/guide.py").run()
    assert not page.exception and not page.error
    said = "\n".join(m.value for m in page.markdown)
    assert "Cho chủ tịch xã, phường" in said and "](deploy" not in said
    assert all("guide" in pages for pages in guard.PAGES.values())
