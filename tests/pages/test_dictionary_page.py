"""The dictionary page: every definition can be found, with its basis, its dates, its doubts and who may see it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from metrics import catalogue
from metrics.notes import word
from tests.metrics import marts as m
from ui import blocks, dictionary
from ui.text import Text

MONTH = {"period": "2026-10", "unit": m.PROVINCE}
EVERY = list(catalogue.metrics().values())
_seen: dict[str, Any] = {}


@pytest.fixture
def opened(open_page: Any) -> Any:
    """Open the page in a language; tests that only read share it."""

    def _open(lang: str = "vi", is_fresh: bool = False) -> Any:
        if is_fresh or lang not in _seen:
            page = open_page("dictionary", lang=lang, **MONTH)
            if is_fresh:
                return page
            _seen[lang] = page
        return _seen[lang]

    return _open


def words(page: Any) -> str:
    kinds = ("title", "header", "markdown", "caption", "info")
    return "\n".join(str(x.value) for kind in kinds for x in getattr(page, kind))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_metric_stands_in_the_table_with_its_basis_and_who_may_see_it(opened: Any, lang: str) -> None:
    text, page = Text.of(lang), opened(lang)
    assert not page.exception
    shown = next(t.value for t in page.dataframe if text("dictionary.column.name") in t.value.columns)
    assert sorted(shown[text("dictionary.column.name")]) == sorted(catalogue.metrics())
    row = shown[shown[text("dictionary.column.name")] == "denunciations_received"].iloc[0]
    assert row[text("dictionary.column.viewers")] == word("viewers", "province", lang)
    for metric in EVERY:
        line = shown[shown[text("dictionary.column.name")] == metric.name].iloc[0]
        for basis in metric.regulation:
            cited = line[text("dictionary.column.basis")]
            assert basis.cite in cited
            assert basis.since is None or f"{basis.since:%d/%m/%Y}" in cited
            assert basis.is_confirmed or word("basis", "unconfirmed", lang) in cited


def test_the_page_counts_what_it_lists(opened: Any) -> None:
    offered = [one for one in EVERY if not one.is_component]
    assert f"**{len(offered)}** chỉ số đã có định nghĩa" in words(opened())


def test_a_metric_is_found_without_accents_by_its_name_and_by_its_decision(opened: Any) -> None:
    page = opened(is_fresh=True)
    for wanted, label in (
        ("dung han 766", "Tỷ lệ xử lý đúng hạn theo Quyết định 766"),
        ("waiting_minutes_p90", catalogue.metric("waiting_minutes_p90").label["vi"]),
    ):
        page.text_input(key="dictionary_search").input(wanted).run()
        assert label in page.selectbox(key="dictionary_metric").options
    page.text_input(key="dictionary_search").input("không có chỉ số này đâu").run()
    assert "Không có chỉ số nào khớp" in words(page)


def test_a_topic_narrows_the_list(opened: Any) -> None:
    page = opened(is_fresh=True)
    page.button_group(key="dictionary_topic").set_value("score").run()
    shown = next(t.value for t in page.dataframe if "Mã" in t.value.columns)
    assert sorted(shown["Mã"]) == [f"score_766_{g}" for g in ("digitisation", "online", "payment", "progress")]


def test_a_definition_says_its_unit_who_may_see_it_and_what_uses_it(opened: Any) -> None:
    page = opened(is_fresh=True)
    page.selectbox(key="dictionary_metric").select("on_time_rate_766").run()
    said = words(page)
    assert "Người xem" in said and "Quyết định 766/QĐ-TTg" in said and "01/08/2022" in said
    assert "Điểm tính thử 766: tiến độ giải quyết" in said  # used in
    assert "chưa đối chiếu nguyên văn" in said


def test_the_entry_asked_for_on_another_page_opens_whatever_was_looked_for_here_before(opened: Any) -> None:
    page = opened(is_fresh=True)
    page.text_input(key="dictionary_search").input("không có chỉ số này đâu").run()
    page.session_state[blocks.WANTED] = "late_rate"
    page.run()
    assert page.selectbox(key="dictionary_metric").value == "late_rate"
    assert catalogue.metric("late_rate").description["vi"] in words(page)


def test_a_definition_on_another_page_offers_its_entry_in_the_dictionary(open_page: Any) -> None:
    page = open_page("overview", **MONTH)
    page.button(key="definition_on_time_rate").click().run()
    assert page.button(key="dictionary_on_time_rate").label == "Xem trong Từ điển chỉ số"


def test_the_vietnamese_page_has_no_english_words(opened: Any) -> None:
    said = re.sub(r"`[^`]*`", " ", words(opened()))
    assert re.findall(r"\b(the|of|and|unit|metric|data|not|with|cases?)\b", said, re.I) == []


def test_a_trial_score_lists_its_indicators_with_points_targets_and_doubts() -> None:
    said = dictionary.beside(catalogue.metric("score_766_payment"), Text.of("vi"))
    assert "3.6 tỷ lệ hồ sơ thanh toán trực tuyến: 6 điểm, đạt tối đa từ 30 %" in said
    assert re.search(r"3\.4 [^;]+80 % \(chưa xác nhận\)", said)
    assert "4.4 chia sẻ dữ liệu số hóa: chưa rõ điểm" in dictionary.beside(
        catalogue.metric("score_766_digitisation"), Text.of("vi")
    )


def test_names_without_a_definition_are_listed_as_still_to_come() -> None:
    line = dictionary.planned_line({"b_rate", "a_rate"}, Text.of("vi"))
    assert "`a_rate`, `b_rate`" in line and "chưa có" in line
    assert dictionary.planned_line((), Text.of("vi")) == ""


def test_every_topic_has_a_name_in_both_languages() -> None:
    for lang in ("vi", "en"):
        assert [t for t in dictionary.topics(EVERY) if dictionary.topic_name(t, Text.of(lang)) == t] == []
