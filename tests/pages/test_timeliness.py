"""The parts of the Timeliness page in both languages: each opens, and says what its analysis found."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.metrics import marts as m
from tests.ui import world
from ui.text import Text

PARTS = ("trend", "rules", "units", "pending", "mix")
MONTH = {"period": "2026-10", "unit": m.PROVINCE}


def words(page: Any) -> str:
    """Return all that a page says."""
    kinds = ("title", "header", "subheader", "caption", "markdown", "info", "warning")
    return " ".join(str(e.value) for kind in kinds for e in getattr(page, kind))


def opened(open_page: Any, part: str, **url: Any) -> Any:
    """Return the page with a part chosen."""
    page = open_page("timeliness", **url)
    page.segmented_control(key="timeliness_part").set_value(part).run()
    assert not page.exception and not page.error
    return page


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("unit", [m.PROVINCE, m.LAO_BAO])
def test_every_part_opens_in_both_languages(open_page: Any, lang: str, unit: str) -> None:
    page = open_page("timeliness", lang=lang, period="2026-10", unit=unit)
    for part in PARTS:
        page.segmented_control(key="timeliness_part").set_value(part).run()
        assert not page.exception and not page.error
        said = words(page)
        assert Text.of(lang)("control.census") in said
        if lang == "vi":
            shown = re.sub(r"`[^`]*`|\*\*", "", said)
            assert not re.search(r"\b(the|of|within|cases|limits|month|chart)\b", shown), shown


def test_the_page_opens_on_the_control_chart_with_its_verdict(open_page: Any) -> None:
    page = open_page("timeliness", **MONTH)
    assert "Tỷ lệ giải quyết đúng hạn 93,8 %, trong khoảng dao động bình thường" in words(page)
    assert "Tháng 10/2026: **93,8 % (75/80)**" in words(page)
    assert "So với 16 tháng gần đây, mức này nằm trong khoảng dao động bình thường." in words(page)
    assert "riêng ngẫu nhiên tạo ra khoảng" in words(page)
    assert len(page.get("plotly_chart")) == 1


def test_a_quarter_is_compared_with_the_one_before_and_its_months_are_charted(open_page: Any) -> None:
    said = words(open_page("timeliness", period="2026-Q3", unit=m.PROVINCE))
    assert "So với kỳ trước" in said and "Tháng 9/2026: **" in said


def test_limits_begin_anew_where_local_government_changed(open_page: Any) -> None:
    said = words(open_page("timeliness", **MONTH))
    assert "Giới hạn tính lại từ 01/07/2025: tổ chức chính quyền địa phương 2 cấp." in said


def test_a_commune_that_fell_is_of_concern(open_page: Any, tmp_path: Path) -> None:
    fallen = [
        m.case(received_on=c["received_on"], due_on=c["received_on"], completed_on=c["completed_on"])
        for c in world.cases()
        if c["unit_id"] == m.LAO_BAO and c.get("completed_on") and str(c["received_on"])[:7] == "2026-10"
    ]
    world.publish(tmp_path, "20261101T080000Z-abcdea", **world.tables(fallen))
    for lang, found in (("vi", "cần lưu ý"), ("en", "of concern")):
        page = open_page("timeliness", root=tmp_path, lang=lang, period="2026-10", unit=m.LAO_BAO)
        assert found in page.header[0].value


def test_three_rules_stand_side_by_side_with_what_each_lets_pass(open_page: Any, tmp_path: Path) -> None:
    day = date(2026, 10, 5)
    back = m.case(received_on=day, due_on=day, completed_on=date(2026, 10, 9), status="returned")
    world.publish(tmp_path, "20261103T080000Z-abcdec", **world.tables([back]))
    page = opened(open_page, "rules", root=tmp_path, **MONTH)
    said = words(page)
    assert "Tỷ lệ giải quyết đúng hạn (biểu II.06a): 93,8 % (76/81)" in said
    assert "vẫn tính là đạt: 1 hồ sơ trả lại, rút, từ chối sau ngày hẹn" in said
    assert "Quyết định 766" in said and "ngày hẹn đầu tiên" in said
    assert "tham khảo nội bộ" in said
    table = next(d.value for d in page.dataframe if "Vẫn tính là đạt" in d.value.columns)
    assert len(table) == 3


def test_without_a_portal_figure_the_page_says_what_to_load(open_page: Any) -> None:
    said = words(opened(open_page, "rules", **MONTH))
    assert "Chưa có số của Cổng Dịch vụ công quốc gia" in said and "official_score" in said


def test_units_stand_in_tiers_and_no_bare_rank_is_shown(open_page: Any) -> None:
    page = opened(open_page, "units", **MONTH)
    said = words(page)
    assert "So sánh theo số lượng hồ sơ" in said and "nhóm" in said
    assert not re.search(r"hạng \d+(?![\d–]| [%l])", said)


def test_the_parts_of_the_pending_add_up_to_it(open_page: Any) -> None:
    page = opened(open_page, "pending", **MONTH)
    assert "Đang giải quyết **7** hồ sơ" in words(page)
    table = next(d.value for d in page.dataframe if "Số hồ sơ" in d.value.columns)
    assert sum(int(n) for n in table["Số hồ sơ"]) == 7


def test_a_communes_mix_of_procedures_is_held_against_its_province(open_page: Any) -> None:
    said = words(opened(open_page, "mix", period="2026-Q3", unit=m.LAO_BAO))
    assert "số dự kiến theo cơ cấu thủ tục" in said or "Chưa so sánh được theo cơ cấu thủ tục" in said


def test_a_unit_that_sent_nothing_has_no_chart_and_says_so(open_page: Any, tmp_path: Path) -> None:
    none = [c for c in world.cases() if c["unit_id"] != m.DONG_HA]
    sent = [m.LAO_BAO, m.OLD_WHOLE, m.OLD_OTHER, m.OLD_SPLIT]
    world.publish(tmp_path, "20261102T080000Z-abcdeb", covered=sent, cases=none)
    page = open_page("timeliness", root=tmp_path, period="2026-10", unit=m.DONG_HA)
    assert not page.exception
    assert any("không có nghĩa là không phát sinh hồ sơ" in i.value for i in page.info)


def test_a_part_is_in_the_url_and_a_link_to_it_opens_it(open_page: Any) -> None:
    page = opened(open_page, "units", period="2026-10", unit=m.PROVINCE)
    assert page.query_params["part"] in ("units", ["units"])
    page.segmented_control(key="timeliness_part").set_value("trend").run()
    assert "part" not in page.query_params  # the first part is what a page opens with
    linked = open_page("timeliness", period="2026-10", unit=m.PROVINCE, part="rules")
    assert linked.segmented_control(key="timeliness_part").value == "rules"
    assert "Quyết định 766" in words(linked)
    odd = open_page("timeliness", period="2026-10", unit=m.PROVINCE, part="nonsense")
    assert odd.segmented_control(key="timeliness_part").value == "trend" and not odd.exception
