"""Every page in both languages: it opens, says what it must, and prints the numbers that `ask` gives."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metrics import answer, catalogue
from metrics.model import Query
from metrics.viewer import PROVINCE
from tests.metrics import marts as m
from tests.ui import world
from ui import figures, guard, numbers, sentences
from ui.text import Text
from warehouse.paths import REPOSITORY, DataDir
from warehouse.snapshots import Pool

PAGES = tuple(sorted(guard.PAGES["province"]))
MONTH = {"period": "2026-10", "unit": m.PROVINCE}


def words(page: Any) -> str:
    """Return all that a page says, metrics and buttons included."""
    parts = [
        x.value
        for kind in ("title", "header", "markdown", "caption", "info", "success", "warning")
        for x in getattr(page, kind)
    ]
    parts += [f"{x.label} {x.value}" for x in page.metric] + [x.label for x in page.button]
    return "\n".join(map(str, parts))


def frame(page: Any, column: str) -> Any:
    """Return the table that has this column."""
    return next(t.value for t in page.dataframe if column in t.value.columns)


def asked(data_dir: DataDir, metric: str, **changes: Any) -> Any:
    query = Query((metric,), level="province", unit=m.PROVINCE, period="2026-10").at(**changes)
    return answer.ask(query, PROVINCE, Pool(data_dir).at()).rows[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_under_its_name_in_both_languages(open_page: Any, name: str, lang: str) -> None:
    page = open_page(name, lang=lang, **MONTH)
    assert not page.exception
    assert page.title[0].value == Text.of(lang)(f"page.{name}.title")


@pytest.mark.parametrize("name", [n for n in PAGES if n != "guide"])  # which shows no figure
def test_sample_data_are_labelled_on_every_page(open_page: Any, name: str) -> None:
    assert "Dữ liệu minh họa" in words(open_page(name, **MONTH))
    assert "Dữ liệu minh họa" in words(open_page(name, lang="en", **MONTH))


@pytest.mark.parametrize("name", PAGES)
def test_a_vietnamese_page_has_no_english_words(open_page: Any, name: str) -> None:
    page = open_page(name, **MONTH)
    said = re.sub(r"`[^`]*`|:[\w-]+:?(\[:[\w/]+:)?|ho_so_2026\.csv", " ", words(page))
    said += " ".join(x.label for x in page.selectbox)
    english = re.findall(
        r"\b(the|of|and|period|unit|cases?|download|data|choose|rows?|not|survey|month|with)\b", said, re.I
    )
    assert english == []


@pytest.mark.parametrize(
    ("name", "metrics"),
    [
        ("overview", ("on_time_rate", "settled", "pending_overdue", "online_rate")),
        ("timeliness", ("on_time_rate", "settled_late", "pending_overdue", "processing_days_median")),
        ("complaints", ("complaints_received", "petitions_received", "feedback_received", "complaint_backlog")),
        ("survey", ("survey_total", "satisfaction_rate")),
    ],
)
def test_the_cards_print_the_numbers_of_ask(
    open_page: Any, published: DataDir, name: str, metrics: tuple[str, ...]
) -> None:
    shown = {x.label: x.value for x in open_page(name, **MONTH).metric}
    for metric in metrics:
        definition, row = catalogue.metric(metric), asked(published, metric)
        assert row.value is not None
        assert shown[definition.label["vi"]] == figures.value_text(definition, row, "vi")


def test_the_overview_says_the_rate_with_its_parts(open_page: Any, published: DataDir) -> None:
    row = asked(published, "on_time_rate")
    assert (row.numerator, row.denominator) == (75, 80)  # 4 of 40 late in Lao Bảo, 1 of 40 in Đông Hà
    assert f"**{numbers.share(row.value, 75, 80)}**" in words(open_page("overview", **MONTH))


def test_a_commune_a_former_district_and_a_province_can_each_be_chosen(open_page: Any, published: DataDir) -> None:
    for unit, level, name in (
        (m.LAO_BAO, "commune", "Xã Lao Bảo"),
        (m.OLD_DISTRICT, "district", "Địa bàn huyện Hướng Hóa (trước 01/7/2025)"),
        (m.PROVINCE, "province", "Tỉnh Quảng Trị"),
    ):
        page = open_page("overview", period="2026-10", unit=unit)
        assert not page.exception
        row = asked(published, "settled", level=level, unit=unit)
        assert {x.label: x.value for x in page.metric}["Đã giải quyết"] == numbers.integer(row.value)
        assert name in words(page)


def test_a_unit_that_did_not_exist_then_offers_those_it_came_from(open_page: Any) -> None:
    page = open_page("overview", period="2025-03", unit=m.LAO_BAO)
    assert "thành lập ngày 01/07/2025" in page.info[0].value
    assert "Thị trấn Lao Bảo" in [b.label for b in page.button]
    assert not page.metric


def test_a_former_unit_answers_for_its_own_time(open_page: Any) -> None:
    page = open_page("timeliness", period="2025-03", unit=m.OLD_WHOLE)
    assert not page.exception
    assert {x.label: x.value for x in page.metric}["Tỷ lệ giải quyết đúng hạn"] == "90,0 %"


@pytest.mark.parametrize("period", ["2026-Q3", "2026-H1", "2026-9M", "2025", "2026-10-YTD", "2025-07"])
@pytest.mark.parametrize("calendar", ["calendar", "report"])
def test_any_period_of_both_calendars_can_be_opened(open_page: Any, period: str, calendar: str) -> None:
    for name in ("overview", "timeliness", "complaints"):
        page = open_page(name, period=period, calendar=calendar, unit=m.PROVINCE)
        assert not page.exception
        assert f"{period}" in page.query_params["period"]
        assert page.metric


def test_nonsense_in_the_url_falls_back_and_never_fails(open_page: Any) -> None:
    page = open_page("overview", period="soon", unit="x'; DROP", lang="xx", level="?", calendar="lunar", asof="nothing")
    assert not page.exception
    assert {x.label: x.value for x in page.metric}["Đã giải quyết"] == "80"


def test_the_language_can_be_switched_and_the_unit_stays(open_page: Any) -> None:
    page = open_page("overview", period="2026-10", unit=m.DONG_HA)
    page.selectbox(key="choose_lang").select("en").run()
    assert page.title[0].value == "Overview"
    assert page.query_params["unit"] in (m.DONG_HA, [m.DONG_HA])
    page.switch_page("pages/timeliness.py").run()
    assert page.title[0].value == "Timeliness"
    assert "Phường Đông Hà" in words(page)


def test_the_list_behind_a_number_has_as_many_rows_as_the_number_says(open_page: Any) -> None:
    page = open_page("overview", **MONTH)
    page.button(key="cases_settled").click().run()
    assert not page.exception
    assert "**80 dòng**" in words(page)
    assert len(frame(page, "Mã hồ sơ")) == 80


def test_the_definition_is_one_click_away(open_page: Any) -> None:
    page = open_page("timeliness", **MONTH)
    page.button(key="definition_on_time_rate").click().run()
    said = words(page)
    assert "Thông tư 01/2020/TT-VPCP" in said and "Wilson, 95 %" in said and "`on_time_rate`" in said


def test_denunciations_are_counts_per_quarter_without_a_list(open_page: Any) -> None:
    page = open_page("complaints", **MONTH)
    assert "Đơn tố cáo: 1 đơn trong quý IV/2026" in words(page)
    assert not [b for b in page.button if "denunciation" in str(b.key)]


def test_survey_figures_have_no_list_and_are_not_called_papi(open_page: Any) -> None:
    page = open_page("survey", **MONTH)
    assert not [b for b in page.button if str(b.key).startswith("cases_")]
    assert "không phải kết quả PAPI" in words(page)


def test_read_is_accepted_plus_rejected_on_the_data_page(open_page: Any) -> None:
    page = open_page("data", **MONTH)
    assert "đọc **1.767** dòng: **1.765** dòng hợp lệ, **2** dòng bị loại" in words(page)


def test_a_closed_snapshot_lists_the_figures_that_differ_since(open_page: Any, tmp_path: Path) -> None:
    closed, now = "20261101T080000Z-aaaaaa", "20261121T093000Z-bbbbbb"
    data_dir = world.publish(tmp_path, closed, is_current=False)
    late = m.case(received_on=date(2026, 10, 1), due_on=date(2026, 10, 5), completed_on=date(2026, 10, 9))
    world.publish(tmp_path, now, **world.tables([late]))
    (data_dir.root / "closed.json").write_text(
        f'[{{"label": "BC tháng 10", "snapshot": "{closed}", "who": "a", "closed_at": "2026-11-01T08:00:00"}}]'
    )
    page = open_page("data", root=tmp_path, **MONTH)
    page.segmented_control(key="section").set_value("closed").run()
    assert not page.exception
    table = frame(page, "Khi chốt")
    changed = {(r["Đơn vị"], r["Chỉ số"]): (r["Khi chốt"], r["Hiện hành"]) for r in table.to_dict("records")}
    assert changed["Xã Lao Bảo", "Đã giải quyết"] == ("40", "41")
    assert ("Phường Đông Hà", "Đã giải quyết") not in changed
    page = open_page("overview", root=tmp_path, asof="BC tháng 10", **MONTH)
    assert {x.label: x.value for x in page.metric}["Đã giải quyết"] == "80"
    assert {x.label: x.value for x in open_page("overview", root=tmp_path, **MONTH).metric}["Đã giải quyết"] == "81"


def test_a_new_publish_is_picked_up_without_a_restart(open_page: Any, tmp_path: Path) -> None:
    world.publish(tmp_path, "20261101T080000Z-aaaaaa")
    page = open_page("overview", root=tmp_path, **MONTH)
    assert {x.label: x.value for x in page.metric}["Đã giải quyết"] == "80"
    more = [m.case(received_on=date(2026, 10, 1), completed_on=date(2026, 10, 2))]
    world.publish(tmp_path, "20261102T080000Z-bbbbbb", **world.tables(more))
    page.run()
    assert {x.label: x.value for x in page.metric}["Đã giải quyết"] == "81"


def test_without_a_snapshot_the_page_says_what_to_do(open_page: Any, tmp_path: Path) -> None:
    page = open_page("overview", root=tmp_path)
    assert not page.exception
    assert "gandan load" in page.info[0].value


def test_units_that_sent_nothing_are_named_and_not_zero(open_page: Any, tmp_path: Path) -> None:
    here = [c for c in world.cases() if c["unit_id"] != m.DONG_HA]
    world.publish(
        tmp_path, "20261103T080000Z-cccccc", covered=[m.LAO_BAO, m.OLD_WHOLE, m.OLD_OTHER, m.OLD_SPLIT], cases=here
    )
    page = open_page("overview", root=tmp_path, **MONTH)
    assert "01 đơn vị cấp xã chưa gửi: phường Đông Hà" in words(page)
    page = open_page("overview", root=tmp_path, period="2026-10", unit=m.DONG_HA)
    assert {x.label: x.value for x in page.metric}["Đã giải quyết"] == "–"


def test_a_commune_is_compared_with_its_province_and_not_with_itself(open_page: Any) -> None:
    # Each commune was once compared with the chosen commune's own rate: 73 of 78 looked better than the whole.
    said = words(open_page("overview", period="2026-Q3", unit=m.LAO_BAO))
    assert "**90,0 % (108/120)**" in said  # its own figure
    assert "mức chung 93,8 %" in said  # (108 + 117) / 240


def test_reasons_for_rejection_are_words_and_not_codes(open_page: Any, tmp_path: Path) -> None:
    rejects = [{"load_no": 1, "file_name": "a.csv", "sheet": "", "row": 2, "column": "x", "reason": "missing_date"}]
    world.publish(tmp_path, "20261104T080000Z-dddddd", reject=rejects)
    page = open_page("data", root=tmp_path, **MONTH)
    page.segmented_control(key="section").set_value("rejects").run()
    said = "Thiếu ngày bắt buộc (như ngày tiếp nhận). Bổ sung ngày ở nguồn rồi xuất lại."
    assert list(frame(page, "Số dòng")["Lý do"]) == [said]


@pytest.mark.parametrize("level", ["district", "agency", "cluster"])
def test_other_levels_can_be_compared(open_page: Any, level: str) -> None:
    page = open_page("overview", level=level, **MONTH)
    assert not page.exception
    assert page.query_params["level"] in (level, [level])


def test_boundary_files_are_offered_where_the_data_folder_has_them(open_page: Any, published: DataDir) -> None:
    assert not [c for c in open_page("overview", **MONTH).segmented_control if c.key == "narrow_map"]
    square = {"type": "Polygon", "coordinates": [[[106, 16], [106, 17], [107, 17], [106, 16]]]}
    features = [{"type": "Feature", "id": code, "properties": {}, "geometry": square} for code in ("19432", "19333")]
    file = published.root / "boundaries" / "44.geojson"
    file.parent.mkdir()
    try:
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        page = open_page("overview", **MONTH)
        page.segmented_control(key="narrow_map").set_value("boundaries").run()
        assert not page.exception and page.query_params["map"] == "boundaries"
        spec = json.loads(page.get("plotly_chart")[0].proto.spec)
        assert len(spec["data"][0]["geojson"]["features"]) == 2
        file.write_text("{")
        broken = open_page("overview", map="boundaries", **MONTH)
        assert "Không đọc được tệp địa giới 44.geojson" in broken.warning[0].value
        assert json.loads(broken.get("plotly_chart")[0].proto.spec)["data"][0]["type"] == "bar"  # the tiles
    finally:
        file.unlink()
        file.parent.rmdir()


def test_an_error_on_a_page_is_said_in_words_and_logged_without_its_values(
    open_page: Any, published: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the fixture lets errors through; here they are to be caught
    monkeypatch.setenv("GANDAN_DATA_DIR", str(published.root))
    monkeypatch.chdir(REPOSITORY)

    def broken(*_: Any) -> str:
        raise ValueError("Nguyễn Văn A, 0912345678")

    monkeypatch.setattr(sentences, "rate", broken)
    for lang, said in (("vi", "Không hiển thị được phần này"), ("en", "This part cannot be shown")):
        page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=30)
        page.query_params["lang"] = lang
        page.run()
        page.switch_page("pages/overview.py").run()
        assert not page.exception
        assert said in page.error[0].value and "log/gandan.log" in page.error[0].value
        assert page.title[0].value == Text.of(lang)("page.overview.title")
    logged = (published.logs / "gandan.log").read_text(encoding="utf-8")
    assert "ValueError at" in logged and "pages/overview.py" in logged
    assert "0912345678" not in logged and "Nguyễn" not in logged


def test_a_stop_of_a_page_is_not_taken_for_an_error(open_page: Any) -> None:
    page = open_page("overview", period="2025-03", unit=m.LAO_BAO)  # the page stops: the unit did not exist
    assert not page.error and page.info


def test_units_too_small_and_units_that_sent_nothing_are_counted_and_named_apart(
    open_page: Any, tmp_path: Path
) -> None:
    few = [c for i, c in enumerate(world.cases()) if c["unit_id"] != m.DONG_HA or i % 40 == 1]
    world.publish(tmp_path, "20261105T080000Z-eeeeee", cases=few)
    assert "1 đơn vị ít hồ sơ, không đánh giá (phường Đông Hà)" in words(open_page("overview", root=tmp_path, **MONTH))
    none = [c for c in world.cases() if c["unit_id"] != m.DONG_HA]
    sent = [m.LAO_BAO, m.OLD_WHOLE, m.OLD_OTHER, m.OLD_SPLIT]
    world.publish(tmp_path, "20261106T080000Z-ffffff", covered=sent, cases=none)
    said = words(open_page("overview", root=tmp_path, **MONTH))
    assert "1 đơn vị chưa gửi số liệu (phường Đông Hà)" in said and "ít hồ sơ, không" not in said


def test_the_survey_opens_on_the_last_month_that_has_one_and_other_pages_keep_theirs(
    open_page: Any, tmp_path: Path
) -> None:
    answers = [{**a, "answered_on": date(2026, 8, 20)} for a in world.survey()["answers"]]
    world.publish(tmp_path, "20261107T080000Z-aaaaaa", answers=answers)
    page = open_page("survey", root=tmp_path, unit=m.PROVINCE)
    assert page.selectbox(key="choose_period").value == "2026-08"
    assert "**120** phiếu" in words(page)
    page.run()
    assert page.selectbox(key="choose_period").value == "2026-08"
    page.switch_page("pages/overview.py").run()
    assert page.selectbox(key="choose_period").value == "2026-10"
    page.switch_page("pages/survey.py").run()
    page.selectbox(key="choose_period").select("2026-10").run()
    assert page.selectbox(key="choose_period").value == "2026-10"
    chosen = open_page("survey", root=tmp_path, unit=m.PROVINCE, period="2026-10")
    assert chosen.selectbox(key="choose_period").value == "2026-10"
    assert "Xem tháng 8/2026" in [b.label for b in chosen.button]


def test_layouts_go_by_their_titles_and_rejects_can_be_chosen_by_file(open_page: Any, tmp_path: Path) -> None:
    loads = [
        {**world.tables()["load"][0], "load_no": n, "file_name": f"{n}.csv", "layout": "onestop-name"} for n in (1, 2)
    ]
    rejects = [{**world.tables()["reject"][0], "load_no": n, "file_name": f"{n}.csv", "row": n} for n in (1, 2)]
    world.publish(tmp_path, "20261108T080000Z-bbbbbb", load=loads, reject=rejects)
    for load in loads:
        folder = tmp_path / "loads" / f"{load['load_no']:06d}"
        folder.mkdir(parents=True)
        (folder / "receipt.json").write_text(json.dumps(load, default=str))
    page = open_page("data", root=tmp_path, part="history", **MONTH)
    assert set(frame(page, "Mẫu tệp")["Mẫu tệp"]) == {"Bản xuất từ hệ thống một cửa, theo tên đơn vị"}
    page.segmented_control(key="section").set_value("rejects").run()
    assert len(frame(page, "Dạng giá trị")) == 2
    page.selectbox(key="reject_file_name").select("2.csv").run()
    assert list(frame(page, "Dạng giá trị")["Dòng"]) == [2]


def test_a_definition_is_in_words_and_its_sql_lies_in_a_closed_box(open_page: Any) -> None:
    page = open_page("overview", **MONTH)
    page.button(key="definition_on_time_rate").click().run()
    said = next(x.value for x in page.markdown if "Mẫu số" in x.value)
    assert "75" in said and "Thông tư 01/2020/TT-VPCP" in said and "chưa xác nhận" in said
    assert "không phải mẫu" in said and "settled_class" not in said
    assert [e.label for e in page.expander if "truy vấn" in e.label]
