"""A figure is looked for without accents, seen, saved under a name and opened again, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.test_accessibility import findings
from tests.metrics import marts as m

MONTH = f"period=2026-09&unit={m.PROVINCE}"
Visit = Callable[..., Page]


def test_a_metric_is_found_without_accents_seen_saved_and_opened_again(visit: Visit, address: str) -> None:
    page = visit(f"/explorer?{MONTH}")
    box = page.get_by_role("combobox", name="Chỉ số", exact=True)
    box.click()
    page.keyboard.type("dung han 766")
    option = page.get_by_role("option", name=re.compile("on_time_rate_766"))
    expect(option).to_contain_text("Tỷ lệ xử lý đúng hạn theo Quyết định 766")
    option.click()
    page.wait_for_url("**metric=on_time_rate_766**")
    settle(page)
    main = page.locator("[data-testid=stMain]")
    expect(main).to_contain_text("Đang xem: Tỷ lệ xử lý đúng hạn theo Quyết định 766")
    page.get_by_role("combobox", name="Đơn vị", exact=True).last.click()
    page.get_by_role("option", name="Từng đơn vị: xã, phường, đặc khu").click()
    page.wait_for_url("**units=each**")
    settle(page)
    command = main.get_by_test_id("stCode").filter(has_text="gandan ask on_time_rate_766")
    expect(command).to_contain_text("--level commune --period 2026-09")
    link = page.url

    page.get_by_role("button", name="Trang đã lưu").click()
    settle(page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Lưu trang này với tên").fill("Đúng hạn 766 theo xã")
    dialog.get_by_role("button", name="Lưu", exact=True).click()
    expect(dialog).to_contain_text("Đã lưu “Đúng hạn 766 theo xã”")
    expect(dialog).to_contain_text("metric=on_time_rate_766")

    again = visit("/overview?period=2026-05")
    again.get_by_role("button", name="Trang đã lưu").click()
    settle(again)
    again.get_by_role("dialog").get_by_role("button", name=re.compile("^Đúng hạn 766 theo xã")).click()
    again.wait_for_url("**/explorer**")
    settle(again)
    expect(again.get_by_role("dialog")).to_have_count(0)
    expect(again.locator("h1")).to_have_text("Tra cứu chỉ số")
    wanted = dict(part.split("=") for part in link.partition("?")[2].split("&"))
    found = dict(part.split("=") for part in again.url.partition("?")[2].split("&"))
    assert {k: v for k, v in wanted.items() if k != "lang"}.items() <= found.items()
    expect(again.get_by_text("Đang xem: Tỷ lệ xử lý đúng hạn theo Quyết định 766")).to_be_visible()

    again.get_by_role("button", name="Trang đã lưu").click()
    settle(again)
    dialog = again.get_by_role("dialog")
    dialog.get_by_text("Sửa danh sách").click()
    dialog.get_by_role("button", name="Xóa").click()
    expect(dialog).to_contain_text("Đã xóa")
    dialog.get_by_role("button", name=re.compile("^Hoàn tác xóa")).click()
    expect(dialog.get_by_role("button", name=re.compile("^Đúng hạn 766 theo xã"))).to_be_visible()
    dialog.get_by_text("Sửa danh sách").click()
    dialog.get_by_role("button", name="Xóa").click()  # the data of the browser tests are one for all of them
    expect(dialog.get_by_role("button", name=re.compile("^Đúng hạn 766 theo xã"))).to_have_count(0)


def test_a_definition_leads_to_the_explorer_with_the_figure_filled(visit: Visit) -> None:
    page = visit(f"/timeliness?{MONTH}")
    page.get_by_role("button", name="Cách tính", exact=True).nth(1).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Mở trong Tra cứu chỉ số").click()
    page.wait_for_url("**/explorer?**metric=settled_late**")
    settle(page)
    expect(page.locator("h1")).to_have_text("Tra cứu chỉ số")
    assert "period=2026-09" in page.url and m.PROVINCE in page.url
    page.get_by_role("button", name=re.compile(r"^Danh sách \(\d+\)$")).click()
    expect(page.get_by_role("dialog")).to_contain_text(re.compile(r"\d+ dòng"))


@pytest.mark.parametrize(
    "asked", ["units=each", "from=2026-05", "by=field_name", "units=each&by=channel", "from=2026-05&by=channel"]
)
def test_axe_finds_nothing_serious_in_any_kind_of_answer(visit: Visit, asked: str) -> None:
    for width in (1440, 390):
        page = visit(f"/explorer?{MONTH}&{asked}", width=width)
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        drawn = page.locator("[data-testid=stMain] [data-testid=stPlotlyChart]")
        assert drawn.count() >= 1


def test_axe_finds_nothing_serious_in_the_panel_of_saved_views(visit: Visit) -> None:
    page = visit(f"/explorer?{MONTH}")
    page.get_by_role("button", name="Trang đã lưu").click()
    settle(page)
    expect(page.get_by_role("dialog")).to_contain_text("Đường dẫn của trang này")
    assert findings(page) == []
