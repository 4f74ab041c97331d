"""The month of one commune on paper: one sheet of A4, with its charts and the lines of the meeting."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import until
from tests.metrics import marts as m
from ui.access import notes

HOME = f"/this_period?period=2026-10&unit={m.LAO_BAO}"


def test_the_month_of_a_commune_fits_one_sheet_with_its_charts(visit: Callable[..., Page]) -> None:
    page = visit(HOME)
    until(page, "() => document.querySelectorAll('.main-svg').length > 0", seconds=30)
    # three conclusions as long as they may be, as they come back at the next meeting
    long = ("Yêu cầu Trung tâm Phục vụ hành chính công trả hết hồ sơ quá hạn " * 4)[: notes.LONGEST]
    page.evaluate(
        """words => document.querySelectorAll('table.minutes tbody tr').forEach(
            row => words.forEach((said, i) => { row.children[i].textContent = said; }))""",
        [long, "Trung tâm Phục vụ hành chính công cấp xã", "15/11/2026"],
    )
    sheets = re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True))
    assert len(sheets) == 1
    page.emulate_media(media="print")
    # a zoom of the whole column would leave every chart out of the print
    zoom = "e => Number(getComputedStyle(document.querySelector(e)).zoom)"
    assert page.evaluate(zoom, "[data-testid=stMainBlockContainer]") == 1
    assert page.evaluate(zoom, ".js-plotly-plot") < 1
    expect(page.locator("table.minutes")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()


def test_the_month_reads_on_a_phone_without_scrolling_sideways(visit: Callable[..., Page]) -> None:
    page = visit(HOME, 390)
    wide = """() => [...document.querySelectorAll('[data-testid=stMainBlockContainer] *')]
        .filter(e => e.getBoundingClientRect().right > 391).length"""
    assert page.evaluate(wide) == 0
