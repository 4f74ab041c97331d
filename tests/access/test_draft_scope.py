"""A draft is its unit's alone: no page, link, list or command of anybody else says a word of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from click.testing import CliRunner
from secrets_search import file_texts, page_texts
from streamlit.testing.v1 import AppTest

from gandan.__main__ import main
from gandan.exit_codes import Exit
from tests import drafted as d
from ui import guard
from warehouse import drafts
from warehouse.paths import REPOSITORY, DataDir

OWN = f"unit:{d.LAO_BAO}"
OTHERS = (f"unit:{d.DONG_HA}", "province", "auditor", "viewer")
SECRETS = (d.NEW, d.FILE)
"""What only the draft knows: the code of a case, and the name of its file."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    """A province and one commune's draft, on the day of the draft."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANDAN_TODAY", d.DAY)
        found = d.drafted(tmp_path_factory.mktemp("drafted"))
        patch.setenv("GANDAN_DATA_DIR", str(found.root))
        patch.chdir(REPOSITORY)
        yield found


def opened(name: str, role: str) -> AppTest:
    """Open a page as somebody, with a link that asks for the draft of the commune."""
    page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    page.session_state[guard.AS] = role
    for key, value in (("data", "draft"), ("unit", d.UNITS["L"]), ("period", "2026-09")):
        page.query_params[key] = value
    page.run()
    return page.switch_page(f"pages/{name}.py").run()


def fetched(name: str, role: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return every text of a page, of the lists that it opens, and of the files that it offers."""
    offered: list[tuple[str, Any]] = []
    button = st.download_button

    def kept(label: str, data: Any, *rest: Any, **named: Any) -> Any:
        offered.append((str(named.get("file_name", label)), data))
        return button(label, data, *rest, **named)

    monkeypatch.setattr(st, "download_button", kept)
    page = opened(name, role)
    assert not page.exception, name
    texts = [words for _, words in page_texts(page)]
    for key in [b.key for b in page.button if str(b.key).startswith("act_") or b.key == "cases_pending_overdue"]:
        page.button(key=key).click().run()
        texts += [words for _, words in page_texts(page)]
        page = opened(name, role)
    for file_name, make in offered:
        content = make() if callable(make) else make
        if file_name.endswith((".xlsx", ".docx")):
            texts += [words for _, words in file_texts(file_name, content)]
    return "\n".join(texts)


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_fetches_a_word_of_a_draft(data: DataDir, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = guard.PAGES["unit" if role.startswith("unit:") else role]  # type: ignore[index]
    wanted = sorted(pages & {"to_act", "this_period", "timeliness", "data"})
    found = {name: [s for s in SECRETS if s in fetched(name, role, monkeypatch)] for name in wanted}
    assert {name for name, leaked in found.items() if leaked} == set()


def test_its_own_unit_fetches_it_and_of_others_nothing_that_the_published_figures_hide(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "\n".join(fetched(name, OWN, monkeypatch) for name in ("to_act", "this_period"))
    assert d.NEW in words and d.FILE in words, "the search above would have found it"
    assert "FOREIGN9" not in words and "D900" not in words
    assert "L-denunciation" not in words


@pytest.mark.parametrize("role", OTHERS[:1] + OTHERS[2:])
@pytest.mark.parametrize(
    "line",
    [
        ("draft", "status", "--unit", d.LAO_BAO),
        ("draft", "load", "x.csv", "--unit", d.LAO_BAO),
        ("draft", "answer", "abc", "--unit", d.LAO_BAO),
        ("draft", "discard", "abc", "--unit", d.LAO_BAO),
        ("draft", "rebuild", "--unit", d.LAO_BAO),
        ("draft", "drop", "--unit", d.LAO_BAO),
        ("ask", "pending_overdue", "--draft", d.LAO_BAO),
        ("cases", "pending_overdue", "--draft", d.LAO_BAO),
    ],
)
def test_no_command_does_anything_with_a_draft_of_another(data: DataDir, role: str, line: tuple[str, ...]) -> None:
    before = drafts.read(data, d.LAO_BAO)
    done = CliRunner().invoke(main, [*line, "--as", role])
    assert done.exit_code == Exit.USAGE
    assert not [one for one in SECRETS if one in done.output]
    assert drafts.read(data, d.LAO_BAO) == before


def test_the_unit_asks_its_own_draft_by_the_command_line_and_the_published_figures_without_it(data: DataDir) -> None:
    def n_overdue(*more: str) -> Any:
        line = ("ask", "pending_overdue", "--unit", d.LAO_BAO, "--period", "2026-09", "--format", "json", *more)
        return json.loads(CliRunner().invoke(main, line).stdout)[0]["value"]

    assert n_overdue("--as", OWN) == 2
    assert n_overdue("--as", OWN, "--draft", d.LAO_BAO) == 3
    assert n_overdue() == 2
    listed = CliRunner().invoke(main, ["cases", "pending_overdue", "--draft", d.LAO_BAO, "--period", "2026-09"])
    assert d.NEW in listed.stdout


def test_status_and_history_of_the_province_know_nothing_of_a_draft(data: DataDir, tmp_path: Path) -> None:
    for line in (["status"], ["arrivals"], ["waiting"], ["receipts", "--help"], ["rejects"]):
        assert not [one for one in SECRETS if one in CliRunner().invoke(main, line).output], line
    kept = CliRunner().invoke(main, ["backup", str(tmp_path / "all.tar")])
    assert kept.exit_code == 0, kept.output
    assert d.NEW.encode() not in (tmp_path / "all.tar").read_bytes()
    assert b"drafts/" not in (tmp_path / "all.tar").read_bytes()
