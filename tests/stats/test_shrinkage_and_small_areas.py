"""Shrunk values against published ones, and on worlds whose truth is known."""

from __future__ import annotations

import csv
import doctest
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import worlds_standing as planted
from metrics.stats import shrinkage, small_area

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def oracle(family: str) -> dict[str, Any]:
    return dict(tomllib.loads((SHARED / "stat_oracles.toml").read_text(encoding="utf-8"))[family])


@pytest.mark.parametrize("module", [shrinkage, small_area])
def test_examples_of_shrinkage_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.shared
def test_the_spread_of_the_bcg_trials_agrees() -> None:
    known = oracle("dersimonian_laird_bcg")
    t_pos, t_neg, c_pos, c_neg = np.array(known["data"], dtype=float).T
    values = np.log((t_pos / (t_pos + t_neg)) / (c_pos / (c_pos + c_neg)))
    variances = 1 / t_pos - 1 / (t_pos + t_neg) + 1 / c_pos - 1 / (c_pos + c_neg)
    found = shrinkage.dersimonian_laird(values, variances)
    got = (found.q, found.tau2, found.mean, found.standard_error, found.i2)
    wanted = (known["q"], known["tau2"], known["mu"], known["se"], known["i2_percent"] / 100)
    assert got == pytest.approx(wanted, abs=known["tol"])
    assert found.weight(variances)[0] == pytest.approx(known["shrinkage_first"], abs=known["tol"])
    assert found.shrunk(values, variances)[0] == pytest.approx(known["eb_first"], abs=known["tol"])


@pytest.mark.shared
def test_the_batting_averages_of_efron_and_morris_agree() -> None:
    known = oracle("james_stein_baseball")
    y = np.array(known["y"])
    assert y.mean() == pytest.approx(known["grand_mean"], abs=known["tol"])
    kept, estimates = shrinkage.james_stein(y, y.mean() * (1 - y.mean()) / known["n"])
    assert kept == pytest.approx(known["c"], abs=known["tol"])
    assert estimates.tolist() == pytest.approx(known["estimate"], abs=known["tol"])


@pytest.mark.shared
def test_fay_herriot_on_milk_agrees_with_the_package_sae() -> None:
    known = oracle("fay_herriot_reml")
    with (SHARED / "stat_fixtures" / known["file"]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    areas = [[1.0, *(float(r["major_area"] == str(m)) for m in (2, 3, 4))] for r in rows]
    found = small_area.fay_herriot(
        [float(r["direct_est"]) for r in rows], [float(r["std_error"]) ** 2 for r in rows], areas
    )
    assert found.between == pytest.approx(known["refvar"], abs=known["tol"])
    for got, wanted in (
        (found.beta, known["beta"]),
        (found.eblup[:6], known["eblup_first6"]),
        (found.mse[:4], known["mse_first4"]),
        (found.gamma[:4], known["gamma_first4"]),
    ):
        assert got.tolist() == pytest.approx(wanted, abs=known["tol"])


def test_areas_alike_take_the_value_of_their_covariates() -> None:
    x = [[1.0, v] for v in range(8)]
    found = small_area.fay_herriot([2.0 + 3 * v for v in range(8)], [1.0] * 8, x)
    assert found.between == 0 and found.eblup.tolist() == pytest.approx([2.0 + 3 * v for v in range(8)])


def test_units_no_further_apart_than_their_errors_have_no_spread() -> None:
    assert shrinkage.dersimonian_laird([1.0, 1.1, 0.9], [1.0, 1.0, 1.0]).tau2 == 0


def test_a_unit_of_few_cases_is_drawn_to_the_middle_and_one_of_many_hardly() -> None:
    prior = shrinkage.BetaBinomial(0.9, 50)
    few, many = prior.shrunk([5, 1000], [10, 2000])
    assert few == pytest.approx((5 + 45) / 60) and many == pytest.approx(0.51, abs=0.001)


@pytest.mark.parametrize("sd", [0.01, 0.03])
def test_the_planted_spread_is_found_on_average(sd: float) -> None:
    found = [shrinkage.beta_binomial(w.x, w.n).tau for w in planted.worlds(40, sd, seed=15)]
    assert np.mean(found) == pytest.approx(sd, rel=0.2)


def test_shrunk_values_lie_nearer_to_the_truth_than_direct_ones() -> None:
    direct, shrunk = planted.shrinkage_error(planted.worlds(20, 0.01, seed=16))
    assert shrunk < 0.6 * direct
