"""An account from its first day: made on the page, its password handed out, changed by its owner, ended elsewhere."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import serving, settle
from tests.browser.test_accessibility import findings
from tests.metrics import marts as m
from ui.access import accounts, audit
from ui.access.store import Store, open_store
from ui.access.web import SIGN_IN
from warehouse.paths import DataDir

GOOD, OWN = "bốn con ngựa đá cửa", "ba con trâu đá núi"
SignIn = Callable[[str, str], Page]


@pytest.fixture(scope="module")
def kept(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world with one administrator and one inspector."""
    root = tmp_path_factory.mktemp("accounts") / "data"
    shutil.copytree(data, root, ignore=shutil.ignore_patterns("*.sqlite*", "WRITER.lock"))
    store = accounts.prepare(open_store(DataDir(root)))
    accounts.add(store, "quantri", "Quản trị", "administrator", GOOD)
    accounts.add(store, "thanhtra", "Thanh tra", "auditor", GOOD)
    return root


@pytest.fixture
def store(kept: Path) -> Store:
    return accounts.prepare(open_store(DataDir(kept)))


@pytest.fixture(scope="module")
def server(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(kept, tmp_path_factory.mktemp("elsewhere")) as found:
        yield found


@pytest.fixture
def sign_in(chromium: Browser, server: str) -> Iterator[SignIn]:
    """Open a browser of its own, signed in."""
    opened = []

    def _sign_in(login: str, password: str) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
        opened.append(context)
        page = context.new_page()
        page.goto(f"{server}{SIGN_IN}?lang=vi")
        page.fill("#login", login)
        page.fill("#password", password)
        page.click("button[type=submit]")
        settle(page)
        return page

    yield _sign_in
    for context in opened:
        context.close()


def test_an_account_is_made_handed_over_changed_by_its_owner_and_its_sessions_ended(
    sign_in: SignIn, server: str, store: Store
) -> None:
    page = sign_in("quantri", GOOD)
    page.goto(f"{server}/administration")
    settle(page)
    page.get_by_text("Thêm tài khoản").first.click()
    page.get_by_role("textbox", name="Tên đăng nhập").fill("ct.laobao")
    page.get_by_role("textbox", name="Tên hiển thị").fill("Chủ tịch UBND xã Lao Bảo")
    units = page.get_by_role("combobox", name="Đơn vị")
    units.click()
    units.fill("lao bao")  # without accents
    page.get_by_role("option", name="Lao Bảo").first.click()
    page.keyboard.press("Escape")
    assert findings(page) == []
    page.get_by_role("button", name="Thêm tài khoản", exact=True).click()
    given = page.locator("[data-testid=stCode] code").inner_text(timeout=30_000).strip()
    expect(page.locator(".stMain")).to_contain_text("chỉ hiện một lần")

    chair = sign_in("ct.laobao", given)
    expect(chair.locator("h1")).to_have_text("Tài khoản của tôi")
    expect(chair.locator("[data-testid=stSidebarNavLink]")).to_have_count(0)  # nothing else to go to
    assert findings(chair) == []
    for label, words in (("Mật khẩu hiện nay", given), ("Mật khẩu mới", OWN), ("Nhập lại mật khẩu mới", OWN)):
        chair.locator(f"input[aria-label='{label}']").fill(words)
    chair.get_by_role("button", name="Đổi mật khẩu").click()
    expect(chair.locator(".stMain")).to_contain_text("Đã đổi mật khẩu", timeout=30_000)

    chair = sign_in("ct.laobao", OWN)
    expect(chair.locator("h1")).to_contain_text("Việc cần chỉ đạo")
    expect(chair.locator("[data-testid=stSidebar]")).not_to_contain_text("Quản trị")

    page.get_by_role("button", name="Đã giao, ẩn đi").click()
    expect(page.locator("[data-testid=stCode]")).to_have_count(0, timeout=30_000)
    page.get_by_text("Sửa tài khoản").first.click()
    which = page.get_by_role("combobox", name="Tài khoản")
    page.wait_for_timeout(1_000)  # the section opens slowly, and a box that moves closes its choices
    which.click()
    page.get_by_role("option", name=re.compile("ct.laobao")).click()
    page.get_by_role("button", name="Khóa tài khoản").click()
    expect(page.locator(".stMain")).to_contain_text("Đã khóa ct.laobao", timeout=30_000)
    chair.goto(f"{server}/to_act")
    expect(chair).to_have_url(re.compile(SIGN_IN))
    told = [(e.who, e.action) for e in audit.entries(store)]
    for noted in (("quantri", "account_added"), ("quantri", "password_issued"), ("ct.laobao", "password_changed"),
                  ("quantri", "account_disabled")):  # fmt: skip
        assert noted in told
    made = accounts.get(store, "ct.laobao")
    assert made is not None and made.unit_codes == (m.LAO_BAO[:5],) and audit.verify(store) is None


def test_the_inspector_reads_the_trail_and_finds_it_whole(sign_in: SignIn, server: str) -> None:
    page = sign_in("thanhtra", GOOD)
    page.goto(f"{server}/administration")
    settle(page)
    expect(page.locator(".stMain")).not_to_contain_text("Thêm tài khoản")
    page.get_by_role("button", name="Kiểm tra nhật ký").click()
    expect(page.locator(".stMain")).to_contain_text("Nhật ký nguyên vẹn", timeout=30_000)
    assert findings(page) == []
