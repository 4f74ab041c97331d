"""The chair's page: items without a click, rows after one, old data said, the province's list, the meeting's lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.metrics import marts as m
from tests.pages.test_pages import frame, words
from tests.ui import world
from ui import guard
from ui.access import audit, store, work
from ui.access.work import Line
from ui.text import Text
from warehouse import ledger
from warehouse.paths import REPOSITORY, DataDir

CHAIR = "unit:19432"
VI = Text.of("vi")


def letters() -> list[dict[str, Any]]:
    """Return two complaints of Lao Bảo past their time, one of Đông Hà, and denunciations that nobody may see."""
    late = {"received_on": date(2026, 9, 1), "settle_due_on": date(2026, 10, 15)}
    return [
        m.complaint(**late, letter_code="KN-LB-1"), m.complaint(**late, letter_code="KN-LB-2"),
        m.complaint(**late, letter_code="KN-DH-1", unit_id=m.DONG_HA),
        *(m.complaint(**late, kind="denunciation", letter_code=f"TC-{n}") for n in range(7)),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    """The small world with a few letters past their time, told apart by the name of its snapshot."""
    soon = [m.case(due_on=date(2026, 11, 3)) for _ in range(2)]
    tables = {**world.tables(soon), "complaints": letters()}
    yield world.publish(tmp_path_factory.mktemp("to_act"), "20261121T093000Z-70ac70", **tables)


@pytest.fixture
def at(drawn: DataDir, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Open the page as somebody on a day."""

    def show(error: Exception) -> None:
        raise error

    def _at(role: str = CHAIR, today: str = "2026-10-31", root: Path | None = None, **url: str) -> AppTest:
        monkeypatch.setattr(guard, "record", show)
        monkeypatch.setattr(guard, "account", lambda: None)  # a page under test has no cookies to tell it from
        monkeypatch.setenv("GANDAN_DATA_DIR", str(root or drawn.root))
        monkeypatch.setenv("GANDAN_TODAY", today)
        monkeypatch.chdir(REPOSITORY)
        page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        page.session_state[guard.AS] = role
        for key, value in url.items():
            page.query_params[key] = value
        return page.run().switch_page("pages/to_act.py").run()

    return _at


def titles(page: AppTest) -> list[str]:
    """Return the items, each with its place."""
    return [x.value for x in page.header if re.match(r"\d+\. ", x.value)]


def came_to(page: AppTest, check: str) -> str:
    """Return what the list of checks says of one."""
    name = re.escape(VI(f"to_act.name.{check}"))
    found = re.search(rf"- {name}: \*\*(.+?)\*\*", "\n".join(x.value for x in page.markdown))
    assert found is not None, check
    return found[1]


def test_a_chair_sees_what_has_to_be_done_without_a_click_as_of_the_data_s_date(at: Any) -> None:
    page = at()
    assert titles(page)[:2] == [
        "1. 2 đơn khiếu nại quá thời hạn thụ lý hoặc giải quyết", "2. 7 hồ sơ quá hạn, chưa giải quyết xong",
    ]  # fmt: skip
    assert len(titles(page)) <= 5
    assert "xã Lao Bảo" in words(page) or "Xã Lao Bảo" in words(page)
    reasons = [c.value for c in page.caption if "Theo số liệu đến hết 31/10/2026" in c.value]
    assert len(reasons) >= len(titles(page))


@pytest.mark.first_page
def test_the_chair_s_application_begins_with_what_has_to_be_done(drawn: DataDir, at: Any) -> None:
    at()  # sets the day and the folder
    page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    page.session_state[guard.AS] = CHAIR
    assert page.run().title[0].value == VI("page.to_act.title")
    other = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    assert other.run().title[0].value == VI("page.overview.title")


def test_one_click_opens_as_many_rows_as_the_item_says(at: Any) -> None:
    page = at()
    keys = [b.key for b in page.button if str(b.key).startswith("act_")]
    assert "act_overdue" in keys and "act_complaints_past" in keys
    for key in keys:
        page = at()
        n = int(re.sub(r"\D", "", page.button(key=key).label))
        page.button(key=key).click().run()
        assert len(frame(page, VI("column.source_file"))) == n, key
    page = at()
    page.button(key="act_complaints_past").click().run()
    codes = set(frame(page, VI("column.source_file"))[VI("column.letter_code")])
    assert codes == {"KN-LB-1", "KN-LB-2"}


def test_old_data_say_so_and_leave_out_what_is_due_soon(at: Any) -> None:
    fresh, old = at(), at(today="2026-11-21")
    assert not fresh.warning
    assert "Số liệu đã cũ 21 ngày" in old.warning[0].value
    soon = VI("to_act.title.due_soon", n=2, soon=3).removeprefix("2 ")
    assert any(soon in t for t in titles(fresh))
    assert not any(soon in t for t in titles(old))
    assert came_to(old, "due_soon") == VI("to_act.state.stale")
    assert came_to(old, "step_wait") == VI("to_act.state.not_sent")


def test_a_chair_who_asks_for_another_unit_is_shown_the_own_one(at: Any) -> None:
    page = at(unit=m.DONG_HA)
    assert "KN-DH" not in words(page)
    assert titles(page)[0].startswith("1. 2 đơn khiếu nại")
    assert "Phường Đông Hà: " not in words(page)


def test_choices_without_effect_are_not_offered_and_the_period_of_other_pages_is_kept(at: Any) -> None:
    offered = {str(s.key) for s in at().selectbox}
    assert "choose_unit" in offered and not offered & {
        "choose_kind",
        "choose_period",
        "choose_calendar",
        "choose_level",
    }
    assert "choose_level" in {str(s.key) for s in at("province", unit=m.PROVINCE).selectbox}
    # a month in which the commune did not exist yet, chosen on another page, is no reason to hide what is to be done
    page = at(period="2025-03", calendar="report", unit=m.LAO_BAO)
    assert titles(page)[0].startswith("1. 2 đơn khiếu nại")
    assert "period" not in page.query_params
    other = page.switch_page("pages/timeliness.py").run()
    assert other.selectbox(key="choose_period").value == "2025-03"
    assert other.selectbox(key="choose_calendar").value == "report"


def test_denunciations_are_in_no_item_list_or_count(at: Any) -> None:
    for role in (CHAIR, "province"):
        page = at(role, unit=m.LAO_BAO)
        assert "TC-" not in words(page)
        assert not any("7 đơn" in t for t in titles(page))


def test_the_page_is_not_offered_to_who_has_nothing_to_act_on(at: Any) -> None:
    assert "to_act" not in guard.PAGES["auditor"] | guard.PAGES["viewer"]
    with pytest.raises(ValueError, match="to_act"):
        at("auditor")


def test_the_province_sees_counts_by_unit_and_opens_one(at: Any) -> None:
    page = at("province", unit=m.PROVINCE)
    table = frame(page, VI("to_act.name.overdue"))
    counts = dict(zip(table[VI("to_act.column.unit")], table[VI("to_act.name.complaints_past")], strict=True))
    assert counts == {"Xã Lao Bảo": 2, "Phường Đông Hà": 1}
    assert not titles(page)
    page.button(key=f"to_act_open_{m.LAO_BAO}").click().run()
    assert titles(page)[0].startswith("1. 2 đơn khiếu nại")


def test_nothing_to_do_is_said_with_what_was_checked(at: Any, tmp_path: Path) -> None:
    settled = [m.case(completed_on=date(2026, 10, 9), due_on=date(2026, 10, 12)) for _ in range(3)]
    world.publish(tmp_path, "20261121T093000Z-70ac71", cases=settled, complaints=[])
    page = at(root=tmp_path)
    assert VI("to_act.none") in words(page)
    assert not titles(page)
    assert came_to(page, "overdue") == VI("to_act.state.clear")
    assert came_to(page, "step_wait") == VI("to_act.state.not_sent")


def test_a_unit_that_sent_nothing_is_not_told_that_there_is_nothing_to_do(at: Any, tmp_path: Path) -> None:
    world.publish(tmp_path, "20261121T093000Z-70ac72", covered=[m.DONG_HA, m.PROVINCE])
    page = at(root=tmp_path)
    assert VI("to_act.head_no_cases", unit="Xã Lao Bảo") in words(page)
    assert VI("to_act.none") not in words(page)


def test_the_conclusions_of_a_meeting_come_back_at_the_next_one_and_stand_on_the_sheet(at: Any, drawn: DataDir) -> None:
    page = at()
    page.text_input(key=f"minutes_task_{m.LAO_BAO}_1").set_value("Trả hết hồ sơ quá hạn")
    page.selectbox(key=f"minutes_who_{m.LAO_BAO}_1").set_value("role:service_centre")
    page.date_input(key=f"minutes_until_{m.LAO_BAO}_1").set_value(date(2026, 11, 10))
    button = next(b for b in page.button if b.label == VI("to_act.minutes.keep"))
    button.click().run()
    again = at()
    assert again.text_input(key=f"minutes_task_{m.LAO_BAO}_1").value == "Trả hết hồ sơ quá hạn"
    sheet = "".join(x.proto.body for x in again.get("html"))
    assert "Trả hết hồ sơ quá hạn" in sheet and "10/11/2026" in sheet
    other = at("unit:19333")
    assert other.text_input(key=f"minutes_task_{m.DONG_HA}_1").value == ""


def test_a_conclusion_that_names_a_person_is_refused_in_words(at: Any, drawn: DataDir) -> None:
    page = at()
    page.text_input(key=f"minutes_task_{m.LAO_BAO}_2").set_value("Giao bà Hoa xử lý")
    next(b for b in page.button if b.label == VI("to_act.minutes.keep")).click().run()
    assert [e.value for e in page.error] == [VI("to_act.refused.name")]
    kept = work.prepare(store.open_store(drawn))
    viewer = guard.Viewer("unit", frozenset({m.LAO_BAO}))
    assert not [x for x in work.read_lines(kept, viewer, m.LAO_BAO) if isinstance(x, Line) and "Hoa" in x.conclusion]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_is_complete_in_both_languages(at: Any, lang: str) -> None:
    page = at(lang=lang)
    assert page.title[0].value == Text.of(lang)("page.to_act.title")
    if lang == "en":
        assert "Complaints past the time to be accepted or settled: 2" in titles(page)[0]


def test_rejected_rows_of_the_unit_s_own_file_open_with_their_reasons_and_no_value(at: Any, tmp_path: Path) -> None:
    sent = [{"dataset": d, "unit_id": m.LAO_BAO, "first_on": date(2026, 10, 1), "last_on": date(2026, 10, 31),
             "load_no": 1} for d in ("case", "case_step")]  # fmt: skip
    cases = [m.case(case_code="H-1", is_apology_exempt=True)]
    steps = [m.case_step(case_id="H-1", started_on=date(2026, 10, 12))]
    name = "20261121T093000Z-70ac73"
    world.publish(tmp_path, name, cases=cases, complaints=[], coverage=sent, fct_case_step=steps)
    folder = DataDir(tmp_path).loads / "0001"
    folder.mkdir(parents=True)
    (folder / "receipt.json").write_text(json.dumps({"file_name": "ho_so_2026.csv", "n_rejected": 2}), encoding="utf-8")
    page = at(root=tmp_path)
    assert titles(page) == [
        "1. 1 bước xử lý đã chờ lâu", "2. 2 dòng số liệu của đơn vị bị trả lại, chưa sửa",
    ]  # fmt: skip
    page.button(key="act_returned").click().run()
    rejected = frame(page, VI("column.reason"))
    assert list(rejected[VI("column.row")]) == [12, 13]
    assert "##/##/####" not in words(page) + rejected.to_string()
    page = at(root=tmp_path)
    page.button(key="act_step_wait").click().run()
    assert list(frame(page, VI("to_act.column.step_name"))[VI("column.case_code")]) == ["H-1"]
    (folder / ledger.WITHDRAWN).write_text("{}", encoding="utf-8")
    assert titles(at(root=tmp_path)) == ["1. 1 bước xử lý đã chờ lâu"], "a load that was withdrawn waits for nobody"


def test_steps_are_taken_away_as_any_list_is_and_it_is_noted(
    at: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [{"dataset": d, "unit_id": m.LAO_BAO, "first_on": date(2026, 10, 1), "last_on": date(2026, 10, 31),
             "load_no": 1} for d in ("case", "case_step")]  # fmt: skip
    cases = [m.case(case_code="H-1", is_apology_exempt=True)]
    steps = [m.case_step(case_id="H-1", started_on=date(2026, 10, 12))]
    name = "20261121T093000Z-70ac74"
    data_dir = world.publish(tmp_path, name, cases=cases, complaints=[], coverage=sent, fct_case_step=steps)
    trail = audit.prepare(store.open_store(data_dir))
    offered: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, **more: offered.update({more["key"]: data}))
    at(root=tmp_path).button(key="act_step_wait").click().run()
    sheet = openpyxl.load_workbook(BytesIO(offered["download_to-act-step_wait"]())).active
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert "Xã Lao Bảo" in cells and "H-1" in cells
    noted = [(e.action, e.details["list"], e.details["rows"]) for e in audit.entries(trail)]
    assert noted == [("list_viewed", "to-act-step_wait", 1), ("list_exported", "to-act-step_wait", 1)]
