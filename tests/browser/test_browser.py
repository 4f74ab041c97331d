"""The pages in a real browser: reached by a deep link, in two languages, on a phone, with nothing from outside."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTIFACTS, serving, settle
from tests.metrics import marts as m
from ui.text import Text
from warehouse.paths import REPOSITORY

PAGES = ("overview", "timeliness", "complaints", "survey", "data")
MONTH = f"period=2026-10&unit={m.PROVINCE}"
Visit = Callable[..., Page]


def metric(page: Page, label: str) -> str:
    """Return the value on the card of that label."""
    return (
        page.locator("[data-testid=stMetric]")
        .filter(has_text=label)
        .locator("[data-testid=stMetricValue]")
        .inner_text()
    )


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box of the sidebar."""
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    page.wait_for_timeout(300)
    settle(page)


def go(page: Page, label: str) -> None:
    """Follow a link of the navigation."""
    page.locator("[data-testid=stSidebarNavLink]").filter(has_text=label).click()
    page.wait_for_timeout(300)
    settle(page)


def test_a_deep_link_first_on_a_fresh_server_is_drawn_inside_the_application(
    visit: Visit, data: Path, tmp_path: Path
) -> None:
    # Streamlit runs pages/<name>.py by itself then, without app.py; the guard must bring the application in
    with serving(data, tmp_path) as fresh:
        page = visit(f"/timeliness?{MONTH}", at=fresh)
        expect(page.locator("h1")).to_have_text("Tiến độ giải quyết hồ sơ")
        links = page.locator("[data-testid=stSidebarNavLink]")
        assert links.all_inner_texts()[1].endswith("Tiến độ giải quyết hồ sơ")
        assert links.count() == len(PAGES)
        go(page, "Tổng quan")
        expect(page.locator("h1")).to_have_text("Tổng quan toàn tỉnh")


def test_a_server_open_to_other_machines_shows_no_figure_whichever_page_comes_first(
    visit: Visit, data: Path, tmp_path: Path
) -> None:
    app = str(REPOSITORY / "app.py")
    command = (sys.executable, "-m", "streamlit", "run", app, "--server.port={port}", "--server.address=0.0.0.0")
    with serving(data, REPOSITORY, *command) as fresh:
        for path in ("/timeliness", "/"):
            page = visit(f"{path}?{MONTH}", at=fresh, waits_for="[data-testid=stAlert]")
            expect(page.get_by_text("gandan serve")).to_be_visible()
            expect(page.locator("[data-testid=stMetric]")).to_have_count(0)


def test_every_page_answers_under_its_own_name(visit: Visit) -> None:
    for name in PAGES:
        page = visit(f"/{name}?{MONTH}")
        expect(page.locator("h1")).to_have_text(Text.of("vi")(f"page.{name}.title"))
        expect(page.get_by_text("Page not found")).to_have_count(0)
        page.close()


def test_the_choices_stay_over_a_page_change_and_in_the_url(visit: Visit) -> None:
    page = visit(f"/overview?{MONTH}")
    choose(page, "Đơn vị", "Phường Đông Hà")
    choose(page, "Kỳ", "Tháng 9/2026")
    go(page, "Tiến độ giải quyết hồ sơ")
    expect(page.locator("[data-testid=stCaptionContainer]").first).to_contain_text("Phường Đông Hà")
    expect(page).to_have_url(re.compile(rf"/timeliness\?.*unit={m.DONG_HA}.*period=2026-09"))
    page.reload()
    settle(page)
    expect(page.locator("[data-testid=stCaptionContainer]").first).to_contain_text("Tháng 9/2026")


def test_the_language_is_switched_and_stays(visit: Visit) -> None:
    page = visit(f"/overview?{MONTH}")
    choose(page, "Ngôn ngữ", "English")
    expect(page.locator("h1")).to_have_text("Overview")
    go(page, "Timeliness")
    expect(page.locator("h1")).to_have_text("Timeliness")
    assert "lang=en" in page.url


def test_a_number_leads_to_as_many_cases_as_it_says_in_one_click(visit: Visit) -> None:
    page = visit(f"/overview?{MONTH}")
    number = metric(page, "Đã giải quyết")
    card = page.locator("[data-testid=stVerticalBlock]").filter(has=page.locator("[data-testid=stMetric]"))
    card.get_by_role("button", name=f"Danh sách ({number})").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{number} dòng")


def test_a_number_leads_to_its_definition_in_one_click(visit: Visit) -> None:
    page = visit(f"/timeliness?{MONTH}")
    page.get_by_role("button", name="Cách tính").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Thông tư 01/2020/TT-VPCP")


def test_a_tile_of_the_map_opens_its_unit(visit: Visit) -> None:
    page = visit(f"/overview?{MONTH}")
    box = page.locator(".js-plotly-plot .bars .point").first.bounding_box()
    assert box  # plotly lays a sheet over its marks, so the click goes to the place, not to the element
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_role("button", name=re.compile("^Xem (xã|phường)")).click()
    page.wait_for_timeout(300)
    settle(page)
    expect(page.locator("[data-testid=stCaptionContainer]").first).to_contain_text(
        re.compile("Xã Lao Bảo|Phường Đông Hà")
    )


def test_the_table_behind_the_map_is_downloaded_with_real_numbers(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"/overview?{MONTH}")
    page.get_by_text("Bảng số liệu").first.click()
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    page.wait_for_timeout(700)  # the box is still opening: a click on a moving button is lost on a busy machine
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Tải về (XLSX)").first.click()
    waiting.value.save_as(tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    cells = {str(r[0].value): r[2].value for r in sheet.iter_rows()}
    assert cells["Xã Lao Bảo"] == pytest.approx(36 / 40)
    assert "Dữ liệu minh họa" in cells


def test_form_ii06a_is_downloaded_and_adds_up_to_the_page(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"/timeliness?{MONTH}")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Tải biểu II.06a (XLSX)", exact=True).click()
    waiting.value.save_as(tmp_path / "f.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx").active
    numbers = {c.value for r in sheet.iter_rows() for c in r if isinstance(c.value, int | float)}
    assert {80, 7} <= numbers  # settled and pending of the month


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_one_column_and_never_scrolls_sideways(visit: Visit, name: str) -> None:
    page = visit(f"/{name}?{MONTH}", width=390)
    wide: Any = page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(e => e.scrollWidth - e.clientWidth)"
    )
    assert wide == [0, 0]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_photographed(visit: Visit, address: str, width: int, scheme: str, lang: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    url = "" if os.environ.get("GANDAN_SCREENSHOT") else f"&{MONTH}"
    page = visit(f"/overview?lang={lang}{url}", width=width, scheme=scheme)
    for name in PAGES:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/{name}?lang={lang}{url}")
        settle(page)
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": min(height + 20, 6000)})
        page.wait_for_timeout(500)
        file = ARTIFACTS / f"{name}-{width}-{scheme}-{lang}.png"
        page.screenshot(path=file)
        assert file.stat().st_size > 20_000  # an empty page is smaller
        if os.environ.get("GANDAN_SCREENSHOT") and file.stem == "overview-1440-light-vi":
            page.screenshot(path=REPOSITORY / "docs" / "screenshot.png")
