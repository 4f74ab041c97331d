"""Funnel limits against published values, and what they flag when nothing is the matter."""

from __future__ import annotations

import doctest
import tomllib
from pathlib import Path

import numpy as np
import pytest

from benchmarks import worlds_standing as planted
from metrics.stats import chance, funnel

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ORACLES = SHARED / "stat_oracles.toml"


@pytest.mark.parametrize("module", [funnel, chance])
def test_examples_of_funnels_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("family", "limits"), [("funnel_normal", funnel.normal_limits), ("funnel_exact", funnel.exact_limits)]
)
def test_limits_agree_with_published_values(family: str, limits: object) -> None:
    oracle = tomllib.loads(ORACLES.read_text(encoding="utf-8"))[family]
    checked = 0
    for case in oracle["cases"]:
        for name, end, confidence in (("lo95", 0, 0.95), ("hi95", 1, 0.95), ("lo998", 0, 0.998), ("hi998", 1, 0.998)):
            if name in case:
                found = limits(oracle["theta"], [case["n"]], confidence)[end][0]  # type: ignore[operator]
                assert found == pytest.approx(case[name], abs=oracle["tol"])
                checked += 1
    assert checked >= 7


@pytest.mark.shared
def test_overdispersion_of_weekly_emergency_attendances_agrees_with_the_published_phi() -> None:
    oracle = tomllib.loads(ORACLES.read_text(encoding="utf-8"))["laney_p_prime"]
    lines = (SHARED / "stat_fixtures" / oracle["file"]).read_text(encoding="utf-8").splitlines()
    columns = lines[0].replace('"', "").split(",")
    rows = [dict(zip(columns, line.split(","), strict=True)) for line in lines[1:]]
    x, n = (np.array([float(r[c]) for r in rows]) for c in ("r", "n"))
    theta = x.sum() / n.sum()
    z = (x / n - theta) / np.sqrt(theta * (1 - theta) / n)
    assert float((z * z).mean()) == pytest.approx(oracle["dispersion_phi"], rel=1e-3)
    # on the arcsine-root scale, without cutting the ends back, it is nearly the same
    assert funnel.overdispersion(x, n, theta, share=0.0).phi == pytest.approx(oracle["dispersion_phi"], rel=0.02)


def test_the_spread_that_was_planted_between_units_is_found_on_the_arcsine_scale() -> None:
    rng = np.random.default_rng(3)
    n = np.full(4000, 400)
    centre = np.arcsin(np.sqrt(0.9))
    truth = np.sin(rng.normal(centre, 0.05, 4000)) ** 2
    found = funnel.overdispersion(rng.binomial(n, truth), n, 0.9, share=0.0)
    assert found.tau2 == pytest.approx(0.05**2, rel=0.1)


def test_units_that_differ_by_chance_alone_widen_nothing() -> None:
    rng = np.random.default_rng(4)
    n = rng.integers(30, 2000, 100)
    assert funnel.overdispersion(rng.binomial(n, 0.95), n, 0.95).tau2 == 0


def test_a_few_units_to_be_found_do_not_hide_themselves_in_the_spread() -> None:
    n = np.full(100, 500)
    x = np.full(100, 475)
    x[:5] = 250
    assert funnel.overdispersion(x, n, 0.95).tau2 == 0
    assert funnel.overdispersion(x, n, 0.95, share=0.0).tau2 > 0


def test_no_case_late_in_a_small_unit_is_not_beyond_the_upper_limit() -> None:
    # by the formula as printed 30 of 30 would lie beyond 99.98 %: one unit in five has that by chance
    assert funnel.exact_limits(0.95, [30], 0.998)[1][0] < 1
    assert funnel.limits(0.95, [30], 0.998)[1][0] == 1


def test_a_centre_of_all_or_none_has_no_width() -> None:
    for centre in (0.0, 1.0):
        lower, upper = funnel.limits(centre, [30, 500], 0.95)
        assert lower.tolist() == upper.tolist() == [centre, centre]


@pytest.mark.parametrize(("confidence", "most"), [(funnel.INNER, 0.05), (funnel.OUTER, 0.004)])
def test_identical_rates_lie_beyond_the_limits_no_oftener_than_they_say(confidence: float, most: float) -> None:
    assert planted.beyond_funnel(planted.worlds(60, 0.0, seed=14), confidence) <= most


def test_what_chance_would_flag_is_known_before_looking() -> None:
    assert chance.expected_flags(3321, 0.95) == pytest.approx(166, abs=0.5)
    rng = np.random.default_rng(8)
    named = [chance.benjamini_hochberg(rng.uniform(size=100)).any() for _ in range(400)]
    assert np.mean(named) < 0.08  # a province where nothing happened names a unit one time in twenty
