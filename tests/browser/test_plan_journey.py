"""A target is set in the browser and the line of the chart moves; a chart leads to noting what happened on a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serving, settle
from tests.metrics import marts as m
from tests.ui import world

LAO_BAO = f"period=2026-10&unit={m.LAO_BAO}"
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server upon a folder of its own: what is written here is seen by no other test."""
    data_dir: Path = world.publish(tmp_path_factory.mktemp("plan")).root
    with serving(data_dir, tmp_path_factory.mktemp("elsewhere")) as found:
        yield found


def test_a_target_that_is_set_moves_the_line_on_timeliness(visit: Visit, own_server: str) -> None:
    page = visit(f"/plan?{LAO_BAO}&metric=on_time_rate", at=own_server)
    main = page.locator("[data-testid=stMain]")
    page.get_by_test_id("stNumberInputField").fill("98")
    page.keyboard.press("Enter")
    expect(main).to_contain_text("Tỷ lệ giải quyết đúng hạn, xã Lao Bảo, từ 01/11/2026: chưa có chỉ tiêu → 98,0 %.")
    page.get_by_test_id("stDateInput").first.get_by_role("spinbutton").first.click()
    page.keyboard.type("01102026")
    page.get_by_role("textbox", name="Văn bản (số, ký hiệu)").click()  # a day is taken over when its field is left
    expect(main).to_contain_text("từ 01/10/2026: chưa có chỉ tiêu → 98,0 %. Chưa ghi văn bản")
    page.get_by_role("button", name="Đặt chỉ tiêu", exact=True).click()
    expect(main).to_contain_text("Đã đặt chỉ tiêu số 1.")
    page.locator("[data-testid=stSidebarNavLink]").filter(has_text="Tiến độ giải quyết hồ sơ").click()
    expect(page.locator("h1")).to_have_text("Tiến độ giải quyết hồ sơ")
    chart = page.locator("[data-testid=stPlotlyChart]").first
    expect(chart).to_contain_text("Chỉ tiêu 98,0 % (chưa xác nhận) từ 10/2026", timeout=30_000)


def test_a_chart_leads_in_one_click_to_noting_an_event_and_the_event_stands_on_the_chart(
    visit: Visit, own_server: str
) -> None:
    page = visit(f"/timeliness?{LAO_BAO}", at=own_server)
    page.get_by_role("button", name=re.compile("Ghi mốc sự kiện")).click()
    expect(page.locator("h1")).to_have_text("Chỉ tiêu và mốc sự kiện")
    settle(page)
    assert all(word in page.url for word in ("part=events", "metric=on_time_rate", f"unit={m.LAO_BAO}", "day=2026-"))
    main = page.locator("[data-testid=stMain]")
    page.get_by_role("textbox", name="Nội dung", exact=True).fill("Quy trình mới")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ghi mốc", exact=True).click()
    expect(main).to_contain_text("Đã ghi mốc số 1.")
    page.locator("[data-testid=stSidebarNavLink]").filter(has_text="Tiến độ giải quyết hồ sơ").click()
    expect(page.locator("h1")).to_have_text("Tiến độ giải quyết hồ sơ")
    settle(page)
    expect(main).to_contain_text("01/10/2026: Quy trình mới.")
    expect(page.locator("[data-testid=stPlotlyChart]").first).to_contain_text("10/2026: Quy trình mới")
