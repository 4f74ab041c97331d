"""The overview on a province whose truth is planted: what it says is so, in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from metrics.viewer import Role, Viewer
from tests.metrics import marts as m
from tests.ui import world
from ui import guard
from ui.text import Text
from warehouse.paths import DataDir

IDS = [f"2{i:04d}-20250701" for i in range(16)]
COMMUNES = [
    m.unit(
        u, f"Số {i}", "commune", full_name=f"Xã Số {i}", province_id=m.PROVINCE, lat=16 + i / 10, lon=106 + i % 4 / 10
    )
    for i, u in enumerate(IDS)
]
PLACES = [u for u in m.UNITS if u["unit_id"] == m.PROVINCE] + COMMUNES
MONTH = {"period": "2026-10", "unit": m.PROVINCE}


def cases() -> list[dict[str, Any]]:
    """Return two months of 100 cases a commune, 5 late; in October 40 late in number 3; 4 cases in number 7."""
    rows = []
    for month in (9, 10):
        for i, unit in enumerate(IDS):
            n = 4 if i == 7 else 100
            late = 40 if (i, month) == (3, 10) else 5
            for j in range(n):
                due = date(2026, month, 12)
                end = due + timedelta(days=3 if j < late else -2)
                rows.append(m.case(unit_id=unit, received_on=date(2026, month, 1), due_on=due, completed_on=end))
    return rows


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    # a name of its own: answers are kept by the name of the snapshot, also from one test file to the next
    name = "20261121T020000Z-15ab15"
    return world.publish(tmp_path_factory.mktemp("planted"), name=name, cases=cases(), units=PLACES, groups=[])


def said(page: Any) -> str:
    parts = [x.value for kind in ("header", "markdown", "caption") for x in getattr(page, kind)]
    return "\n".join(map(str, parts)).replace("\u00a0", " ")


def test_the_overview_says_who_is_apart_who_moved_and_who_is_too_small(open_page: Any, planted: DataDir) -> None:
    page = open_page("overview", root=planted.root, **MONTH)
    assert not page.exception
    words = said(page)
    assert "Trong 15 đơn vị đủ số liệu để so sánh: 1 thuộc nhóm dưới (xã Số 3), 0 thuộc nhóm trên" in words
    assert "So với tháng 9/2026, 1 trong 15 đơn vị thay đổi vượt mức ngẫu nhiên: xã Số 3 (95,0 % → 60,0 %)" in words
    assert "1 đơn vị ít hồ sơ, không đánh giá (xã Số 7)" in words
    assert "chỉ yếu tố ngẫu nhiên đã tạo ra khoảng 0,8" in words  # 15 × 5 %


def test_the_overview_says_the_same_in_english(open_page: Any, planted: DataDir) -> None:
    words = said(open_page("overview", root=planted.root, lang="en", **MONTH))
    assert "Bottom tier: 1 (xã Số 3); top tier: 0; 14 cannot be told" in words
    assert "1 of 15 units moved beyond chance: xã Số 3" in words


def test_the_table_has_rank_intervals_and_tiers_for_every_unit_that_is_judged(open_page: Any, planted: DataDir) -> None:
    text = Text.of("vi")
    page = open_page("overview", root=planted.root, **MONTH)
    table = next(t.value for t in page.dataframe if text("standing.column_rank_interval") in t.value.columns)
    assert table["Khoảng thứ hạng"].notna().sum() == 15
    assert list(table["Nhóm"]).count("▼ nhóm dưới") == 1 and list(table["Nhóm"]).count("○ không đánh giá") == 1


def test_a_chosen_commune_reads_its_own_tier_and_rank_interval(open_page: Any, planted: DataDir) -> None:
    page = open_page("overview", root=planted.root, period="2026-10", unit=IDS[3])
    assert "Xã Số 3: nhóm dưới, khoảng thứ hạng 15–15 trong 15 đơn vị." in said(page)


def part(open_page: Any, planted: DataDir, name: str, **url: str) -> Any:
    page = open_page("overview", root=planted.root, part=name, **{**MONTH, **url})
    assert not page.exception
    return page


def frame(page: Any, column: str) -> Any:
    return next(t.value for t in page.dataframe if column in t.value.columns)


def test_units_by_period_stand_in_the_order_of_their_level(open_page: Any, planted: DataDir) -> None:
    page = part(open_page, planted, "months")
    table = frame(page, "Chung các kỳ")
    assert table.iloc[0]["Đơn vị"] == "Xã Số 3"  # 45 late of 200
    assert table.iloc[0]["Chung các kỳ"] == pytest.approx(155 / 200)
    assert list(table.iloc[0])[-2:] == [pytest.approx(0.95), pytest.approx(0.60)]
    assert table.iloc[-1]["Đơn vị"] == "Xã Số 7"  # four cases a month, all late: too few to be the lowest
    assert "từ 77,5 % (xã Số 3)" in said(page)


def test_a_field_leads_to_its_procedures_and_the_address_names_both(open_page: Any, planted: DataDir) -> None:
    page = part(open_page, planted, "fields", unit=IDS[3])
    field = page.selectbox(key="narrow_field")
    assert page.query_params.get("field") is None and len(field.options) == 2  # all, and the only field of the cases
    field.select_index(1).run()
    assert page.query_params["field"]
    assert page.selectbox(key="narrow_procedure").options
    assert "Xã Số 3, " in said(page) and "60,0 % (60/100)" in said(page)


def test_units_are_compared_over_the_periods_as_the_address_says(open_page: Any, planted: DataDir) -> None:
    page = part(open_page, planted, "compare")
    assert "Chọn ít nhất một đơn vị" in page.info[0].value
    page = part(open_page, planted, "compare", **{"with": f"{IDS[3]},{IDS[4]},no-such-unit"})
    table = frame(page, "Kỳ")
    shown = table[table["Tử số"].notna()]
    assert list(shown["Đơn vị"]) == ["Xã Số 3"] * 2 + ["Xã Số 4"] * 2
    assert list(shown["Tử số"]) == [95, 60, 95, 95]


def test_two_periods_stand_side_by_side_with_what_chance_explains(open_page: Any, planted: DataDir) -> None:
    page = part(
        open_page,
        planted,
        "pair",
        **{"with": f"{IDS[3]},{IDS[4]}", "metrics": "on_time_rate,settled", "second": "2026-09"},
    )
    table = frame(page, "Chênh lệch")
    assert list(table["Đơn vị"]) == ["Xã Số 3", "Xã Số 3", "Xã Số 4", "Xã Số 4"]
    of_3 = table.iloc[0]
    assert (of_3["Tháng 10/2026"], of_3["Tháng 9/2026"]) == (pytest.approx(0.60), pytest.approx(0.95))
    assert of_3["Chênh lệch"] == pytest.approx(-35.0)
    assert of_3["Chênh lệch, cận trên"] < 0 and "cần lưu ý" in of_3["Đánh giá"]
    assert "ngẫu nhiên" in table.iloc[2]["Đánh giá"]  # 95 and 95 of 100
    assert table.iloc[1]["Đánh giá"] == "không đánh giá"  # a number of cases settled is neutral
    assert "trong 2 chênh lệch đánh giá được, **0** khác biệt rõ theo hướng tốt, **1** khác biệt rõ" in said(page)
    drawn = "".join(x.proto.body for x in page.get("html"))
    assert "−35,0\u00a0điểm\u00a0%" in drawn.replace(" %", "\u00a0%") and "60/100" in drawn


def test_any_two_periods_are_chosen_and_the_address_keeps_them(open_page: Any, planted: DataDir) -> None:
    page = part(open_page, planted, "pair")
    page.selectbox(key="narrow_first").set_value("2026-Q3").run()
    page.selectbox(key="narrow_second").set_value("2026-10").run()
    assert (page.query_params["first"], page.query_params["second"]) == ("2026-Q3", "2026-10")
    assert "Hai kỳ dài khác nhau (3 tháng và 1 tháng)" in page.warning[0].value
    table = frame(page, "Chênh lệch")
    by_name = dict(zip(table["Chỉ số"], zip(table["Chênh lệch"], table["Đánh giá"], strict=True), strict=True))
    assert by_name["Đã giải quyết"][0] != by_name["Đã giải quyết"][0]  # no difference of amounts: not a number
    assert by_name["Đã giải quyết"][1] == "hai kỳ dài khác nhau"
    assert by_name["Tỷ lệ giải quyết đúng hạn"][0] > 0


def test_periods_that_share_days_are_not_judged_and_one_is_not_compared_with_itself(
    open_page: Any, planted: DataDir
) -> None:
    page = part(open_page, planted, "pair", first="2026-10", second="2026-10-YTD", lang="en")
    assert "the days from 01/10/2026 to 31/10/2026" in page.warning[0].value
    assert set(frame(page, "Difference")["Verdict"]) <= {"periods share days", "one period has no figure"}
    page = part(open_page, planted, "pair", first="2026-10", second="2026-10")
    assert "Hai kỳ đang chọn là một" in page.warning[0].value
    assert not [t for t in page.dataframe if "Chênh lệch" in t.value.columns]


def test_the_sources_say_who_has_sent_and_what_was_rejected(open_page: Any, planted: DataDir) -> None:
    words = said(part(open_page, planted, "sources"))
    assert "**2** dòng bị loại" in words
    assert "Không có hồ sơ nào biến mất khỏi tệp gửi sau." in words


def test_a_commune_offers_the_way_up_and_the_period_stays(open_page: Any, planted: DataDir) -> None:
    page = open_page("overview", root=planted.root, period="2026-09", unit=IDS[3])
    page.button(key=f"up_{m.PROVINCE}").click().run()
    assert page.query_params["unit"] == [m.PROVINCE] or page.query_params["unit"] == m.PROVINCE
    assert not [b for b in page.button if str(b.key).startswith("up_")]
    assert "tháng 9/2026" in said(page)


def test_a_unit_compares_of_others_only_what_it_may_see_of_them(
    open_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compared(viewer: Viewer) -> dict[str, tuple[Any, ...]]:
        monkeypatch.setattr(guard, "identify", lambda: viewer)
        url = {"part": "pair", "with": m.LAO_BAO, "first": "2026-10", "second": "2026-09", "unit": m.DONG_HA}
        page = open_page("overview", **url, metrics="on_time_rate,complaints_received,denunciations_received")
        assert not page.exception
        table = frame(page, "Chênh lệch").astype(object)
        return {row["Chỉ số"]: (row["Tháng 10/2026"], row["Tháng 9/2026"]) for _, row in table.iterrows()}

    everything = compared(Viewer("province", name="tinh"))
    assert everything["Đơn khiếu nại nhận trong kỳ"] == (2, 2)
    other = compared(Viewer("unit", frozenset({m.DONG_HA}), name="somebody"))
    assert other["Tỷ lệ giải quyết đúng hạn"][0] == pytest.approx(0.9)
    assert all(value != value for value in other["Đơn khiếu nại nhận trong kỳ"])  # not a number
    assert len(everything) == 3 and len(other) == 2  # denunciations are not even offered


@pytest.mark.parametrize("role", ["viewer", "auditor", "unit"])
@pytest.mark.parametrize("name", ["map", "months", "fields", "compare", "pair", "sources"])
def test_every_part_is_drawn_for_every_role_within_its_scope(
    open_page: Any, planted: DataDir, monkeypatch: pytest.MonkeyPatch, role: Role, name: str
) -> None:
    viewer = Viewer(role, frozenset({IDS[3]}) if role == "unit" else frozenset(), name="somebody")
    monkeypatch.setattr(guard, "identify", lambda: viewer)
    page = part(open_page, planted, name, unit=IDS[4], **{"with": f"{IDS[3]},{IDS[4]}"})
    if name == "sources":
        # rejects and cases not seen are of the whole province
        assert ("dòng bị loại" in said(page)) == (role == "auditor")
    if name == "fields":
        # the rows of another commune are not a unit's to read, nor any a viewer's
        assert bool([b for b in page.button if b.key == "cases_narrowed"]) == (role == "auditor")
