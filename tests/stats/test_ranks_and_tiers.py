"""Rank intervals and tiers on worlds whose truth is known, and against published ranks."""

from __future__ import annotations

import csv
import doctest
import tomllib
from pathlib import Path

import numpy as np
import pytest

from benchmarks import worlds_standing as planted
from metrics.stats import ranks, roughening, shrinkage, tiers

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.mark.parametrize("module", [ranks, tiers])
def test_examples_of_ranks_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_identical_rates_leave_at_most_one_in_twenty_outside_the_middle() -> None:
    assert planted.outside_the_middle(planted.worlds(40, 0.0, seed=11)) <= planted.MOST_OUTSIDE


@pytest.mark.parametrize("sd", planted.SPREADS)
def test_rank_intervals_cover_the_true_rank_and_draws_of_the_error_alone_do_not(sd: float) -> None:
    found = planted.ranked(planted.worlds(25, sd, seed=12))
    assert found.covered >= planted.LEAST_COVERED
    assert found.covered_by_errors < found.covered


def test_rank_intervals_cover_where_a_few_units_lie_far_behind_even_ones() -> None:
    # a beta curve alone covers 82 % here: the units behind widen it for all
    assert planted.ranked(planted.uneven(25, seed=17), with_errors=False).covered >= planted.LEAST_COVERED


def test_few_units_outside_the_middle_truly_lie_in_the_other_half() -> None:
    found = planted.ranked(planted.worlds(25, 0.03, seed=13), with_errors=False)
    assert found.outside > 0.3 and found.on_the_wrong_side < 0.05


def test_a_unit_far_below_the_others_is_in_the_bottom_tier_and_one_far_above_in_the_top() -> None:
    n = [400] * 30
    x = [360] * 28 + [300, 399]
    found = tiers.standings(x, n)
    assert found.tiers == ("middle",) * 28 + ("bottom", "top")
    assert found.ranks.low[28] == 30 and found.ranks.high[29] == 1


def test_where_low_is_better_the_low_value_is_in_the_top_tier() -> None:
    found = tiers.standings([40] * 28 + [100, 1], [400] * 30, best="low")
    assert found.tiers[28:] == ("bottom", "top")


def test_units_that_differ_by_chance_alone_share_all_ranks_and_the_middle_tier() -> None:
    found = tiers.standings([95, 94, 96, 95, 95, 96, 94, 95, 95, 95], [100] * 10)
    assert found.is_alike and set(found.tiers) == {"middle"}
    assert set(found.ranks.low.tolist()) == {1} and set(found.ranks.high.tolist()) == {10}
    assert np.allclose(found.shrunk, 0.95)


def test_units_that_all_met_every_date_are_alike() -> None:
    assert tiers.standings([50] * 12, [50] * 12).is_alike


def test_the_same_counts_give_the_same_answer_and_others_another_seed() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(30, 500, 60)
    x = rng.binomial(n, rng.uniform(0.8, 1.0, 60))
    first, again = tiers.standings(x, n), tiers.standings(x, n)
    assert (first.ranks.low == again.ranks.low).all() and (first.ranks.high == again.ranks.high).all()
    assert ranks.seed_of(x, n) != ranks.seed_of(x, n + 1)


def test_at_least_two_thousand_draws_are_taken() -> None:
    spread = shrinkage.spread([90, 95, 70], [100, 100, 100])
    assert ranks.N_DRAWS >= 2000
    assert ranks.posterior_draws([90, 95, 70], [100] * 3, spread, np.random.default_rng(1)).shape == (ranks.N_DRAWS, 3)


def test_all_communes_of_the_country_are_judged_within_three_seconds() -> None:
    assert planted.seconds_of_the_country() < 3


@pytest.mark.shared
def test_ranks_of_papi_2019_agree_with_the_published_scores_and_their_errors() -> None:
    oracle = tomllib.loads((SHARED / "stat_oracles.toml").read_text(encoding="utf-8"))["papi_rank_interval_2019"]
    with (SHARED / "papi_published" / "2019" / "province_scores_2019.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = ranks.of_errors(
        [float(r["total_unweighted"]) for r in rows], [float(r["total_unweighted_se"]) for r in rows]
    )
    at = {int(r["gso_code"]): i for i, r in enumerate(rows)}
    for case in oracle["cases"]:
        i = at[case["gso_code"]]
        assert found.low[i] == pytest.approx(case["lo"], abs=2)
        assert found.high[i] == pytest.approx(case["hi"], abs=2)
    assert float(np.median(found.high - found.low)) == pytest.approx(oracle["median_width"], abs=2)


def test_a_unit_of_many_cases_has_its_own_share_after_roughening_and_one_of_few_does_not() -> None:
    x, n = np.array([900.0, 9.0, *[95.0] * 20]), np.array([1000.0, 10.0, *[100.0] * 20])
    grid = roughening.Grid.of(x, n)
    mass = grid.roughened(shrinkage.BetaBinomial(0.95, 200))
    assert mass.sum() == pytest.approx(1)
    mean = np.sin(grid.posterior(mass) @ grid.middles) ** 2
    assert mean[0] == pytest.approx(0.9, abs=0.01) and mean[1] > 0.93
    drawn = np.sin(grid.draws(mass, np.random.default_rng(1), 4000)) ** 2
    assert drawn.mean(axis=0) == pytest.approx(mean, abs=0.005)
