"""Saved views on the pages: saved as they are seen, opened with one click, and within what the reader may see."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from metrics.viewer import PROVINCE
from pages.app_parts import saved
from tests.metrics import marts as m
from ui import guard, saved_views
from ui.access import views
from ui.access.store import Store, open_store
from ui.access.views import SavedView
from ui.text import Text
from warehouse.paths import REPOSITORY, DataDir

Open = Callable[..., AppTest]
CHAIR = "unit:19432"
QUESTION = {"unit": m.PROVINCE, "period": "2026-09", "metric": "settled", "units": "each"}


@pytest.fixture
def root(published: DataDir, tmp_path: Path) -> Path:
    """A copy of the small world to write beside."""
    shutil.copytree(published.root, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def store(root: Path) -> Store:
    return views.prepare(open_store(DataDir(root)))


@pytest.fixture
def opened(open_page: Open, root: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page as somebody, with the panel of saved views."""
    monkeypatch.setenv("GANDAN_DATA_DIR", str(root))

    def _open(name: str, role: str = "", is_open: bool = True, **url: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=30)
        if role:
            page.session_state[guard.AS] = role
        for key, value in url.items():
            page.query_params[key] = value
        page.run()
        page.switch_page(f"pages/{name}.py").run()
        return panel(page) if is_open else page

    return _open


def panel(page: AppTest) -> AppTest:
    """Open the panel: a browser runs the dialog alone, an AppTest all of the page, so it is opened again each time."""
    return page.button(key=saved.PANEL).click().run()


def press(page: AppTest, key: str) -> AppTest:
    """Press what stands in the panel."""
    page.button(key=key).click()
    return panel(page)


def listed(page: AppTest) -> list[str]:
    return [b.label for b in page.button if str(b.key).removeprefix("view_").isdigit()]


def save(page: AppTest, name: str, is_newest: bool = False, is_shared: bool = False) -> AppTest:
    page.text_input(key="view_name").set_value(name)
    if is_newest:
        page.checkbox(key="view_newest").check()
    if is_shared:
        page.checkbox(key="view_share").check()
    return press(page, "view_save")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_page_is_saved_as_it_is_and_opens_again_from_another_page_with_one_click(
    opened: Open, store: Store, lang: str
) -> None:
    text = Text.of(lang)
    page = save(opened("explorer", lang=lang, **QUESTION), "Đã giải quyết")
    assert not page.exception and page.success[0].value == text("views.saved", name="Đã giải quyết")
    (view,) = views.seen_by(store, "")
    assert view.page == "explorer" and {**QUESTION, "level": "commune"}.items() <= view.parameters.items()
    page = opened("overview", lang=lang, unit=m.LAO_BAO, period="2026-05")
    assert listed(page) == [f"Đã giải quyết · {text('page.explorer.nav')}"]
    page = press(page, f"view_{view.id}")
    assert page.title[0].value == text("page.explorer.title")
    assert any("gandan ask settled --level commune --period 2026-09" in str(c.value) for c in page.code)


def test_what_was_chosen_before_does_not_mix_into_a_view(opened: Open, store: Store) -> None:
    number = views.save(store, PROVINCE, "", "Tỉnh", "explorer", {"unit": m.PROVINCE, "metric": "settled"})
    page = opened("explorer", unit=m.LAO_BAO, period="2026-05", calendar="report", metric="late_rate")
    page = press(page, f"view_{number}")
    assert page.query_params["unit"] == m.PROVINCE and page.query_params["calendar"] == "calendar"
    assert page.query_params["metric"] == "settled" and page.query_params["period"] == "2026-10"


def test_a_view_of_the_newest_period_keeps_no_period_and_a_range_keeps_its_length(opened: Open, store: Store) -> None:
    page = opened("explorer", **{**QUESTION, "period": "2026-Q2", "from": "2025-Q4"})
    save(page, "Ba quý", is_newest=True)
    (view,) = views.seen_by(store, "")
    assert not {"period", "from"} & view.parameters.keys()
    assert (view.newest, view.n_periods) == ("quarter", 3)
    page = press(opened("overview"), f"view_{view.id}")
    assert (page.query_params["from"], page.query_params["period"]) == ("2026-Q1", "2026-Q3")


def test_nothing_of_the_reader_is_saved(opened: Open, store: Store) -> None:
    page = opened("overview", **{"as": "auditor", "unit": m.PROVINCE, "token": "x", "lang": "en"})
    save(page, "Tổng quan")
    assert set(views.seen_by(store, "")[0].parameters) <= set(saved.KNOWN) - {"as", "lang", "token"}


def test_a_unit_opens_what_the_province_shares_and_is_refused_what_it_may_not_see(opened: Open, store: Store) -> None:
    asked = {"unit": m.DONG_HA, "period": "2026-Q3", "metric": "complaints_received"}
    number = views.save(store, PROVINCE, "analyst", "Đơn Đông Hà", "explorer", asked, is_shared=True)
    data = views.save(store, PROVINCE, "analyst", "Nạp tệp", "data", {}, is_shared=True)
    page = opened("overview", CHAIR)
    assert listed(page) == ["Đơn Đông Hà · Tra cứu chỉ số"], "a page that a unit has not is not offered"
    assert data and not [c for c in page.checkbox if c.key == "view_share"]
    page = press(page, f"view_{number}")
    assert not page.exception and page.metric[0].value == "–"


def test_a_view_is_renamed_removed_and_brought_back(opened: Open, store: Store) -> None:
    views.save(store, PROVINCE, "", "Cũ", "overview", {})
    page = opened("timeliness")
    page.text_input(key="view_new_1").set_value("Mới")
    page = press(page, "view_rename")
    assert listed(page) == ["Mới · Tổng quan"]
    page = press(page, "view_remove")
    assert listed(page) == [] and page.success[0].value == "Đã xóa “Mới”."
    page = press(page, "view_undo")
    assert listed(page) == ["Mới · Tổng quan"]
    assert not [b for b in page.button if b.key == "view_undo"]


def test_a_name_of_a_person_is_refused_with_the_reason_and_the_panel_stays(opened: Open, store: Store) -> None:
    page = save(opened("overview"), "Trần Văn An")
    assert page.error and not page.success and views.seen_by(store, "") == []
    page = save(page, "")
    assert page.error[0].value == Text.of("vi")("views.bad.empty")


def test_the_panel_offers_the_link_of_the_page(opened: Open) -> None:
    page = opened("explorer", **QUESTION)
    (link,) = [str(c.value) for c in page.code if "explorer?" in str(c.value)]
    assert "metric=settled" in link and "units=each" in link and "as=" not in link


def test_a_closed_panel_reads_nothing(opened: Open, monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    views.save(store, PROVINCE, "", "Tên", "overview", {})
    read: list[int] = []
    seen_by = views.seen_by
    monkeypatch.setattr(views, "seen_by", lambda *a: read.append(1) or seen_by(*a))
    page = opened("overview", is_open=False)
    assert not read and listed(page) == []
    panel(page)
    assert read


def test_a_view_without_a_known_reach_opens_without_a_period() -> None:
    view = SavedView(1, "", "Tên", "overview", {"unit": "44"}, "quarter", 2)
    assert saved_views.opened(view, None) == {"unit": "44"}


def test_an_open_panel_writes_nothing_once_the_session_is_over(
    opened: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened("overview")
    page.text_input(key="view_name").set_value("Sau khi ra")

    def gone() -> None:
        raise guard.NotSignedIn

    with monkeypatch.context() as patch:
        patch.setattr(guard, "identify", gone)
        page.button(key="view_save").click().run()
    assert views.seen_by(store, "") == []
    assert panel(page.run()).error[0].value == Text.of("vi")("access.needed")


def test_a_view_is_kept_under_the_login_of_the_session(
    opened: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "login", lambda: "chuyen.vien")
    save(opened("overview"), "Riêng tôi")
    save(opened("timeliness"), "Cho mọi người", is_shared=True)
    assert [v.who for v in views.seen_by(store, "chuyen.vien")] == ["chuyen.vien"] * 2
    monkeypatch.setattr(guard, "login", lambda: "xa.lao.bao")
    assert listed(opened("overview", CHAIR)) == ["Cho mọi người · Tiến độ giải quyết hồ sơ"]
