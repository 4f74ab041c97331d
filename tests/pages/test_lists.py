"""A list on the page: filtered, noted at, doubted; all of it is there again after a refresh."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from metrics.viewer import PROVINCE
from tests.metrics import marts as m
from tests.ui import world
from ui import guard
from ui.access import accounts, audit, opinions, work
from ui.access.store import Store, open_store
from ui.text import Text
from warehouse.paths import REPOSITORY, DataDir

CHAIR = "unit:19432"
METRIC = "settled_late"
VI = Text.of("vi")
EMPTY: dict[str, Any] = {"columns": [], "cells": []}
Opened = Callable[..., AppTest]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """The small world, for this file alone: it is written to."""
    return world.publish(tmp_path_factory.mktemp("lists"))


@pytest.fixture
def store(data_dir: DataDir) -> Store:
    """The store of what people write, empty at the start of each test."""
    for path in data_dir.root.glob("access.sqlite*"):
        path.unlink()
    return opinions.prepare(work.prepare(open_store(data_dir)))


@pytest.fixture
def opened(data_dir: DataDir, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Return a function that opens a page as somebody, in a new session."""

    def show(error: Exception) -> None:
        raise error

    monkeypatch.setattr(guard, "record", show)
    monkeypatch.setattr(guard, "account", lambda: None)  # an AppTest has no cookies
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(data_dir.root))
    monkeypatch.chdir(REPOSITORY)

    def page(name: str, role: str = CHAIR, **url: str) -> AppTest:
        app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        app.session_state[guard.AS] = role
        for key, value in {"period": "2026-10", "unit": m.LAO_BAO, **url}.items():
            app.query_params[key] = value
        app.run()
        return app.switch_page(f"pages/{name}.py").run()

    return page


def listed(app: AppTest, metric: str = METRIC) -> AppTest:
    """Open the list behind a figure."""
    app.button(key=f"cases_{metric}").click().run()
    assert not app.exception and not app.error
    return app


def frame(app: AppTest) -> Any:
    """Return the table of the open list."""
    return next(f for f in app.dataframe if {"Mã hồ sơ", "Mã đơn"} & set(f.value.columns))


def key_of(app: AppTest) -> str:
    """Return the key of the open list's table."""
    return str(frame(app).proto.id).split("-", 2)[2]


def again(app: AppTest, metric: str = METRIC) -> AppTest:
    """Run the page with the list still open: a browser runs the dialog alone, an AppTest all of the page."""
    return app.button(key=f"cases_{metric}").click().run()


def pick(app: AppTest, *rows: int, metric: str = METRIC) -> AppTest:
    """Pick rows of the open list."""
    app.session_state[key_of(app)] = {"selection": {"rows": list(rows), **EMPTY}}
    return again(app, metric)


def codes(app: AppTest) -> list[str]:
    return list(frame(app).value["Mã hồ sơ"])


def submit(app: AppTest, key: str) -> AppTest:
    """Send a form of the open list."""
    app.button(key=key).click()
    return again(app)


def test_a_chair_notes_at_two_rows_and_finds_it_again_in_a_new_session(opened: Opened, store: Store) -> None:
    app = pick(listed(opened("timeliness")), 0, 1)
    first = codes(app)[:2]
    app.selectbox(key=f"reason_{METRIC}").set_value("other_body")
    app.text_input(key=f"note_{METRIC}").set_value("Chờ trích đo")
    app.selectbox(key=f"owner_{METRIC}").set_value("role:economy")
    again(submit(app, f"save_{METRIC}"))
    assert not app.error and any("Đã lưu 2 dòng" in s.value for s in app.success)
    assert "Ghi nhận" in frame(app).value.columns, "the list that was open does not show what was just noted"
    found = frame(listed(opened("timeliness"))).value.set_index("Mã hồ sơ")
    assert list(found.loc[first, "Ghi nhận"]) == ["Chờ cơ quan khác phối hợp"] * 2
    assert list(found.loc[first, "Ghi chú xử lý"]) == ["Chờ trích đo"] * 2
    assert found["Ghi nhận"].notna().sum() == 2


def test_a_row_that_is_picked_shows_who_noted_what_and_when(opened: Opened, store: Store) -> None:
    first, second = codes(listed(opened("timeliness")))[:2]
    rows = [work.Row(m.LAO_BAO, first)]
    work.mark(store, PROVINCE, "unit:19432", "case", rows, reason="other_body", note="Chờ *trích đo*")
    work.clear(store, PROVINCE, "province", "case", rows)
    work.mark(store, PROVINCE, "unit:19432", "case", rows, owner="role:economy", due_on=date(2026, 11, 30))

    def history(*picked: int) -> list[str]:
        said = [x.value for x in pick(listed(opened("timeliness")), *picked).markdown]
        at = [i for i, words in enumerate(said) if "Lịch sử ghi nhận" in words]
        return said[at[0] : at[0] + 2] if at else []

    order = codes(listed(opened("timeliness")))
    title, told = history(order.index(first))
    assert first in title
    newest, cleared, oldest = told.splitlines()
    assert newest.startswith("- Xã Lao Bảo, ") and newest.endswith("; thời hạn 30/11/2026")
    assert "xóa ghi nhận" in cleared and "Xã Lao Bảo" not in cleared
    assert oldest.endswith("Chờ cơ quan khác phối hợp; Chờ \\*trích đo\\*")  # as written, no Markdown
    assert history(order.index(second)) == [] and history(order.index(first), order.index(second)) == []


def test_a_note_with_a_name_is_refused_in_words_and_nothing_is_kept(opened: Opened, store: Store) -> None:
    app = pick(listed(opened("timeliness")), 0)
    app.text_input(key=f"note_{METRIC}").set_value("Đã gọi bà Hoa")
    submit(app, f"save_{METRIC}")
    assert [e.value for e in app.error] == ["Ghi chú có tên người. Ghi chức vụ hoặc mã hồ sơ thay cho tên."]
    with store.reading() as con:
        assert con.execute("SELECT count(*) FROM row_mark").fetchone()[0] == 0


def test_a_filter_narrows_the_list_and_the_line_above_it_says_so(opened: Opened, store: Store) -> None:
    app = listed(opened("timeliness"))
    total = len(codes(app))
    app.multiselect(key=f"filter_field_name_{METRIC}").set_value(["Hộ tịch"])
    again(app)
    left = frame(app).value
    assert 0 < len(left) < total and set(left["Lĩnh vực"]) == {"Hộ tịch"}
    assert any(f"**{len(left)}** trong {total} dòng" in text.value for text in app.markdown)


def test_a_column_left_out_is_left_out_of_the_table(opened: Opened, store: Store) -> None:
    app = listed(opened("timeliness"))
    chosen = app.pills(key=f"columns_{METRIC}")
    chosen.set_value([c for c in chosen.value if c != "procedure_name"])
    again(app)
    assert "Thủ tục" not in frame(app).value.columns and "Lĩnh vực" in frame(app).value.columns


def test_the_province_reads_a_units_doubt_with_its_rows_and_answers_it(opened: Opened, store: Store) -> None:
    app = pick(listed(opened("timeliness")), 0)
    meant = codes(app)[0]
    app.text_input(key=f"doubt_words_{METRIC}_{m.LAO_BAO}").set_value("Hồ sơ này đã trả đúng hạn")
    again(submit(app, f"doubt_send_{METRIC}_{m.LAO_BAO}"))
    assert any("ý kiến số 1" in s.value for s in app.success)
    (held,) = opinions.seen_by(store, PROVINCE)
    assert held.codes == (meant,) and held.figure.snapshot == world.NAME and held.figure.period == "2026-10"
    page = opened("opinions", "province")
    assert not page.exception and not page.error
    assert any("Hồ sơ này đã trả đúng hạn" in x.value for x in page.markdown)
    assert any(meant in str(f.value) for f in page.dataframe)
    assert not any("unit:19432" in x.value for x in page.markdown), "who wrote it is said in words"
    page.text_input(key="answer_1").set_value("Đã yêu cầu sửa ngày kết thúc")
    page.button(key="close_1").click().run()
    chair = opened("opinions")
    assert any("Đã yêu cầu sửa ngày kết thúc" in x.value for x in chair.markdown)
    assert opinions.seen_by(store, PROVINCE)[0].state == "closed"
    assert not [b for b in chair.button if str(b.key).startswith(("close_", "answer_"))]


def test_a_unit_reads_no_doubt_of_another(opened: Opened, store: Store) -> None:
    figure = opinions.Figure(METRIC, m.DONG_HA, "2026-10", "calendar", world.NAME)
    opinions.raise_one(store, PROVINCE, "tinh", figure, "Xem lại số này", ["X-1"])
    said = " ".join(x.value for x in [*opened("opinions").markdown, *opened("opinions").info])
    assert "Xem lại" not in said and "Chưa có ý kiến nào" in said


def test_an_auditor_reads_a_list_and_takes_none_away(opened: Opened, store: Store) -> None:
    app = listed(opened("timeliness", "auditor"))
    assert len(codes(app)) and not [d for d in app.get("download_button") if METRIC in str(d.proto.id)]
    assert any("không tải về" in c.value for c in app.caption)
    assert not [b for b in app.button if str(b.key).startswith(("save_", "doubt_send_"))]


def test_opening_a_list_is_in_the_audit_trail_with_how_many_rows(opened: Opened, store: Store) -> None:
    n = len(codes(listed(opened("timeliness"))))
    (viewed,) = [e for e in audit.entries(store) if e.action == "list_viewed"]
    assert (viewed.details["rows"], viewed.details["unit"], viewed.who) == (n, m.LAO_BAO, CHAIR)


def test_an_export_is_in_the_audit_trail_when_it_is_made(
    opened: Opened, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, **more: offered.update({more["key"]: data}))
    listed(opened("timeliness"))
    assert "list_exported" not in [e.action for e in audit.entries(store)]
    assert offered[f"download_{METRIC}"]()[:2] == b"PK"
    assert audit.entries(store)[-1].action == "list_exported"


def test_letters_take_no_words(opened: Opened, store: Store) -> None:
    app = opened("complaints", period="2026-Q3")
    metric = next(str(b.key).removeprefix("cases_") for b in app.button if str(b.key).startswith("cases_"))
    listed(app, metric)
    pick(app, 0, metric=metric)
    assert app.selectbox(key=f"reason_{metric}") and not [t for t in app.text_input if t.key == f"note_{metric}"]


def test_nothing_is_made_on_disk_by_looking(opened: Opened, data_dir: DataDir) -> None:
    for path in Path(data_dir.root).glob("access.sqlite*"):
        path.unlink()
    listed(opened("timeliness"))
    assert not list(Path(data_dir.root).glob("access.sqlite*"))


def test_under_an_account_its_login_is_written_and_its_people_can_take_rows_on(
    opened: Opened, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.prepare(store)
    accounts.add(store, "quan.tri", "Quản trị", "administrator", None)
    accounts.add(store, "xa.laobao", "Văn phòng xã", "unit", None, ("19432",))
    accounts.add(store, "xa.khac", "Xã khác", "unit", None, ("19333",))
    signed_in = accounts.get(store, "xa.laobao")
    offered: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, **more: offered.update({more["key"]: data}))
    monkeypatch.setattr(guard, "account", lambda: signed_in)
    app = pick(listed(opened("timeliness")), 0)
    people = app.selectbox(key=f"owner_{METRIC}").options
    assert "Văn phòng xã (xa.laobao)" in people and not any("xa.khac" in one for one in people)
    app.selectbox(key=f"owner_{METRIC}").set_value("account:xa.laobao")
    again(submit(app, f"save_{METRIC}"))
    table = frame(app).value
    assert any(str(x).startswith("Văn phòng xã, ") for x in table["Người ghi, ngày"])
    monkeypatch.setattr(guard, "account", lambda: None)  # where a file is made no session can be asked
    for key, data in list(offered.items()):
        if key.startswith("download_"):
            data()
    noted = {e.action: e.who for e in audit.entries(store) if e.action.endswith(("exported", "viewed", "marked"))}
    assert noted == {
        "list_viewed": "xa.laobao", "rows_marked": "xa.laobao", "list_exported": "xa.laobao",
        "table_exported": "xa.laobao",
    }  # fmt: skip


def test_a_doubt_opens_the_snapshot_it_named_and_says_what_the_figure_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = "20261120T010000Z-d0d0d0", "20261121T020000Z-d0d0d1"
    world.publish(tmp_path, before)
    late = m.case(received_on=date(2026, 10, 1), due_on=date(2026, 10, 9), completed_on=date(2026, 10, 15))
    data_dir = world.publish(tmp_path, after, **world.tables([late]))
    store = opinions.prepare(work.prepare(open_store(data_dir)))
    figure = opinions.Figure(METRIC, m.LAO_BAO, "2026-10", "calendar", before)
    opinions.raise_one(store, PROVINCE, "tinh", figure, "Số này chưa đúng", [])
    monkeypatch.setattr(guard, "account", lambda: None)
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(REPOSITORY)

    def page() -> AppTest:
        app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        app.session_state[guard.AS] = CHAIR
        return app.run().switch_page("pages/opinions.py").run()

    assert any("là **4** (bản số liệu" in x.value and "là **5** (+1)" in x.value for x in page().markdown)
    opened = page().button(key="figure_1").click().run()
    assert opened.title[0].value == VI("page.timeliness.title")
    assert opened.query_params["asof"] == before
    assert any(f"theo bản số liệu {before}" in c.value for c in opened.caption)
    # when the snapshot is no longer kept that is said, and the figure of today is opened
    (tmp_path / "snapshots" / f"{before}.duckdb").unlink()
    gone = page()
    assert any(f"Bản số liệu {before} không còn được giữ" in x.value and "**5**" in x.value for x in gone.markdown)
    opened = gone.button(key="figure_1").click().run()
    assert "asof" not in opened.query_params and not opened.warning


def test_a_list_opened_again_is_filtered_and_sorted_as_it_was_left(opened: Opened, store: Store) -> None:
    app = listed(opened("timeliness"))
    app.multiselect(key=f"filter_field_name_{METRIC}").set_value(["Hộ tịch"])
    app.selectbox(key=f"order_{METRIC}").set_value("code")
    again(app)
    app.run()  # the dialog is closed: in a browser what stood in its boxes is forgotten then
    for box in (f"filter_field_name_{METRIC}", f"order_{METRIC}"):
        del app.session_state[box]
    assert not [f for f in app.dataframe if "Mã hồ sơ" in f.value.columns]
    listed(app)
    assert app.multiselect(key=f"filter_field_name_{METRIC}").value == ["Hộ tịch"]
    assert app.selectbox(key=f"order_{METRIC}").value == "code"
    assert set(frame(app).value["Lĩnh vực"]) == {"Hộ tịch"}
    # of another period it is another list
    app.run()
    app.selectbox(key="choose_period").set_value("2026-09").run()
    assert listed(app).multiselect(key=f"filter_field_name_{METRIC}").value == []


def test_a_list_opened_from_a_field_or_a_procedure_names_it_beside_unit_and_period(
    opened: Opened, store: Store
) -> None:
    app = opened("overview", "province", part="fields", field="Hộ tịch")
    app.button(key="cases_narrowed").click().run()
    (said,) = [x.value for x in app.markdown if re.match(r"\*\*\d+ dòng\*\*", x.value)]
    assert "Xã Lao Bảo" in said and said.index(" · Hộ tịch · Tháng 10/2026") > 0
    assert set(frame(app).value["Lĩnh vực"]) == {"Hộ tịch"}
    assert app.query_params["field"] == "Hộ tịch"  # and coming back the filter is kept
    app.run()
    assert app.selectbox(key="narrow_field").value == "Hộ tịch"
