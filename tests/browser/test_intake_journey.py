"""The analyst's month in a real browser: drop, answer, look, publish, undo; every click is counted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import serving
from warehouse.paths import REPOSITORY

Visit = Callable[..., Page]
LAO_BAO = "19432"
MOST_CLICKS = 6
"""From drop to publish when every layout is known (product.md §1)."""
PATIENCE = 60_000


class Hand:
    """Clicks, and counts them."""

    def __init__(self, page: Page):
        self.page, self.n = page, 0

    def click(self, target: Locator) -> None:
        self.n += 1
        target.click()

    def press(self, name: str) -> None:
        """Press a button by its name."""
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def drop(self, *files: Path) -> None:
        """Choose files: one click on the button that opens the dialog, whatever is picked in it."""
        self.n += 1
        self.page.locator("input[type=file]").set_input_files(files)


def gandan(root: Path, *words: str) -> None:
    """Run the command line on a data folder."""
    environment = os.environ | {"GANDAN_DATA_DIR": str(root), "GANDAN_TODAY": "2026-11-21"}
    done = subprocess.run(
        [sys.executable, "-m", "gandan", *words], cwd=REPOSITORY, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def cases(first: int, n: int) -> list[tuple[str, date, date, date]]:
    """Return so many cases of October: code, received, due, ended in time."""
    start = date(2026, 10, 13)
    return [
        (f"H44.12-2610{start.day}-{number:04d}", start, start + timedelta(days=10), start + timedelta(days=6))
        for number in range(first, first + n)
    ]


def known_csv(path: Path, first: int, n: int) -> Path:
    """Write a file whose headers are the canonical field names."""
    lines = ["case_code,unit_code,received_at,due_at,completed_at,status"]
    lines += [f"{c},{LAO_BAO},{r},{d},{e},completed" for c, r, d, e in cases(first, n)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def known_workbook(path: Path, first: int, n: int) -> Path:
    """Write an export of a system that is known, as a workbook with a title above the table."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Danh sách hồ sơ"])
    sheet.append(["STT", "Mã hồ sơ", "Tên thủ tục hành chính", "Cơ quan giải quyết", "Ngày tiếp nhận", "Ngày hẹn trả",
                  "Ngày kết thúc"])  # fmt: skip
    for no, (code, received, due, ended) in enumerate(cases(first, n), 1):
        sheet.append([no, code, "Đăng ký khai sinh", "UBND xã Lao Bảo, tỉnh Quảng Trị", received, due, ended])
    book.save(path)
    return path


def unknown_csv(path: Path, first: int, n: int) -> Path:
    """Write a file nobody has seen: “Ngày trả” may be the end or the handing over, so it is asked."""
    lines = ["Số hồ sơ,Mã cơ quan,Ngày nhận hồ sơ,Ngày hẹn trả,Ngày trả,Người ghi sổ"]
    lines += [f"{c},{LAO_BAO},{r:%d/%m/%Y},{d:%d/%m/%Y},{e:%d/%m/%Y},x" for c, r, d, e in cases(first, n)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def settled(page: Page) -> str:
    """Return the figure of settled cases on an overview."""
    card = page.locator("[data-testid=stMetric]").filter(has_text="Đã giải quyết").first
    return card.locator("[data-testid=stMetricValue]").inner_text()


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the ten cases of a first file are published."""
    root = tmp_path_factory.mktemp("month")
    gandan(root / "data", "load", str(known_csv(root / "dau_ky.csv", 1, 10)))
    gandan(root / "data", "publish")
    return root


def test_the_month_from_drop_to_publish_and_back(visit: Visit, month: Path) -> None:
    overview = f"/overview?period=2026-10&unit={LAO_BAO}-20250701"
    with serving(month / "data", month) as server:
        # a known CSV and a known workbook: no question, and few clicks
        page = visit("/data", at=server)
        box = page.locator("[data-testid=stFileUploaderDropzone]")
        expect(box.get_by_role("button", name="Chọn tệp", exact=True)).to_be_visible()
        expect(box).to_contain_text("tối đa 200 MB mỗi tệp")
        hand = Hand(page)
        hand.drop(known_csv(month / "xa_a.csv", 11, 5), known_workbook(month / "xa_b.xlsx", 21, 7))
        hand.press("Nạp 2 tệp")
        expect(page.get_by_text("2 nạp xong")).to_be_visible(timeout=PATIENCE)
        hand.press("Xem số liệu sẽ thay đổi")
        expect(page.get_by_text("con số đang công bố sẽ thay đổi, do tệp")).to_be_visible(timeout=PATIENCE)
        hand.press("Công bố")
        expect(page.get_by_text(re.compile("Đã công bố lúc"))).to_be_visible(timeout=PATIENCE)
        assert hand.n <= MOST_CLICKS
        assert settled(visit(overview, at=server)) == "22"

        # a layout nobody has seen: asked, answered, remembered
        page = visit("/data", at=server)
        hand = Hand(page)
        hand.drop(unknown_csv(month / "xa_c.csv", 41, 4))
        hand.press("Nạp 1 tệp")
        expect(page.get_by_text("1 tệp chờ trả lời")).to_be_visible(timeout=PATIENCE)
        questions = page.locator("[data-testid=stRadio]")
        expect(questions.first).to_be_visible(timeout=PATIENCE)
        assert 1 <= questions.count() <= 3
        for at in range(questions.count()):
            hand.click(questions.nth(at).locator("[data-testid=stRadioOption]").first)
        hand.press("Trả lời và nạp tiếp")
        expect(page.get_by_text("1 nạp xong")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("Mẫu mới đã ghi nhớ")).to_be_visible()

        # undo what was published
        page = visit("/data?part=publish", at=server)
        page.get_by_text("Hoàn tác lần công bố").click()
        page.get_by_role("button", name="Hoàn tác", exact=True).click()
        expect(page.get_by_text(re.compile("Đã quay lại bản trước lúc"))).to_be_visible(timeout=PATIENCE)
        assert settled(visit(overview, at=server)) == "10"
