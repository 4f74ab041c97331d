"""Every page, light and dark, held against axe-core; the choices and the search by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle, until
from tests.metrics import marts as m
from ui import guard

PAGES = tuple(sorted(guard.PAGES["province"]))
MONTH = f"period=2026-10&unit={m.PROVINCE}"
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
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        until(page, "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme", scheme)
        settle(page)
        if found := findings(page):
            grave[scheme] = found
    assert grave == {}


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


@pytest.mark.parametrize("path", [f"/overview?{MONTH}", f"/overview?{MONTH}&part=months", f"/timeliness?{MONTH}"])
def test_every_chart_says_in_words_what_it_shows(visit: Visit, path: str) -> None:
    page = visit(path)
    charts = page.locator("[data-testid=stPlotlyChart]").count()
    assert charts > 0
    # the finding and what is drawn: never a bare "chart"
    assert page.get_by_role("figure", name=re.compile(".{40,}", re.DOTALL)).count() == charts


def test_axe_sees_what_is_wrong(visit: Visit) -> None:
    # a check that finds nothing proves nothing until it has found something
    page = visit(f"/dictionary?{MONTH}")
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<button></button>')")
    assert any(found.startswith("button-name") for found in findings(page))


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
