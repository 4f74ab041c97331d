"""Control charts against published values, and the four rules on drawn series."""

from __future__ import annotations

import csv
import doctest
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metrics import intervals
from metrics.stats import choice, control, false_signals, rules, verdict
from metrics.stats.choice import choose
from metrics.stats.rules import making_data_count

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(scope="module")
def oracles() -> dict[str, Any]:
    return tomllib.loads((SHARED / "stat_oracles.toml").read_text(encoding="utf-8"))


def fixture(name: str) -> list[dict[str, str]]:
    with (SHARED / "stat_fixtures" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marked(values: list[float]) -> list[int]:
    """Return the rule at each point of a chart with centre 0 and limits at ±3."""
    y = np.asarray(values, float)
    limits = control.Limits("xmr", y, y * 0, y * 0 - 3, y * 0 + 3, y * 0 + 1, 1.0)
    return making_data_count(limits).rule.tolist()


@pytest.mark.parametrize("module", [control, rules, choice, verdict, false_signals])
def test_the_examples_of_control_charts_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


# Published values ---------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_intervals_of_shares_agree_with_published_values(oracles: dict[str, Any]) -> None:
    for name in ("clopper_pearson", "agresti_coull"):
        family, make = oracles[name], getattr(intervals, name)
        for one in family["cases"]:
            expected = [one["lo"], one["hi"]]
            assert list(make(one["x"], one["n"])) == pytest.approx(expected, abs=family["tol"]), (name, one)


@pytest.mark.shared
def test_the_interval_of_a_difference_agrees_with_newcombes_example(oracles: dict[str, Any]) -> None:
    one = oracles["newcombe_difference"]
    found = intervals.newcombe_difference(one["x1"], one["n1"], one["x2"], one["n2"])
    assert found == pytest.approx((one["lo"], one["hi"]), abs=one["tol"])


@pytest.mark.shared
def test_korn_and_graubards_interval_agrees_with_the_surveytable_formula(oracles: dict[str, Any]) -> None:
    one = oracles["korn_graubard"]
    effective = intervals.korn_graubard_n(one["n"], one["deff"], one["design_df"])
    found = intervals.korn_graubard(one["p"], one["n"], one["deff"], one["design_df"])
    assert (effective, *found) == pytest.approx((one["n_star"], one["lo"], one["hi"]), abs=one["tol"])


@pytest.mark.shared
@pytest.mark.parametrize("number", [0, 1, 2])
def test_xmr_limits_agree_with_published_charts(oracles: dict[str, Any], number: int) -> None:
    one = oracles["xmr"][number]
    found = control.xmr(one["y"])
    assert found.centre[0] == pytest.approx(one["mean"], abs=one["tol"])
    assert (found.lower[0], found.upper[0]) == pytest.approx((one["lcl"], one["ucl"]), abs=one["tol"])
    if "mr_bar" in one:
        assert np.asarray(found.spread).item() == pytest.approx(one["mr_bar"], abs=one["tol"])
    if "screened_ucl" in one:
        screened = control.xmr(one["y"], is_screened=True)
        expected = (one["screened_lcl"], one["screened_ucl"])
        assert (screened.lower[0], screened.upper[0]) == pytest.approx(expected, abs=one["tol"])


@pytest.mark.shared
def test_a_p_chart_agrees_with_montgomerys_orange_juice(oracles: dict[str, Any]) -> None:
    one = oracles["p_chart"]
    trial = [r for r in fixture("orangejuice.csv") if r["trial"] == "TRUE"]
    defective, size = [int(r["D"]) for r in trial], [int(r["size"]) for r in trial]
    found = control.p_chart(defective, size)
    expected = (one["p_bar"], one["lcl"], one["ucl"])
    assert (found.centre[0], found.lower[0], found.upper[0]) == pytest.approx(expected, abs=one["tol"])
    out = [i + 1 for i, rule in enumerate(making_data_count(found).rule) if rule == 1]
    assert out == one["out_of_control_samples"]
    without = control.p_chart(defective, size, [i + 1 not in out for i in range(len(size))])
    expected = (one["p_bar_without_15_23"], one["lcl_without_15_23"], one["ucl_without_15_23"])
    assert (without.centre[0], without.lower[0], without.upper[0]) == pytest.approx(expected, abs=one["tol"])


@pytest.mark.shared
def test_laneys_chart_agrees_with_the_nhs_four_hour_weeks(oracles: dict[str, Any]) -> None:
    one = oracles["laney_p_prime"]
    rows = fixture("nhs_accidents.csv")
    seen, n = [int(r["r"]) for r in rows], [int(r["n"]) for r in rows]
    plain, wide = control.p_chart(seen, n), control.p_prime(seen, n)
    assert plain.centre[0] == pytest.approx(one["p_bar"], abs=one["tol"])
    assert np.abs(np.diff(plain.z)).mean() == pytest.approx(one["mr_bar_z"], abs=one["tol"])
    assert wide.spread == pytest.approx(one["sigma_z"], abs=one["tol"])
    assert (plain.lower[0], plain.upper[0]) == pytest.approx(one["p_limits_first"], abs=one["tol"])
    assert (wide.lower[0], wide.upper[0]) == pytest.approx(one["p_prime_limits_first"], abs=one["tol"])
    assert int((making_data_count(plain).rule == 1).sum()) == one["points_outside_p_chart"]
    assert int((making_data_count(wide).rule == 1).sum()) == one["points_outside_p_prime"]
    assert (plain.z**2).mean() == pytest.approx(one["dispersion_phi"], abs=1e-4)
    chosen = choose("share", seen, n).limits
    assert chosen is not None and chosen.kind == "p_prime"


@pytest.mark.shared
def test_anhoejs_limits_agree_with_qicharts(oracles: dict[str, Any]) -> None:
    for one in oracles["anhoej"]["cases"]:
        assert rules.anhoej_limits(one["n"]) == (one["longest_max"], one["crossings_min"])


# The four rules -----------------------------------------------------------------------------------------------------


def test_a_point_beyond_a_limit_is_a_signal_and_one_on_it_is_not() -> None:
    assert marked([0.1, 3.1, -0.1, 3.0, -3.1]) == [0, 1, 0, 0, 1]


def test_seven_in_a_row_on_one_side_are_all_marked_and_six_are_not() -> None:
    assert marked([-1, 1, 2, 1, 2, 1, 2, 1, -1]) == [0, 2, 2, 2, 2, 2, 2, 2, 0]
    assert marked([-1, 1, 2, 1, 2, 1, 2, -1]) == [0] * 8


def test_a_point_on_the_centre_breaks_the_run() -> None:
    assert marked([1, 2, 1, 0, 1, 2, 1, 2]) == [0] * 8


def test_seven_points_that_all_rise_are_marked_and_seven_with_a_tie_are_not() -> None:
    assert marked([-1.5, -1, -0.5, 0.2, 0.7, 1, 1.5]) == [3] * 7
    assert marked([-1.5, -1, -0.5, -0.5, 0.7, 1, 1.5]) == [0] * 7


def test_two_of_three_in_the_outer_third_on_one_side_are_marked_without_the_third() -> None:
    assert marked([2.5, 0.5, 2.5, -1]) == [4, 0, 4, 0]
    assert marked([2.5, -0.5, 2.5, -1]) == [0] * 4
    assert marked([3.5, 0.5, 2.5, -1]) == [1, 0, 0, 0]  # past the limit is not in the outer third


def test_where_several_rules_apply_the_order_is_1_3_4_2() -> None:
    assert marked([0.5, 0.8, 1, 2.4, 2.6, 2.8, 3.5]) == [3, 3, 3, 3, 3, 3, 1]
    assert marked([0.5, 2.4, 0.6, 2.5, 0.5, 0.7, 0.6]) == [2, 4, 2, 4, 2, 2, 2]


def test_a_signal_knows_its_side() -> None:
    y = np.asarray([3.5, -3.5, 0.1])
    limits = control.Limits("xmr", y, y * 0, y * 0 - 3, y * 0 + 3, y * 0 + 1, 1.0)
    assert making_data_count(limits).side.tolist() == [1, -1, 0]


def test_a_count_within_half_a_case_of_the_centre_lies_on_it() -> None:
    late = [1, 0, 1, 1, 0, 1, 1, 0, 4, 1]  # one late case a month is expected
    x = [100 - n for n in late]
    limits = control.p_chart(x, [100] * len(x))
    assert limits.centre[0] == pytest.approx(0.99)
    assert making_data_count(control.p_chart([*x, 98], [100] * 11)).rule[:8].tolist() == [2] * 8
    assert set(making_data_count(limits, 0.5 / 100).rule[:8]) == {0}


def test_a_flat_series_has_no_signals() -> None:
    flat = control.xmr([4.0] * 20)
    assert flat.z.tolist() == [0.0] * 20 and not making_data_count(flat).rule.any()


def test_a_month_left_out_does_not_make_the_limits_and_is_still_judged() -> None:
    values = [10.0, 11.0, 10.0, 11.0, 10.0, 11.0, 40.0]
    limits = control.xmr(values, [True] * 6 + [False])
    assert limits.centre[0] == 10.5 and limits.upper[0] == pytest.approx(10.5 + 3 / 1.128)
    assert making_data_count(limits).rule.tolist() == [0] * 6 + [1]


# The choice ---------------------------------------------------------------------------------------------------------


def test_few_cases_near_one_get_no_chart_and_few_cases_in_the_middle_do() -> None:
    assert choose("share", [38, 39, 40, 38, 39, 40], [40] * 6).why == "few_cases"
    assert choose("share", [8, 9, 10, 8, 9, 10], [10] * 6).why == "few_cases"  # 90 % of ten
    middle = choose("share", [20, 22, 19, 21, 20, 18], [40] * 6).limits
    assert middle is not None and middle.kind == "p"


def test_a_share_that_never_misses_gets_no_limits() -> None:
    assert choose("share", [300] * 12, [300] * 12).why == "few_events"


def test_counts_are_judged_by_the_working_day_so_that_tet_is_no_collapse() -> None:
    days = [22, 20, 21, 22, 20, 21, 23, 21, 22, 22, 21, 11]
    counts = [4 * d for d in days]
    found = choose("count", counts, days)
    assert found.limits is not None and found.limits.kind == "u"
    assert not making_data_count(found.limits, found.tolerance).rule.any()
    by_month = choose("count", counts, [1] * 12)
    assert by_month.limits is not None and making_data_count(by_month.limits, by_month.tolerance).rule[-1] == 1


def test_the_widened_limits_of_a_stable_series_are_near_the_plain_ones() -> None:
    draw = np.random.default_rng(7)
    n = np.full(60, 300)
    hits = draw.binomial(n, 0.95)
    assert float(np.asarray(control.p_prime(hits, n).spread)) == pytest.approx(1, abs=0.25)


def test_too_few_months_give_no_limits() -> None:
    assert choose("value", [1.0, 2.0, 3.0, 4.0]).why == "few_months"


# Planted worlds, few of them; all of them: python -m benchmarks.worlds_control ---------------------------------------


def test_a_stable_share_is_marked_in_at_most_four_months_of_a_hundred() -> None:
    draw = np.random.default_rng(11)
    for n, p in ((60, 0.95), (300, 0.95), (300, 0.99), (20_000, 0.96)):
        hits = draw.binomial(n, p, (600, 24))
        limits = control.p_chart(hits, np.full(24, n))
        share = (making_data_count(limits, 0.5 / n).rule != 0).mean()
        assert share <= 0.04, (n, p, share)
        months = false_signals.expected("p", p, (0.0,) * 24, (float(n),) * 24, (True,) * 24)
        assert months == pytest.approx(24 * share, abs=0.25)


def test_a_planted_drop_of_five_points_is_signalled_within_three_months() -> None:
    draw = np.random.default_rng(12)
    found = 0
    for _ in range(120):
        n = draw.poisson(300, 27)
        hits = draw.binomial(n, [0.95] * 24 + [0.90] * 3)
        for end in (25, 26, 27):
            chart = choose("share", hits[:end].tolist(), n[:end].tolist())
            assert chart.limits is not None
            signals = making_data_count(chart.limits, chart.tolerance)
            if signals.side[-1] == -1:
                found += 1
                break
    assert found / 120 >= 0.8
