"""The survey page says what the answers say, in both languages, and no more than the sample allows."""

from __future__ import annotations

import doctest
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metrics import catalogue
from metrics.answer import ask
from metrics.model import Query
from metrics.viewer import Viewer
from tests.metrics import marts as m
from tests.ui import world
from ui import survey, survey_units
from ui.text import Text
from warehouse.paths import DataDir

MONTH = {"period": "2026-10", "unit": m.PROVINCE}
SUBTITLE = "Khảo sát do tỉnh tổ chức, tham khảo bộ câu hỏi PAPI; không phải kết quả PAPI"


def said(page: AppTest) -> str:
    """Return what a page prints outside of its charts and tables."""
    return " ".join(
        str(x.value)
        for kind in ("title", "header", "subheader", "markdown", "caption", "info")
        for x in getattr(page, kind)
    )


def user(i: int, unit: str, **scores: float) -> list[dict[str, Any]]:
    """Return the answers of one service user; names of items are given as F01=…, HL01=…."""
    return [
        m.answer(respondent_id=f"U{unit}{i}", unit_id=unit, item_id=item, scale_score=score, population="user",
                 is_top_two=score >= 0.75)
        for item, score in scores.items()
    ]  # fmt: skip


def answers(n_apologies: int = 40) -> list[dict[str, Any]]:
    """Return 200 users of Lao Bảo and 20 of Đông Hà, content and less so; and residents who answered everything."""
    found = [a for a in world.survey()["answers"] if not str(a["item_id"]).startswith(("F", "HL"))]
    for i in range(200):
        asked = {"F04": 0.5} if i < n_apologies else {}
        found += user(
            i, m.LAO_BAO, F01=1.0, F06=0.25 * (i % 3), F16=0.75, HL01=1.0 if i % 10 else 0.0, HL04=0.25, **asked
        )
    for i in range(20):
        found += user(i, m.DONG_HA, F01=1.0, F06=0.5, F16=0.25, HL01=0.0, HL04=0.25)
    found += [
        m.answer(respondent_id=f"R{i}", unit_id=m.LAO_BAO, item_id="HL01", scale_score=0.0, is_top_two=False)
        for i in range(120)
    ]  # fmt: skip
    return found


_names = (f"20261121T09{n // 60:02d}{n % 60:02d}Z-5e1fed" for n in count())


def publish(root: Path, rows: list[dict[str, Any]]) -> Path:
    """Return a data folder with these answers published, under a name of its own: pages keep answers by name."""
    return world.publish(root, next(_names), answers=rows).root


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    return DataDir(publish(tmp_path_factory.mktemp("surveyed"), answers()))


def test_the_subtitle_says_whose_survey_it_is_and_that_it_is_a_sample(open_page: Any, surveyed: DataDir) -> None:
    page = open_page("survey", root=surveyed.root, **MONTH)
    assert f"*{SUBTITLE}*" in [x.value for x in page.markdown]
    assert "Mẫu điều tra: khoảng tin cậy 95 % do chọn mẫu" in said(page)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("vi", "“5 biết, 3 thể hiện”: Lắng nghe dân nói (100,0) cao hơn Biết cảm ơn (27,2), ngoài sai số chọn mẫu"),
        ("en", "“5 knows, 3 shows”: Listens to people (100.0) is above Thanks (27.2), beyond sampling error"),
    ],
)
def test_the_finding_names_the_highest_and_the_lowest_of_the_motto(
    open_page: Any, surveyed: DataDir, lang: str, expected: str
) -> None:
    assert expected in said(open_page("survey", root=surveyed.root, lang=lang, **MONTH))


@pytest.mark.parametrize(
    ("n", "lang", "expected"),
    [
        (40, "vi", "Biết xin lỗi: chỉ hỏi người gặp sai sót hoặc quá hẹn, 40 người trả lời."),
        (14, "vi", "14 người trả lời, chưa đủ để công bố."),
        (0, "vi", "không có ai được hỏi nên không có điểm (không phải điểm 0)"),
        (0, "en", "nobody was asked, so there is no score (which is not a score of 0)"),
    ],
)
def test_a_question_for_some_has_its_own_number_and_is_no_zero_where_nobody_was_asked(
    open_page: Any, tmp_path: Path, n: int, lang: str, expected: str
) -> None:
    root = publish(tmp_path, answers(n))
    assert expected in said(open_page("survey", root=root, lang=lang, **MONTH))


def test_users_and_residents_are_told_apart(open_page: Any, surveyed: DataDir) -> None:
    expected = "hai đối tượng tính riêng: người dân 0 % (120 phiếu); người sử dụng dịch vụ 40,9 % (220 phiếu)."
    assert expected in said(open_page("survey", root=surveyed.root, **MONTH))
    english = "the two groups apart: residents 0% (120 respondents); service users 40.9% (220 respondents)."
    assert english in said(open_page("survey", root=surveyed.root, lang="en", **MONTH))


def test_a_unit_with_few_answers_is_withheld_with_its_reason_and_twelve_months_are_offered(
    open_page: Any, surveyed: DataDir
) -> None:
    page = open_page("survey", root=surveyed.root, **MONTH)
    assert "1 đơn vị chỉ công bố khi gộp 12 tháng (phường Đông Hà)." in said(page)
    assert "Xem năm 2026" in [b.label for b in page.button]
    pooled = open_page("survey", root=surveyed.root, unit=m.PROVINCE, period="2026")
    assert "1 đơn vị ít phiếu, số chỉ để tham khảo, không xếp thứ tự." in said(pooled)
    assert "chỉ công bố khi gộp" not in said(pooled).split("Khi công bố")[0]


def test_units_of_enough_respondents_are_set_against_the_whole(open_page: Any, surveyed: DataDir) -> None:
    assert "1 đơn vị đủ phiếu" in said(open_page("survey", root=surveyed.root, **MONTH))
    assert "with enough respondents 1; none differs from the overall 40.9%" in said(
        open_page("survey", root=surveyed.root, lang="en", **MONTH)
    )


def test_the_parts_of_a_dimension_follow_the_choice(open_page: Any, surveyed: DataDir) -> None:
    page = open_page("survey", root=surveyed.root, **MONTH)
    assert "thang 0,25–2,50" in said(page)
    page.selectbox(key="dimension").select("survey_d7").run()
    assert "thang 0,33–3,33" in said(page)


def test_where_users_were_not_asked_the_page_says_so_and_offers_when_they_were(open_page: Any, tmp_path: Path) -> None:
    asked = [a for a in answers() if a["population"] == "user" or not str(a["item_id"]).startswith("HL")]
    rows = [a | {"answered_on": date(2026, 8, 5)} if a["population"] == "user" else a for a in asked]
    page = open_page("survey", root=publish(tmp_path, rows), **MONTH)
    assert "Kỳ này chưa hỏi người sử dụng dịch vụ" in said(page)
    assert "Xem tháng 8/2026" in [b.label for b in page.button]


def test_a_unit_that_may_not_be_seen_is_not_called_outside_the_sample() -> None:
    snapshot = m.marts(answers=answers(), **{k: v for k, v in world.survey().items() if k != "answers"})
    query = Query((survey.SATISFIED,), "commune", period="2026-10")
    rows = list(ask(query, Viewer("unit", frozenset({m.DONG_HA})), snapshot))
    found = survey_units.of(catalogue.metric(survey.SATISFIED), rows, None)
    assert [r.unit_id for r in found.out_of_sight] == [m.LAO_BAO] and not found.silent
    assert survey_units.sentence(found, Text.of("vi")).endswith("1 đơn vị không hiển thị theo phạm vi xem.")
    assert [mark.is_small for mark in survey_units.marks(found, m.DONG_HA, Text.of("vi"))] == [True]


def test_examples_in_the_survey_words_hold() -> None:
    found = doctest.testmod(survey)
    assert found.attempted and not found.failed
