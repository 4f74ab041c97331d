"""A unit's own draft on its pages: shown at once and marked, one click from what is published, for nobody else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from secrets_search import file_texts
from streamlit.testing.v1 import AppTest

from gandan import draft as drafting
from tests import drafted as d
from ui import drafts as shown
from ui import guard
from ui.text import Text
from warehouse import drafts
from warehouse.paths import REPOSITORY, DataDir

VI, EN = Text("vi"), Text("en")
CHAIR = f"unit:{d.LAO_BAO}"
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """The province with the commune's draft, made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANDAN_TODAY", d.DAY)
        return d.drafted(tmp_path_factory.mktemp("drafted"))


@pytest.fixture
def data(world: DataDir, tmp_path: Path) -> DataDir:
    """A copy that a test may change."""
    shutil.copytree(world.root, tmp_path / "data", symlinks=True)
    return DataDir(tmp_path / "data")


@pytest.fixture
def at(world: DataDir, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page as somebody; no error may be hidden behind a message."""

    def show(error: Exception) -> None:
        raise error

    monkeypatch.setattr(guard, "record", show)
    monkeypatch.setenv("GANDAN_TODAY", d.DAY)
    monkeypatch.chdir(REPOSITORY)

    def opened(name: str = "to_act", role: str = CHAIR, root: Path | None = None, **url: str) -> AppTest:
        monkeypatch.setenv("GANDAN_DATA_DIR", str(root or world.root))
        page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        page.session_state[guard.AS] = role
        for key, value in url.items():
            page.query_params[key] = value
        page.run()
        page.switch_page(f"pages/{name}.py").run()
        assert not page.exception and not page.error
        return page

    return opened


def said(page: AppTest) -> str:
    kinds = (page.warning, page.info, page.caption, page.markdown, page.header, page.success)
    return "\n".join(one.value for kind in kinds for one in kind)


def overdue(page: AppTest) -> int:
    """Return how many cases the page says are overdue."""
    button = page.button(key="act_overdue")
    return int(re.sub(r"\D", "", button.label))


@pytest.mark.parametrize(("text", "lang"), [(VI, "vi"), (EN, "en")])
def test_the_unit_s_page_opens_on_its_draft_and_says_so_above_everything(at: Open, text: Text, lang: str) -> None:
    page = at(lang=lang)
    [banner] = [w.value for w in page.warning if text("drafts.mark") in w.value]
    assert d.FILE in banner and "05/10/2026" in banner
    assert text("drafts.left_out", n=1) in banner
    assert overdue(page) == 3
    assert any(c.value.startswith(text("drafts.mark")) for c in page.caption)


def test_one_click_leads_to_the_published_figures_and_one_back(at: Open) -> None:
    page = at()
    page.button(key="data_published").click().run()
    assert overdue(page) == 2
    assert not [w for w in page.warning if VI("drafts.mark") in w.value]
    assert [i.value for i in page.info if "05/10/2026" in i.value]
    page.button(key="data_draft").click().run()
    assert overdue(page) == 3
    assert overdue(at(data="published")) == 2, "a link opens the same"


def test_the_list_has_the_new_case_and_its_export_says_that_nothing_is_settled(
    at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[tuple[str, Any]] = []
    button = st.download_button

    def kept(label: str, data: Any, *rest: Any, **named: Any) -> Any:
        offered.append((str(named["file_name"]), data))
        return button(label, data, *rest, **named)

    monkeypatch.setattr(st, "download_button", kept)
    page = at()
    page.button(key="act_overdue").click().run()
    codes = {str(c) for frame in page.dataframe for c in frame.value.get(VI("column.case_code"), ())}
    assert codes == {"L900", "L901", d.NEW}
    name, make = next((name, make) for name, make in offered if "overdue" in name)
    cells = [words for _, words in file_texts(name, make())]
    assert any(VI("drafts.mark") in words for words in cells)
    assert any(d.NEW in words for words in cells)


@pytest.mark.parametrize("text", [VI, EN])
def test_this_period_takes_the_draft_for_itself_and_the_published_figures_for_others(at: Open, text: Text) -> None:
    page = at("this_period", lang=text.lang, period="2026-09")
    [banner] = [w.value for w in page.warning if text("drafts.mark") in w.value]
    assert text("drafts.others") in banner
    card = {m.label: m.value for m in page.metric}
    published = {m.label: m.value for m in at("this_period", lang=text.lang, period="2026-09", data="published").metric}
    assert card.keys() == published.keys() and card != published


@pytest.mark.parametrize("role", ["province", f"unit:{d.DONG_HA}"])
@pytest.mark.parametrize("name", ["to_act", "this_period"])
def test_whoever_is_not_of_the_unit_sees_nothing_of_its_draft(at: Open, role: str, name: str) -> None:
    page = at(name, role, data="draft", unit="19432-20250701")
    assert d.FILE not in said(page) and VI("drafts.mark") not in said(page)
    assert not [b for b in page.button if b.key in ("data_draft", "data_published")]
    assert VI("drafts.title") not in [e.label for e in page.expander] or role.startswith("unit:")


def test_a_draft_that_is_gone_is_told_once_and_its_unit_reads_what_is_published(data: DataDir, at: Open) -> None:
    standing = drafts.read(data, d.LAO_BAO)
    assert standing is not None
    drafting._drop(data, standing, "published")
    page = at(root=data.root)
    assert overdue(page) == 2
    assert VI("drafts.gone_published", day="05/10/2026") in said(page)


def test_a_draft_whose_term_has_passed_is_told_before_its_files_are_cleared_away(
    data: DataDir, at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-07")
    page = at(root=data.root, data="draft")
    assert VI("drafts.gone_expired", day="05/10/2026") in said(page)
    assert not [w for w in page.warning if VI("drafts.mark") in w.value]


def test_a_draft_made_upon_former_figures_says_so_and_offers_to_be_made_anew(data: DataDir, at: Open) -> None:
    from gandan.publish import publish
    from tests.warehouse.loads import write_load

    write_load(data, [{"case_code": "L999", "unit_id": d.UNITS["L"]}], data_on="2026-10-01")
    publish(data)
    page = at(root=data.root)
    assert VI("drafts.stale") in "".join(w.value for w in page.warning)
    assert [b.label for b in page.button if b.key == "draft_rebuild"] == [VI("drafts.rebuild")]


def test_a_draft_that_is_older_than_what_is_published_is_not_what_the_page_opens_on(
    data: DataDir, at: Open, tmp_path: Path
) -> None:
    from datetime import date

    drafting.drop(data, d.LAO_BAO)
    drafting.load(data, d.LAO_BAO, [d.file_of(tmp_path)], lambda step: None, data_on=date(2026, 9, 29))
    page = at(root=data.root)
    assert overdue(page) == 2
    assert VI("drafts.offer_older", files=d.FILE, data_on="29/09/2026") in said(page)
    page.button(key="data_draft").click().run()
    assert VI("drafts.mark") in said(page)


def test_a_receipt_in_words_adds_up_and_names_rows_of_others() -> None:
    one = {"file_name": "a.csv", "n_read": 9, "n_accepted": 5, "n_rejected": 4,
           "sheets": [{"rejects": {"other_unit": 2, "denunciation_in_draft": 1, "bad_date": 1}}]}  # fmt: skip
    words = shown.receipt(one, VI)
    assert words.startswith("Tệp a.csv: đọc 9 = nhận 5 + loại 4.")
    assert "2 dòng của đơn vị khác" in words and "1 dòng tố cáo" in words
    assert shown.n_to_correct(one) == 1
