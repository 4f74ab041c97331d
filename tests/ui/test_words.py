"""Texts and numbers: the same keys in both languages, Vietnamese forms, sentences that say no more than the data."""

from __future__ import annotations

import doctest
import re
import string
from types import SimpleNamespace
from typing import Any

import pytest

from metrics import catalogue
from ui import charts, figures, numbers, sentences, tables, text, theme, tiles, view
from ui.text import Text

VI, EN = Text.of("vi"), Text.of("en")
RATE = catalogue.metric("on_time_rate")


def row(value: float | None, lower: float | None = None, upper: float | None = None, **more: Any) -> Any:
    """Return an answer row as far as the pages read it."""
    given = {
        "metric": "on_time_rate", "unit_id": "u", "unit_code": "1", "unit_name": "Xã A", "value": value, "lower": lower,
        "upper": upper, "numerator": 9, "denominator": 10, "is_shown": True, "is_small": False, "status": "ok",
        "reasons": (), "note_in": lambda lang: "", **more,
    }  # fmt: skip
    return SimpleNamespace(**given)


def share(met: int, n: int) -> Any:
    """Return an answer row of a share with its parts."""
    return row(met / n, numerator=met, denominator=n)


@pytest.mark.parametrize("module", [numbers, theme, tiles, view, tables, charts])
def test_the_examples_in_the_documentation_hold(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    vi, en = text.words("vi"), text.words("en")
    assert vi.keys() == en.keys()

    def places(value: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(value) if name}

    differing = {k for k in vi if k not in ("data.differ_none",) and places(vi[k]) != places(en[k])}
    assert differing == set()


def test_no_vietnamese_text_says_late_with_the_colloquial_word_or_ranks_by_praise() -> None:
    assert not [k for k, v in text.words("vi").items() if re.search(r"\btrễ hạn\b|\bxếp hạng\b|\bkém\b", v, re.I)]


def test_every_code_a_metric_uses_has_words() -> None:
    for metric in catalogue.metrics().values():
        for key in (f"metric_kind.{metric.kind}", f"direction.{metric.direction}", f"method.{metric.interval}",
                    f"rows.{metric.rows}"):  # fmt: skip
            assert VI.has(key), key


def test_a_share_of_almost_all_is_never_shown_as_all() -> None:
    assert numbers.percent(2999 / 3000) == "> 99,9 %"
    assert numbers.percent(1 / 3000) == "< 0,1 %"
    assert (numbers.percent(1.0), numbers.percent(0.0), numbers.percent(None)) == ("100 %", "0 %", "–")


def test_no_value_is_a_dash_and_never_a_zero() -> None:
    assert figures.value_text(RATE, row(None, status="no_denominator"), "vi") == "–"
    assert figures.value_text(RATE, row(0.9, is_shown=False), "vi") == "–"


def test_a_difference_inside_the_noise_is_not_called_higher() -> None:
    near = figures.compare(RATE, share(91, 100), share(90, 100), "previous", "", VI)
    far = figures.compare(RATE, share(950, 1000), share(900, 1000), "previous", "", VI)
    assert "dao động bình thường" in sentences.change(VI, near, "kỳ trước", "percent")
    assert sentences.change(VI, far, "kỳ trước", "percent").startswith("Cao hơn kỳ trước 5,0 điểm %")
    assert (near.sign.word, far.sign.word) == ("ordinary", "improvement")


def test_a_rate_of_too_few_cases_is_not_said_to_have_moved() -> None:
    far = figures.compare(RATE, share(950, 1000), share(900, 1000), "previous", "", VI)
    card = figures.Figure("on_time_rate", "", "", "", (), (far,), False, None)
    assert sentences.moved(VI, RATE, row(0.95, denominator=3, is_small=True), card) == "Ít hồ sơ (3), không đánh giá."
    assert "Cao hơn" in sentences.moved(VI, RATE, row(0.95), card)


def test_a_missing_comparison_gives_its_reason() -> None:
    found = figures.compare(RATE, row(0.9), None, "last_year", "số liệu bắt đầu từ 01/01/2025", VI)
    assert found.words == "Cùng kỳ năm trước: – (số liệu bắt đầu từ 01/01/2025)"


def test_a_unit_stands_apart_only_when_its_interval_excludes_the_whole() -> None:
    whole = row(0.9)
    assert figures.standing(RATE, row(0.8, 0.7, 0.95), whole) == "ordinary"
    assert figures.standing(RATE, row(0.8, 0.75, 0.85), whole) == "concern"
    assert figures.standing(RATE, row(0.8, 0.75, 0.85, is_small=True), whole) == "unknown"


def test_a_text_that_looks_like_a_formula_stays_text_in_the_workbook() -> None:
    import io

    import openpyxl

    table = tables.Table(
        (tables.Column("Đơn vị"), tables.Column("Tỷ lệ", "share"), tables.Column("Số", "count")),
        (("=1+1", 0.942, 1234), ("Xã A", None, 0)),
    )
    sheet = openpyxl.load_workbook(io.BytesIO(tables.workbook(table, ["Tên", "Kỳ"], "So lieu"))).active
    cells = [[c.value for c in r] for r in sheet.iter_rows(min_row=4)]
    assert cells == [["Đơn vị", "Tỷ lệ", "Số"], ["=1+1", 0.942, 1234], ["Xã A", None, 0]]
    assert sheet["A5"].data_type == "s" and sheet["B5"].number_format == "0.0%"


def test_the_parameters_in_the_url_win_over_those_kept_and_nonsense_falls_back() -> None:
    kept = {"unit": "a", "period": "2026-09", "lang": "en"}
    assert view.View.read({"period": "2026-10"}, kept) == view.View("en", "a", "commune", "2026-10")
    assert view.View.read({"period": "x", "lang": "fr", "calendar": "moon", "other": "1"}, {}) == view.View()
