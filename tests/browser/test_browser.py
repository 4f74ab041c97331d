"""The pages in a real browser: reached by a deep link, in two languages, on a phone, with nothing from outside."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.conftest import ARTIFACTS, serving, settle, until
from tests.metrics import marts as m
from ui import guard
from ui.text import Text
from warehouse.paths import REPOSITORY

PAGES = tuple(sorted(guard.PAGES["province"]))
MONTH = f"period=2026-10&unit={m.PROVINCE}"
Visit = Callable[..., Page]
SIDEWAYS = """[document.documentElement, document.querySelector('[data-testid=stMain]')]
    .map(e => e.scrollWidth - e.clientWidth)"""
DRAWN = """async scheme => {
    const turned = () => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme;
    for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
    return turned() && document.fonts.status === 'loaded';
}"""


def metric(page: Page, label: str) -> str:
    """Return the value on the card of that label."""
    return (
        page.locator("[data-testid=stMetric]")
        .filter(has_text=label)
        .locator("[data-testid=stMetricValue]")
        .inner_text()
    )


@contextmanager
def moving(page: Page) -> Iterator[None]:
    """Wait until what is done inside has changed the address and the page has been drawn."""
    before = page.url
    yield
    until(page, "before => location.href !== before", before)
    settle(page)


def downloaded(page: Page, name: str, to: Path) -> Any:
    """Press a button until it answers with a file (a click on a box still opening is lost on a busy machine)."""
    button = page.get_by_role("button", name=name, exact=True).first
    for left in (2, 1, 0):
        try:
            with page.expect_download(timeout=12_000) as waiting:
                button.click()
            waiting.value.save_as(to)
            return openpyxl.load_workbook(to).active
        except TimeoutError:
            if not left:
                raise
    return None


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box of the sidebar."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # a list that opens while the sidebar still scrolls is closed at once
    box.click()
    with moving(page):
        page.get_by_role("option", name=option, exact=True).click()


def go(page: Page, label: str) -> None:
    """Follow a link of the navigation."""
    with moving(page):
        page.locator("[data-testid=stSidebarNavLink]").filter(has_text=label).click()


def test_a_deep_link_first_on_a_fresh_server_is_drawn_inside_the_application(
    visit: Visit, data: Path, tmp_path: Path
) -> None:
    # Streamlit runs pages/<name>.py by itself then, without app.py; the guard must bring the application in
    with serving(data, tmp_path) as fresh:
        page = visit(f"/timeliness?{MONTH}", at=fresh)
        expect(page.locator("h1")).to_have_text("Tiến độ giải quyết hồ sơ")
        links = page.locator("[data-testid=stSidebarNavLink]")
        assert any(link.endswith("Tiến độ giải quyết hồ sơ") for link in links.all_inner_texts())
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


def test_the_choices_stay_over_a_page_change_and_in_the_url(visit: Visit) -> None:
    page = visit(f"/overview?{MONTH}")
    choose(page, "Đơn vị", "Phường Đông Hà")
    choose(page, "Kỳ", "Tháng 9/2026")
    go(page, "Tiến độ giải quyết hồ sơ")
    expect(page.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first).to_contain_text(
        "Phường Đông Hà"
    )
    expect(page).to_have_url(re.compile(rf"/timeliness\?.*unit={m.DONG_HA}.*period=2026-09"))
    page.reload()
    settle(page)
    expect(page.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first).to_contain_text("Tháng 9/2026")


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


def test_the_list_behind_a_number_is_downloaded_whole(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"/overview?{MONTH}")
    page.get_by_role("button", name="Danh sách (80)").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("80 dòng")
    rows = list(downloaded(page, "Tải về (XLSX)", tmp_path / "c.xlsx").iter_rows(values_only=True))
    top = next(i for i, r in enumerate(rows) if r[0] == "Mã hồ sơ")
    received = [r[rows[top].index("Ngày tiếp nhận")] for r in rows[top + 1 :]]
    assert len(received) == 80 and all(isinstance(day, datetime) for day in received)


def test_a_sheet_of_paper_holds_the_charts_and_nothing_to_press(visit: Visit) -> None:
    page = visit(f"/timeliness?{MONTH}")
    page.evaluate("window.stop()")
    page.emulate_media(media="print")
    # A4 less its margins is 688 points wide; charts may first be drawn again for the room the sidebar leaves.
    until(
        page,
        """() => {
            const zoom = Number(getComputedStyle(document.querySelector('[data-testid=stMainBlockContainer]')).zoom);
            const drawn = [...document.querySelectorAll('.main-svg')].map(chart => chart.clientWidth);
            return drawn.length > 0 && Math.max(...drawn) * zoom <= 688.5;
        }""",
        seconds=20,
    )
    for hidden in ("stSidebar", "stHeader"):
        expect(page.get_by_test_id(hidden)).to_be_hidden()
    expect(page.get_by_role("button", name="Cách tính", exact=True)).to_have_count(0)
    expect(page.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first).to_contain_text(
        "Tỉnh Quảng Trị · Tháng 10/2026"
    )
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_number_leads_to_its_definition_in_one_click(visit: Visit) -> None:
    page = visit(f"/timeliness?{MONTH}")
    page.get_by_role("button", name="Cách tính", exact=True).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Thông tư 01/2020/TT-VPCP")


def test_a_tile_of_the_map_opens_its_unit(visit: Visit) -> None:
    page = visit(f"/overview?{MONTH}")
    box = page.locator(".js-plotly-plot .bars .point").first.bounding_box()
    assert box  # plotly lays a sheet over its marks, so the click goes to the place, not to the element
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with moving(page):
        page.get_by_role("button", name=re.compile("^Xem (xã|phường)")).click()
    expect(page.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first).to_contain_text(
        re.compile("Xã Lao Bảo|Phường Đông Hà")
    )


def test_the_table_behind_the_map_is_downloaded_with_real_numbers(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"/overview?{MONTH}")
    page.get_by_text("Bảng số liệu").first.click()
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    sheet = downloaded(page, "Tải về (XLSX)", tmp_path / "t.xlsx")
    cells = {str(r[0].value): r[2].value for r in sheet.iter_rows()}
    assert cells["Xã Lao Bảo"] == pytest.approx(36 / 40)
    assert "Dữ liệu minh họa" in cells


def test_form_ii06a_is_downloaded_and_adds_up_to_the_page(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"/timeliness?{MONTH}")
    sheet = downloaded(page, "Tải biểu II.06a (XLSX)", tmp_path / "f.xlsx")
    numbers = {c.value for r in sheet.iter_rows() for c in r if isinstance(c.value, int | float)}
    assert {80, 7} <= numbers  # settled and pending of the month


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_fits_its_window_under_its_own_name_in_light_and_dark(
    visit: Visit, address: str, width: int, lang: str
) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    url = "" if os.environ.get("GANDAN_SCREENSHOT") else f"&{MONTH}"
    first, *_ = PAGES
    page = visit(f"/{first}?lang={lang}{url}", width=width)
    for name in PAGES:
        page.set_viewport_size({"width": width, "height": 900})
        if name != first:
            page.goto(f"{address}/{name}?lang={lang}{url}")
            settle(page)
        expect(page.locator("h1")).to_have_text(Text.of(lang)(f"page.{name}.title"))
        expect(page.get_by_text("Page not found")).to_have_count(0)
        assert page.evaluate(SIDEWAYS) == [0, 0]
        levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(e => +e.tagName[1])")
        assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": min(height + 20, 6000)})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            until(page, DRAWN, scheme)
            file = ARTIFACTS / f"{name}-{width}-{scheme}-{lang}.png"
            page.screenshot(path=file)
            # An empty page is smaller; nobody has doubted a figure here, so that page says little.
            assert file.stat().st_size > (8_000 if name == "opinions" else 20_000)
            if os.environ.get("GANDAN_SCREENSHOT") and file.stem == "overview-1440-light-vi":
                page.screenshot(path=REPOSITORY / "docs" / "screenshot.png")
        page.emulate_media(color_scheme="light")
