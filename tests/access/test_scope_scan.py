"""Everything that a chair can fetch, decoded: pages, their parts, lists, charts, files; nothing of others is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import streamlit as st
from secrets_search import file_texts, page_texts
from streamlit.testing.v1 import AppTest

from tests.metrics import marts as m
from tests.ui import world
from ui import guard
from warehouse.paths import REPOSITORY, DataDir
from warehouse.snapshots import current

CHAIR = "unit:19432"
PARTS = (
    "overview_part",
    "timeliness_part",
    "letters_part",
    "friendly_part",
    "survey_part",
    "section",
    "indices_part",
    "plan_part",
)
"""Controls that choose a page's part."""
Texts = list[tuple[str, str]]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    """Two communes with cases, letters of every kind and a case received for the other."""
    letters = [
        m.complaint(unit_id=unit, kind=kind, received_on=date(2026, 9, 1 + n), settle_due_on=date(2026, 10, 1))
        for unit in (m.LAO_BAO, m.DONG_HA)
        for kind in ("complaint", "petition", "feedback", "denunciation")
        for n in range(3)
    ]
    given = m.case(unit_id=m.DONG_HA, receiving_unit_id=m.LAO_BAO, received_on=date(2026, 9, 3))
    yield world.publish(tmp_path_factory.mktemp("scan"), **{**world.tables([given]), "complaints": letters})


@pytest.fixture
def fetched(published: DataDir, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Texts]:
    """Return a function that fetches all of a page as a chair: every part, list, dialog and file."""
    offered: list[tuple[str, Any]] = []
    button = st.download_button

    def kept(label: str, data: Any, *rest: Any, **named: Any) -> Any:
        offered.append((str(named.get("file_name", label)), data))
        return button(label, data, *rest, **named)

    monkeypatch.setattr(st, "download_button", kept)
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(published.root))
    monkeypatch.chdir(REPOSITORY)

    def opened(name: str, role: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        page.session_state[guard.AS] = role
        page.query_params["period"] = "2026-09"
        page.run()
        return page.switch_page(f"pages/{name}.py").run()

    def fetch(name: str, role: str = CHAIR) -> Texts:
        page = opened(name, role)
        assert not page.exception and not page.error, name
        texts: Texts = list(page_texts(page))
        controls = [c for c in page.segmented_control if c.key in PARTS]
        for control in controls:
            for option in control.options[1:]:
                page.segmented_control(key=control.key).set_value(_value(page, control.key, option)).run()
                texts += page_texts(page)
        page = opened(name, role)
        for key in [b.key for b in page.button if str(b.key).startswith(("cases_", "definition_", "act_"))]:
            page.button(key=key).click().run()
            texts += page_texts(page)
            page = opened(name, role)
        for file_name, data in offered:
            texts += [(file_name, file_name), *file_texts(file_name, _bytes(data))]
        return texts

    return fetch


def _value(page: AppTest, key: str, option: str) -> str:
    """Return the value behind a shown option of a segmented control."""
    control = page.segmented_control(key=key)
    return str(control.options.index(option)) if option.isdigit() else option


def _bytes(data: Any) -> bytes:
    content = data() if callable(data) else data
    if isinstance(content, str):
        return content.encode()
    found: bytes = content.getvalue() if hasattr(content, "getvalue") else content
    return found


def codes(published: DataDir, sql: str) -> set[str]:
    ref = current(published)
    assert ref is not None
    with ref.open() as con:
        return {str(row[0]) for row in con.execute(sql).fetchall()}


def test_a_chair_fetches_no_case_that_the_commune_neither_settles_nor_received(
    published: DataDir, fetched: Callable[[str], Texts]
) -> None:
    foreign = codes(
        published,
        f"SELECT case_code FROM fct_case WHERE unit_id <> '{m.LAO_BAO}' "
        f"AND coalesce(receiving_unit_id, '') <> '{m.LAO_BAO}' AND coalesce(successor_unit_id, '') <> '{m.LAO_BAO}'",
    )
    own = codes(published, f"SELECT case_code FROM fct_case WHERE unit_id = '{m.LAO_BAO}'")
    letters = codes(
        published, f"SELECT letter_code FROM fct_complaint WHERE kind = 'denunciation' OR unit_id <> '{m.LAO_BAO}'"
    )
    answers = codes(published, "SELECT respondent_id FROM fct_survey_answer WHERE length(respondent_id) > 3")
    assert len(foreign) > 100 and len(letters) > 10
    every = {name: fetched(name) for name in sorted(guard.PAGES["unit"])}
    text = "\n".join(said for texts in every.values() for _, said in texts)
    assert sorted(code for code in own if code in text), "no list of the chair's own cases was read"
    assert sorted(code for code in foreign | letters | answers if code in text) == []


def test_the_scan_sees_what_the_province_sees(published: DataDir, fetched: Callable[..., Texts]) -> None:
    """The same search turns up the other commune's cases where they may be seen: it is worth something."""
    foreign = codes(published, f"SELECT case_code FROM fct_case WHERE unit_id = '{m.DONG_HA}'")
    text = "\n".join(said for _, said in fetched("timeliness", "province"))
    assert any(code in text for code in foreign)


def test_a_chair_has_no_page_that_changes_figures() -> None:
    assert "data" not in guard.PAGES["unit"] | guard.PAGES["viewer"]
