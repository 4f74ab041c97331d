"""The Data page: a unit's own totals are typed in and compared with ours, by the real command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metrics.viewer import Viewer
from tests.metrics.marts import LAO_BAO
from tests.ui import world
from ui import guard

Open = Any


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A published snapshot in a folder of its own, to write in."""
    return world.publish(tmp_path / "data").root


def said(page: AppTest) -> str:
    kinds = ("title", "header", "markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(x.value) for kind in kinds for x in getattr(page, kind))


def sent(open_page: Open, root: Path, **url: str) -> AppTest:
    """Open who has sent what."""
    page = open_page("data", root=root, **url)
    return page.segmented_control(key="section").set_value("coverage").run()


def enter(page: AppTest, **counts: str) -> AppTest:
    box = page.selectbox(key="totals_unit")
    if box.value is None:
        box.select(next(o for o in box.options if "19432" in o))
    for name, value in counts.items():
        page.text_input(key=f"totals_{name}").set_value(value)
    button = next(b for b in page.button if b.label == "Ghi")
    return button.click().run(timeout=60)


def test_totals_are_typed_and_the_difference_is_told(open_page: Open, root: Path) -> None:
    page = sent(open_page, root, period="2026-10")
    assert not page.exception
    assert "Chưa có số tổng hợp của đơn vị để đối chiếu" in said(page)
    page = enter(page, settled="45", settled_late="3")
    assert not page.exception and not page.error, said(page)
    assert "2 chỉ tiêu lệch so với số đơn vị tổng hợp" in said(page)
    table = next(t.value for t in page.dataframe if "Số của đơn vị" in t.value.columns)
    assert list(table["Số của đơn vị"]) == [45, 3]
    assert list(table["Chênh lệch"]) == list(table["Số của đơn vị"] - table["Số của hệ thống"])
    kept = (root / "control_totals.csv").read_text(encoding="utf-8").splitlines()
    assert kept[0].startswith("at,by,unit_id") and len(kept) == 3 and LAO_BAO in kept[1]


def test_totals_that_cannot_be_are_refused_in_the_commands_own_words(open_page: Open, root: Path) -> None:
    page = enter(sent(open_page, root, period="2026-10"), settled="4", settled_late="9", pending="-1")
    assert any("pending=-1" in e.value for e in page.error)
    page = enter(page, pending="")
    assert any("settled = 4" in e.value for e in page.error)
    assert not (root / "control_totals.csv").exists()


def test_who_may_not_write_sees_no_form(open_page: Open, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "require", lambda *_: Viewer("auditor", name="auditor"))
    page = sent(open_page, root, period="2026-10")
    assert not page.exception and not [i for i in page.text_input if str(i.key).startswith("totals_")]
