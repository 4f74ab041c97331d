"""A commune's clerk in a real browser: the unit's own file in, the new case on the list at once, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serving, settle
from tests.browser.test_intake_journey import gandan, known_csv
from ui.text import Text

Visit = Callable[..., Page]
VI = Text("vi")
CHAIR = "unit%3A19432"
PATIENCE = 90_000
BANNER = re.compile("CHƯA CHỐT")
"""As it is written: a text would be sought in any letters."""
LATE = "H44.12-261103-0001"


@pytest.fixture
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the ten settled cases of a commune are published; each journey has its own."""
    root = tmp_path_factory.mktemp("month")
    gandan(root / "data", "load", str(known_csv(root / "dau_ky.csv", 1, 10)))
    gandan(root / "data", "publish")
    return root


def own_file(path: Path) -> Path:
    """Write the commune's file of November: one case past its day, one done on the 20th, and a row of another."""
    path.write_text(
        "case_code,unit_code,received_at,due_at,completed_at,status\n"
        f"{LATE},19432,2026-11-03,2026-11-10,,processing\n"
        "H44.12-261103-0002,19432,2026-11-03,2026-11-24,2026-11-20,completed\n"
        "H44.12-261103-0003,19435,2026-11-03,2026-11-24,2026-11-20,completed\n",
        encoding="utf-8",
    )
    return path


def asked_file(path: Path, number: int) -> Path:
    """Write a file of headers nobody has seen: “Ngày trả” may be the end or the handing over, so it is asked."""
    path.write_text(
        "Số hồ sơ,Mã cơ quan,Ngày nhận hồ sơ,Ngày hẹn trả,Ngày trả,Người ghi sổ\n"
        + "".join(f"H44.12-26111{n}-{number:04d},19432,1{n}/11/2026,2{n}/11/2026,20/11/2026,x\n" for n in range(3, 8)),
        encoding="utf-8",
    )
    return path


def load(page: Page, path: Path) -> None:
    """Choose a file in the unit's own box and load it."""
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name=VI("drafts.start", n=1)).click()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_unit_s_own_file_from_its_drop_to_the_list_and_back(
    visit: Visit, month: Path, tmp_path: Path, width: int
) -> None:
    with serving(month / "data", month) as server:
        page = visit(f"/to_act?as={CHAIR}", width=width, at=server)
        banner = page.locator("[data-testid=stAlert]").filter(has_text=BANNER)
        assert banner.count() == 0
        if not page.locator("[data-testid=stFileUploaderDropzone]").is_visible():
            page.get_by_text(VI("drafts.title")).click()
        load(page, own_file(tmp_path / "so-xa.csv"))
        expect(banner).to_be_visible(timeout=PATIENCE)
        expect(banner).to_contain_text("so-xa.csv")
        expect(banner).to_contain_text("1 dòng của đơn vị khác")
        settle(page)

        page.get_by_role("button", name="Xem 1 dòng").first.click()
        expect(page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("dialog").get_by_text(re.compile("^1 "))).to_be_visible()
        page.keyboard.press("Escape")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

        # A sheet that is printed says it too.
        page.emulate_media(media="print")
        assert banner.is_visible()
        page.emulate_media(media="screen")

        # A file nobody has seen is asked about here, by the same words as at the province's desk; and only once.
        load(page, asked_file(tmp_path / "so-la.csv", 7))
        questions = page.locator("[data-testid=stRadio]")
        expect(questions.first).to_be_visible(timeout=PATIENCE)
        for at in range(questions.count()):
            questions.nth(at).locator("[data-testid=stRadioOption]").first.click()
        page.get_by_role("button", name=VI("desk.ask.send")).click()
        expect(banner).to_contain_text("so-la.csv", timeout=PATIENCE)
        load(page, asked_file(tmp_path / "so-quen.csv", 8))
        expect(banner).to_contain_text("so-quen.csv", timeout=PATIENCE)
        expect(questions).to_have_count(0)

        page.get_by_role("button", name=VI("drafts.to_published")).click()
        expect(page.get_by_text(VI("drafts.offer").split("{")[0])).to_be_visible(timeout=PATIENCE)
        assert "data=published" in page.url
        expect(page.get_by_role("button", name="Xem 1 dòng")).to_have_count(0)

        # The province works with what is published, whatever the link says.
        other = visit("/to_act?as=province&data=draft&unit=19432-20250701", width=width, at=server)
        assert other.get_by_text("so-xa.csv").count() == 0

        # Thrown away: as before.
        page = visit(f"/to_act?as={CHAIR}", width=width, at=server)
        banner = page.locator("[data-testid=stAlert]").filter(has_text=BANNER)
        page.get_by_role("button", name=VI("drafts.drop")).first.click()
        page.get_by_role("button", name=VI("drafts.drop")).last.click()
        expect(page.get_by_text(VI("drafts.dropped"))).to_be_visible(timeout=PATIENCE)
        expect(banner).to_have_count(0)
