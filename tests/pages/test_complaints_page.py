"""The page of letters: kinds apart, terms with their rule, ages, surges; denunciations for the province only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from metrics import answer
from metrics.model import Query
from metrics.viewer import PROVINCE, Viewer
from tests.metrics import marts as m
from tests.pages.test_pages import frame, words
from tests.ui import world
from ui import guard, theme
from ui.text import Text
from warehouse.paths import DataDir
from warehouse.snapshots import Pool

MONTH = {"period": "2026-10", "unit": m.PROVINCE}
SECRET = ("denunciations_received", "letters_received", "matters_received")
DAY = "20261121T093000Z"
"""Answers are kept by the name of the snapshot, so each world has its own."""
PARTS = ("received", "changes", "complaints", "feedback", "denunciations", "terms")


def letters() -> Iterator[dict[str, Any]]:
    """Yield about ten letters of each kind a month; in September 2026 sixty complaints, and some never accepted."""
    for start in world.month_starts(date(2025, 7, 1), date(2026, 10, 1)):
        for kind, n in (("complaint", 10), ("petition", 11), ("feedback", 12), ("denunciation", 3)):
            many = 60 if kind == "complaint" and start == date(2026, 9, 1) else n
            for i in range(many):
                received = start + timedelta(days=i % 27)
                settled = received + timedelta(days=20 + 3 * (i % 9))
                is_open = settled > date(2026, 10, 31) or i % 10 == 9
                yield m.complaint(
                    kind=kind, received_on=received, unit_id=(m.LAO_BAO, m.DONG_HA)[i % 2],
                    accepted_on=None if i % 10 == 9 else received + timedelta(days=4 + i % 8),
                    accept_due_on=received + timedelta(days=10) if kind == "complaint" else None,
                    settle_due_on=received + timedelta(days=40), settled_on=None if is_open else settled,
                    handle_due_on=received + timedelta(days=45) if received >= date(2026, 7, 1) else None,
                    outcome=None if is_open else ("right", "wrong", "partly_right")[i % 3],
                    round=2 if i % 8 == 0 else 1, n_people=7 if i == 3 else 1,
                )  # fmt: skip


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """The small world with more letters."""
    return world.publish(tmp_path_factory.mktemp("letters"), f"{DAY}-1e77e5", complaints=list(letters()), cases=[])


def part(page: Any, name: str) -> Any:
    return page.segmented_control(key="letters_part").set_value(name).run()


def asked(data_dir: DataDir, metric: str, **changes: Any) -> Any:
    query = Query((metric,), level="province", unit=m.PROVINCE, period="2026-10").at(**changes)
    return answer.ask(query, PROVINCE, Pool(data_dir).at()).rows[0]


def figure(page: Any, key: str) -> dict[str, Any]:
    """Return the chart under a key, as plotly has it."""
    found = next(c for c in page.get("plotly_chart") if c.proto.id.endswith(f"-{key}"))
    return dict(json.loads(found.proto.spec))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_each_part_opens_in_both_languages_without_a_word_of_the_other(
    open_page: Any, many: DataDir, lang: str
) -> None:
    page = open_page("complaints", many.root, lang=lang, **MONTH)
    for name in PARTS:
        shown = part(page, name)
        assert not shown.exception
        said = re.sub(r"`[^`]*`|:[\w-]+:?(\[:[\w/]+:)?", " ", words(shown))
        if lang == "vi":
            assert re.findall(r"\b(the|of|and|received|letters?|not|with|days?|settled)\b", said, re.I) == []
        else:
            assert re.findall(r"\b(đơn|ngày|thời|hạn|kỳ)\b", re.sub(r"\([^()]*\)", "", said), re.I) == []


def test_the_answer_names_each_kind_the_backlog_and_what_lies_unhandled_and_adds_nothing_up(
    open_page: Any, many: DataDir
) -> None:
    said = words(open_page("complaints", many.root, **MONTH))
    assert "nhận **10** đơn khiếu nại, **11** đơn kiến nghị, phản ánh và **12** phản ánh, kiến nghị" in said
    backlog, late = asked(many, "complaint_backlog").value, asked(many, "complaint_backlog_overdue").value
    assert f"Cuối kỳ còn **{backlog}** đơn khiếu nại chưa giải quyết, trong đó **{late}** đơn quá thời hạn." in said
    unhandled = asked(many, "letters_unhandled_over_45_days").value
    assert unhandled and f"**{unhandled}** đơn quá 45 ngày chưa ghi nhận xử lý" in said
    assert "**33**" not in said  # 10 + 11 + 12


def test_a_month_above_its_limit_is_called_a_surge_and_an_ordinary_one_is_not(open_page: Any, many: DataDir) -> None:
    september = words(open_page("complaints", many.root, period="2026-09", unit=m.PROVINCE))
    assert (
        "Đơn khiếu nại nhận trong kỳ tăng đột biến trong tháng 9/2026: 3,0 mỗi ngày làm việc, vượt giới hạn trên"
        in september
    )
    assert "Đơn kiến nghị, phản ánh nhận trong kỳ tăng đột biến" not in september
    october = words(open_page("complaints", many.root, **MONTH))
    assert "đột biến trong tháng 10" not in october
    assert "Không loại nào tăng đột biến trong tháng gần nhất được xét." in october


def test_numbers_of_letters_are_never_coloured(open_page: Any, many: DataDir) -> None:
    page = open_page("complaints", many.root, period="2026-09", unit=m.PROVINCE)
    for name in ("received", "changes", "complaints", "denunciations"):
        drawn = [json.loads(c.proto.spec) for c in part(page, name).get("plotly_chart")]
        assert drawn
        for spec in drawn:
            spec["layout"].pop("template")  # the theme's own list of colours
            assert theme.CONCERN not in json.dumps(spec) and theme.IMPROVEMENT not in json.dumps(spec)


def test_the_terms_are_printed_with_their_receipt_days_basis_and_doubt(open_page: Any, many: DataDir) -> None:
    page = part(open_page("complaints", many.root, **MONTH), "complaints")
    said = words(page)
    assert "Thụ lý 7 ngày làm việc, đơn nhận từ 01/07/2026 (Nghị định 155/2026/NĐ-CP, điều 10)" in said
    assert "10 ngày" not in said.split("Thụ lý")[1].split("Giải quyết")[0]
    assert "Giải quyết 30 ngày, đơn nhận từ 01/07/2026 (" in said
    assert "chưa xác nhận, cần đối chiếu nguyên văn" in said
    assert "Thời gian tạm đình chỉ không có trong số liệu" in said
    earlier = words(part(open_page("complaints", many.root, period="2026-05", unit=m.PROVINCE), "complaints"))
    assert "Thụ lý 10 ngày, đơn nhận từ 01/07/2012 đến 30/06/2026" in earlier
    both = words(part(open_page("complaints", many.root, period="2026", unit=m.PROVINCE), "complaints"))
    assert "Thụ lý 10 ngày" in both and "Thụ lý 7 ngày làm việc" in both


def test_every_term_stands_in_the_table_with_what_was_not_checked(open_page: Any, many: DataDir) -> None:
    table = frame(part(open_page("complaints", many.root, **MONTH), "terms"), "Bước")
    assert {"Khiếu nại", "Tố cáo", "Kiến nghị, phản ánh", "PAKN"} == set(table["Loại đơn"])
    feedback = table[table["Loại đơn"] == "PAKN"]
    assert {"2 ngày làm việc", "5 ngày làm việc", "15 ngày làm việc"} == set(feedback["Thời hạn"])
    assert set(table["Tình trạng đối chiếu"]) == {"đã đối chiếu", "chưa xác nhận, cần đối chiếu nguyên văn"}


def test_the_ages_add_up_to_the_backlog_and_the_limit_is_marked(open_page: Any, many: DataDir) -> None:
    page = part(open_page("complaints", many.root, **MONTH), "complaints")
    table = frame(page, "Số ngày đã chờ")
    assert table["Cộng"].sum() == asked(many, "complaint_backlog").value
    assert table["Quá thời hạn"].sum() == asked(many, "complaint_backlog_overdue").value
    drawn = figure(page, "ageing")
    (line,) = drawn["layout"]["shapes"]
    assert 39 <= line["x0"] == line["x1"] <= 46
    assert f"Nét đứt: {line['x0']} ngày" in words(page)
    assert "(thời hạn chưa xác nhận)" in words(page)


def test_the_cards_of_settling_print_shares_with_their_parts(open_page: Any, many: DataDir) -> None:
    page = part(open_page("complaints", many.root, **MONTH), "complaints")
    row = asked(many, "complaint_settlement_rate")
    assert f"{row.numerator}/{row.denominator}" in words(page)
    assert {x.label for x in page.metric} >= {
        "Tỷ lệ thụ lý khiếu nại đúng thời hạn", "Tỷ lệ giải quyết vụ việc khiếu nại thuộc thẩm quyền",
        "Tỷ lệ khiếu nại đúng (giải quyết lần đầu)", "Tỷ lệ hủy, sửa quyết định lần đầu (giải quyết lần hai)",
        "Đơn quá 45 ngày chưa xử lý", "Số ngày chờ trung vị của đơn khiếu nại chưa giải quyết",
    }  # fmt: skip


def test_the_list_of_letters_unhandled_holds_as_many_as_the_number_and_no_denunciation(
    open_page: Any, many: DataDir
) -> None:
    page = part(open_page("complaints", many.root, **MONTH), "complaints")
    page.button(key="cases_letters_unhandled_over_45_days").click().run()
    table = frame(page, "Hạn xử lý")
    assert len(table) == asked(many, "letters_unhandled_over_45_days").value
    assert set(table["Loại"]) == {"Khiếu nại", "Kiến nghị, phản ánh"}


def test_denunciations_are_counts_by_quarter_with_no_list_and_no_card(open_page: Any, many: DataDir) -> None:
    page = part(open_page("complaints", many.root, **MONTH), "denunciations")
    assert "Quý III/2026: 9 đơn tố cáo" in [h.value for h in page.header]
    table = frame(page, "Đơn tố cáo nhận trong kỳ")
    by_quarter = table.set_index("Kỳ")
    assert by_quarter.loc["Q3/2026", "Đơn tố cáo nhận trong kỳ"] == 3 * 3
    assert by_quarter.loc["Q3/2026", "Đơn nhận trong kỳ"] == 3 * (3 + 11) + 10 + 10 + 60
    assert not [b for b in page.button if any(name in str(b.key) for name in SECRET)]


def test_a_unit_account_sees_no_denunciation_and_nothing_that_contains_one(
    open_page: Any, many: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Viewer("unit", frozenset({m.LAO_BAO}), "xa")
    monkeypatch.setattr(guard, "identify", lambda: account)
    monkeypatch.setattr(guard, "require", lambda page: account)
    page = open_page("complaints", many.root, period="2026-Q3", unit=m.LAO_BAO)
    assert not page.exception
    options = page.segmented_control(key="letters_part").options
    assert "Tố cáo" not in options and len(options) == len(PARTS) - 1
    for name in (n for n in PARTS if n != "denunciations"):
        shown = part(page, name)
        assert not shown.exception
        text = words(shown) + "".join(t.value.to_csv() for t in shown.dataframe)
        if name != "terms":  # the law's own terms are no figures
            assert not re.search(r"tố cáo(?! *[;)])", re.sub(r"[Kk]hông gồm (đơn )?tố cáo", "", text))
        others = [t.value for t in shown.dataframe if "Đơn vị" in t.value.columns]
        for table in others:
            assert table[table["Đơn vị"] == "Phường Đông Hà"].iloc[:, 2].isna().all()


def test_no_letters_no_data_and_not_sent_are_three_things(open_page: Any, tmp_path: Path) -> None:
    one = m.complaint(unit_id=m.DONG_HA, received_on=date(2026, 9, 7), settled_on=date(2026, 9, 9))
    quiet = world.publish(tmp_path / "quiet", f"{DAY}-000001", complaints=[one], cases=[])
    said = words(open_page("complaints", quiet.root, period="2026-10", unit=m.LAO_BAO))
    assert "đã gửi sổ và không ghi nhận đơn hay phản ánh, kiến nghị nào" in said
    assert "Không có đơn chưa chắc là không có vướng mắc" in said
    silent = world.publish(tmp_path / "silent", f"{DAY}-000002", complaints=[one], cases=[], covered=[m.DONG_HA])
    page = open_page("complaints", silent.root, period="2026-10", unit=m.LAO_BAO)
    assert "không có nghĩa là không phát sinh đơn" in page.info[0].value
    assert not page.metric


def test_the_page_says_the_same_parts_in_both_languages() -> None:
    for lang in ("vi", "en"):
        assert all(Text.of(lang).has(f"letters.part.{name}") for name in PARTS)
