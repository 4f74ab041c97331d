"""This period: what a chair reads of a month, at home and as a unit account; and that it prints."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from metrics.viewer import Viewer
from tests.metrics import marts as m
from tests.pages.test_pages import words
from tests.ui import world
from ui import guard
from ui.text import Text

HOME = {"period": "2026-10", "unit": m.LAO_BAO}
CHAIR = Viewer("unit", frozenset({m.LAO_BAO, m.OLD_WHOLE}), name="unit:19432")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The small world with steps of its settled cases of October, the late ones held up at one of them."""
    cases, steps = [], []
    for i in range(20):
        start = date(2026, 10, 1)
        end = date(2026, 10, 20 if i < 4 else 8)
        made = m.case(received_on=start, due_on=date(2026, 10, 9), completed_on=end, field_name="Đất đai",
                      procedure_code=f"1.00{i % 2}", procedure_name="Thủ tục thử")  # fmt: skip
        cases.append(made)
        steps.append(m.case_step(case_id=made["case_id"], started_on=start, ended_on=date(2026, 10, 2)))
        steps.append(
            m.case_step(case_id=made["case_id"], step_name="Trình ký", started_on=date(2026, 10, 2), ended_on=end)
        )
    root = tmp_path_factory.mktemp("busy")
    return world.publish(root, "20261121T093000Z-d00001", **world.tables(cases), fct_case_step=steps)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("unit", [m.LAO_BAO, m.DONG_HA, m.PROVINCE, m.OLD_DISTRICT, m.AGENCY])
def test_the_month_opens_for_every_kind_of_unit_in_both_languages(open_page: Any, unit: str, lang: str) -> None:
    page = open_page("this_period", lang=lang, period="2026-10", unit=unit)
    assert not page.exception
    assert page.title[0].value == Text.of(lang)("page.this_period.title")
    if lang == "vi":
        shown = re.sub(r"`[^`]*`|:[\w-]+:?(\[:[\w/]+:)?", " ", words(page))
        assert re.findall(r"\b(the|of|and|period|unit|cases?|late|target|tier|month|with)\b", shown, re.I) == []


def test_the_month_is_told_with_its_parts_its_verdict_and_its_history(open_page: Any) -> None:
    page = open_page("this_period", **HOME)
    said = words(page)
    assert "Xã Lao Bảo: tỷ lệ giải quyết đúng hạn tháng 10/2026 là **90,0 % (36/40)**" in said
    assert "nằm trong khoảng dao động bình thường" in said
    assert page.get("plotly_chart")


def test_the_page_opens_on_the_last_complete_month(open_page: Any) -> None:
    assert "tháng 10/2026 là **" in words(open_page("this_period", unit=m.LAO_BAO))


def test_the_survey_of_one_commune_is_read_by_the_year_with_its_number_of_people(open_page: Any) -> None:
    said = words(open_page("this_period", **HOME))
    assert "Khảo sát: năm dương lịch 2026" in said and "| Hài lòng chung với UBND xã, phường | " in said
    assert "(60 phiếu)" in said
    # the answers of the year are those of January to December, also where months run from the 15th to the 14th
    by_report = words(open_page("this_period", calendar="report", **HOME))
    assert "Khảo sát: năm dương lịch 2026" in by_report and "(60 phiếu)" in by_report


def test_the_meetings_lines_are_offered_for_a_body_and_not_for_the_province(open_page: Any) -> None:
    assert [b.label for b in open_page("this_period", **HOME).text_input] != []
    assert not open_page("this_period", period="2026-10", unit=m.PROVINCE).text_input


def months(page: Any) -> list[str]:
    return list(next(t.value for t in page.dataframe if "Giới hạn trên" in t.value.columns)["Kỳ"])


def test_history_of_an_old_commune_joins_only_where_all_of_it_became_this_one(open_page: Any, tmp_path: Path) -> None:
    assert months(open_page("this_period", **HOME))[0] == "07/2025"  # a part of another commune came to it too
    whole = [s for s in m.SUCCESSION if s["relation"] == "whole"]
    world.publish(tmp_path, "20261102T080000Z-d00003", unit_succession=whole)
    assert months(open_page("this_period", root=tmp_path, **HOME))[0] == "01/2025"


def test_what_calls_for_attention_stands_before_what_is_fine(open_page: Any) -> None:
    page = open_page("this_period", **HOME)
    listed = next(x.value for x in page.markdown if x.value.startswith("**!**"))
    signs = re.findall(r"^\*\*(.)\*\*", listed, re.M)
    assert signs == sorted(signs, key="!✓●".index) and "!" in signs
    assert "Hồ sơ đang giải quyết" in listed or "Đang giải quyết, quá hạn" in listed


def test_lateness_is_told_by_field_procedure_and_step(open_page: Any, busy: Any) -> None:
    said = words(open_page("this_period", busy.root, **HOME))
    assert "8 hồ sơ giải quyết quá hạn, nhiều nhất ở lĩnh vực đất đai (" in said
    assert "| Thủ tục | Đã giải quyết | Quá hạn | Quá hạn, dự kiến |" in said
    assert "tại bước **trình ký**, bình quân 12,0 so với 4,0 ngày làm việc" in said
    assert "của 20 trong 60 hồ sơ đã giải quyết" in said


def test_the_province_is_not_held_against_its_own_rates(open_page: Any, busy: Any) -> None:
    said = words(open_page("this_period", busy.root, period="2026-10", unit=m.PROVINCE))
    assert "| Thủ tục | Đã giải quyết | Quá hạn |" in said and "dự kiến" not in said


def test_without_steps_the_page_says_so(open_page: Any) -> None:
    assert "chưa có số liệu các bước xử lý" in words(open_page("this_period", **HOME))


def test_no_unit_has_a_bare_rank(open_page: Any) -> None:
    for unit in (m.LAO_BAO, m.PROVINCE):
        assert not re.search(r"hạng \d+(?![\d–]| [%l])", words(open_page("this_period", period="2026-10", unit=unit)))


def test_people_are_heard_on_the_same_page(open_page: Any) -> None:
    said = words(open_page("this_period", **HOME))
    assert "Ý kiến của người dân" in said
    assert "| Đơn khiếu nại nhận trong kỳ | 2 |" in said
    assert "tố cáo" not in said.lower()


def test_a_unit_account_sees_its_own_month_and_little_of_another(
    open_page: Any, busy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "identify", lambda: CHAIR)
    own = words(open_page("this_period", busy.root, **HOME))
    assert "tại bước **trình ký**" in own and "| Đơn khiếu nại nhận trong kỳ | 2 |" in own
    other = open_page("this_period", busy.root, period="2026-10", unit=m.DONG_HA)
    said = words(other)
    assert not other.exception
    assert "Theo bước: không hiển thị" in said
    assert not re.search(r"\| Đơn khiếu nại nhận trong kỳ \| \d", said)


def test_a_unit_that_sent_nothing_says_so_and_shows_no_zero(open_page: Any, tmp_path: Path) -> None:
    none = [c for c in world.cases() if c["unit_id"] != m.DONG_HA]
    sent = [m.LAO_BAO, m.OLD_WHOLE, m.OLD_OTHER, m.OLD_SPLIT]
    world.publish(tmp_path, "20261102T080000Z-d00002", covered=sent, cases=none)
    page = open_page("this_period", root=tmp_path, period="2026-10", unit=m.DONG_HA)
    assert not page.exception
    said = words(page)
    assert "không có nghĩa là không phát sinh" in said and "Chưa có số liệu: " in said
    assert "không có.\n" not in said
