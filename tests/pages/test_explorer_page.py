"""The metric explorer: what it shows is what the command it names gives, within what the reader may see."""

from __future__ import annotations

import json
import math
import random
import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from gandan.__main__ import main
from metrics import catalogue
from metrics.line import command
from metrics.model import Query
from metrics.viewer import Viewer
from tests.metrics import marts as m
from ui import explorer, guard
from ui.text import Text
from warehouse.paths import REPOSITORY, DataDir

Open = Callable[..., AppTest]
CHAIR = "unit:19432"
MONTH = {"period": "2026-09", "unit": m.PROVINCE}


@pytest.fixture
def opened(published: DataDir, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the explorer for somebody, in a language, with a question in its URL."""
    monkeypatch.setenv("GANDAN_DATA_DIR", str(published.root))

    def _open(role: str = "", **url: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=30)
        if role:
            page.session_state[guard.AS] = role
        for key, value in url.items():
            page.query_params[key.rstrip("_")] = value
        page.run()
        return page.switch_page("pages/explorer.py").run()

    return _open


def frame(page: AppTest) -> Any:
    """Return the table of the answer: the one with the days of each row."""
    heads = {Text.of(lang)("explorer.column.from") for lang in ("vi", "en")}
    return next(d.value for d in page.dataframe if heads & set(d.value.columns))


def words(page: AppTest) -> str:
    kinds = ("title", "header", "markdown", "caption", "info", "warning")
    return "\n".join(str(x.value) for kind in kinds for x in getattr(page, kind))


def line(page: AppTest) -> str:
    return next(str(c.value) for c in page.code if str(c.value).startswith("gandan ask "))


def answered(page: AppTest) -> list[dict[str, Any]]:
    """Return what the command on the page answers."""
    done = CliRunner().invoke(main, [*shlex.split(line(page))[1:], "--format", "json"])
    assert done.exit_code == 0, (line(page), done.output)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _cell(value: Any) -> Any:
    """Return a value of a table to compare: days as text, numbers to twelve places, nothing as None."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    return round(float(value), 12) if isinstance(value, int | float) else str(value)


def told(page: AppTest, text: Text, by: str, names: dict[str, str]) -> list[tuple[Any, ...]]:
    """Return the rows of the page's table, without an order."""
    found, metric = frame(page), page_metric(page)
    columns = [text("column.code"), text("explorer.column.from"), text("explorer.column.to")]
    shown = [metric.label["vi"], *(text(f"column.{n}") for n in ("numerator", "denominator", "lower", "upper", "note"))]
    split = [c for c in found.columns if c not in {*columns, *shown, text("column.unit"), text("column.period")}]
    assert len(split) == bool(by)
    return sorted(
        (tuple(_cell(row[c]) if c in found.columns else None for c in [*columns, *split, *shown])
         for _, row in found.iterrows()),
        key=repr,
    )  # fmt: skip


def page_metric(page: AppTest) -> Any:
    return catalogue.metric(shlex.split(line(page))[2])


def from_command(page: AppTest, text: Text, by: str, names: dict[str, str]) -> list[tuple[Any, ...]]:
    """Return the rows of the command's answer in the same form."""
    has = set(frame(page).columns)
    made = []
    for row in answered(page):
        cells = [row["unit_code"], row["period_start"], row["period_end"]]
        if by:
            value = row["split_value"]
            cells.append(None if value is None else names.get(value, value))
        for name in ("value", "numerator", "denominator", "lower", "upper"):
            column = page_metric(page).label["vi"] if name == "value" else text(f"column.{name}")
            hidden = not row["is_shown"] and name in ("value", "lower", "upper")
            cells.append(None if hidden or column not in has else _cell(row[name]))
        made.append((*cells, row["note"] or None))
    return sorted(made, key=repr)


def questions() -> list[dict[str, str]]:
    """Return many questions, drawn once: metrics of every source by units, periods, splits, calendars and roles."""
    draw = random.Random(20261031)
    every = [x for x in catalogue.metrics().values() if not x.is_component]
    sources = sorted({x.source for x in every})
    found = []
    for i in range(48):
        pool = [x for x in every if x.source == sources[i % len(sources)]]
        metric = draw.choice(pool if i % 2 else [x for x in pool if x.splits] or pool)
        kind = draw.choice(["month", "quarter"])
        asked = {
            "metric": metric.name,
            "unit": draw.choice([m.PROVINCE, m.LAO_BAO, m.DONG_HA, m.OLD_DISTRICT]),
            "period": {"month": "2026-09", "quarter": "2026-Q3"}[kind],
            "calendar": draw.choice(["calendar", "calendar", "report"]),
            "role": draw.choice(["", "", "auditor", "viewer", CHAIR]),
        }
        if draw.random() < 0.5:
            asked["units"] = explorer.EACH
        if draw.random() < 0.5:
            asked["from"] = {"month": draw.choice(["2026-07", "2025-05"]), "quarter": "2025-Q4"}[kind]
        if metric.splits and draw.random() < 0.7:
            asked["by"] = draw.choice(metric.splits)
        found.append(asked)
    return found


@pytest.mark.parametrize("part", range(6))
def test_the_command_on_the_page_gives_every_row_of_its_table(opened: Open, part: int) -> None:
    text, n = Text.of("vi"), 0
    for asked in questions()[part::6]:
        page = opened(**asked)
        assert not page.exception, asked
        by = asked.get("by", "")
        if len(frame(page)) >= explorer.limits()["drawn_rows"]:
            continue
        names = names_of(by)
        assert told(page, text, by, names) == from_command(page, text, by, names), (asked, line(page))
        n += len(frame(page))
    assert n > 8


def names_of(by: str) -> dict[str, str]:
    """Return how the page names the values of a split that have a word."""
    text = Text.of("vi")
    kept = {"": text("explorer.not_said")}
    for name in ("online_full", "online_partial", "counter", "post", "right", "wrong", "partly_right", "user",
                 "resident", "access", "procedures", "officials", "results", "feedback", "chair", "delegate",
                 "regular"):  # fmt: skip
        kept[name] = explorer._value_name(text, by, name)
    return kept


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_question_stands_in_words_with_its_figure_definition_and_command(opened: Open, lang: str) -> None:
    text = Text.of(lang)
    page = opened(lang=lang, **MONTH)
    metric = catalogue.metric("on_time_rate")
    assert page.title[0].value == text("page.explorer.title")
    assert [x.label for x in page.metric] == [metric.label[lang]]
    said = words(page)
    assert metric.description[lang] in said and metric.regulation[0].cite in said
    assert line(page) == f"gandan ask on_time_rate --level province --unit {m.PROVINCE} --period 2026-09"
    assert any("SELECT" in str(c.value) for c in page.code)


def test_a_metric_is_offered_under_its_topic_with_label_and_name_and_every_one_is(opened: Open) -> None:
    offered = opened(**MONTH).selectbox(key="narrow_metric").options
    assert len(offered) == len(catalogue.metrics())
    assert "Hồ sơ › Tỷ lệ giải quyết đúng hạn (on_time_rate)" in offered
    topics = [one.split(" › ")[0] for one in offered[1:]]
    assert len(set(topics)) == sum(a != b for a, b in zip(["", *topics], topics, strict=False)), "a topic stands twice"


def test_only_what_the_definition_allows_is_offered_and_the_rest_is_named(opened: Open) -> None:
    page = opened(metric="services_online_rate", **MONTH)
    assert page.selectbox(key="explorer_units").options == ["Tỉnh Quảng Trị", "Từng đơn vị: xã, phường, đặc khu"]
    assert page.selectbox(key="narrow_by").options == ["Không tách"]
    assert "Chỉ số này không tính theo" in words(page) and "không tách theo lĩnh vực, hình thức nộp" in words(page)


def test_a_level_that_the_metric_lacks_is_said_and_the_chosen_unit_shown(opened: Open) -> None:
    page = opened(metric="services_online_rate", units=explorer.EACH, level="agency", **MONTH)
    assert "không tính theo cơ quan, đơn vị; trang hiển thị đơn vị đang chọn" in words(page)
    assert len(frame(page)) == 1


def test_choosing_every_unit_writes_the_level_and_the_question_to_the_address(opened: Open) -> None:
    page = opened(**MONTH)
    page.selectbox(key="explorer_units").select("commune").run()
    assert page.query_params["units"] == explorer.EACH and page.query_params["level"] == "commune"
    assert len(frame(page)) == 2
    page.selectbox(key="explorer_units").select("").run()
    assert "units" not in page.query_params and len(frame(page)) == 1


@pytest.mark.parametrize(
    ("url", "charts"),
    [
        ({"units": explorer.EACH}, 1),
        ({"from_": "2026-05"}, 1),
        ({"by": "field_name"}, 1),
        ({"by": "channel", "from_": "2026-05"}, 1),
        ({"units": explorer.EACH, "from_": "2026-05"}, 1),
        ({"units": explorer.EACH, "by": "channel"}, 2),
        ({"units": explorer.EACH, "by": "channel", "from_": "2026-05"}, 0),
    ],
)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_each_kind_of_answer_has_its_chart_with_words_and_a_table_beside_it(
    opened: Open, url: dict[str, str], charts: int, lang: str
) -> None:
    page = opened(lang=lang, **MONTH, **url)
    drawn = page.get("plotly_chart")
    assert len(drawn) == charts
    assert all(c.proto.alt for c in drawn)
    assert len(frame(page)) > 1
    if not charts:
        assert Text.of(lang)("explorer.cubed") in words(page)


def test_one_value_of_a_split_is_looked_at_alone(opened: Open) -> None:
    page = opened(by="field_name", **MONTH)
    page.selectbox(key="narrow_value").select("Đất đai").run()
    assert page.query_params["value"] == "Đất đai"
    assert list(frame(page)["Lĩnh vực"]) == ["Đất đai"]
    assert "--split-value 'Đất đai'" in line(page)
    assert page.metric[0].label == "Đất đai"


def test_a_question_of_too_many_rows_says_how_many_and_is_not_asked(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "limits", lambda: {**_limits, "most_rows": 10})
    page = opened(units=explorer.EACH, from_="2026-04", **MONTH)
    assert "khoảng **12** dòng" in page.warning[0].value
    assert len(answered(page)) == 12 and line(page).endswith(f"--within {m.PROVINCE}")
    with pytest.raises(StopIteration):
        frame(page)


_limits = dict(explorer.limits())


def test_a_long_table_draws_the_first_rows_and_says_so(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer, "limits", lambda: {**_limits, "drawn_rows": 5})
    page = opened(units=explorer.EACH, from_="2026-04", **MONTH)
    assert len(frame(page)) == 5
    assert "Hiển thị 5 trên 12 dòng" in words(page)


def test_the_rows_behind_a_question_are_one_click_away_and_as_many_as_it_says(opened: Open) -> None:
    page = opened(metric="settled_late", units=explorer.EACH, from_="2026-08", **MONTH)
    button = page.button(key="cases_explored")
    n = int(re.search(r"\((\d+)\)", button.label)[1])  # type: ignore[index]
    assert n == sum(frame(page)[catalogue.metric("settled_late").label["vi"]]) > 0
    page = button.click().run()
    listed = next(d.value for d in page.dataframe if str(d.key).startswith("cases_table_explored"))
    assert len(listed) == n


def test_rows_that_nobody_may_list_have_the_reason_in_their_place(opened: Open) -> None:
    survey = opened(metric="survey_d1", period="2026-Q4", unit=m.PROVINCE)
    assert "không có danh sách phiếu cho bất kỳ vai trò nào" in words(survey)
    denounced = opened(metric="denunciations_received", period="2026-Q3", unit=m.PROVINCE)
    assert Text.of("vi")("explorer.rows_none") in words(denounced)
    for page in (survey, denounced):
        assert not [b for b in page.button if str(b.key).startswith("cases_")]


@pytest.mark.parametrize("url", [{"unit": m.LAO_BAO}, {"unit": m.PROVINCE, "units": explorer.EACH}])
def test_a_unit_sees_no_figure_of_denunciations_and_the_reason(opened: Open, url: dict[str, str]) -> None:
    page = opened(CHAIR, metric="denunciations_received", period="2026-Q3", **url)
    assert not page.exception
    assert frame(page)[catalogue.metric("denunciations_received").label["vi"]].isna().all()
    assert all(frame(page)["Ghi chú"].str.len() > 0)
    assert line(page).endswith(f"--as {CHAIR}")
    assert all(row["value"] is None and row["numerator"] is None for row in answered(page))
    assert not [b for b in page.button if str(b.key).startswith("cases_")]


def test_a_unit_lists_its_own_rows_and_is_told_why_not_those_of_others(opened: Open) -> None:
    own = opened(CHAIR, metric="settled_late", period="2026-09", unit=m.LAO_BAO)
    assert own.button(key="cases_settled_late")
    every = opened(CHAIR, metric="settled_late", period="2026-09", unit=m.LAO_BAO, units=explorer.EACH)
    assert Text.of("vi")("explorer.rows_own") in words(every)
    assert not [b for b in every.button if str(b.key).startswith("cases_")]


def test_a_definition_on_another_page_leads_to_the_explorer_with_the_question_filled(
    open_page: Open, published: DataDir
) -> None:
    page = open_page("overview", **MONTH)
    page.button(key="definition_settled").click().run()
    assert page.button(key="explore_settled").label == "Mở trong Tra cứu chỉ số"
    page = open_page("dictionary", **MONTH)
    page.selectbox(key="dictionary_metric").select("late_rate").run()
    page.button(key="explore_late_rate").click().run()
    assert page.title[0].value == "Tra cứu chỉ số"
    assert line(page) == f"gandan ask late_rate --level province --unit {m.PROVINCE} --period 2026-09"


def test_a_closed_snapshot_stays_in_the_command(opened: Open, published: DataDir, tmp_path: Path) -> None:
    name = next((published.root / "snapshots").glob("*.duckdb")).stem
    page = opened(asof=name, **MONTH)
    assert line(page).endswith(f"--as-of {name}")
    assert answered(page)[0]["snapshot"] == name


def test_the_vietnamese_page_has_no_english_words(opened: Open) -> None:
    page = opened(units=explorer.EACH, from_="2026-05", **MONTH)
    said = re.sub(r"`[^`]*`", " ", words(page))
    assert re.findall(r"\b(the|of|and|unit|metric|data|not|with|cases?|split|by)\b", said, re.I) == []


def test_a_figure_made_of_others_offers_its_rows_though_its_card_does_not(opened: Open) -> None:
    page = opened(metric="received", period="2026-09", unit=m.LAO_BAO)
    assert not [b for b in page.button if b.key == "cases_received"]
    page = page.button(key="cases_explored").click().run()
    listed = next(d.value for d in page.dataframe if "Mã hồ sơ" in d.value.columns)
    assert len(listed) == page_value(page) == 40


def page_value(page: AppTest) -> int:
    """Return the one figure that the page shows."""
    return int(frame(page)[page_metric(page).label["vi"]].iloc[0])


def test_where_nothing_may_be_shown_the_page_says_why_above_the_table(opened: Open) -> None:
    page = opened(CHAIR, metric="denunciations_received", period="2026-Q3", unit=m.LAO_BAO, units=explorer.EACH)
    assert page.info[0].value.startswith("Không có số để hiển thị: ")
    assert "cấp tỉnh" in page.info[0].value
    assert not page.get("plotly_chart")


def test_the_form_is_named_only_beside_what_follows_it_and_a_survey_is_not_passed_off(opened: Open) -> None:
    rule, disclaimer = Text.of("vi")("context.rule"), Text.of("vi")("survey.disclaimer")
    assert rule in words(opened(metric="on_time_rate", **MONTH))
    assert rule not in words(opened(metric="on_time_rate_766", **MONTH))
    assert disclaimer in words(opened(metric="survey_total", period="2026-Q4", unit=m.PROVINCE))


def test_a_whole_of_counts_is_not_drawn_over_its_parts(opened: Open) -> None:
    for metric, has_whole in (("settled", False), ("late_rate", True)):
        page = opened(metric=metric, units=explorer.EACH, from_="2026-05", **MONTH)
        assert ("Đường chấm là" in words(page)) == has_whole


def test_the_command_of_an_account_of_two_units_gives_the_figures_of_both(opened: Open) -> None:
    assert opened  # the data folder is the small world
    asked = Query(("complaints_received",), "commune", None, "2026-09", within=m.PROVINCE)
    for codes, n in (("19432", 1), ("19432 19333", 2)):
        words = shlex.split(command(asked, Viewer("unit", name=f"unit:{codes}")))
        done = CliRunner().invoke(main, [*words[1:], "--format", "json"])
        found = [row["unit_code"] for row in json.loads(done.stdout) if row["is_shown"]]
        assert len(found) == n and set(found) <= set(codes.split())
