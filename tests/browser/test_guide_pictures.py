"""The pictures of the guide: the ways to what each shows, walked in a real browser, and made there on request.

`GANDAN_PICTURES=data/demo pytest tests/browser/test_guide_pictures.py` walks them on that folder's copy and writes the
files and `docs/pictures/shown.json`: the texts of each picture, by which tests/test_guide.py sees that one is stale.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import serving, settle, until
from tests.browser.test_intake_journey import known_csv, known_workbook
from tests.metrics import marts as m
from tests.test_guide import said_so
from ui.access import accounts, store
from ui.text import Text
from warehouse.paths import REPOSITORY, DataDir

FOLDER = REPOSITORY / "docs" / "pictures"
SHOWN = FOLDER / "shown.json"
COLOURS = 96
SAMPLE = os.environ.get("GANDAN_PICTURES", "")
CHAIR = f"as=unit:{m.LAO_BAO[:5]}"
PASSWORD = "bốn con ngựa đá cửa"
TEXTS = """() => [...document.querySelectorAll('h1, h2, h3, button, label, [data-testid=stSidebarNavLink], legend')]
    .filter(e => { const box = e.getBoundingClientRect();
        return e.checkVisibility() && box.width > 1 && box.top >= 0 && box.bottom <= innerHeight; })
    .map(e => [...e.querySelectorAll('p, span, div')].filter(p => !p.children.length)
        .map(p => p.closest('[data-testid=stIconMaterial]') ? '' : p.innerText).filter(Boolean)[0] || e.innerText)
    .map(said => said.trim()).filter(Boolean)"""
vi = Text.of("vi")


@dataclass(frozen=True)
class Picture:
    """One picture: where it begins, what is pressed, and the words it is there for."""

    name: str
    path: str
    way: Callable[[Page], None] = lambda page: None
    shows: tuple[str, ...] = ()
    width: int = 1360
    height: int = 860
    is_paper: bool = False
    """The sheet that is printed, instead of the window."""
    is_locked: bool = False
    """On a server where one has to sign in."""


def press(name: str, role: str = "button") -> Callable[[Page], None]:
    """Return the way that presses the first thing of a name."""

    def way(page: Page) -> None:
        page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        settle(page)

    return way


def _list(page: Page) -> None:
    """Open the list of the cases past their day, and choose its first row."""
    item = page.get_by_role("heading", name="hồ sơ quá hạn").locator(
        "xpath=ancestor::*[@data-testid='stVerticalBlock'][1]"
    )
    item.get_by_role("button", name="Xem").click()
    dialog = page.get_by_role("dialog")
    table = dialog.locator("[data-testid=stDataFrame] canvas").first
    table.wait_for()
    page.wait_for_timeout(1_000)  # the table draws itself after it is there
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 15, box["y"] + 35 + 17)
    expect(dialog).to_contain_text(vi("lists.mark.title", n=1))


def _doubt(page: Page) -> None:
    """Open the form of a doubt about the first figure."""
    press(vi("action.definition"))(page)
    said = page.get_by_role("dialog").get_by_text(vi("opinions.raise"), exact=True).first
    said.scroll_into_view_if_needed()
    said.click()
    page.get_by_label(vi("opinions.doubt"), exact=True).scroll_into_view_if_needed()


def _fields(page: Page) -> None:
    """Open the fields, below the figures that stand above every part."""
    press("Lĩnh vực, thủ tục", "radio")(page)
    page.mouse.move(800, 500)
    page.mouse.wheel(0, 680)


def _load(page: Page) -> None:
    """Drop files, load them, and see what became of them; the sample takes only what was made with it."""
    with TemporaryDirectory() as made:
        files = [known_csv(Path(made) / "xa-lao-bao.csv", 1, 9), known_workbook(Path(made) / "mot-cua.xlsx", 21, 7)]
        if SAMPLE:
            files = sorted((Path(SAMPLE) / "to-try").iterdir())
        page.locator("input[type=file]").set_input_files(files)
        press(vi("desk.drop.start", n=len(files)))(page)
        expect(page.get_by_text("nạp xong").first).to_be_visible(timeout=120_000)
    settle(page)


def _publish(page: Page) -> None:
    """Open what would be published; on the sample, the figures that would change."""
    press(vi("desk.part.publish"), "radio")(page)
    if SAMPLE:
        page.get_by_role("button", name=re.compile("^(So sánh với bản|Xem số liệu sẽ thay đổi)")).first.click()
        expect(page.get_by_text("con số đang công bố sẽ thay đổi").first).to_be_visible(timeout=300_000)
        settle(page)


def _administer(page: Page) -> None:
    """Sign in as the administrator, and open the accounts."""
    page.get_by_label(vi("access.login")).fill("quan.tri")
    page.get_by_label(vi("access.password")).fill(PASSWORD)
    page.get_by_role("button", name=vi("access.sign_in")).click()
    settle(page)


PICTURES = (
    Picture("viec-can-chi-dao", f"/to_act?{CHAIR}", shows=("Việc cần chỉ đạo, xử lý", "Xem")),
    Picture("danh-sach-danh-dau", f"/to_act?{CHAIR}", _list, ("Lọc", "Cột", "Người thực hiện", "Thời hạn", "Lưu")),
    Picture("ket-qua-trong-ky", f"/this_period?{CHAIR}", shows=("Kết quả trong kỳ", "Cách tính")),
    Picture("ban-in-a4", f"/this_period?{CHAIR}", shows=("Kết quả trong kỳ",), is_paper=True),
    Picture("y-kien-ve-so-lieu", f"/this_period?{CHAIR}", _doubt, ("Có ý kiến về số liệu", "Gửi")),
    Picture("tong-quan", "/overview", shows=("Tổng quan toàn tỉnh", "Bản đồ, nhóm", "So sánh đơn vị"), height=1290),
    Picture("linh-vuc-thu-tuc", "/overview", _fields, ("Lĩnh vực",)),
    Picture("cach-tinh", "/overview", press("Cách tính"), ("Điều kiện đếm và câu lệnh truy vấn",)),
    Picture("nap-tep", "/data", _load, ("Nạp tệp", "Chọn tệp", "Tình hình gửi", "hợp lệ")),
    Picture("cong-bo", "/data", _publish, ("Công bố",)),
    Picture("dang-nhap", "/overview", shows=("Đăng nhập",), width=900, height=560, is_locked=True),
    Picture("quan-tri", "/administration", _administer, ("Quản trị",), is_locked=True),
)


@pytest.fixture(scope="module")
def folder(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small world, or of the folder that GANDAN_PICTURES names: a way may write."""
    copy = tmp_path_factory.mktemp("pictures") / "data"
    shutil.copytree(Path(SAMPLE).resolve() if SAMPLE else data, copy)
    return copy


@pytest.fixture(scope="module")
def addresses(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An open server, and one that has accounts."""
    closed = tmp_path_factory.mktemp("closed") / "data"
    shutil.copytree(folder, closed)
    kept = accounts.prepare(store.open_store(DataDir(closed)))
    accounts.add(kept, "chu.tich", "Chủ tịch", "unit", PASSWORD, (m.LAO_BAO[:5],))
    accounts.add(kept, "quan.tri", "Quản trị viên", "administrator", PASSWORD)
    today = "2026-10-31" if SAMPLE else "2026-11-21"
    with serving(folder, folder, today=today) as opened, serving(closed, closed, today=today) as locked:
        yield {"open": opened, "locked": locked}


def sheet(page: Page) -> Image.Image:
    """Return the one sheet that the page fills on paper; asks for pypdfium2, which only this picture needs."""
    import pypdfium2  # type: ignore[import-not-found,unused-ignore]

    until(page, "() => document.querySelectorAll('.main-svg').length > 0")
    (paper,) = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    drawn: Image.Image = paper.render(scale=1.3).to_pil()
    return drawn


def saved(page: Page, picture: Picture) -> dict[str, object]:
    """Write the picture in few colours; return what it shows."""
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / f"{picture.name}.png"
    image = sheet(page) if picture.is_paper else Image.open(BytesIO(page.screenshot()))
    image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    return {
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        # what is put together of figures is left out: other words may stand there next month
        "texts": sorted({said for said in page.evaluate(TEXTS) if said_so().fullmatch(said)}),
    }


def test_every_picture_of_the_guide_is_of_something_that_is_there(chromium: Browser, addresses: dict[str, str]) -> None:
    shown = {}
    for picture in PICTURES:
        context = chromium.new_context(
            viewport={"width": picture.width, "height": picture.height},
            color_scheme="light",
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        page = context.new_page()
        page.goto(addresses["locked" if picture.is_locked else "open"] + picture.path)
        if not picture.is_locked:
            settle(page)
        picture.way(page)
        for said in picture.shows:
            expect(page.get_by_text(said).first, picture.name).to_be_attached()
        if SAMPLE:
            page.wait_for_timeout(1_500)  # fonts and charts
            shown[picture.name] = saved(page, picture)
        context.close()
    if SAMPLE:
        SHOWN.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert sorted(json.loads(SHOWN.read_text("utf-8"))) == sorted(p.name for p in PICTURES)
