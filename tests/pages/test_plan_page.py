"""Targets and events on their page: set with what will change said before, seen by whom they may be, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metrics.analysis.events import Event
from metrics.plan import Target
from metrics.viewer import PROVINCE, Viewer
from tests.metrics import marts as m
from tests.ui import world
from ui import guard, planned
from ui.access import annotations as noted
from ui.access import audit, targets
from ui.access.store import Store, open_store
from warehouse.paths import REPOSITORY, DataDir

CHAIR = "unit:19432"
LAO_BAO = Viewer("unit", frozenset({m.LAO_BAO}), name=CHAIR)
Opened = Callable[..., AppTest]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """The small world, for this file alone: it is written to."""
    return world.publish(tmp_path_factory.mktemp("plan"))


@pytest.fixture
def store(data_dir: DataDir, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store of what people write, empty at the start of each test."""
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    for path in data_dir.root.glob("access.sqlite*"):
        path.unlink()
    return planned.prepare(open_store(data_dir))


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

    def page(name: str = "plan", role: str = "province", **url: str) -> AppTest:
        app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        app.session_state[guard.AS] = role
        for key, value in {"period": "2026-10", "unit": m.LAO_BAO, **url}.items():
            app.query_params[key] = value
        app.run()
        return app.switch_page(f"pages/{name}.py").run()

    return page


def said(app: AppTest) -> str:
    """Return all that the page says in words."""
    kinds = ("markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(x.value) for kind in kinds for x in getattr(app, kind))


def field(app: AppTest, kind: str, key: str) -> Any:
    """Return a field of a form by the beginning of its key."""
    return next(x for x in getattr(app, kind) if str(x.key).startswith(key))


def listed(app: AppTest, column: str = "Mức") -> Any:
    return next(f.value for f in app.dataframe if column in f.value.columns)


def choose_target(app: AppTest, value: float = 97.0, document: str = "") -> AppTest:
    """Fill in a target of the on-time rate for the unit of the page, from November on."""
    field(app, "selectbox", "target_metric").set_value("on_time_rate").run()
    field(app, "number_input", "target_value").set_value(value)
    if document:
        field(app, "text_input", "target_document").set_value(document)
    return app.run()


def test_a_target_is_previewed_set_shown_with_who_and_undone(opened: Opened, store: Store) -> None:
    app = choose_target(opened(), document="Kế hoạch 45/KH-UBND")
    assert "Tỷ lệ giải quyết đúng hạn, xã Lao Bảo, từ 01/11/2026: chưa có chỉ tiêu → **97,0 %**." in said(app)
    assert targets.seen_by(store, PROVINCE) == [], "a preview keeps nothing"
    app.button(key="target_set").click().run()
    assert not app.exception and [s.value for s in app.success] == ["Đã đặt chỉ tiêu số 1."]
    row = listed(app).query("`Nguồn` == 'Tỉnh ghi trên trang này'").iloc[0]
    assert [row[c] for c in ("Áp dụng cho", "Mức", "Đơn vị tính", "Văn bản", "Xác nhận", "Người ghi")] == [
        "Xã Lao Bảo", 97.0, "%", "Kế hoạch 45/KH-UBND", "Có văn bản", "Chuyên viên tỉnh",
    ]  # fmt: skip
    app.button(key="undo_target").click().run()
    assert [s.value for s in app.success] == ["Đã rút chỉ tiêu số 1."] and targets.standing(store, PROVINCE) == ()
    app.button(key="undo_target").click().run()
    assert [t.value for t in targets.standing(store, PROVINCE)] == [0.97]
    assert [e.action for e in audit.entries(store)] == ["target_set", "target_withdrawn", "target_restored"]
    assert list(listed(app, "Việc")["Việc"]) == ["Khôi phục", "Rút", "Ghi"]


def test_the_preview_says_what_was_before_and_that_no_document_means_unconfirmed(opened: Opened, store: Store) -> None:
    targets.add(store, PROVINCE, "lan", Target("on_time_rate", "commune", "", 0.95, date(2026, 1, 1)))
    app = choose_target(opened())
    assert "95,0 % → **97,0 %**" in said(app) and "hiển thị là chưa xác nhận" in said(app)


def test_a_note_with_a_name_is_refused_in_words_and_nothing_is_kept(opened: Opened, store: Store) -> None:
    app = choose_target(opened(), document="theo bà Hoa")
    app.button(key="target_set").click().run()
    assert "tên người" in app.error[0].value and targets.seen_by(store, PROVINCE) == []


def test_no_neutral_metric_and_no_survey_of_papis_questions_is_offered_for_a_target(
    opened: Opened, store: Store
) -> None:
    labels = field(opened(), "selectbox", "target_metric").options
    assert "Tỷ lệ giải quyết đúng hạn" in labels
    assert not [x for x in labels if "khiếu nại nhận" in x.lower() or "PAPI" in x or ("766" in x and "điểm" in x)]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("part", ["targets", "events"])
@pytest.mark.parametrize("role", ["province", "auditor", CHAIR])
def test_each_part_opens_in_both_languages_for_each_role_and_only_writers_get_a_form(
    opened: Opened, store: Store, role: str, part: str, lang: str
) -> None:
    app = opened(role=role, lang=lang, part=part)
    assert not app.exception and not app.error
    has_form = any(str(x.key).startswith((f"{part[:-1]}_metric",)) for x in app.selectbox)
    assert has_form == (role == "province" or (role == CHAIR and part == "events"))
    origin = listed(app, "Nguồn" if lang == "vi" else "Source")["Nguồn" if lang == "vi" else "Source"]
    assert "Tệp tham chiếu" in set(origin) or "Reference file" in set(origin)


def test_a_viewer_has_no_such_page(opened: Opened, store: Store) -> None:
    assert "plan" not in guard.PAGES["viewer"]


def test_a_chart_leads_here_with_metric_unit_and_day_and_the_event_shows_on_it(opened: Opened, store: Store) -> None:
    app = opened(part="events", metric="on_time_rate", day="2026-03-15")
    assert str(field(app, "date_input", "event_day").value) == "2026-03-15"
    field(app, "text_input", "event_words").set_value("Quy trình mới")
    field(app, "checkbox", "event_rebases").set_value(True).run()
    assert "Mốc ngày 15/03/2026 hiển thị trên biểu đồ của tỷ lệ giải quyết đúng hạn, xã Lao Bảo." in said(app)
    assert "tính lại từ tháng 04/2026 khi đủ 12 tháng số liệu; nay có 7 tháng" in said(app)
    app.button(key="event_set").click().run()
    assert [s.value for s in app.success] == ["Đã ghi mốc số 1."] and "day" not in app.query_params
    (event,) = noted.standing(store, PROVINCE)
    assert (event.metric, event.unit_id, event.rebases) == ("on_time_rate", m.LAO_BAO, True)
    timeliness = opened("timeliness")
    assert "15/03/2026: Quy trình mới; chưa đủ 12 tháng" in said(timeliness)


def test_a_chairs_own_event_changes_no_limits_and_shows_to_the_commune_and_the_province_alone(
    opened: Opened, store: Store
) -> None:
    app = opened(role=CHAIR, part="events", day="2026-03-15")
    assert not [x for x in app.checkbox if str(x.key).startswith("event_rebases")]
    field(app, "text_input", "event_words").set_value("Sửa trụ sở").run()
    app.button(key="event_set").click().run()
    assert not app.exception and [s.value for s in app.success] == ["Đã ghi mốc số 1."]
    shown = {
        role: "Sửa trụ sở" in said(opened("timeliness", role, unit=m.LAO_BAO))
        for role in ("province", CHAIR, "auditor", "viewer", "unit:19333")
    }
    assert shown == {"province": True, CHAIR: True, "auditor": False, "viewer": False, "unit:19333": False}
    told = {
        role: list(listed(opened(role=role, part="events"), "Nội dung")["Nội dung"])
        for role in shown
        if role != "viewer"
    }
    assert {role for role, words in told.items() if "Sửa trụ sở" in words} == {"province", CHAIR}


def test_a_target_moves_the_line_of_the_chart_at_the_next_click_and_says_who_set_it(
    opened: Opened, store: Store
) -> None:
    assert "Chỉ tiêu 99,0 %" not in said(opened("timeliness"))
    new = Target("on_time_rate", "commune", m.LAO_BAO, 0.99, date(2026, 10, 1), source="45/KH-UBND")
    number = targets.add(store, PROVINCE, "so.noi.vu", new)
    words = "Chỉ tiêu 99,0 % do so.noi.vu đặt ngày 21/11/2026, áp dụng từ 01/10/2026, căn cứ 45/KH-UBND."
    assert words in said(opened("timeliness")) and words in said(opened("timeliness", CHAIR))
    targets.withdraw(store, PROVINCE, "so.noi.vu", number)
    assert words not in said(opened("timeliness"))


def test_another_units_target_is_not_told_to_a_chair(opened: Opened, store: Store) -> None:
    targets.add(store, PROVINCE, "lan", Target("on_time_rate", "commune", m.DONG_HA, 0.912, date(2026, 10, 1)))
    targets.add(store, PROVINCE, "lan", Target("on_time_rate", "commune", m.LAO_BAO, 0.923, date(2026, 10, 1)))
    assert set(listed(opened())["Mức"]) >= {91.2, 92.3}
    chair = set(listed(opened(role=CHAIR))["Mức"])
    assert 92.3 in chair and 91.2 not in chair


def test_the_list_is_filtered_by_what_it_holds(opened: Opened, store: Store) -> None:
    for value in (0.9, 0.91):
        targets.add(store, PROVINCE, "lan", Target("online_rate", "commune", m.LAO_BAO, value, date(2026, 10, 1)))
    targets.withdraw(store, PROVINCE, "lan", 1)
    app = opened()
    app.multiselect(key="target_filter_state").set_value(["withdrawn"]).run()
    assert list(listed(app)["Mức"]) == [90.0] and list(listed(app)["Tình trạng"]) == ["Đã rút"]
    app.multiselect(key="target_filter_metric").set_value(["on_time_rate"]).run()
    assert "Không có dòng nào theo điều kiện lọc." in said(app)


def test_what_somebody_withdrew_is_restored_from_the_list(opened: Opened, store: Store) -> None:
    noted.add(store, PROVINCE, "lan", Event(date(2026, 3, 1), (("vi", "Phần mềm mới"),)))
    app = opened(part="events")
    for state, expected in (("Đã rút mốc số 1.", 0), ("Đã khôi phục mốc số 1.", 1)):
        field(app, "selectbox", "event_turn").set_value(1).run()
        app.button(key="event_turn_now").click().run()
        assert [s.value for s in app.success] == [state] and len(noted.standing(store, PROVINCE)) == expected


def test_a_unit_is_offered_only_its_own_events_to_withdraw(opened: Opened, store: Store) -> None:
    noted.add(store, PROVINCE, "lan", Event(date(2026, 3, 1), (("vi", "Phần mềm mới"),)))
    assert not [x for x in opened(role=CHAIR, part="events").selectbox if str(x.key).startswith("event_turn")]
    noted.add(store, LAO_BAO, "xa", Event(date(2026, 4, 1), (("vi", "Sửa trụ sở"),), unit_id=m.LAO_BAO, rebases=False))
    turn = field(opened(role=CHAIR, part="events"), "selectbox", "event_turn")
    assert len(turn.options) == 1 and "Sửa trụ sở" in turn.options[0]
