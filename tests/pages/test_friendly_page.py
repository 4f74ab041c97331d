"""Friendly government: each part says what the data say, what is not on record, and which file to load."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from typing import Any

import pytest

from metrics import catalogue
from metrics.viewer import Viewer
from tests.metrics import marts as m
from tests.pages.test_pages import MONTH, asked, frame, words
from tests.ui import world
from ui import figures, guard, numbers
from ui.text import Text
from warehouse.paths import REPOSITORY, DataDir

PARTS = ("letters", "reception", "dialogue", "mobilisation", "queue")
BOTH = (m.LAO_BAO, m.DONG_HA)


def receptions() -> dict[str, Any]:
    """Return a reception a week since July: Đông Hà keeps every week, Lao Bảo misses every fourth; some visits."""
    days, weeks = [], []
    monday = date(2026, 7, 6)
    while monday <= date(2026, 10, 26):
        for unit in BOTH:
            kept = unit == m.DONG_HA or (monday - date(2026, 7, 6)).days // 7 % 4 != 3
            host = "chair" if kept else "regular"
            days.append(m.reception(unit_id=unit, received_on=monday, host=host, n_visits=3, n_groups=int(kept)))
            weeks.append(m.reception_week(unit_id=unit, week_starts_on=monday, has_chair_reception=kept))
        monday += timedelta(days=7)
    return {"fct_reception": days, "fct_reception_week": weeks}


def engagements() -> list[dict[str, Any]]:
    """Return two dialogues in Lao Bảo and none in Đông Hà; teams, a model and a friendly office."""
    day = date(2026, 10, 5)
    rows = [
        m.engagement(held_on=d, n_questions=10, n_answered=9, publish_due_on=d + timedelta(days=10),
                     published_on=d + timedelta(days=n))
        for d, n in ((day, 3), (date(2026, 3, 2), 30))
    ]  # fmt: skip
    rows += [m.engagement(kind="team", held_on=date(2026, 1, 5), n_members=n) for n in (6, 7)]
    rows.append(m.engagement(kind="model", held_on=date(2026, 1, 5), unit_id=m.DONG_HA))
    rows.append(m.engagement(kind="friendly_office", held_on=date(2026, 1, 5)))
    rows.append(m.engagement(kind="oversight", held_on=day, replied_on=day + timedelta(days=9)))
    return rows


def tickets() -> list[dict[str, Any]]:
    """Return 60 numbers a unit: Lao Bảo waits 20 to 39 minutes, Đông Hà 1 to 20."""
    start = {m.LAO_BAO: 20, m.DONG_HA: 1}
    return [m.queue_ticket(unit_id=u, waiting_minutes=start[u] + i % 20) for u in BOTH for i in range(60)]


def apologies() -> list[dict[str, Any]]:
    """Return eight cases of October past their promised day, six of them with a letter, three of these in time."""
    due = date(2026, 10, 12)
    letters = [due - timedelta(days=2)] * 3 + [due] * 3 + [None] * 2
    return [
        m.case(received_on=date(2026, 10, 1), due_on=due, apology_on=day, is_apology_recorded=True) for day in letters
    ]


def duties() -> list[dict[str, Any]]:
    """Return the repository's own duties."""
    with (REPOSITORY / "data" / "reference" / "duties.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        {**r, "amount": int(r["amount"]), "valid_from": date.fromisoformat(r["valid_from"]),
         "valid_to": date.fromisoformat(r["valid_to"]) if r["valid_to"] else None,
         "is_confirmed": r["is_confirmed"] == "true"}
        for r in rows
    ]  # fmt: skip


def coverage(*datasets: str) -> list[dict[str, Any]]:
    return [
        {"dataset": d, "unit_id": u, "first_on": date(2025, 7, 1), "last_on": date(2026, 10, 31), "load_no": 1}
        for u in (*BOTH, m.PROVINCE)
        for d in ("case", "complaint", "survey_answer", *datasets)
    ]


@pytest.fixture(scope="module")
def friendly(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """A world in which everything of the page was sent."""
    return world.publish(
        tmp_path_factory.mktemp("friendly"),
        name="20261121T093000Z-f00001",  # answers are kept by this name
        cases=apologies(),
        fct_engagement=engagements(),
        fct_queue_ticket=tickets(),
        dim_duty=duties(),
        coverage=coverage("reception", "engagement", "queue_ticket"),
        **receptions(),
    )


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """A world in which cases were sent and nothing else of the page."""
    return world.publish(
        tmp_path_factory.mktemp("bare"), "20261121T093000Z-f00002", cases=apologies(), coverage=coverage()
    )


def part(page: Any, name: str) -> Any:
    return page.segmented_control(key="friendly_part").set_value(name).run()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_each_part_opens_in_both_languages_and_prints_the_numbers_of_ask(
    open_page: Any, friendly: DataDir, lang: str
) -> None:
    page = open_page("friendly", friendly.root, lang=lang, **MONTH)
    assert page.title[0].value == Text.of(lang)("page.friendly.title")
    for name in PARTS:
        part(page, name)
        assert not page.exception
        cards = {x.label: x.value for x in page.metric}
        listed = [d for d in catalogue.metrics().values() if d.label[lang] in cards]
        assert len(listed) == len(cards) >= 2
        for definition in listed:
            row = asked(friendly, definition.name)
            assert row.value is not None
            assert cards[definition.label[lang]] == figures.value_text(definition, row, lang)


def test_no_part_has_an_english_word_on_the_vietnamese_page(open_page: Any, friendly: DataDir) -> None:
    page = open_page("friendly", friendly.root, **MONTH)
    english = r"\b(the|of|and|period|unit|cases?|data|weeks?|visits?|minutes?|dialogues?|not)\b"
    for name in PARTS:
        said = re.sub(r"`[^`]*`|:[\w-]+:?(\[:[\w/]+:)?", " ", words(part(page, name)))
        assert re.findall(english, said, re.I) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_part_that_nobody_sent_says_which_file_to_load_and_shows_no_zero(
    open_page: Any, bare: DataDir, lang: str
) -> None:
    page = open_page("friendly", bare.root, lang=lang, **MONTH)
    for name in PARTS[1:]:
        part(page, name)
        assert not page.exception
        assert Text.of(lang)(f"friendly.empty.{name}") in [x.value for x in page.info]
        assert not page.metric


def test_the_answer_names_the_parts_without_data(open_page: Any, bare: DataDir) -> None:
    said = words(open_page("friendly", bare.root, **MONTH))
    assert "Chưa có số liệu:" in said and "tiếp công dân" in said


def test_apologies_are_told_by_the_log_and_by_the_survey_each_with_its_n(open_page: Any, friendly: DataDir) -> None:
    said = words(open_page("friendly", friendly.root, **MONTH))
    row = asked(friendly, "apology_rate")
    assert (row.numerator, row.denominator) == (6, 8)
    assert f"**Theo hồ sơ:** {numbers.share(row.value, 6, 8)}" in said
    assert "Theo khảo sát của tỉnh" in said and "không gộp" in said
    assert "Văn bản xin lỗi và đề nghị gia hạn" in said and "chưa xác nhận" in said


def test_the_form_is_the_one_in_force_in_the_period(open_page: Any, friendly: DataDir) -> None:
    said = words(open_page("friendly", friendly.root, period="2025-08", unit=m.PROVINCE))
    assert "Phiếu xin lỗi và hẹn lại ngày trả kết quả" in said or "friendly.empty" in said
    assert "Văn bản xin lỗi và đề nghị gia hạn" not in said


def test_the_list_behind_the_apology_rate_has_the_cases_owed_one_and_their_letters(
    open_page: Any, friendly: DataDir
) -> None:
    page = open_page("friendly", friendly.root, **MONTH)
    page.button(key="cases_apology_rate").click().run()
    listed = frame(page, "Ngày xin lỗi")
    assert len(listed) == 8
    assert listed["Ngày xin lỗi"].notna().sum() == 6


def test_weeks_without_the_chair_are_drawn_for_the_unit_that_has_them(open_page: Any, friendly: DataDir) -> None:
    page = part(open_page("friendly", friendly.root, **MONTH), "reception")
    text = Text.of("vi")
    assert text("friendly.weeks.title", month="Tháng 10/2026", full=1, n=2) in [x.value for x in page.header]
    weeks = frame(page, "Tuần có tiếp").set_index("Đơn vị")
    assert list(weeks.loc["Phường Đông Hà", ["Tuần có tiếp", "Tuần đã gửi số liệu"]]) == [17, 17]
    assert list(weeks.loc["Xã Lao Bảo", ["Tuần có tiếp", "Tuần đã gửi số liệu"]]) == [17 - 4, 17]


def test_visits_by_host_add_up_to_the_visits_of_the_card(open_page: Any, friendly: DataDir) -> None:
    page = part(open_page("friendly", friendly.root, **MONTH), "reception")
    hosts = frame(page, "Người tiếp")
    assert hosts["Số lượt"].sum() == asked(friendly, "reception_visits").value
    assert set(hosts["Người tiếp"]) <= {"Chủ tịch, thủ trưởng", "Tiếp thường xuyên"}


def test_dialogues_are_counted_by_unit_since_the_year_began(open_page: Any, friendly: DataDir) -> None:
    page = part(open_page("friendly", friendly.root, **MONTH), "dialogue")
    assert Text.of("vi")("friendly.dialogues.title", met=1, n=2) in [x.value for x in page.header]
    label = catalogue.metric("dialogues_held").label["vi"]
    table = frame(page, label).set_index("Đơn vị")[label]
    assert dict(table) == {"Phường Đông Hà": 0, "Xã Lao Bảo": 2}
    assert "ít nhất 1 lần mỗi năm" in words(page) and "Điều" not in words(page).split("lần mỗi năm")[0][-3:]


def test_counts_of_mobilisation_carry_no_standing_and_no_sign(open_page: Any, friendly: DataDir) -> None:
    page = part(open_page("friendly", friendly.root, **MONTH), "mobilisation")
    said = words(page)
    assert Text.of("vi")("friendly.neutral") in said
    assert not re.search(r"[✓!▲▼]", "".join(x.value for x in page.caption))
    assert "So với mức chung" not in {c for t in page.dataframe for c in t.value.columns}


def test_units_that_wait_longer_or_shorter_are_told_with_what_chance_could_do(
    open_page: Any, friendly: DataDir
) -> None:
    page = part(open_page("friendly", friendly.root, **MONTH), "queue")
    text = Text.of("vi")
    assert text("friendly.waiting.chance", n=2, above=1, below=1, expected=1) in words(page)
    table = frame(page, "Trung vị (phút)").set_index("Đơn vị")
    assert table.loc["Xã Lao Bảo", "Trung vị (phút)"] == 29.5
    assert table.loc["Phường Đông Hà", "Trung vị (phút)"] == 10.5


def test_a_commune_has_the_page_too(open_page: Any, friendly: DataDir) -> None:
    page = open_page("friendly", friendly.root, period="2026-10", unit=m.LAO_BAO)
    for name in PARTS:
        assert not part(page, name).exception
        assert page.metric


@pytest.mark.parametrize("period", ["2025", "2025-03"])
def test_a_period_before_anything_was_sent_can_be_opened(open_page: Any, friendly: DataDir, period: str) -> None:
    page = open_page("friendly", friendly.root, period=period, unit=m.PROVINCE)
    for name in PARTS if page.segmented_control else ():
        assert not part(page, name).exception
    assert not page.exception


def test_an_account_of_one_unit_sees_no_figure_of_another(
    open_page: Any, friendly: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "identify", lambda: Viewer("unit", frozenset({m.LAO_BAO})))
    page = open_page("friendly", friendly.root, period="2026-10", unit=m.LAO_BAO)
    for name in PARTS:
        assert not part(page, name).exception
        assert page.metric
        for table in (t.value for t in page.dataframe if "Đơn vị" in t.value.columns):
            other = table[table["Đơn vị"] == "Phường Đông Hà"]
            numbers_shown = other.select_dtypes("number").dropna(axis="columns", how="all")
            assert numbers_shown.empty, f"{name}: {numbers_shown}"
