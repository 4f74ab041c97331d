"""Every page, light and dark, wide and narrow, for every role, held against axe-core; the ways by keyboard alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import serving, settle, until
from tests.browser.test_words_on_screen import odd
from tests.metrics import marts as m
from ui import guard
from ui.access import accounts, store, web
from ui.text import Text
from warehouse.paths import DataDir

PAGES = tuple(sorted(guard.PAGES["province"]))
MONTH = f"period=2026-10&unit={m.PROVINCE}"
PASSWORD = "bốn con ngựa đá cửa"
GRAVE = ("serious", "critical")
Visit = Callable[..., Page]


def axe() -> str:
    """Return axe-core's program, as the development package of the tests brings it."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """Return what axe-core finds grave on the page as it stands: rule, reason, and where."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe())
    found: Any = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']} ({v['impact']}): {n['html'][:160]} {n['any'][0]['message'] if n['any'] else ''}"
        for v in found["violations"]
        if v["impact"] in GRAVE
        for n in v["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_on_a_page_in_light_or_dark(visit: Visit, name: str) -> None:
    page = visit(f"/{name}?{MONTH}")
    grave: dict[str, list[str]] = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        until(page, "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme", scheme)
        settle(page)
        if found := findings(page):
            grave[scheme] = found
    assert grave == {}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_on_a_phone(visit: Visit, name: str) -> None:
    assert findings(visit(f"/{name}?{MONTH}", width=390)) == []


@pytest.mark.parametrize("role", ["unit", "auditor", "viewer"])
def test_axe_finds_nothing_serious_on_what_another_role_sees(visit: Visit, address: str, role: str) -> None:
    looks = f"as=unit:{m.LAO_BAO[:5]}" if role == "unit" else f"as={role}"
    unit = m.LAO_BAO if role == "unit" else m.PROVINCE
    grave: dict[str, list[str]] = {}
    page: Page | None = None
    for name in sorted(guard.PAGES[role]):  # type: ignore[index]
        path = f"/{name}?period=2026-10&unit={unit}&{looks}"
        if page is None:
            page = visit(path)
        else:
            page.goto(address + path)
            settle(page)
        if found := findings(page):
            grave[name] = found
    assert grave == {}


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_on_the_form_of_signing_in_or_on_the_pages_of_accounts(
    window: Callable[[int, str], tuple[BrowserContext, list[str]]], data: Path, tmp_path: Path, width: int
) -> None:
    closed = tmp_path / "data"
    shutil.copytree(data, closed)
    accounts.add(accounts.prepare(store.open_store(DataDir(closed))), "a.b", "A", "administrator", PASSWORD)
    vi = Text.of("vi")
    with serving(closed, tmp_path) as address:
        page = window(width, "light")[0].new_page()
        page.goto(address + web.SIGN_IN)
        expect(page.get_by_role("button", name=vi("access.sign_in"))).to_be_visible()
        assert findings(page) == []
        page.emulate_media(color_scheme="dark")
        assert findings(page) == []
        # what is said of a wrong password is read out, and as easy to read
        page.get_by_label(vi("access.login")).fill("a.b")
        page.get_by_label(vi("access.password")).fill("sai")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text(vi("access.wrong"))
        assert findings(page) == []
        page.get_by_label(vi("access.login")).fill("a.b")
        page.get_by_label(vi("access.password")).fill(PASSWORD)
        page.keyboard.press("Enter")
        settle(page)
        for name in ("administration", "my_account", "administration?part=trail"):
            page.goto(f"{address}/{name}")
            settle(page)
            assert {name: findings(page), f"{name}, words": list(odd(page))} == {name: [], f"{name}, words": []}
        page.close()


@pytest.mark.parametrize("part", ["months", "fields", "compare", "sources"])
def test_axe_finds_nothing_serious_on_a_part_of_the_overview(visit: Visit, part: str) -> None:
    page = visit(f"/overview?{MONTH}&part={part}&with={m.LAO_BAO},{m.DONG_HA}")
    assert findings(page) == []


@pytest.mark.parametrize("button", ["Danh sách (80)", "Cách tính"])
def test_axe_finds_nothing_serious_on_an_open_list_or_definition(visit: Visit, button: str) -> None:
    page = visit(f"/overview?{MONTH}")
    page.get_by_role("button", name=button, exact=True).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Tỉnh Quảng Trị")
    settle(page)
    assert findings(page) == []


@pytest.mark.parametrize(
    "path",
    ["overview", "overview&part=months", "timeliness", "timeliness&part=rules", "timeliness&part=units",
     "timeliness&part=mix", "complaints", "survey", "friendly", "this_period"],
)  # fmt: skip
def test_every_chart_says_in_words_what_it_shows_and_has_its_table(visit: Visit, path: str) -> None:
    name, _, part = path.partition("&")
    page = visit(f"/{name}?{MONTH}&{part}")
    charts = page.locator("[data-testid=stPlotlyChart]").count()
    assert charts > 0
    # the finding and what is drawn: never a bare "chart"
    assert page.get_by_role("figure", name=re.compile(".{40,}", re.DOTALL)).count() == charts
    # the same numbers as a table: folded below, or as the lines of the page itself
    tables = page.locator("[data-testid=stExpander]").filter(has_text=re.compile("Bảng số liệu")).count()
    assert tables + page.locator("table, [data-testid=stDataFrame]").count() >= charts


def test_axe_sees_what_is_wrong(visit: Visit) -> None:
    # a check that finds nothing proves nothing until it has found something
    page = visit(f"/dictionary?{MONTH}")
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<button></button>')")
    assert any(found.startswith("button-name") for found in findings(page))


def test_axe_finds_nothing_serious_on_a_list_with_a_row_to_mark_or_on_its_filters(visit: Visit) -> None:
    page = visit(f"/to_act?as=unit:{m.LAO_BAO[:5]}&period=2026-10")
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
    assert findings(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)
    assert findings(page) == []
    dialog.get_by_role("button", name="Lọc", exact=True).click()
    expect(page.locator("[data-testid=stPopoverBody]")).to_be_visible()
    settle(page)
    assert findings(page) == []


PASSED = """() => {
    const look = e => e && ['outlineStyle', 'outlineWidth', 'boxShadow', 'borderTopColor', 'backgroundColor']
        .map(name => getComputedStyle(e)[name]).join();
    const was = window.gandanFocused, here = document.activeElement;
    const boxes = [here, here.parentElement, here.parentElement?.parentElement];
    const name = here.getAttribute('aria-label') || here.innerText;
    window.gandanFocused = {boxes, looks: boxes.map(look), name, tag: here.tagName};
    const left = was && {name: was.name, tag: was.tag, isSeen: was.boxes.some((e, i) => look(e) !== was.looks[i])};
    return {name, tag: here.tagName, left};
}"""
"""What has the focus now, and whether what had it before looked otherwise while it had it."""


def test_a_chair_comes_to_the_rows_of_an_item_and_back_by_keyboard_alone_and_sees_where_the_focus_is(
    visit: Visit,
) -> None:
    page = visit(f"/to_act?as=unit:{m.LAO_BAO[:5]}&period=2026-10")
    unseen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        page.wait_for_timeout(300)  # colours fade in and out
        here = page.evaluate(PASSED)
        left = here["left"]
        if left and not left["isSeen"] and left["tag"] not in ("MAIN", "BODY"):  # the page itself, about to be entered
            unseen.append(left)
        if here["tag"] == "BUTTON" and "Xem 7 dòng" in here["name"]:
            break
    assert unseen == []
    button = page.get_by_role("button", name="Xem 7 dòng", exact=True).first
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("7 dòng")
    dialog.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    settle(page)
    # the focus is held in the dialog, passes the table, and reaches what stands below it
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("() => !!document.activeElement.closest('[role=dialog], section')")
        reached.append(page.evaluate("() => document.activeElement.innerText"))
        if "Tải về (XLSX)" in reached[-1]:
            break
    assert "Tải về (XLSX)" in reached[-1]
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_the_document_says_which_language_it_is_in_and_follows_the_switch(visit: Visit) -> None:
    page = visit(f"/overview?{MONTH}")
    until(page, "() => document.documentElement.lang === 'vi'")
    page.goto(page.url + "&lang=en")
    until(page, "() => document.documentElement.lang === 'en'", seconds=60)


def test_a_unit_is_found_without_accents_and_chosen_by_keyboard_alone(visit: Visit) -> None:
    page = visit(f"/overview?{MONTH}")
    box = page.get_by_role("combobox", name="Đơn vị", exact=True)
    for _ in range(40):
        page.keyboard.press("Tab")
        if box.evaluate("box => box === document.activeElement"):
            break
    expect(box).to_be_focused()
    page.keyboard.type("dong ha")
    expect(page.get_by_role("option").first).to_have_text("Phường Đông Hà")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**unit={m.DONG_HA}**")
    settle(page)
    expect(page.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first).to_contain_text(
        "Phường Đông Hà"
    )


@pytest.mark.parametrize("typed", ["dong ha", "Đông Hà", "ĐÔNG HÀ", "phuong dong", "đong hà"])
def test_a_unit_is_found_however_its_marks_are_typed(visit: Visit, typed: str) -> None:
    page = visit(f"/overview?{MONTH}")
    page.get_by_role("combobox", name="Đơn vị", exact=True).click()
    page.keyboard.type(typed)
    expect(page.get_by_role("option").first).to_have_text("Phường Đông Hà")
    # what has other letters is not found, and the words shown keep their marks
    assert "Xã Lao Bảo" not in page.get_by_role("option").all_inner_texts()
