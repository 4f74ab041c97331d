"""The ways that people go, in a real browser, every click counted: what product.md promises is what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle, until
from tests.metrics import marts as m

MONTH = f"period=2026-10&unit={m.PROVINCE}"
ANALYST_CLICKS, CHAIR_CLICKS = 2, 5
Visit = Callable[..., Page]


class Clicks:
    """What a person presses, and how often."""

    def __init__(self) -> None:
        self.n = 0

    def press(self, page: Page, name: str | re.Pattern[str], role: str = "button", nth: int = 0) -> None:
        """Press what a person sees under that name."""
        page.get_by_role(role, name=name, exact=True).nth(nth).click()  # type: ignore[arg-type]
        self.n += 1


@pytest.fixture
def clicks() -> Clicks:
    return Clicks()


def listed(page: Page) -> int:
    """Return how many rows the open list says it has."""
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("dòng")
    found = re.search(r"([\d.]+) dòng", dialog.inner_text())
    assert found
    return int(found[1].replace(".", ""))


def test_an_analyst_comes_from_a_figure_to_its_rows_in_two_clicks(visit: Visit, clicks: Clicks) -> None:
    page = visit(f"/overview?{MONTH}")
    button = page.get_by_role("button", name=re.compile(r"^Danh sách \(80\)$")).first
    expect(button).to_be_visible()
    clicks.press(page, "Danh sách (80)")
    assert listed(page) == 80
    assert clicks.n <= ANALYST_CLICKS


def test_an_analyst_comes_from_a_figure_to_its_definition_and_sql_in_two_clicks(visit: Visit, clicks: Clicks) -> None:
    page = visit(f"/overview?{MONTH}")
    clicks.press(page, "Cách tính")
    dialog = page.get_by_role("dialog")
    for told in ("Tử số", "Mẫu số", "Căn cứ", "Khoảng tin cậy"):
        expect(dialog).to_contain_text(told)
    page.get_by_text("Điều kiện đếm và câu lệnh truy vấn").click()
    clicks.n += 1
    expect(dialog.get_by_text("SELECT").first).to_be_visible()
    assert clicks.n <= ANALYST_CLICKS


def test_from_the_province_to_a_field_and_its_rows_and_back_with_the_choice_kept(
    visit: Visit, address: str, clicks: Clicks
) -> None:
    page = visit(f"/overview?{MONTH}")
    clicks.press(page, "Lĩnh vực, thủ tục", role="radio")
    page.wait_for_url("**part=fields**")
    settle(page)
    clicks.press(page, "Lĩnh vực", role="combobox")
    page.keyboard.type("dat dai")
    page.keyboard.press("Enter")
    page.wait_for_url("**field=**")
    settle(page)
    link = page.url
    clicks.press(page, re.compile(r"^Danh sách \(\d+\)$"), nth=-1)
    assert 0 < listed(page) < 80
    assert clicks.n <= 3
    # the address is the way back for whoever is sent it
    again = visit(link.removeprefix(address))
    expect(again.get_by_role("combobox", name="Lĩnh vực", exact=True)).to_have_value("Đất đai")
    again.goto(link.replace(m.PROVINCE, m.LAO_BAO))
    settle(again)
    expect(again.get_by_role("combobox", name="Lĩnh vực", exact=True)).to_have_value("Đất đai")
    again.get_by_role("button", name=re.compile("^Lên tỉnh")).click()
    until(again, "unit => location.href.includes(unit)", m.PROVINCE)
    settle(again)
    expect(again.get_by_role("combobox", name="Lĩnh vực", exact=True)).to_have_value("Đất đai")
    assert "period=2026-10" in again.url


def test_a_month_of_the_grid_opens_its_unit(visit: Visit, clicks: Clicks) -> None:
    page = visit(f"/overview?{MONTH}&part=months")
    last = page.locator("[data-testid=stPlotlyChart] .scatterlayer .point").last
    last.scroll_into_view_if_needed()
    mark = last.bounding_box()
    assert mark  # the last month of the commune with the higher level
    page.mouse.click(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    clicks.n += 1
    clicks.press(page, "Xem phường Đông Hà")
    until(page, "unit => location.href.includes(unit)", m.DONG_HA)
    assert "part=months" in page.url and clicks.n == 2


def test_a_chair_comes_from_what_to_act_on_to_its_rows_and_to_the_month_in_five_clicks(
    visit: Visit, clicks: Clicks
) -> None:
    # seven cases of the commune are past their day; nothing is pressed to read so
    page = visit(f"/to_act?as=unit:{m.LAO_BAO[:5]}&period=2026-10")
    main = page.locator("[data-testid=stMain]")
    expect(main.get_by_role("heading", name=re.compile(r"^1\. 7 hồ sơ quá hạn"))).to_be_visible()
    clicks.press(page, "Xem 7 dòng")
    assert listed(page) == 7
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("[data-testid=stSidebarNavLink]").filter(has_text="Kết quả trong kỳ").click()
    clicks.n += 1
    expect(page.locator("h1")).to_have_text("Kết quả trong kỳ")
    settle(page)
    expect(main).to_contain_text("Xã Lao Bảo")
    clicks.press(page, "Cách tính")
    expect(page.get_by_role("dialog")).to_contain_text("Tử số")
    assert clicks.n <= CHAIR_CLICKS
