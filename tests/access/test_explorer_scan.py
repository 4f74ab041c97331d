"""What a chair can fetch from the explorer, decoded: tables, charts, lists, files; whatever is asked of whomever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import streamlit as st
from secrets_search import file_texts, page_texts
from streamlit.testing.v1 import AppTest

from metrics import catalogue
from tests.metrics import marts as m
from tests.ui import world
from ui import explorer, guard
from ui.text import Text
from warehouse.paths import REPOSITORY, DataDir
from warehouse.snapshots import current

CHAIR = "unit:19432"
Fetched = tuple[AppTest, str]
"""A page and all that was fetched from it, as one text."""
QUESTIONS = [
    {"metric": "received", "units": explorer.EACH},
    {"metric": "received", "units": explorer.EACH, "by": "field_name", "from": "2026-07"},
    {"metric": "on_time_rate", "unit": m.DONG_HA, "by": "procedure_code"},
    {"metric": "on_time_rate_strict", "units": explorer.EACH, "from": "2026-07"},
    {"metric": "received_for_others"},
    {"metric": "complaints_received", "units": explorer.EACH, "by": "field_name"},
    {"metric": "complaints_received", "unit": m.DONG_HA, "from": "2026-07"},
    {"metric": "complaint_on_time_rate", "unit": m.PROVINCE},
    {"metric": "petitions_received", "by": "field_name"},
    {"metric": "denunciations_received", "period": "2026-Q3", "units": explorer.EACH},
    {"metric": "denunciations_received", "period": "2026-Q3", "unit": m.PROVINCE},
    {"metric": "survey_d1", "period": "2026-Q4", "units": explorer.EACH},
    {"metric": "satisfaction_rate", "period": "2026-Q4", "unit": m.PROVINCE, "by": "factor"},
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    """Two communes with cases and letters of every kind, and a case that one received for the other."""
    letters = [
        m.complaint(unit_id=unit, kind=kind, received_on=date(2026, 9, 1 + n), settle_due_on=date(2026, 10, 1))
        for unit in (m.LAO_BAO, m.DONG_HA)
        for kind in ("complaint", "petition", "feedback", "denunciation")
        for n in range(3)
    ]
    given = m.case(unit_id=m.DONG_HA, receiving_unit_id=m.LAO_BAO, received_on=date(2026, 9, 3))
    yield world.publish(tmp_path_factory.mktemp("scan"), **{**world.tables([given]), "complaints": letters})


@pytest.fixture
def fetch(published: DataDir, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Fetched]:
    """Return a function that asks the explorer as somebody and fetches every list and file that it offers."""
    offered: list[tuple[str, Any]] = []
    button = st.download_button

    def kept(label: str, data: Any, *rest: Any, **named: Any) -> Any:
        offered.append((str(named.get("file_name", label)), data))
        return button(label, data, *rest, **named)

    monkeypatch.setattr(st, "download_button", kept)
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(published.root))
    monkeypatch.chdir(REPOSITORY)

    def fetched(role: str, **url: str) -> Fetched:
        offered.clear()
        page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        page.session_state[guard.AS] = role
        for key, value in {"period": "2026-09", "unit": m.LAO_BAO, **url}.items():
            page.query_params[key] = value
        page.run()
        page.switch_page("pages/explorer.py").run()
        assert not page.exception and not page.error, url
        texts = [said for _, said in page_texts(page)]
        for key in [b.key for b in page.button if str(b.key).startswith("cases_")]:
            texts += [said for _, said in page_texts(page.button(key=key).click().run())]
        for name, data in offered:
            made = data() if callable(data) else data
            texts += [said for _, said in file_texts(name, made)]
        return page, "\n".join(texts)

    return fetched


def codes(published: DataDir, sql: str) -> set[str]:
    ref = current(published)
    assert ref is not None
    with ref.open() as con:
        return {str(row[0]) for row in con.execute(sql).fetchall()}


def table(page: AppTest) -> Any:
    text = Text.of("vi")
    return next(d.value for d in page.dataframe if text("explorer.column.from") in d.value.columns)


def test_a_chair_lists_only_what_is_the_communes_and_nothing_that_has_no_list(
    published: DataDir, fetch: Callable[..., Fetched]
) -> None:
    foreign = codes(
        published,
        f"SELECT case_code FROM fct_case WHERE unit_id <> '{m.LAO_BAO}' "
        f"AND coalesce(receiving_unit_id, '') <> '{m.LAO_BAO}' AND coalesce(successor_unit_id, '') <> '{m.LAO_BAO}'",
    )
    own = codes(published, f"SELECT case_code FROM fct_case WHERE unit_id = '{m.LAO_BAO}'")
    closed = codes(
        published, f"SELECT letter_code FROM fct_complaint WHERE kind = 'denunciation' OR unit_id <> '{m.LAO_BAO}'"
    )
    closed |= codes(published, "SELECT respondent_id FROM fct_survey_answer WHERE length(respondent_id) > 3")
    text = "\n".join(fetch(CHAIR, **asked)[1] for asked in [*QUESTIONS, {"metric": "received"}])
    assert sorted(code for code in own if code in text), "no list of the chair's own cases was read"
    assert sorted(code for code in foreign | closed if code in text) == []
    _, theirs = fetch("province", metric="received", units=explorer.EACH)
    assert any(code in theirs for code in foreign), "the same search finds nothing where it may be seen"


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: "-".join(asked.values()))
def test_of_other_units_a_chair_sees_only_what_is_for_every_unit(
    fetch: Callable[..., Fetched], asked: dict[str, str]
) -> None:
    metric = catalogue.metric(asked["metric"])
    page, _ = fetch(CHAIR, **asked)
    found = table(page)
    others = found[found[Text.of("vi")("column.code")] != "19432"]
    of_province = asked.get("unit") == m.PROVINCE and metric.rows == "case"
    if metric.viewers == "all" or of_province:
        return
    columns = [metric.label["vi"], *(Text.of("vi")(f"column.{n}") for n in ("numerator", "denominator"))]
    for column in columns:
        if column in found.columns:
            assert others[column].isna().all(), (column, others)
    if metric.viewers == "province":
        assert found[metric.label["vi"]].isna().all()
