"""The guide speaks of commands, files, pages and pictures that are there and that still look so."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from streamlit.testing.v1 import AppTest

from gandan.__main__ import COMMANDS, main
from metrics import catalogue
from ui import guard
from ui.text import words

DOCS = Path(__file__).resolve().parents[1] / "docs"
GUIDE = (DOCS / "huong-dan.md").read_text("utf-8")
PICTURES = dict(re.findall(r"^!\[([^\]]+)\]\(pictures/([a-z0-9-]+)\.png\)$", GUIDE, re.MULTILINE))
LARGEST = 120_000
SUBJECTS = ("accounts", "draft", "drafts")
"""Commands that have commands of their own."""


def shown() -> dict[str, dict[str, Any]]:
    """Return what each picture shows: its sum, and its texts that are words of the pages."""
    found: dict[str, dict[str, Any]] = json.loads((DOCS / "pictures" / "shown.json").read_text("utf-8"))
    return found


@cache
def said_so() -> re.Pattern[str]:
    """Return what matches a text that the pages can say, whatever figures and names stand in it."""
    labels = [metric.label["vi"] for metric in catalogue.metrics().values()]
    texts = [said for said in (*words("vi").values(), *labels) if re.search(r"\w{2}", re.sub(r"\{[^}]*\}", "", said))]
    return re.compile("|".join(re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(said)) for said in texts))


def test_every_command_of_the_guide_runs() -> None:
    named = set(re.findall(r"gandan ([a-z\-]+)(?: ([a-z]+))?", GUIDE))
    commands = {first for first, _ in named if first in COMMANDS}
    assert commands >= {"accounts", "backup", "restore", "serve", "publish", "doctor", "close"}
    for name in sorted(commands):
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0, name
    for sub in ("add", "list", "password", "disable", "enable", "role"):
        assert CliRunner().invoke(main, ["accounts", sub, "--help"]).exit_code == 0, sub


def test_every_option_of_a_command_in_the_guide_is_one_of_that_command() -> None:
    lines = re.findall(r"gandan ((?:[a-z\-]+ )+[^`\n]*--[a-z][^`\n#]*)", GUIDE)
    assert len(lines) >= 3
    for line in lines:
        first, second, *_ = [*line.split(), ""]
        way = [first, second] if first in SUBJECTS else [first]
        told = CliRunner().invoke(main, [*way, "--help"]).output
        assert [o for o in re.findall(r"--[a-z][a-z-]*", line) if o not in told] == [], line


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


def test_every_picture_is_small_named_in_the_guide_and_told_in_words() -> None:
    files = {file.stem for file in (DOCS / "pictures").glob("*.png")}
    assert files == set(PICTURES.values()) == shown().keys() and len(files) >= 10
    assert all(len(alt) > 40 and re.search("[àáảãạăâđêôơư]", alt) for alt in PICTURES)
    for name in files:
        file = DOCS / "pictures" / f"{name}.png"
        assert file.stat().st_size <= LARGEST, name
        with Image.open(file) as image:
            assert image.width >= 700, name


def test_every_picture_was_made_with_the_list_of_its_texts() -> None:
    """A picture that was drawn over by hand, or a list that was edited, is not what a browser showed."""
    for name, one in shown().items():
        made = hashlib.sha256((DOCS / "pictures" / f"{name}.png").read_bytes()).hexdigest()
        assert made == one["sha256"], f"{name}: GANDAN_PICTURES=data/demo pytest tests/browser/test_guide_pictures.py"


def test_what_a_picture_shows_is_still_said_so() -> None:
    assert all(len(one["texts"]) >= 2 for one in shown().values())
    stale = {name: [t for t in one["texts"] if not said_so().fullmatch(t)] for name, one in shown().items()}
    assert {name: texts for name, texts in stale.items() if texts} == {}, (
        "make the pictures anew: GANDAN_PICTURES=data/demo pytest tests/browser/test_guide_pictures.py"
    )


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
    assert "Hằng tháng, trên trang Dữ liệu" in said and "](" not in said
    pictures = len(page.get("image"))
    for part in ("chair", "administrator"):
        page.segmented_control(key="guide").set_value(part).run()
        assert not page.exception
        pictures += len(page.get("image"))
    assert page.header[0].value == "Cho quản trị viên"
    assert pictures == len(PICTURES)
    assert all("guide" in pages for pages in guard.PAGES.values())


def test_a_chair_begins_with_the_part_for_chairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    page = AppTest.from_file(str(DOCS.parent / "app.py"), default_timeout=60)
    page.query_params["as"] = "unit:19432"
    page.run()
    page.switch_page("pages/guide.py").run()
    assert page.header[0].value == "Cho chủ tịch xã, phường"
