"""What the Vietnamese pages say, to eye and ear: no English and no raw codes, but for what has a reason."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.vietnamese import codes, foreign, said
from tests.metrics import marts as m
from ui import guard
from ui.text import Text

Visit = Callable[..., Page]
CHAIR = f"as=unit:{m.LAO_BAO[:5]}&period=2026-10"
ALLOWED = {
    "numerals": {"I", "II", "III", "IV", "V", "VI"},
    "offices, forms, documents": {"UBND", "HĐND", "QĐ", "TT", "TTg", "VPCP", "KSTT", "TTHC", "PAKN"},
    "names of published indices": {"PAPI", "SIPAS", "PCI", "DDCI", "CCHC", "PAR", "INDEX"},
    "formats of files, by the names under which offices know them": {
        "XLSX", "XLS", "CSV", "ODS", "TSV", "ZIP", "DOCX", "PDF", "xlsx", "xls", "csv", "ods", "tsv", "zip", "docx",
        "Excel", "GeoJSON", "MB", "QR",
    },
    "names of statistical methods": {"Wilson", "Byar", "Poisson", "Newcombe", "Benjamini", "Hochberg", "Bayes"},
    "keys of a keyboard": {"Enter", "Esc"},
    "places whose names follow the spelling of their own languages": {"Đakrông", "Krông", "N"},
    "the product": {"gandan", "GANDAN", "English"},
}  # fmt: skip
WORDS = frozenset().union(*ALLOWED.values())
MARKS = re.compile(
    r"\d{8}T\d{6}Z-[0-9a-f]{6}|`[^`]*`|\b[A-Z]\d*[.-][\w.-]*\d[\w.-]*|[\w-]+\.(?:xlsx?|csv|ods|tsv|zip|toml)"
)
"""Snapshots, commands, codes of cases and procedures, names of files: they are as they are."""


def odd(page: Page) -> dict[str, list[str]]:
    """Return what of a page is neither Vietnamese nor allowed, with the text it stands in."""
    found = {}
    for text in said(page):
        plain = MARKS.sub("", text)
        words = [word for word in foreign(plain) if word not in WORDS and not (len(word) == 1 and word.isascii())]
        if words := words + codes(plain):
            found[text[:90]] = words
    return found


@pytest.mark.parametrize("name", sorted(guard.PAGES["province"] - {"guide", "explorer", "dictionary"}))
def test_no_page_says_anything_in_english_or_in_codes(visit: Visit, name: str) -> None:
    page = visit(f"/{name}?period=2026-10&unit={m.PROVINCE}")
    page.wait_for_timeout(300)
    assert odd(page) == {}


@pytest.mark.parametrize("name", ["to_act", "this_period", "opinions"])
def test_nothing_on_a_chairs_page_is_english_or_a_code(visit: Visit, name: str) -> None:
    assert odd(visit(f"/{name}?{CHAIR}")) == {}


def test_a_list_its_filters_its_columns_and_its_calendar_speak_vietnamese(visit: Visit) -> None:
    page = visit(f"/to_act?{CHAIR}")
    page.get_by_role("button", name="Xem 7 dòng", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    table = dialog.locator("[data-testid=stDataFrame] canvas").first
    table.wait_for()
    page.wait_for_timeout(1_000)  # the table draws itself after it is there
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 15, box["y"] + 35 + 17)
    expect(dialog).to_contain_text(Text.of("vi")("lists.mark.title", n=1))
    settle(page)
    assert odd(page) == {}
    for button in ("Lọc", "Cột"):
        dialog.get_by_role("button", name=button, exact=True).click()
        expect(page.locator("[data-testid=stPopoverBody]")).to_be_visible()
        assert odd(page) == {}
        dialog.get_by_role("button", name=button, exact=True).click()
        expect(page.locator("[data-testid=stPopoverBody]")).to_have_count(0)
    dialog.locator("[data-testid=stDateInput] button").last.click()
    expect(page.locator("[data-testid=stDateInputCalendar]")).to_be_visible()
    assert odd(page) == {}


def test_the_switch_to_english_and_back_takes_the_words_of_the_front_end_along(visit: Visit) -> None:
    page = visit(f"/data?period=2026-10&unit={m.PROVINCE}")
    expect(page.get_by_role("button", name="Chọn tệp", exact=True)).to_be_visible()
    for language, name in (("English", "Upload"), ("Tiếng Việt", "Chọn tệp")):
        box = page.get_by_role("combobox", name=re.compile("^(Ngôn ngữ|Language)$"))
        box.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        box.click()
        page.get_by_role("option", name=language, exact=True).click()
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
        settle(page)


def test_the_menu_of_a_column_speaks_vietnamese_and_a_query_stays_as_it_is(visit: Visit) -> None:
    page = visit(f"/overview?period=2026-10&unit={m.PROVINCE}&part=fields")
    table = page.locator("[data-testid=stDataFrame] canvas").first
    table.scroll_into_view_if_needed()
    page.wait_for_timeout(1_000)  # the table draws itself after it is there
    box = table.bounding_box()
    assert box
    menu = page.get_by_text("Sắp xếp tăng dần")
    for right in range(60, 300, 8):  # the drawn arrow at the end of the first column's head
        page.mouse.click(box["x"] + right, box["y"] + 17)
        page.wait_for_timeout(150)
        if menu.count():
            break
    expect(menu).to_be_visible()
    assert odd(page) == {}
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<code>Close</code><p>Close</p>')")
    expect(page.locator("h1 + code")).to_have_text("Close")
    expect(page.locator("h1 + code + p")).to_have_text("Đóng")


def test_the_eye_for_english_sees_it(visit: Visit) -> None:
    # a check that finds nothing proves nothing until it has found something
    page = visit(f"/opinions?{CHAIR}")
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend', '<p aria-label=\"settled_late\">Remove</p>')"
    )
    assert sorted(word for words in odd(page).values() for word in words) == [
        "Remove",
        "late",
        "settled",
        "settled_late",
    ]
