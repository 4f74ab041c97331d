"""Two periods chosen by hand, a map of true outlines, and a list that stands as it was left, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import settle, until
from tests.metrics import marts as m

Visit = Callable[..., Page]
MONTH = f"period=2026-10&unit={m.PROVINCE}"


def test_two_periods_are_chosen_by_typing_and_the_address_opens_the_same(visit: Visit, address: str) -> None:
    page = visit(f"/overview?{MONTH}&part=pair&with={m.LAO_BAO},{m.DONG_HA}&metrics=on_time_rate")
    page.get_by_role("combobox", name="Kỳ thứ hai").click()
    page.keyboard.type("quy iii/2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**second=2026-Q3**")
    settle(page)
    table = page.locator("table.pair")
    expect(table.locator("thead")).to_contain_text("Quý III/2026")
    expect(table.locator("tbody tr")).to_have_count(2)
    again = visit(page.url.removeprefix(address), 390)
    expect(again.locator("table.pair tbody tr").first).to_contain_text("Xã Lao Bảo")
    expect(again.get_by_text("Hai kỳ có chung các ngày")).to_have_count(0)
    expect(again.get_by_text("Hai kỳ dài khác nhau")).to_be_visible()
    wide = """() => [...document.querySelectorAll('[data-testid=stMainBlockContainer] *')]
        .filter(e => e.getBoundingClientRect().right > 391).length"""
    assert again.evaluate(wide) == 0


def test_true_outlines_are_drawn_without_a_call_outside_and_lead_to_a_unit(visit: Visit, data: Path) -> None:
    folder = data / "boundaries" / "communes_2tier"
    folder.mkdir(parents=True)
    features = [
        {"type": "Feature", "id": code, "properties": {}, "geometry": {"type": "Polygon", "coordinates": [
            [[west, 16.5], [west, 17.0], [west + 0.5, 17.0], [west + 0.5, 16.5], [west, 16.5]]]}}
        for code, west in ((m.LAO_BAO[:5], 106.5), (m.DONG_HA[:5], 107.0))
    ]  # fmt: skip
    try:
        (folder / "44.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        page = visit(f"/overview?{MONTH}&map=boundaries")
        areas = page.locator(".choroplethlayer path")
        until(page, "() => document.querySelectorAll('.choroplethlayer path').length === 2")
        areas.last.scroll_into_view_if_needed()
        box = areas.last.bounding_box()
        assert box is not None and box["width"] > 50
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.get_by_role("button", name=re.compile("Xem (xã Lao Bảo|phường Đông Hà)")).click()
        until(page, "units => units.some(unit => location.href.includes(unit))", [m.LAO_BAO, m.DONG_HA])
        assert "map=boundaries" in page.url
    finally:
        (folder / "44.geojson").unlink()
        folder.rmdir()
        folder.parent.rmdir()


def test_a_list_opened_again_is_filtered_as_it_was_left(visit: Visit) -> None:
    page = visit(f"/timeliness?period=2026-10&unit={m.LAO_BAO}")

    def listed() -> None:
        page.get_by_role("button", name=re.compile(r"^Danh sách \(\d+\)$")).first.click()
        expect(page.get_by_role("dialog").get_by_test_id("stDataFrame")).to_be_visible(timeout=30000)

    listed()
    page.get_by_role("dialog").get_by_role("button", name="Lọc").click()
    page.get_by_role("combobox", name="Lĩnh vực").click()
    page.keyboard.type("ho tich")
    page.keyboard.press("Enter")
    cut = page.get_by_text(re.compile(r"trong \d+ dòng"))  # by its words: an open box hides the dialog's role
    expect(cut).to_be_visible(timeout=30000)
    said = cut.inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    if page.locator("[role=dialog]").count():
        page.locator("[role=dialog]").get_by_role("button", name=re.compile("Close|Đóng")).click()
    expect(page.locator("[role=dialog]")).to_have_count(0)
    listed()
    expect(page.get_by_text(said, exact=True)).to_be_visible(timeout=30000)
    expect(page.get_by_role("dialog").get_by_role("button", name="Lọc (1)")).to_be_visible()
