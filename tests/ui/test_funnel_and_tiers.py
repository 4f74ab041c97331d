"""Funnel, tiers, movers, case mix: what is drawn, and sentences true of planted provinces in both languages."""

from __future__ import annotations

import dataclasses
import doctest
import re
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from metrics.analysis.casemix import casemix as find_mix
from metrics.analysis.movers import movers as find_movers
from metrics.analysis.peers import peers as find_peers
from metrics.analysis.standing import Standing, standing
from metrics.model import Query
from metrics.viewer import PROVINCE
from tests.metrics import marts as m
from ui import casemix, charts, funnel, labels, movers, theme, tiers
from ui.text import Text, words

VI, EN = Text.of("vi"), Text.of("en")
IDS = [f"2{i:04d}-20250701" for i in range(24)]
COMMUNES = [m.unit(u, f"Số {i}", "commune", full_name=f"Xã Số {i}", province_id=m.PROVINCE) for i, u in enumerate(IDS)]
PLACES = [u for u in m.UNITS if u["unit_id"] == m.PROVINCE] + COMMUNES
QUERY = Query(("on_time_rate",), "commune", None, "2026-10", within=m.PROVINCE)


def settled(unit_id: str, n: int, late: int, month: int = 10) -> list[dict[str, Any]]:
    start, due = date(2026, month, 1), date(2026, month, 12)
    ends = {True: date(2026, month, 15), False: date(2026, month, 9)}
    return [
        m.case(unit_id=unit_id, received_on=start, due_on=due, completed_on=ends[i < late], procedure_code="1")
        for i in range(n)
    ]


def province(late: dict[int, int], n: dict[int, int] | None = None, month: int = 10) -> list[dict[str, Any]]:
    """Return 24 communes of 120 cases (or as said) with 6 late ones (or as said)."""
    sizes = n or {}
    return [c for i, u in enumerate(IDS) for c in settled(u, sizes.get(i, 120), late.get(i, 6), month)]


@pytest.fixture(scope="module")
def apart() -> Standing:
    """Number 3 far below, number 5 without a late case among 400, number 7 of 4 cases; 9 sent nothing."""
    cases = province({3: 50, 5: 0, 7: 4, 9: 0}, {5: 400, 7: 4, 9: 0})
    return standing(QUERY, PROVINCE, m.marts(cases, units=PLACES, covered=[u for u in IDS if u != IDS[9]]))


@pytest.fixture(scope="module")
def alike() -> Standing:
    return standing(QUERY, PROVINCE, m.marts(province({i: 5 + i % 3 for i in range(24)}), units=PLACES))


def words_in(figure: Any) -> list[str]:
    """Return the names written beside points."""
    return [re.sub("<.*?>", "", a["text"]) for a in figure.to_plotly_json()["layout"]["annotations"]]


def marks(figure: Any) -> dict[str, tuple[str, str]]:
    """Return colour and shape of every unit drawn."""
    found = {}
    for trace in figure.to_plotly_json()["data"]:
        if trace.get("mode") == "markers":
            for key in trace["customdata"]:
                found[key] = (trace["marker"]["color"], trace["marker"]["symbol"])
    return found


def test_the_examples_of_label_placing_hold() -> None:
    assert doctest.testmod(labels) == (0, 3)


def test_the_funnel_names_only_who_lies_beyond_the_limits_and_the_chosen_one(apart: Standing) -> None:
    assert {w for w in words_in(funnel.figure(apart, VI)) if w.startswith("Xã")} == {"Xã Số 3", "Xã Số 5"}
    chosen = words_in(funnel.figure(apart, VI, IDS[11]))
    assert {w for w in chosen if w.startswith("Xã")} == {"Xã Số 3", "Xã Số 5", "Xã Số 11"}


def test_beyond_the_limits_colour_and_shape_say_the_same_and_small_units_are_hollow(apart: Standing) -> None:
    found = marks(funnel.figure(apart, VI))
    assert found[IDS[3]] == (theme.CONCERN, "triangle-down")
    assert found[IDS[5]] == (theme.IMPROVEMENT, "triangle-up")
    assert found[IDS[7]] == (theme.FAINT, "circle-open")
    assert found[IDS[0]] == (theme.ORDINARY, "circle")
    assert IDS[9] not in found  # nothing sent is no point


def test_names_never_lie_over_one_another_on_a_phone() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        points = rng.uniform([0, 0], [300, 300], (9, 2))
        spots = [
            labels.Spot(str(i), "Phường Nam Đông Hà"[: int(rng.integers(6, 18))], *xy) for i, xy in enumerate(points)
        ]
        made = {label.key: label for label in labels.placed(spots, 300, 300)}
        boxes = [
            next(box for found, box in labels._candidates(s) if found == made[s.key]) for s in spots if s.key in made
        ]
        assert not [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.touches(b)]
        assert all(b.left >= 0 and b.right <= 300 for b in boxes)


def test_the_sentence_of_the_funnel_is_true_and_says_what_chance_gives(apart: Standing, alike: Standing) -> None:
    assert funnel.title(apart, VI) == "So sánh theo số lượng hồ sơ: 1 đơn vị thấp hơn, 1 đơn vị cao hơn giới hạn 99,8 %"
    said = funnel.sentence(apart, VI)
    assert "Trong 22 đơn vị được so sánh, 1 thấp hơn (xã Số 3) và 1 cao hơn (xã Số 5) giới hạn 99,8 %" in said
    assert "dưới 0,1 đơn vị" in said  # 22 × 0.2 % = 0.04
    assert f"khoảng {'1,1'}" in said  # 22 × 5 %
    assert "1 lie below (xã Số 3) and 1 above (xã Số 5) the 99.8% limits" in funnel.sentence(apart, EN)
    assert "không đơn vị nào vượt giới hạn 99,8 %" in funnel.sentence(alike, VI)
    assert "none lies beyond the 99.8% limits" in funnel.sentence(alike, EN)


@pytest.mark.parametrize("seed", range(4))
def test_the_counts_of_the_funnel_are_those_of_the_exact_chance_on_any_province(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = {i: int(rng.integers(20, 220)) for i in range(24)}
    late = {i: int(rng.binomial(n, 0.05 if i % 8 else 0.25)) for i, n in sizes.items()}
    found = standing(QUERY, PROVINCE, m.marts(province(late, sizes), units=PLACES))
    centre = 1 - sum(late.values()) / sum(sizes.values())
    narrow = dataclasses.replace(found, tau2=0.0)
    below = above = 0
    for i, n in sizes.items():
        met, unit = n - late[i], found.of(IDS[i])
        assert unit is not None
        is_below = binom.cdf(met, n, centre) < 0.001
        is_above = binom.sf(met - 1, n, centre) < 0.001
        low, high = (side[0] for side in narrow.limits([n], 0.998))
        assert (met / n < low, met / n > high) == (is_below, is_above)
        is_named = unit.position == "beyond_outer"
        assert not is_named or is_below or is_above  # where units differ more than chance, fewer are named
        below, above = below + (is_named and is_below), above + (is_named and is_above)
    for text, finding in (
        (VI, f"{below} đơn vị thấp hơn, {above} đơn vị cao hơn"),
        (EN, f"{below} below and {above} above"),
    ):
        assert finding in funnel.title(found, text) or not below + above


def test_the_sentence_of_the_tiers_names_who_is_apart_and_counts_the_rest(apart: Standing, alike: Standing) -> None:
    said = tiers.sentence(apart, VI)
    bottom, top = len(apart.tier("bottom")), len(apart.tier("top"))
    assert (
        f"{bottom} thuộc nhóm dưới (xã Số 3" in said and f"{22 - bottom - top} đơn vị chưa tách khỏi mức giữa" in said
    )
    notes = tiers.notes(apart, VI)
    assert "1 đơn vị ít hồ sơ, không đánh giá (xã Số 7)" in notes and "1 đơn vị chưa gửi số liệu (xã Số 9)" in notes
    assert said.endswith(notes)
    assert tiers.sentence(alike, VI) == ("Trong 24 đơn vị đủ số liệu để so sánh, chưa đơn vị nào tách khỏi mức giữa.")
    assert tiers.title(alike, EN) == "The 24 units cannot be told apart: all are in the middle tier"


def test_letters_are_called_letters_and_cases_cases(apart: Standing) -> None:
    letters = dataclasses.replace(apart, metric="complaint_on_time_rate")
    assert funnel.title(letters, VI).startswith("So sánh theo số lượng đơn: ")
    assert funnel.figure(letters, EN).layout.xaxis.title.text == "Number of letters"
    assert funnel.figure(apart, VI).layout.xaxis.title.text == "Số hồ sơ"


def test_a_rank_is_never_printed_alone(apart: Standing) -> None:
    for lang in (VI, EN):
        table = tiers.table(apart, lang)
        at = [c.label for c in table.columns].index(lang("standing.column_rank_interval"))
        cells = [row[at] for row in table.rows if row[at] is not None]
        assert len(cells) == 22 and all(re.fullmatch(r"\d+–\d+", cell) for cell in cells)
    ticks = tiers.figure(apart, VI).to_plotly_json()["layout"]["yaxis"]["ticktext"]
    worst = next(t for t in ticks if t.startswith("Xã Số 3<"))
    unit = apart.of(IDS[3])
    assert unit is not None and f"khoảng thứ hạng {unit.rank_low}–{unit.rank_high}" in worst


def test_the_shrunk_value_stands_beside_the_direct_one_and_is_called_triage(apart: Standing) -> None:
    table = tiers.table(apart, VI)
    names = [c.label for c in table.columns]
    worst = dict(zip(names, table.rows[3], strict=True))
    assert worst["Tỷ lệ giải quyết đúng hạn"] == 70 / 120
    shrunk = worst["Ước lượng co về mức chung (chỉ để sàng lọc)"]
    assert 70 / 120 < shrunk < apart.centre  # type: ignore[operator]


def test_the_table_keeps_the_order_by_name_it_is_given_and_is_no_league_table(apart: Standing) -> None:
    order = IDS[::-1]
    assert [r[0] for r in tiers.table(apart, VI, order).rows] == [f"Xã Số {i}" for i in range(23, -1, -1)]
    assert funnel.table(apart, VI, order).rows[0][0] == "Xã Số 23"


def test_the_tiers_chart_draws_those_apart_and_the_chosen_one_of_the_middle(apart: Standing) -> None:
    drawn = marks(tiers.figure(apart, VI, IDS[11]))
    assert drawn[IDS[3]] == (theme.CONCERN, "triangle-down")
    assert set(drawn) == {u.unit_id for u in apart.tier("bottom") + apart.tier("top")} | {IDS[11]}
    assert IDS[11] not in marks(tiers.figure(apart, VI))


def test_where_nobody_can_be_judged_the_reason_stands_instead() -> None:
    running = standing(QUERY, PROVINCE, m.marts(province({3: 50}), units=PLACES, data_on=date(2026, 10, 20)))
    assert tiers.title(running, VI) == "Chưa chia nhóm: ít đơn vị đủ số liệu (0), không chia nhóm"
    assert funnel.sentence(running, VI) == "Chưa đủ đơn vị có số liệu để so sánh."
    assert "24 đơn vị có số tạm tính, chưa đánh giá" in tiers.notes(running, VI)
    assert funnel.figure(running, VI).data == ()


def test_the_mover_is_named_with_both_values_and_noise_is_not() -> None:
    cases = province({}, month=9) + province({3: 40, 4: 10})
    found = find_movers(QUERY, PROVINCE, m.marts(cases, units=PLACES))
    assert movers.sentence(found, VI, "Tháng 9/2026") == (
        "So với tháng 9/2026, 1 trong 24 đơn vị thay đổi vượt mức ngẫu nhiên: xã Số 3 (95,0 % → 66,7 %)."
    )
    assert "khoảng 1,2" in movers.chance(found, VI)  # 24 × 5 %
    standings = standing(QUERY, PROVINCE, m.marts(cases, units=PLACES))
    table = movers.beside(tiers.table(standings, VI), tiers.order(standings, ()), found, VI)
    assert table.rows[3][-6:] == (0.95, pytest.approx(-28.3, abs=0.1), pytest.approx(-37.4, abs=1),
                                  pytest.approx(-18.7, abs=1), "! có, giảm", None)  # fmt: skip
    assert table.rows[0][-2] == "không" and [c.label for c in table.columns][-1] == VI("column.note")
    still = find_movers(QUERY, PROVINCE, m.marts(province({}, month=9) + province({}), units=PLACES))
    assert movers.sentence(still, EN, "Month 9/2026") == "Since month 9/2026, none of 24 units moved beyond chance."
    alone = find_movers(QUERY, PROVINCE, m.marts(province({}), units=PLACES))
    assert movers.sentence(alone, VI, "") == (
        "Chưa so sánh được với kỳ trước (không đơn vị nào đủ số liệu ở cả hai kỳ)."
    )


def test_the_case_mix_says_more_as_expected_or_why_not() -> None:
    snapshot = m.marts(province({3: 50, 9: 0}, {9: 0}), units=PLACES)

    def said(i: int, text: Text) -> str:
        return casemix.sentence(find_mix(Query(("late_rate",), "commune", IDS[i], "2026-10"), PROVINCE, snapshot), text)

    assert "nhiều hơn ngoài khoảng dao động ngẫu nhiên" in said(3, VI) and "more than random variation" in said(3, EN)
    assert "nằm trong khoảng dao động ngẫu nhiên" in said(0, VI)
    assert said(9, VI).startswith("Chưa so sánh được theo cơ cấu thủ tục (")


def test_the_peers_are_named_with_what_makes_them_so() -> None:
    snapshot = m.marts(province({}), units=PLACES)
    found = find_peers(Query(("settled",), "commune", IDS[0], "2026-10"), PROVINCE, snapshot, k=2)
    assert casemix.peers_sentence(found, VI).startswith(
        "Đơn vị tương tự nhất theo số hồ sơ, cơ cấu lĩnh vực và loại đơn vị: xã Số 1 (120 hồ sơ, "
    )
    assert len(casemix.peers_table(found, VI)) == 2


def test_a_figure_of_one_row_keeps_its_axis() -> None:
    """Plotly keeps 64 px for the plot unless told: a lone tier had its axis cut off."""
    assert charts.ranking((charts.Mark("a", "A", 0.9, 0.8, 0.95),), charts.Style()).layout.minreducedheight < 40


@pytest.mark.parametrize(
    ("text", "about", "under"), [(VI, "khoảng 1,1", "dưới 0,1"), (EN, "about 1.1", "less than 0.1")]
)
def test_what_chance_gives_is_about_a_number_or_under_a_tenth_never_both(text: Text, about: str, under: str) -> None:
    assert (funnel.chance_text(1.14, text), funnel.chance_text(0.01, text)) == (about, under)
    assert not [k for k, v in words(text.lang).items() if "chance}" in v and ("khoảng {" in v or "about {" in v)]
