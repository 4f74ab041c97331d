"""Single sign-on as a person meets it: the form, the provider's page, the own page, and out of both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.access.providers import Honest, honest, write_settings
from tests.browser.conftest import serving, settle
from tests.browser.test_accessibility import findings
from ui.access import accounts, audit
from ui.access.store import Store, open_store
from warehouse.paths import DataDir

NAME = "Cổng đăng nhập tỉnh Mẫu"


@pytest.fixture(scope="module")
def provider() -> Iterator[Honest]:
    with honest() as found:
        # the name under which the test's browser may reach it
        yield Honest(found.issuer.replace("localhost", "127.0.0.1"))


@pytest.fixture(scope="module")
def store(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("single") / "data"
    shutil.copytree(data, root, ignore=shutil.ignore_patterns("*.sqlite*", "WRITER.lock"))
    found = accounts.prepare(open_store(DataDir(root)))
    accounts.add(found, "quantri", "Quản trị", "administrator", "bốn con ngựa đá cửa", by="@test")
    accounts.add(found, "xa.laobao", "Chủ tịch UBND xã Lao Bảo", "unit", None, ("19432",), by="@test")
    return found


@pytest.fixture(scope="module")
def address(store: Store, provider: Honest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = store.path.parent
    with serving(root, tmp_path_factory.mktemp("elsewhere")) as found:
        write_settings(root, provider.issuer, public_address=found, name=NAME)
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    strangers: list[str] = []

    def keep_home(route: Route) -> None:
        strangers.append(route.request.url)
        route.abort()

    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    context.route(lambda url: not url.startswith(("http://127.0.0.1:", "data:", "blob:")), keep_home)
    yield context.new_page()
    context.close()
    # the mock's own page asks for a style sheet from outside; pages of ours never do
    assert [url for url in strangers if "pico" not in url] == []


def test_a_chair_comes_in_through_the_province_and_leaves_both(
    address: str, provider: Honest, store: Store, page: Page
) -> None:
    provider.knows("s-1", preferred_username="xa.laobao")
    page.goto(f"{address}/this_period?period=2026-10")
    way = page.get_by_role("link", name=f"Đăng nhập qua {NAME}")
    expect(way).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    way.click()
    page.get_by_placeholder("sub").fill("s-1")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{address}/this_period**")
    settle(page)
    assert "period=2026-10" in page.url  # to where one wanted to go
    assert "Lao Bảo" in page.inner_text("[data-testid=stMain]")

    page.goto(f"{address}/dang-xuat?lang=vi")
    expect(page.get_by_role("status")).to_contain_text(f"Phiên tại {NAME} vẫn còn mở")
    assert findings(page) == []
    page.goto(f"{address}/this_period")
    expect(page.get_by_label("Mật khẩu")).to_be_visible()  # signed out here, whatever the provider thinks
    page.go_back()
    page.get_by_role("link", name=f"Đăng xuất khỏi {NAME}").click()
    page.wait_for_url(f"{provider.issuer}/**")
    said = [e.action for e in audit.entries(store)]
    assert said.count("signed_in") == 1 and said[-1] == "signed_out"


def test_whoever_has_no_account_reads_why_and_whom_to_ask(address: str, provider: Honest, page: Page) -> None:
    provider.knows("s-9", preferred_username="nguoi.la")
    page.goto(f"{address}/?lang=en")
    page.get_by_role("link", name=f"Sign in with {NAME}").click()
    page.get_by_placeholder("sub").fill("s-9")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("alert")).to_contain_text("Ask the administrator of the province")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") and findings(page) == []
