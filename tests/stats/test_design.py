"""Design-based estimates against R's survey package on NHANES 2009-10, and what the design must never do."""

from __future__ import annotations

import csv
import doctest
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from metrics.stats import bootstrap
from metrics.stats import design as designs
from metrics.stats.design import Design, design, kish, korn_graubard, mean, ratio, total

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
shared = pytest.mark.shared


def oracle(family: str) -> dict[str, Any]:
    with (SHARED / "stat_oracles.toml").open("rb") as file:
        found: dict[str, Any] = tomllib.load(file)[family]
    return found


class Nhanes:
    """The 8,591 people of NHANES 2009-10, and their design."""

    def __init__(self) -> None:
        with (SHARED / "survey_oracle" / "nhanes_2009_10.csv").open(encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file))
        self.weight = self.numbers("WTMEC2YR")
        self.design = design(len(self.rows), [r["SDMVSTRA"] for r in self.rows], [r["SDMVPSU"] for r in self.rows])

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        return np.array([float(r[column]) if r[column] not in ("", "NA") else np.nan for r in self.rows])

    def is_in(self, group: str) -> npt.NDArray[np.bool_]:
        column, value = group.split("=")
        return np.array([r[column] == value for r in self.rows])


def estimates() -> list[dict[str, str]]:
    path = SHARED / "survey_oracle" / "estimates_R_survey.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return [r for r in csv.DictReader(file) if r["dataset"] == "nhanes_2009_10" and not r["stat"].startswith("q")]


def quantiles() -> list[tuple[float, float]]:
    """Return the shares and quantiles of R, of the one item that is in the file."""
    path = SHARED / "survey_oracle" / "estimates_R_survey.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["dataset"] == "nhanes_2009_10" and r["stat"].startswith("q")]
    return [(int(r["stat"].rsplit("_", 1)[1]) / 100, float(r["estimate"])) for r in rows]


@pytest.fixture(scope="module")
def nhanes() -> Nhanes:
    return Nhanes()


@shared
def test_weighted_quantiles_are_those_of_r(nhanes: Nhanes) -> None:
    listed = quantiles()
    assert [q for q, _ in listed] == [0.25, 0.5, 0.75]
    answers = nhanes.numbers("HI_CHOL")
    assert [designs.quantile(answers, nhanes.weight, q) for q, _ in listed] == [value for _, value in listed]
    # The item is 0 for nine in ten; where it turns to 1 tells whether weights and order are right.
    share = mean(answers, nhanes.weight, nhanes.design).value
    assert [designs.quantile(answers, nhanes.weight, 1 - share + step) for step in (-1e-6, 1e-6)] == [0.0, 1.0]


@shared
def test_there_are_estimates_of_r_to_compare_with() -> None:
    assert len(estimates()) >= 15


@shared
@pytest.mark.parametrize("row", estimates(), ids=lambda r: f"{r['stat']}-{r['var']}-{r['group']}")
def test_estimates_and_standard_errors_are_those_of_r(row: dict[str, str], nhanes: Nhanes) -> None:
    expected = float(row["estimate"]), float(row["se"])
    if row["stat"] == "total":
        assert total(nhanes.numbers(row["var"]), nhanes.weight, nhanes.design) == pytest.approx(expected, rel=1e-9)
        return
    if row["stat"] == "proportion" and row["group"] != row["var"]:
        y = nhanes.is_in(row["group"].replace(row["var"], f"{row['var']}=", 1)).astype(float)
    else:
        y = nhanes.numbers(row["var"])
    domain = nhanes.is_in(row["group"]) if "=" in row["group"] else None
    found = mean(y, nhanes.weight, nhanes.design, domain)
    assert (found.value, found.se) == pytest.approx(expected, abs=1e-6)
    if row["deff"]:
        # R prints the design effect against a draw without replacement: 0,004 % apart here
        assert found.deff == pytest.approx(float(row["deff"]), rel=1e-4)
    if row["ci_low"]:
        assert found.interval() == pytest.approx((float(row["ci_low"]), float(row["ci_high"])), abs=1e-6)


@shared
def test_the_oracle_mean_of_nhanes_is_met(nhanes: Nhanes) -> None:
    known = oracle("survey_mean")
    found = mean(nhanes.numbers(known["y"]), nhanes.weight, nhanes.design)
    assert (found.value, found.se) == pytest.approx((known["mean"], known["se"]), abs=known["tol"])


@shared
def test_the_oracle_of_ten_firms_gives_mean_error_and_design_effect() -> None:
    known = oracle("survey_mean_deff")
    y, w = np.array(known["y"], dtype=float), np.array(known["w"], dtype=float)
    found = mean(y, w, design(len(y)))
    assert (found.value, found.se, found.deff) == pytest.approx(
        (known["mean"], known["se"], known["deff"]), abs=known["tol"]
    )


@shared
def test_the_oracle_of_kish_weights_is_met(nhanes: Nhanes) -> None:
    known, firms = oracle("kish_weights"), oracle("survey_mean_deff")
    weights = nhanes.weight[~np.isnan(nhanes.numbers("HI_CHOL"))]
    assert kish(weights) == pytest.approx(known["deff_w_nhanes"], abs=known["tol"])
    assert len(weights) / kish(weights) == pytest.approx(known["n_eff_nhanes"], abs=known["tol"])
    assert kish(np.array(firms["w"], dtype=float)) == pytest.approx(
        known["deff_w_of_survey_mean_deff_weights"], abs=known["tol"]
    )


@shared
def test_the_oracle_of_korn_and_graubard_is_met() -> None:
    known = oracle("korn_graubard")
    size = designs.discounted(known["n_eff"], known["n"], known["design_df"])
    assert size == pytest.approx(known["n_star"], abs=known["tol"])
    found = korn_graubard(known["p"], known["n"], known["n_eff"], known["design_df"])
    assert found == pytest.approx((known["lo"], known["hi"]), abs=known["tol"])


def village(seed: int = 1, psus: int = 30, each: int = 16) -> tuple[npt.NDArray[np.float64], Design]:
    """Return yes-or-no answers of people who resemble their neighbours."""
    draw = np.random.default_rng(seed)
    leaning = np.clip(draw.normal(0.6, 0.15, psus), 0, 1)
    psu = np.repeat(np.arange(psus), each)
    strata = (psu % 3).tolist()
    return (draw.random(len(psu)) < leaning[psu]).astype(float), design(len(psu), strata, psu.tolist())


def test_neighbours_who_resemble_each_other_make_a_sample_worth_less() -> None:
    y, drawn = village()
    found = mean(y, np.ones(len(y)), drawn)
    alone = mean(y, np.ones(len(y)), design(len(y)))
    assert found.deff > 1.2 and found.n_effective < found.n
    assert alone.deff == pytest.approx(1.0)
    assert drawn.df == 27


def test_a_missing_answer_stays_in_the_design_with_nothing_to_add() -> None:
    y, drawn = village()
    some = np.where(np.arange(len(y)) % 16 == 0, np.nan, y)
    some[:16] = np.nan  # a whole village without an answer is still one that was drawn
    found = mean(some, np.ones(len(y)), drawn)
    assert found.df == drawn.df == 27
    assert found.n == int((~np.isnan(some)).sum())
    kept = mean(some[16:], np.ones(len(y) - 16), drawn.part(np.arange(len(y)) >= 16))
    assert kept.value == pytest.approx(found.value) and kept.se != pytest.approx(found.se, rel=1e-6)


def test_a_stratum_with_one_psu_adds_to_the_variance_and_is_not_dropped() -> None:
    y, psu = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0]), [1, 1, 2, 2, 3, 3]
    strata = ["a", "a", "a", "a", "b", "b"]
    drawn = design(6, strata, psu)
    found = mean(y, np.ones(6), drawn)
    u = np.array([sum(y[i : i + 2] - 0.5) / 6 for i in (0, 2, 4)])
    paired = 2 * sum((u[:2] - u[:2].mean()) ** 2)
    assert found.se**2 == pytest.approx(paired + (u[2] - u.mean()) ** 2)


def test_a_ratio_of_several_answers_each_is_the_share_of_all_answers() -> None:
    top, base = np.array([2.0, 0.0, 3.0, np.nan]), np.array([4.0, 1.0, 3.0, np.nan])
    found = ratio(top, base, np.array([1.0, 2.0, 1.0, 1.0]), design(4))
    assert (found.value, found.n) == (pytest.approx(5 / 9), 3)


def test_nobody_asked_is_no_number() -> None:
    found = mean(np.full(5, np.nan), np.ones(5), design(5))
    assert np.isnan(found.value) and found.n == 0


def test_the_bootstrap_of_a_mean_agrees_with_its_linearised_error() -> None:
    y, drawn = village(seed=7, psus=60)
    times = bootstrap.multipliers(drawn, 4000, seed=3)
    totals = drawn.totals(np.stack([y, np.ones(len(y))], axis=1))
    replicated = (times @ totals)[:, :1] / (times @ totals)[:, 1:]
    (error,) = bootstrap.standard_errors(replicated)
    assert error == pytest.approx(mean(y, np.ones(len(y)), drawn).se, rel=0.05)


def test_a_replicate_keeps_the_size_of_each_stratum_and_draws_one_psu_less() -> None:
    _, drawn = village()
    times = bootstrap.multipliers(drawn, 50, seed=1)
    for h in range(3):
        assert times[:, drawn.stratum == h].sum(axis=1) == pytest.approx(10.0)
    assert np.unique(np.round(times * 9 / 10, 9) % 1).tolist() == [0.0]
    assert (times == bootstrap.multipliers(drawn, 50, seed=1)).all()


def test_replicates_in_batches_are_those_of_one_multiplication() -> None:
    _, drawn = village(psus=60)
    times = bootstrap.multipliers(drawn, 103, seed=2)
    totals = np.random.default_rng(1).random((60, 400))
    assert bootstrap.ONE_THREAD // totals.size < 103
    assert bootstrap.replicated(times, totals) == pytest.approx(times @ totals)


def test_the_same_design_always_draws_the_same() -> None:
    _, drawn = village()
    again, other = village()[1], village(psus=31)[1]
    assert (bootstrap.of_design(drawn, 20) == bootstrap.of_design(again, 20)).all()
    assert bootstrap.of_design(other, 20).shape == (20, 31)


@pytest.mark.parametrize("module", [designs, bootstrap])
def test_examples_in_the_design_functions_hold(module: Any) -> None:
    found = doctest.testmod(module)
    assert found.attempted and not found.failed
