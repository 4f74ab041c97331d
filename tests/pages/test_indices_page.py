"""The indices page: a trial by group beside the published score, other indices as published, each with its document."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from metrics import answer, points
from metrics.analysis import score766
from metrics.model import Query
from metrics.viewer import PROVINCE
from tests.metrics import marts as m
from tests.ui import world
from ui import indices_trial
from warehouse.paths import DataDir
from warehouse.snapshots import Pool

MONTH = {"period": "2026-10", "unit": m.PROVINCE}
SCORED, OTHER = "20261121T093000Z-5c07ed", "20261121T093000Z-07e401"
"""Names of their own: pages keep answers by the name of the snapshot."""
_numbers = count(1)
_seen: dict[tuple[Any, ...], Any] = {}


def score(
    index: str, part: str, value: float | None, period: str, start: date, end: date, **given: Any
) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "index_id": index, "component_id": part, "score": value, "period": period, "period_start": start,
        "period_end": end, "unit_id": m.PROVINCE, "document_no": "MINH-HOA/2026", "published_on": date(2026, 10, 15),
        "load_no": 1, "source_file": "t.csv", "source_row": number, **given,
    }  # fmt: skip


def year(index: str, part: str, value: float, of: int, **given: Any) -> dict[str, Any]:
    """Return a row of a whole year, published in the spring after it."""
    document = {"document_no": f"BC {of}", "published_on": date(of + 1, 4, 20)}
    return score(index, part, value, str(of), date(of, 1, 1), date(of, 12, 31), **{**document, **given})


def published_rows() -> list[dict[str, Any]]:
    """Return group scores of 766 for a quarter, PAPI of eight years with errors, SIPAS without, the reform index."""
    quarter = ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
    tops = {"transparency": 18, "progress": 20, "online": 12, "payment": 10, "digitisation": 22, "satisfaction": 18}
    rows = [score("766", part, 0.9 * top, *quarter, max_score=top) for part, top in tops.items()]
    rows += [
        score("766", part, 0.8 * top, *quarter, max_score=top, unit_id=unit)
        for part, top in tops.items()
        for unit in (m.LAO_BAO, m.DONG_HA)
    ]
    papi = {"unit_id": m.OLD_PROVINCE, "max_score": 80}
    totals = {2017: 37.1, 2018: 43.9, 2019: 43.0, 2020: 42.8, 2021: 42.0, 2022: 0.0, 2023: 42.4, 2024: 43.6}
    rows += [year("PAPI", "TOTAL", value, of, standard_error=0.3, **papi) for of, value in totals.items()]
    rows += [
        year("PAPI", f"D{i}", 4.0 + i / 2, 2024, standard_error=0.1, **papi | {"max_score": 10}) for i in range(1, 9)
    ]
    rows += [year("SIPAS", "total", value, of, unit_id=m.OLD_PROVINCE) for of, value in ((2023, 82.66), (2024, 83.94))]
    rows.append(year("PAR_INDEX", "total", 88.5, 2025, max_score=100))
    return rows


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """The small world with published scores."""
    return world.publish(tmp_path_factory.mktemp("scored"), SCORED, fct_official_score=published_rows())


@pytest.fixture
def opened(open_page: Any, scored: DataDir) -> Callable[..., Any]:
    """Open the indices page on one index; the same page is opened once for all tests that only read it."""

    def _open(index: str = "766", lang: str = "vi", root: Path | None = None, **url: str) -> Any:
        key = (index, lang, str(root or scored.root), *sorted(url.items()))
        if key not in _seen:
            page = open_page("indices", root=root or scored.root, lang=lang, **{**MONTH, **url})
            _seen[key] = page if index == "766" else page.button_group(key="index").set_value(index).run()
        return _seen[key]

    return _open


def words(page: Any) -> str:
    kinds = ("title", "header", "markdown", "caption", "info", "warning")
    return "\n".join(str(x.value) for kind in kinds for x in getattr(page, kind))


def frame(page: Any, column: str) -> Any:
    return next(t.value for t in page.dataframe if column in t.value.columns)


def trial_of(scored: DataDir) -> Any:
    query = Query((), level="province", unit=m.PROVINCE, period="2026-10")
    return score766.trial(query, PROVINCE, Pool(scored).at())


def test_the_trial_says_what_it_is_in_both_languages(opened: Any) -> None:
    assert "Tính thử từ dữ liệu của tỉnh, không phải điểm công bố" in words(opened())
    assert "Trial calculation from the province's own data, not the published score" in words(opened(lang="en"))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_sentence_gives_each_computed_group_the_points_of_the_trial(
    opened: Any, scored: DataDir, lang: str
) -> None:
    said, trial = words(opened(lang=lang)), trial_of(scored)
    assert trial.computed
    for group in trial.computed:
        assert f"**{indices_trial.of_most(group, lang)}**" in said
    everything = sum(g.reached for g in trial.computed)
    assert indices_trial.points(everything, None, lang) not in said  # no sum over groups anywhere


def test_no_band_of_ours_is_on_the_page(opened: Any) -> None:
    bands = re.compile(r"xuất sắc|\btốt\b|\bkhá\b|trung bình|\byếu\b|xếp hạng", re.I)
    for index in ("766", "PAR_INDEX", "SIPAS", "PAPI"):
        assert not bands.search(words(opened(index)))


def test_the_published_score_stands_beside_the_trial_with_document_date_and_its_own_period(opened: Any) -> None:
    said = words(opened())
    assert "điểm công bố quý III/2026 (Văn bản MINH-HOA/2026 ngày 15/10/2026)" in said
    assert "kỳ khác kỳ đang chọn" in said
    assert "kỳ khác kỳ đang chọn" not in words(opened(period="2026-Q3"))
    groups = frame(opened(), "Điểm công bố")
    assert list(groups["Điểm công bố"]) == pytest.approx([0.9 * g.points for g in points.groups(date(2026, 10, 31))])


def test_what_is_not_known_is_listed_by_code(opened: Any) -> None:
    said = words(opened())
    assert "Chưa rõ điểm tối đa và cách tính: 4.4, 4.5." in said
    assert "không có hệ số đồng bộ" in said
    assert "phụ lục của Quyết định chưa đối chiếu Công báo" in said
    day = date(2026, 10, 31)
    every = {i.code for g in points.groups(day) for i in points.indicators(g.group, day)}
    assert set(frame(opened(), "Ngưỡng đạt tối đa")["Mã"]) == every


def test_the_rate_of_an_indicator_is_the_rate_of_ask(opened: Any, scored: DataDir) -> None:
    items = frame(opened(), "Ngưỡng đạt tối đa").set_index("Mã")
    query = Query(("online_rate",), level="province", unit=m.PROVINCE, period="2026-10")
    row = answer.ask(query, PROVINCE, Pool(scored).at()).rows[0]
    assert items.loc["3.3", "Tỷ lệ"] == pytest.approx(row.value)
    assert (items.loc["3.3", "Tử số"], items.loc["3.3", "Mẫu số"]) == (row.numerator, row.denominator)


@pytest.mark.parametrize(
    ("lang", "interval", "change", "missing"),
    [
        ("vi", "PAPI năm 2024: 43,60/80 (khoảng tin cậy 95 %: 43,01–44,19)", "Cao hơn năm 2023 1,20", "2022"),
        ("en", "PAPI 2024: 43.60/80 (95% interval: 43.01–44.19)", "Higher than 2023 by 1.20", "2022"),
    ],
)
def test_papi_is_shown_as_published_with_its_interval_and_its_breaks(
    opened: Any, lang: str, interval: str, change: str, missing: str
) -> None:
    page = opened("PAPI", lang)
    said = words(page)
    assert interval in said and change in said
    assert "(1)" in said and "(3)" in said and "2018" in said and "2021" in said
    history = page.dataframe[0].value
    row = history[history.iloc[:, 0].str.contains(missing)].iloc[0]
    assert row.isna().sum() >= 1 and 0.0 not in list(row)  # a zero of a missing province is no score


def test_a_difference_across_a_break_is_not_told(opened: Any, tmp_path: Path) -> None:
    rows = [year("PAPI", "TOTAL", 44.0 - of + 2018, of, unit_id=m.OLD_PROVINCE) for of in (2018, 2019)]
    other = world.publish(tmp_path, OTHER, fct_official_score=rows)
    said = words(opened("PAPI", root=other.root))
    assert "Không so với năm 2018" in said and "Thấp hơn" not in said


def test_without_a_published_error_no_rise_is_concluded(opened: Any) -> None:
    said = words(opened("SIPAS"))
    assert "không công bố sai số nên không kết luận" in said and "Cao hơn" not in said


def test_an_index_of_the_province_is_shown_for_a_commune_as_the_province_s(opened: Any) -> None:
    said = words(opened("PAPI", unit=m.LAO_BAO))
    assert "không đại diện cho từng xã" in said and "PAPI năm 2024: 43,60" in said


def test_what_was_never_published_to_us_says_which_file_to_load(opened: Any) -> None:
    for index in ("PCI", "DDCI"):
        said = words(opened(index))
        assert f"`{index}`" in said and "document_no, published_on, index_id, unit_code, period" in said
    assert "document_no" in words(opened("PCI", "en"))


def test_without_any_published_score_the_trial_still_stands(opened: Any, published: DataDir) -> None:
    said = words(opened(root=published.root))
    assert "Tính thử" in said and "Chưa có điểm công bố của Bộ chỉ số 766" in said


@pytest.mark.parametrize("index", ["766", "PAR_INDEX", "SIPAS", "PAPI", "PCI"])
def test_the_page_has_no_english_words_in_vietnamese(opened: Any, index: str) -> None:
    said = re.sub(r"`[^`]*`|:[\w-]+:?(\[:[\w/]+:)?", " ", words(opened(index)))
    assert re.findall(r"\b(the|of|and|period|unit|score|data|not|with|published|trial)\b", said, re.I) == []
