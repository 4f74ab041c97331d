"""Where units stand, on provinces drawn so that the answer is known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marts import AGENCY, PROVINCE, UNALLOCATED, UNITS, case, complaint, marts, unit

from metrics.analysis.casemix import casemix
from metrics.analysis.movers import movers
from metrics.analysis.peers import peers
from metrics.analysis.standing import standing
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR
from metrics.viewer import Viewer

IDS = [f"2{i:04d}-20250701" for i in range(20)]
COMMUNES = [unit(u, f"Số {i}", "commune", full_name=f"Xã Số {i}", province_id=PROVINCE) for i, u in enumerate(IDS)]
PLACES = [u for u in UNITS if u["unit_id"] in (PROVINCE, AGENCY, UNALLOCATED)] + COMMUNES
ACCOUNT = Viewer("unit", frozenset({IDS[0]}))
QUERY = Query(("on_time_rate",), "commune", None, "2026-10", within=PROVINCE)


def settled(unit_id: str, n: int, late: int, month: int = 10, **more: Any) -> list[dict[str, Any]]:
    """Return n cases that ended in a month of 2026, so many of them late."""
    due, end = date(2026, month, 12), {True: date(2026, month, 15), False: date(2026, month, 9)}
    return [
        case(
            unit_id=unit_id,
            received_on=date(2026, month, 1),
            due_on=due,
            completed_on=end[i < late],
            **{"field_name": "Hộ tịch", "procedure_code": "1", **more},
        )
        for i in range(n)
    ]


def province(late: dict[int, int], n: int = 100, usual: int = 5, month: int = 10) -> list[dict[str, Any]]:
    """Return 20 communes of n cases with the usual late ones, save those that are named."""
    return [c for i, u in enumerate(IDS) for c in settled(u, n, late.get(i, usual), month)]


def test_a_unit_far_worse_is_beyond_the_funnel_and_in_the_bottom_tier_and_the_rest_is_not() -> None:
    found = standing(QUERY, OPERATOR, marts(province({3: 40}), units=PLACES))
    worst = found.of(IDS[3])
    assert worst is not None
    assert (worst.tier, worst.position, worst.side, worst.rank_low, worst.rank_high) == (
        "bottom", "beyond_outer", "worse", 20, 20,
    )  # fmt: skip
    assert [u.unit_id for u in found.beyond("worse")] == [IDS[3]]
    assert {u.tier for u in found.units if u.unit_id != IDS[3]} == {"middle"}
    assert (found.numerator, found.denominator) == (19 * 95 + 60, 2000)
    assert worst.value == 0.6 and worst.shrunk is not None and 0.6 < worst.shrunk < found.centre  # type: ignore[operator]


def test_units_that_differ_by_chance_alone_are_alike_and_nobody_is_named() -> None:
    found = standing(QUERY, OPERATOR, marts(province({i: 4 + i % 3 for i in range(20)}), units=PLACES))
    assert found.is_alike and found.has_tiers and not found.beyond()
    assert {u.tier for u in found.judged} == {"middle"}
    assert {(u.rank_low, u.rank_high) for u in found.judged} == {(1, 20)}
    assert found.expected() == pytest.approx(20 * 0.002) and found.expected_wrong == 0


def test_where_low_is_better_the_late_unit_is_on_the_worse_side_too() -> None:
    found = standing(QUERY.at(metrics=("late_rate",)), OPERATOR, marts(province({3: 40}), units=PLACES))
    worst = found.of(IDS[3])
    assert worst is not None and (worst.tier, worst.side) == ("bottom", "worse")


def test_a_unit_of_few_cases_is_listed_and_not_judged() -> None:
    cases = [c for c in province({}) if c["unit_id"] != IDS[3]] + settled(IDS[3], 9, 9)
    found = standing(QUERY, OPERATOR, marts(cases, units=PLACES))
    small = found.of(IDS[3])
    assert small is not None and small.value == 0 and small.is_small
    assert (small.tier, small.rank_low, small.position, small.shrunk) == (None, None, None, None)
    assert small.why_not is not None and small.why_not.text("vi") == "Ít hồ sơ (9), không đánh giá"
    assert found.not_judged("small") == (small,) and len(found.judged) == 19
    assert found.denominator == 1909  # its cases are cases of the whole


def test_a_unit_that_sent_nothing_is_named_as_such_and_is_no_zero() -> None:
    cases = [c for c in province({}) if c["unit_id"] != IDS[3]]
    found = standing(QUERY, OPERATOR, marts(cases, units=PLACES, covered=[u for u in IDS if u != IDS[3]]))
    silent = found.of(IDS[3])
    assert silent is not None and silent.value is None and silent.tier is None
    assert found.not_judged("not_sent") == (silent,)


def test_a_month_that_runs_on_gives_no_verdict_at_all() -> None:
    found = standing(QUERY, OPERATOR, marts(province({3: 40}), units=PLACES, data_on=date(2026, 10, 20)))
    assert not found.judged and not found.beyond() and not found.has_tiers
    assert {u.why_not.code for u in found.units if u.why_not} == {"provisional"}
    assert len([u for u in found.units if u.value is not None]) == 20  # the figures stay


def test_a_number_of_letters_has_no_tiers_ever() -> None:
    letters = [complaint(unit_id=u) for i, u in enumerate(IDS) for _ in range(1 + 5 * (i == 3))]
    found = standing(QUERY.at(metrics=("complaints_received",)), OPERATOR, marts(complaints=letters, units=PLACES))
    assert not found.has_tiers and not found.judged and not found.beyond(outer=False)
    assert found.why_no_tiers is not None and found.why_no_tiers.code == "standing_neutral"


def test_too_few_units_have_no_tiers_but_a_funnel() -> None:
    few = [u for u in PLACES if u["unit_id"] not in IDS[8:]]
    cases = [c for i, u in enumerate(IDS[:8]) for c in settled(u, 200, 80 if i == 3 else 10)]
    found = standing(QUERY, OPERATOR, marts(cases, units=few))
    assert (
        found.why_no_tiers is not None and found.why_no_tiers.text("vi") == "Ít đơn vị đủ số liệu (8), không chia nhóm"
    )
    assert found.tier("bottom") == () and [u.unit_id for u in found.beyond("worse")] == [IDS[3]]


def test_an_account_sees_others_by_the_form_and_not_by_other_rules() -> None:
    snapshot = marts(province({3: 40}), units=PLACES)
    assert len(standing(QUERY, ACCOUNT, snapshot).units) == 20
    own = standing(QUERY.at(metrics=("late_rate",)), ACCOUNT, snapshot)
    assert [u.unit_id for u in own.units] == [IDS[0]]
    assert not own.judged and own.why_no_tiers is not None and own.why_no_tiers.code == "scope_own"


def test_the_line_of_what_no_unit_took_over_is_not_judged() -> None:
    cases = province({}) + settled(UNALLOCATED, 50, 50) + settled(AGENCY, 50, 2)
    found = standing(QUERY.at(level="agency"), OPERATOR, marts(cases, units=PLACES))
    line = found.of(UNALLOCATED)
    assert line is not None and line.why_not is not None and line.why_not.code == "standing_unallocated"


def test_the_target_of_the_level_comes_along_with_whether_it_is_confirmed() -> None:
    target = {"metric": "on_time_rate", "level": "commune", "target": 0.95, "valid_from": date(2025, 7, 1),
              "is_confirmed": False}  # fmt: skip
    found = standing(QUERY, OPERATOR, marts(province({}), units=PLACES, dim_target=[target]))
    assert found.target is not None and (found.target.value, found.target.is_confirmed) == (0.95, False)


def test_the_same_question_gets_the_same_answer() -> None:
    cases = province({i: i for i in range(20)})
    assert standing(QUERY, OPERATOR, marts(cases, units=PLACES)) == standing(
        QUERY, OPERATOR, marts(cases, units=PLACES)
    )


# Movers -------------------------------------------------------------------------------------------------------------


def test_the_unit_that_moved_is_named_and_the_others_are_noise() -> None:
    cases = province({}, month=9) + province({3: 30, 4: 9})
    found = movers(QUERY, OPERATOR, marts(cases, units=PLACES))
    assert [(u.unit_id, u.is_better) for u in found.beyond] == [(IDS[3], False)]
    moved = found.units[0]
    assert (moved.before, moved.now) == (0.95, 0.7) and moved.lower < moved.difference < moved.upper < 0
    assert len(found.units) == 20 and found.expected_single == pytest.approx(1)
    assert found.expected_beyond == pytest.approx(0.05)


def test_units_small_or_missing_in_either_month_are_left_out_and_counted() -> None:
    cases = province({}, month=9) + [c for c in province({}) if c["unit_id"] != IDS[3]] + settled(IDS[3], 5, 5)
    found = movers(QUERY, OPERATOR, marts(cases, units=PLACES))
    assert found.n_left_out == 1 and IDS[3] not in {u.unit_id for u in found.units}


def test_a_unit_whose_month_is_cut_short_is_neither_judged_nor_a_mover() -> None:
    cases = province({}, month=9) + province({3: 40})
    sent = [
        {"dataset": "case", "unit_id": u, "first_on": date(2025, 1, 1), "load_no": 1,
         "last_on": date(2026, 10, 20 if u == IDS[3] else 31)}
        for u in IDS
    ]  # fmt: skip
    snapshot = marts(cases, units=PLACES, coverage=sent)
    unit_found = standing(QUERY, OPERATOR, snapshot).of(IDS[3])
    assert unit_found is not None and unit_found.status == "provisional" and unit_found.tier is None
    found = movers(QUERY, OPERATOR, snapshot)
    assert IDS[3] not in {u.unit_id for u in found.units} and found.n_left_out == 1


def test_a_neutral_metric_has_no_movers() -> None:
    found = movers(QUERY.at(metrics=("settled",)), OPERATOR, marts(province({}), units=PLACES))
    assert found.units == () and found.why_not is not None


# Case mix -----------------------------------------------------------------------------------------------------------

LAND: dict[str, Any] = {"procedure_code": "2", "field_name": "Đất đai"}
CATALOGUE = [
    {"procedure_code": c, "procedure_name": n, "field_name": f, "valid_from": date(2020, 1, 1)}
    for c, n, f in (("1", "Khai sinh", "Hộ tịch"), ("2", "Đất", "Đất đai"), ("3", "Lạ", "Hộ tịch"))
]


def of_unit(unit_id: str) -> Query:
    return Query(("late_rate",), "commune", unit_id, "2026-10")


def test_a_unit_with_a_hard_mix_and_usual_work_is_as_expected() -> None:
    usual = [c for u in IDS[1:] for c in settled(u, 100, 2) + settled(u, 10, 3, **LAND)]
    hard = settled(IDS[0], 50, 1) + settled(IDS[0], 100, 30, **LAND)
    found = casemix(of_unit(IDS[0]), OPERATOR, marts(usual + hard, units=PLACES, dim_procedure=CATALOGUE))
    assert found.ratio is not None and found.gap is not None and found.own is not None
    assert found.ratio.value == pytest.approx(1, abs=0.01) and not found.ratio.is_apart
    assert found.own > 4 * (2 + 3) / 110 and found.gap.explained == pytest.approx(1, abs=0.02)


def test_a_unit_that_is_late_in_an_easy_mix_is_apart_and_the_mix_explains_nothing() -> None:
    usual = [c for u in IDS[1:] for c in settled(u, 100, 2) + settled(u, 10, 3, **LAND)]
    found = casemix(of_unit(IDS[0]), OPERATOR, marts(usual + settled(IDS[0], 100, 20), units=PLACES))
    assert found.ratio is not None and found.ratio.is_apart and found.ratio.lower > 3  # type: ignore[operator]
    assert found.gap is not None and found.gap.explained is None
    assert found.procedures[0].late == 20


def test_a_rare_procedure_is_taken_together_with_its_field() -> None:
    rare = settled(IDS[0], 3, 3, procedure_code="3") + settled(IDS[1], 3, 0, procedure_code="3")
    found = casemix(of_unit(IDS[0]), OPERATOR, marts(province({}) + rare, units=PLACES, dim_procedure=CATALOGUE))
    assert found.n_pooled == 1 and found.ratio is not None and found.ratio.expected > 3


def test_an_account_hears_of_its_own_mix_against_the_province() -> None:
    snapshot = marts(province({0: 20}), units=PLACES, dim_procedure=CATALOGUE)
    mine, other = (casemix(of_unit(u), ACCOUNT, snapshot) for u in IDS[:2])
    assert mine.ratio is not None and mine.ratio == casemix(of_unit(IDS[0]), OPERATOR, snapshot).ratio
    assert other.ratio is None and other.why_not is not None and other.why_not.code == "scope_own"


def test_a_unit_without_cases_has_no_mix_and_says_so() -> None:
    cases = [c for c in province({}) if c["unit_id"] != IDS[0]]
    found = casemix(of_unit(IDS[0]), OPERATOR, marts(cases, units=PLACES))
    assert found.ratio is None and found.why_not is not None


# Peers --------------------------------------------------------------------------------------------------------------


def test_peers_are_of_like_volume_mix_and_kind() -> None:
    ward = [u if u["unit_id"] != IDS[1] else {**u, "full_name": "Phường Số 1"} for u in PLACES]
    births = {0: 100, 1: 100, 2: 90, 4: 900, 5: 80, 7: 500, 8: 20}
    land = {3: 100, 5: 10, 6: 300, 8: 40}
    cases = [c for i, n in births.items() for c in settled(IDS[i], n, 0)]
    cases += [c for i, n in land.items() for c in settled(IDS[i], n, 0, **LAND)]
    query = Query(("settled",), "commune", IDS[0], "2026-10")
    found = peers(query, OPERATOR, marts(cases, units=ward), k=1)
    assert [p.unit_id for p in found.peers] == [IDS[2]]  # the ward of the very same cases comes after
    assert (found.kind, found.n, found.peers[0].n, found.peers[0].mix_distance) == ("xã", 100, 90, 0)
    everyone = peers(query, ACCOUNT, marts(cases, units=ward), k=9)
    assert {p.unit_id: p.is_same_kind for p in everyone.peers}[IDS[1]] is False


def test_a_unit_without_cases_has_no_peers() -> None:
    found = peers(
        Query(("settled",), "commune", IDS[9], "2026-10"), OPERATOR, marts(settled(IDS[0], 9, 0), units=PLACES)
    )
    assert found.peers == ()
